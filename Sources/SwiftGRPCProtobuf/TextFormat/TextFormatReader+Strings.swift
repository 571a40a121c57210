#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Strings and bytes: literals in quotes, of which several in a row count as one.
extension TextFormatReader {
  /// Reads a `string`.
  mutating func string() throws(TextFormatFault) -> String {
    let literalStart = p
    if let bytes = try plainLiteral() {
      guard bytes.count > 0 else { return "" }
      guard let text = WireReader.string(validating: bytes) else { throw notUTF8(literalStart) }
      return text
    }
    let bytes = try literals()
    guard let text = bytes.withUnsafeBytes({ WireReader.string(validating: $0) }) else { throw notUTF8(literalStart) }
    return text
  }

  private func notUTF8(_ position: UnsafePointer<UInt8>) -> TextFormatFault {
    fault("the string is not valid UTF-8", .invalidUTF8, at: position)
  }

  /// Reads `bytes`.
  mutating func bytes() throws(TextFormatFault) -> Data {
    if let bytes = try plainLiteral() { return Data(bytes) }
    return Data(try literals())
  }

  /// Reads literals whose value nobody needs.
  mutating func skipLiterals() throws(TextFormatFault) {
    if try plainLiteral() == nil { _ = try literals() }
  }

  /// Reads a literal that stands alone and has no escapes; `nil`, with nothing read, when it is another one.
  private mutating func plainLiteral() throws(TextFormatFault) -> UnsafeRawBufferPointer? {
    let literalStart = p
    let quote = try openLiteral()
    let content = p
    p = literalEnd(quote)
    guard p < end, p.pointee == quote else {
      p = literalStart
      return nil
    }
    let bytes = UnsafeRawBufferPointer(start: content, count: p - content)
    p += 1
    skipSpace()
    if p < end, p.pointee == UInt8(ascii: "\"") || p.pointee == UInt8(ascii: "'") {
      p = literalStart
      return nil
    }
    return bytes
  }

  private mutating func openLiteral() throws(TextFormatFault) -> UInt8 {
    guard p < end, p.pointee == UInt8(ascii: "\"") || p.pointee == UInt8(ascii: "'") else {
      throw expected("a string", at: p)
    }
    let quote = p.pointee
    p += 1
    return quote
  }

  /// Where the characters end that stand for themselves: at a quote, a backslash, a line end or the end of the text.
  private func literalEnd(_ quote: UInt8) -> UnsafePointer<UInt8> {
    let ones: UInt64 = 0x0101_0101_0101_0101
    var p = p
    while end - p >= 8 {
      let word = UInt64(littleEndian: UnsafeRawPointer(p).loadUnaligned(as: UInt64.self))
      let quotes = word ^ (ones &* UInt64(quote))
      let backslashes = word ^ (ones &* 0x5c)
      // Any byte below 16 is looked at: the line ends are.
      let special =
        ((quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes | (word &- ones &* 0x10) & ~word)
        & (ones &* 0x80)
      if special == 0 {
        p += 8
        continue
      }
      p += special.trailingZeroBitCount / 8
      if Self.endsPlainRun(p.pointee, quote) { return p }
      p += 1
    }
    while p < end, !Self.endsPlainRun(p.pointee, quote) { p += 1 }
    return p
  }

  @inline(__always)
  private static func endsPlainRun(_ byte: UInt8, _ quote: UInt8) -> Bool {
    byte == quote || byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
  }

  /// Reads literals, and what they mean together.
  private mutating func literals() throws(TextFormatFault) -> [UInt8] {
    var bytes: [UInt8] = []
    repeat {
      let literalStart = p
      let quote = try openLiteral()
      while true {
        let run = p
        p = literalEnd(quote)
        bytes.append(contentsOf: UnsafeBufferPointer(start: run, count: p - run))
        guard p < end else { throw fault("the string does not end", at: literalStart) }
        if p.pointee == quote { break }
        guard p.pointee == UInt8(ascii: "\\") else { throw fault("the string holds a line end", at: p) }
        try readEscape(into: &bytes)
      }
      p += 1
      skipSpace()
    } while p < end && (p.pointee == UInt8(ascii: "\"") || p.pointee == UInt8(ascii: "'"))
    return bytes
  }

  /// Reads a backslash and what follows. Spec: "String Literals".
  private mutating func readEscape(into bytes: inout [UInt8]) throws(TextFormatFault) {
    let escape = p
    guard end - p >= 2 else { throw expected("an escape", at: end) }
    let kind = p[1]
    p += 2
    switch kind {
    case UInt8(ascii: "a"): bytes.append(7)
    case UInt8(ascii: "b"): bytes.append(8)
    case UInt8(ascii: "t"): bytes.append(9)
    case UInt8(ascii: "n"): bytes.append(10)
    case UInt8(ascii: "v"): bytes.append(11)
    case UInt8(ascii: "f"): bytes.append(12)
    case UInt8(ascii: "r"): bytes.append(13)
    case UInt8(ascii: "?"), UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): bytes.append(kind)
    case UInt8(ascii: "0")...UInt8(ascii: "7"):
      var value = UInt32(kind - UInt8(ascii: "0"))
      for _ in 0..<2 where p < end && (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(p.pointee) {
        value = value * 8 + UInt32(p.pointee - UInt8(ascii: "0"))
        p += 1
      }
      guard let byte = UInt8(exactly: value) else { throw fault("the octal escape is larger than a byte", at: escape) }
      bytes.append(byte)
    case UInt8(ascii: "x"):
      guard p < end, var value = Self.hexDigit(p.pointee) else {
        throw fault("the escape has no hexadecimal digits", at: escape)
      }
      p += 1
      if p < end, let digit = Self.hexDigit(p.pointee) {
        value = value << 4 | digit
        p += 1
      }
      bytes.append(value)
    case UInt8(ascii: "u"): try readCodePoint(digitCount: 4, escape, into: &bytes)
    case UInt8(ascii: "U"): try readCodePoint(digitCount: 8, escape, into: &bytes)
    default: throw expected("an escape", at: escape)
    }
  }

  private mutating func readCodePoint(
    digitCount: Int, _ escape: UnsafePointer<UInt8>, into bytes: inout [UInt8]
  ) throws(TextFormatFault) {
    var value: UInt32 = 0
    for _ in 0..<digitCount {
      guard p < end, let digit = Self.hexDigit(p.pointee) else {
        throw fault("the escape has too few hexadecimal digits", at: escape)
      }
      value = value << 4 | UInt32(digit)
      p += 1
    }
    // Halves of a surrogate pair are no characters, not even side by side.
    guard let scalar = Unicode.Scalar(value) else { throw fault("the escape is no Unicode character", at: escape) }
    bytes.append(contentsOf: UTF8.encode(scalar).unsafelyUnwrapped)
  }
}
