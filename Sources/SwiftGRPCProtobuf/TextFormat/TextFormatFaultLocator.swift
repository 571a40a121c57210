/// Finds out in which line and field of a text a fault lies.
///
/// The reader only knows the byte. After a failure this goes through the text again, up to there, token by token, and
/// follows the names through the tables.
struct TextFormatFaultLocator {
  /// A message that is open, and its field that was last named.
  private struct Level {
    /// The message's table; `nil` when its type is not known.
    var table: MessageTable?
    /// The map, when the message is one of its entries.
    var map: (any MapAccess)?
    var field: FieldDescription?
    var name = ""
    /// How many values a repeated field has had.
    var counts: [String: Int] = [:]
    /// The last name is waiting for its value, or for the end of its list.
    var isInField = false
    var isInList = false
    /// The table of the message in an `Any`, whose type is the field's name.
    var expandedTable: MessageTable?

    /// The field, with the place of the value in a repeated one.
    var pathComponent: String {
      field?.shape == .repeated ? "\(name)[\(max(0, counts[name, default: 1] - 1))]" : name
    }
  }

  private let text: UnsafeBufferPointer<UInt8>
  private let extensions: (any ExtensionMap)?
  private let schema: DynamicSchema?
  private var levels: [Level]
  private var position = 0

  /// The location of a fault in a text.
  static func location(
    of fault: TextFormatFault, in text: UnsafeBufferPointer<UInt8>, _ table: MessageTable,
    _ extensions: (any ExtensionMap)?, _ schema: DynamicSchema?
  ) -> DecodingLocation {
    var locator = TextFormatFaultLocator(
      text: text, extensions: extensions, schema: schema, levels: [Level(table: table)])
    locator.walk(to: fault.offset)
    let line = text[..<fault.offset]
    let lineStart = line.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    let expected =
      fault.isSentence
      ? fault.expected.description : "expected \(fault.expected), found \(locator.token(at: fault.offset))"
    return DecodingLocation(
      message: table.name, fieldPath: locator.path(at: fault.offset), byteOffset: fault.offset,
      line: line.count { $0 == UInt8(ascii: "\n") } + 1, column: fault.offset - lineStart + 1, expected: expected)
  }

  // MARK: - The path

  private mutating func walk(to offset: Int) {
    while true {
      skipSpace()
      guard position < offset else { return }
      let tokenEnd = endOfToken(position)
      guard tokenEnd <= offset else { return }
      take(position..<tokenEnd)
      position = tokenEnd
    }
  }

  /// Goes on by one token.
  private mutating func take(_ token: Range<Int>) {
    let last = levels.count - 1
    switch text[token.lowerBound] {
    case UInt8(ascii: "{"), UInt8(ascii: "<"):
      guard levels[last].isInField else { return }
      var level = Level(table: levels[last].expandedTable)
      switch levels[last].field?.content {
      case .message(let type): level.table = type.table
      case .map(let map): level.map = map
      default: break
      }
      levels.append(level)
    case UInt8(ascii: "}"), UInt8(ascii: ">"):
      if last > 0 { levels.removeLast() }
      levels[levels.count - 1].isInField = levels[levels.count - 1].isInList
    case UInt8(ascii: "[") where levels[last].isInField: levels[last].isInList = true
    case UInt8(ascii: "]"):
      levels[last].isInList = false
      levels[last].isInField = false
    case UInt8(ascii: ",") where levels[last].isInList: levels[last].counts[levels[last].name, default: 0] += 1
    case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":"), UInt8(ascii: "-"): break
    case UInt8(ascii: "\""), UInt8(ascii: "'"): endValue()
    default:
      if levels[last].isInField { endValue() } else { startField(String(decoding: text[token], as: UTF8.self)) }
    }
  }

  private mutating func endValue() {
    levels[levels.count - 1].isInField = levels[levels.count - 1].isInList
  }

  private mutating func startField(_ name: String) {
    var level = levels.removeLast()
    level.field = nil
    level.expandedTable = nil
    level.name = name
    if let map = level.map {
      level.field = name == "key" ? map.key : name == "value" ? map.value : nil
    } else if let field = level.table.flatMap({ field(named: name, of: $0) }) {
      level.field = field
      if !name.hasPrefix("[") { level.name = field.name }
    } else if name.hasPrefix("["), level.table?.isAny == true {
      level.expandedTable = Google_Protobuf_Any.packedType(forTypeURL: Self.inBrackets(name), in: schema)?.table
    }
    level.counts[level.name, default: 0] += 1
    level.isInField = true
    levels.append(level)
  }

  private func field(named name: String, of table: MessageTable) -> FieldDescription? {
    if name.hasPrefix("[") {
      if let index = table.extensionField(named: Self.inBrackets(name)) { return table.fields[index] }
      guard let type = table.type else { return nil }
      let number = extensions?.fieldNumberForProto(messageType: type, protoFieldName: Self.inBrackets(name))
      return number.flatMap { extensions?[type, $0]?._description }
    }
    if let number = Int32(name) { return table.field(number: number) }
    let index = Array(name.utf8).withUnsafeBytes { table.textNames.field(named: $0) }
    return index.map { table.fields[$0] }
  }

  private static func inBrackets(_ name: String) -> String {
    String(name.dropFirst().dropLast().filter { !$0.isWhitespace })
  }

  /// The path of the field that the token at `offset` is part of, or is the name of.
  private mutating func path(at offset: Int) -> String {
    let last = levels.count - 1
    if !levels[last].isInField {
      let name = String(decoding: text[offset..<endOfToken(offset)], as: UTF8.self)
      if let table = levels[last].table, field(named: name, of: table) != nil { startField(name) }
    }
    var components = levels.dropLast().map(\.pathComponent)
    if let level = levels.last, level.isInField { components.append(level.pathComponent) }
    return components.joined(separator: ".")
  }

  // MARK: - Tokens

  private mutating func skipSpace() {
    while position < text.count {
      switch text[position] {
      case UInt8(ascii: " "), 9...13: position += 1
      case UInt8(ascii: "#"): position = text[position...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
      default: return
      }
    }
  }

  /// Where a token ends: a name, also in brackets where one may stand, a number, a string, or one character.
  private func endOfToken(_ start: Int) -> Int {
    guard start < text.count else { return text.count }
    let first = text[start]
    if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
      var end = start + 1
      while end < text.count, text[end] != first, text[end] != UInt8(ascii: "\n") {
        end += text[end] == UInt8(ascii: "\\") ? 2 : 1
      }
      return min(end + 1, text.count)
    }
    if first == UInt8(ascii: "["), !levels[levels.count - 1].isInField {
      return text[start...].firstIndex(of: UInt8(ascii: "]")).map { $0 + 1 } ?? text.count
    }
    let end = text[start...].firstIndex { !TextFormatReader.continuesIdentifier($0) && $0 != UInt8(ascii: ".") }
    return max(start + 1, end ?? text.count)
  }

  /// The token at an offset, as a message for people shows it.
  private func token(at offset: Int) -> String {
    guard offset < text.count else { return "the end of the text" }
    var end = endOfToken(offset)
    if text[offset] == UInt8(ascii: "-") { end = endOfToken(end) }
    let isLong = end - offset > 40
    let token = String(decoding: text[offset..<(isLong ? offset + 40 : end)], as: UTF8.self)
    return isLong ? token + "..." : token
  }
}
