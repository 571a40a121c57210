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
    if let literal = try plainLiteral() {
      guard let text = String(utf8: literal.bytes, isASCII: literal.isASCII) else { throw notUTF8(literalStart) }
      return text
    }
    let bytes = try literals()
    guard let text = String(utf8: bytes, isASCII: false) else { throw notUTF8(literalStart) }
    return text
  }

  private func notUTF8(_ position: UnsafePointer<UInt8>) -> TextFormatFault {
    fault("the string is not valid UTF-8", .invalidUTF8, at: position)
  }

  /// Reads `bytes`.
  mutating func bytes() throws(TextFormatFault) -> Data {
    if let literal = try plainLiteral() { return Data(literal.bytes) }
    return Data(try literals())
  }

  /// Reads literals whose value nobody needs.
  mutating func skipLiterals() throws(TextFormatFault) {
    if try plainLiteral() == nil { _ = try literals() }
  }

  /// Reads a literal that stands alone and has no escapes; `nil`, with nothing read, when it is another one.
  @inline(__always)
  private mutating func plainLiteral() throws(TextFormatFault) -> (bytes: UnsafeRawBufferPointer, isASCII: Bool)? {
    let literalStart = p
    guard p < end, p.pointee == UInt8(ascii: "\"") || p.pointee == UInt8(ascii: "'") else {
      throw expected("a string", at: p)
    }
    let quote = p.pointee
    let (contentEnd, isASCII) = Self.endOfPlainRun(p + 1, end, quote)
    guard contentEnd < end, contentEnd.pointee == quote else { return nil }
    p = contentEnd + 1
    skipSpace()
    if p < end, p.pointee == UInt8(ascii: "\"") || p.pointee == UInt8(ascii: "'") {
      p = literalStart
      return nil
    }
    return (UnsafeRawBufferPointer(start: literalStart + 1, count: contentEnd - literalStart - 1), isASCII)
  }

  /// Where the characters end that stand for themselves: at a quote, a backslash, a line end or the end of the text.
  ///
  /// - Returns: also whether they are ASCII; they may be even if it is false.
  @inline(__always)
  private static func endOfPlainRun(
    _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ quote: UInt8
  ) -> (UnsafePointer<UInt8>, isASCII: Bool) {
    var p = start
    var seen: UInt64 = 0  // all bits of the bytes so far, and of some behind them
    while end - p >= 8 {
      let word = UnsafeRawPointer(p).loadUnaligned(as: UInt64.self)
      // Any byte below 16 is looked at: the line ends are.
      let special =
        ByteWord.equal(word, quote) | ByteWord.equal(word, UInt8(ascii: "\\")) | ByteWord.less(word, than: 0x10)
      seen |= word
      if special == 0 {
        p += 8
        continue
      }
      p += ByteWord.firstMarked(special)
      if endsPlainRun(p.pointee, quote) { return (p, seen & ByteWord.highBits == 0) }
      p += 1
    }
    while p < end, !endsPlainRun(p.pointee, quote) {
      seen |= UInt64(p.pointee)
      p += 1
    }
    return (p, seen & ByteWord.highBits == 0)
  }

  @inline(__always)
  private static func endsPlainRun(_ byte: UInt8, _ quote: UInt8) -> Bool {
    byte == quote || byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
  }

  /// Reads literals, and what they mean together, which is overwritten when the next ones are read.
  private mutating func literals() throws(TextFormatFault) -> UnsafeRawBufferPointer {
    var count = 0
    repeat {
      let literalStart = p
      let quote = p.pointee
      p += 1
      var out = scratch.position(count)
      while true {
        let run = p
        // Bytes that are not text have one escape after the other.
        if p < end, p.pointee != UInt8(ascii: "\\") { p = Self.endOfPlainRun(p, end, quote).0 }
        scratch.reserve(p - run, at: &out)
        scratch.copy(run, count: p - run, to: &out)
        guard p < end else { throw fault("the string does not end", at: literalStart) }
        if p.pointee == quote { break }
        guard p.pointee == UInt8(ascii: "\\") else { throw fault("the string holds a line end", at: p) }
        if let byte = threeOctalDigits() {
          Self.append(byte, to: &out)
          p += 4
        } else {
          try readEscape(to: &out)
        }
      }
      count = scratch.count(at: out)
      p += 1
      skipSpace()
    } while p < end && (p.pointee == UInt8(ascii: "\"") || p.pointee == UInt8(ascii: "'"))
    return UnsafeRawBufferPointer(start: scratch.start, count: count)
  }

  /// What an escape of three octal digits means, which is how bytes are written most often; `nil` for another one.
  @inline(__always)
  private func threeOctalDigits() -> UInt8? {
    guard end - p >= 4 else { return nil }
    // The digits' values, when these are the right characters: then no other bit is left.
    let digits = UInt32(littleEndian: UnsafeRawPointer(p).loadUnaligned(as: UInt32.self)) ^ 0x3030_305c
    guard digits & 0xf8f8_fcff == 0 else { return nil }
    return UInt8(truncatingIfNeeded: (digits >> 8) << 6 | (digits >> 16) << 3 | digits >> 24)
  }

  /// Reads a backslash and what follows. Spec: "String Literals".
  private mutating func readEscape(to out: inout UnsafeMutablePointer<UInt8>) throws(TextFormatFault) {
    let escape = p
    guard end - p >= 2 else { throw expected("an escape", at: end) }
    let kind = p[1]
    p += 2
    switch kind {
    case UInt8(ascii: "a"): Self.append(7, to: &out)
    case UInt8(ascii: "b"): Self.append(8, to: &out)
    case UInt8(ascii: "t"): Self.append(9, to: &out)
    case UInt8(ascii: "n"): Self.append(10, to: &out)
    case UInt8(ascii: "v"): Self.append(11, to: &out)
    case UInt8(ascii: "f"): Self.append(12, to: &out)
    case UInt8(ascii: "r"): Self.append(13, to: &out)
    case UInt8(ascii: "?"), UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): Self.append(kind, to: &out)
    case UInt8(ascii: "0")...UInt8(ascii: "7"):
      var value = UInt32(kind - UInt8(ascii: "0"))
      for _ in 0..<2 where p < end && (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(p.pointee) {
        value = value * 8 + UInt32(p.pointee - UInt8(ascii: "0"))
        p += 1
      }
      guard let byte = UInt8(exactly: value) else { throw fault("the octal escape is larger than a byte", at: escape) }
      Self.append(byte, to: &out)
    case UInt8(ascii: "x"):
      guard p < end, var value = Self.hexDigit(p.pointee) else {
        throw fault("the escape has no hexadecimal digits", at: escape)
      }
      p += 1
      if p < end, let digit = Self.hexDigit(p.pointee) {
        value = value << 4 | digit
        p += 1
      }
      Self.append(value, to: &out)
    case UInt8(ascii: "u"): try readCodePoint(digitCount: 4, escape, to: &out)
    case UInt8(ascii: "U"): try readCodePoint(digitCount: 8, escape, to: &out)
    default: throw expected("an escape", at: escape)
    }
  }

  private mutating func readCodePoint(
    digitCount: Int, _ escape: UnsafePointer<UInt8>, to out: inout UnsafeMutablePointer<UInt8>
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
    for byte in UTF8.encode(scalar).unsafelyUnwrapped { Self.append(byte, to: &out) }
  }

  @inline(__always)
  private static func append(_ byte: UInt8, to out: inout UnsafeMutablePointer<UInt8>) {
    out.pointee = byte
    out += 1
  }
}
