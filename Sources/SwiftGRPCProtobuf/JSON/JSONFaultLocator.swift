/// Makes errors of faults: reads the text again up to the fault, to say in which line and field it lies.
struct JSONFaultLocator {
  private enum Level {
    case object(key: Range<Int>?)
    case list(index: Int)
  }

  private let text: UnsafeBufferPointer<UInt8>
  private let fault: JSONFault
  private let message: String

  init(_ text: UnsafeBufferPointer<UInt8>, _ fault: JSONFault, message: String) {
    self.text = text
    self.fault = fault
    self.message = message
  }

  /// The error, with its location.
  var error: any Error {
    switch fault.code {
    case .emptyAnyTypeURL: return SwiftProtobufError.JSONDecoding.emptyAnyTypeURL()
    case .invalidAnyTypeURL:
      return SwiftProtobufError.JSONDecoding.invalidAnyTypeURL(type_url: string(at: fault.offset))
    default: break
    }
    let (line, column) = lineAndColumn
    let location = DecodingLocation(
      message: message, fieldPath: path, byteOffset: fault.offset, line: line, column: column,
      expected: "expected \(fault.expected), found \(found)")
    return JSONDecodingError(fault.code, location, unknownField: { string(at: fault.offset) })
  }

  private var lineAndColumn: (line: Int, column: Int) {
    let before = text[..<fault.offset]
    let line = before.reduce(1) { $0 + ($1 == 0x0a ? 1 : 0) }
    let lineStart = before.lastIndex(of: 0x0a).map { $0 + 1 } ?? 0
    return (line, fault.offset - lineStart + 1)
  }

  /// The keys and indices that lead to the fault. The text before it is sound.
  private var path: String {
    var levels: [Level] = []
    var offset = 0
    while offset < fault.offset {
      switch text[offset] {
      case UInt8(ascii: "{"): levels.append(.object(key: nil))
      case UInt8(ascii: "["): levels.append(.list(index: 0))
      case UInt8(ascii: "}"), UInt8(ascii: "]"): _ = levels.popLast()
      case UInt8(ascii: ","):
        switch levels.last {
        case .list(let index)?: levels[levels.count - 1] = .list(index: index + 1)
        case .object?: levels[levels.count - 1] = .object(key: nil)
        case nil: break
        }
      case UInt8(ascii: "\""):
        let first = offset + 1
        offset = stringEnd(from: first)
        if case .object(key: nil)? = levels.last, offset < fault.offset {
          levels[levels.count - 1] = .object(key: first..<offset)
        }
      default: break
      }
      offset += 1
    }
    return Self.path(
      levels.map { level in
        switch level {
        case .list(let index): "[\(index)]"
        case .object(let key): key.map { String(decoding: text[$0], as: UTF8.self) } ?? ""
        }
      })
  }

  private static func path(_ steps: [String]) -> String {
    steps.filter { !$0.isEmpty }.reduce(into: "") { path, step in
      if !path.isEmpty, !step.hasPrefix("[") { path += "." }
      path += step
    }
  }

  /// The place of the quote that ends the string whose content starts at an offset.
  private func stringEnd(from first: Int) -> Int {
    var offset = first
    while offset < text.count, text[offset] != UInt8(ascii: "\"") {
      offset += text[offset] == UInt8(ascii: "\\") ? 2 : 1
    }
    return min(offset, text.count)
  }

  /// The start of what is at the fault, short enough for a message.
  private var found: String {
    let most = 24
    guard fault.offset < text.count else { return "the end of the text" }
    var end = fault.offset + 1
    if text[fault.offset] == UInt8(ascii: "\"") {
      end = min(stringEnd(from: end) + 1, text.count)
    } else if Self.isInWord(text[fault.offset]) {
      while end < text.count, Self.isInWord(text[end]) { end += 1 }
    }
    let isLong = end - fault.offset > most
    let shown = String(decoding: text[fault.offset..<(isLong ? fault.offset + most : end)], as: UTF8.self)
    // What cannot be seen is written as an escape.
    return shown.unicodeScalars.map { $0.value < 0x20 ? $0.escaped(asASCII: true) : String($0) }.joined()
      + (isLong ? "…" : "")
  }

  private static func isInWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
      true
    default: false
    }
  }

  /// What the string at an offset stands for.
  private func string(at offset: Int) -> String {
    var reader = JSONReader(text, nil, JSONDecodingOptions())
    reader.p += offset
    return (try? reader.string()) ?? ""
  }
}
