/// Values of fields that nobody knows.
extension TextFormatReader {
  /// Skips what follows a field's name: with a colon anything, without one a message or a list of messages.
  mutating func skipValue() throws(TextFormatFault) {
    let hasColon = skip(UInt8(ascii: ":"))
    guard skip(UInt8(ascii: "[")) else { return try skipElement(canBeScalar: hasColon) }
    if skip(UInt8(ascii: "]")) { return }
    while true {
      try skipElement(canBeScalar: hasColon)
      if skip(UInt8(ascii: "]")) { return }
      guard skip(UInt8(ascii: ",")) else { throw expected("a comma or the end of the list", at: p) }
    }
  }

  private mutating func skipElement(canBeScalar: Bool) throws(TextFormatFault) {
    guard p < end else { throw expected("a value", at: p) }
    if p.pointee == UInt8(ascii: "{") || p.pointee == UInt8(ascii: "<") { return try skipMessage() }
    guard canBeScalar else { throw expected("a colon, or { and a message", at: p) }
    if p.pointee == UInt8(ascii: "\"") || p.pointee == UInt8(ascii: "'") { return try skipLiterals() }
    if Self.startsIdentifier(p.pointee) {
      _ = identifier()
    } else if Self.isDigit(p.pointee) || p.pointee == UInt8(ascii: "-") || p.pointee == UInt8(ascii: ".") {
      try skipNumber()
    } else {
      throw expected("a value", at: p)
    }
  }

  /// Skips a number of any type: an octal or hexadecimal one as an integer, any other as a floating-point number.
  private mutating func skipNumber() throws(TextFormatFault) {
    var digits = p
    if digits.pointee == UInt8(ascii: "-") {
      p += 1
      skipSpace()
      digits = p
    }
    if end - digits >= 2, digits[0] == UInt8(ascii: "0"),
      Self.isDigit(digits[1]) || digits[1] | 0x20 == UInt8(ascii: "x")
    {
      _ = try integer(upTo: .max)
    } else {
      _ = try floatingPoint()
    }
  }

  private mutating func skipMessage() throws(TextFormatFault) {
    let terminator = try openMessage()
    while p < end, p.pointee != terminator {
      if Self.startsIdentifier(p.pointee) {
        _ = identifier()
      } else if p.pointee == UInt8(ascii: "[") {
        _ = try bracketedName(isTypeURL: true)
      } else if Self.isDigit(p.pointee) {
        _ = try integer(upTo: 536_870_911)
      } else {
        throw expected("the name of a field", at: p)
      }
      try skipValue()
      skipSeparator()
    }
    guard p < end else { throw expected("a field or the end of the message", at: p) }
    p += 1
    closeMessage()
  }
}
