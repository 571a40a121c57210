#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What stands between two quotes, as it is in the text.
struct JSONText {
  let start: UnsafePointer<UInt8>
  let count: Int
  let hasEscapes: Bool
  let isASCII: Bool

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }
}

/// Strings and bytes.
extension JSONReader {
  /// Reads a string's extent; escapes and UTF-8 are not looked at yet.
  mutating func quotedText() throws(JSONFault) -> JSONText {
    guard isNext("\"") else { throw fault(.malformedString, "a string") }
    let first = p + 1
    var q = first
    var hasEscapes = false
    var seen: UInt64 = 0  // all bits of the bytes so far; of the byte that ends the loop and those behind it, too
    while true {
      while end - q >= 8 {
        let word = UnsafeRawPointer(q).loadUnaligned(as: UInt64.self)
        let special =
          ByteWord.less(word, than: 0x20) | ByteWord.equal(word, UInt8(ascii: "\""))
          | ByteWord.equal(word, UInt8(ascii: "\\"))
        seen |= word
        if special != 0 {
          q += ByteWord.firstMarked(special)
          break
        }
        q += 8
      }
      guard q < end else {
        p = end
        throw fault(.truncated, "the end of a string")
      }
      switch q.pointee {
      case UInt8(ascii: "\""):
        p = q + 1
        return JSONText(
          start: first, count: q - first, hasEscapes: hasEscapes, isASCII: seen & ByteWord.highBits == 0)
      case UInt8(ascii: "\\"):
        hasEscapes = true
        guard end - q >= 2 else {
          p = end
          throw fault(.truncated, "the end of a string")
        }
        q += 2
      case 0..<0x20: throw fault(.malformedString, "control characters to be escaped in strings", at: q)
      default:
        seen |= UInt64(q.pointee)
        q += 1
      }
    }
  }

  mutating func string() throws(JSONFault) -> String { try string(try quotedText()) }

  /// The string that a text stands for.
  @inline(__always)
  func string(_ text: JSONText) throws(JSONFault) -> String {
    if text.hasEscapes { return try unescapedString(text) }
    guard let string = String(utf8: text.bytes, isASCII: text.isASCII) else { throw invalidUTF8(text) }
    return string
  }

  @inline(never)
  private func unescapedString(_ text: JSONText) throws(JSONFault) -> String {
    try withUnescaped(text) { (bytes) throws(JSONFault) in
      guard let string = WireReader.string(validating: bytes) else { throw invalidUTF8(text) }
      return string
    }
  }

  private func invalidUTF8(_ text: JSONText) -> JSONFault { fault(.invalidUTF8, "UTF-8", at: text.start) }

  /// Makes sure that a text is sound.
  func check(_ text: JSONText) throws(JSONFault) {
    if text.hasEscapes { return _ = try unescapedString(text) }
    if !text.isASCII { _ = try string(text) }
  }

  mutating func bytes() throws(JSONFault) -> Data {
    let text = try quotedText()
    guard text.hasEscapes else { return try decodedBase64(text.bytes, text) }
    return try withUnescaped(text) { (bytes) throws(JSONFault) in try decodedBase64(bytes, text) }
  }

  private func decodedBase64(_ digits: UnsafeRawBufferPointer, _ text: JSONText) throws(JSONFault) -> Data {
    guard let count = Base64.byteCount(digits) else { throw fault(.malformedString, "base64", at: text.start - 1) }
    guard count > 0 else { return Data() }
    var isSound = false
    let data = Data._uninitialized(count: count) { isSound = Base64.decode(digits, into: $0) }
    if !isSound { throw fault(.malformedString, "base64", at: text.start - 1) }
    return data
  }

  // MARK: - Escapes

  /// Gives `body` the bytes that a text stands for.
  func withUnescaped<Result>(
    _ text: JSONText, _ body: (UnsafeRawBufferPointer) throws(JSONFault) -> Result
  ) throws(JSONFault) -> Result {
    guard text.hasEscapes else { return try body(text.bytes) }
    // An escape is longer than what it stands for.
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: text.count, alignment: 1)
    defer { buffer.deallocate() }
    let count = try unescape(text, into: buffer)
    return try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
  }

  /// Writes the bytes that a text stands for, and returns their number. Spec: RFC 8259, section 7.
  private func unescape(_ text: JSONText, into buffer: UnsafeMutableRawBufferPointer) throws(JSONFault) -> Int {
    var count = 0
    var q = text.start
    let textEnd = text.start + text.count
    while q < textEnd {
      guard q.pointee == UInt8(ascii: "\\") else {
        buffer[count] = q.pointee
        count += 1
        q += 1
        continue
      }
      let escape = q
      q += 2  // a backslash is followed by a byte, or the text would not have ended
      switch escape[1] {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer[count] = escape[1]
      case UInt8(ascii: "b"): buffer[count] = 0x08
      case UInt8(ascii: "f"): buffer[count] = 0x0c
      case UInt8(ascii: "n"): buffer[count] = 0x0a
      case UInt8(ascii: "r"): buffer[count] = 0x0d
      case UInt8(ascii: "t"): buffer[count] = 0x09
      case UInt8(ascii: "u"):
        guard let scalar = Self.unicodeEscape(&q, textEnd) else {
          throw fault(.malformedString, "an escape of a character", at: escape)
        }
        for byte in UTF8.encode(scalar).unsafelyUnwrapped {
          buffer[count] = byte
          count += 1
        }
        continue
      default: throw fault(.malformedString, "an escape of a character", at: escape)
      }
      count += 1
    }
    return count
  }

  /// The character of `\uXXXX`, or of two of these that are a surrogate pair; `q` is behind the first `u`.
  private static func unicodeEscape(
    _ q: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
  ) -> Unicode.Scalar? {
    guard let first = hexDigits(&q, end) else { return nil }
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xdc00, end - q >= 6, q[0] == UInt8(ascii: "\\"), q[1] == UInt8(ascii: "u") else { return nil }
    q += 2
    guard let second = hexDigits(&q, end), 0xdc00...0xdfff ~= second else { return nil }
    return Unicode.Scalar(0x1_0000 + (first - 0xd800) << 10 + (second - 0xdc00))
  }

  private static func hexDigits(_ q: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> UInt32? {
    guard end - q >= 4 else { return nil }
    var value: UInt32 = 0
    for offset in 0..<4 {
      switch q[offset] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(q[offset] - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(q[offset] - UInt8(ascii: "a") + 10)
      case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(q[offset] - UInt8(ascii: "A") + 10)
      default: return nil
      }
    }
    q += 4
    return value
  }
}
