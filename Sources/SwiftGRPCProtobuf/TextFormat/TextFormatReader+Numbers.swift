/// Numbers and truth values.
extension TextFormatReader {
  /// Reads an integer with an optional sign; space may stand between the two.
  mutating func signedInteger(upTo limit: UInt64) throws(TextFormatFault) -> Int64 {
    let numberStart = p
    let isNegative = skip(UInt8(ascii: "-"))
    let magnitude = try integer(upTo: isNegative ? limit + 1 : limit, numberStart)
    return isNegative ? Int64(truncatingIfNeeded: 0 &- magnitude) : Int64(truncatingIfNeeded: magnitude)
  }

  /// Reads an integer without a sign: decimal, octal after `0`, hexadecimal after `0x`.
  mutating func integer(upTo limit: UInt64) throws(TextFormatFault) -> UInt64 {
    try integer(upTo: limit, p)
  }

  private mutating func integer(
    upTo limit: UInt64, _ numberStart: UnsafePointer<UInt8>
  ) throws(TextFormatFault) -> UInt64 {
    guard p < end, Self.isDigit(p.pointee) else { throw expected("an integer", .malformedNumber, at: p) }
    var q = p
    var value: UInt64 = 0
    ByteWord.readDigits(&q, end, into: &value)
    // 19 digits are in range.
    if q - p > 19
      || p.pointee == UInt8(ascii: "0") && (q - p > 1 || q < end && q.pointee | 0x20 == UInt8(ascii: "x"))
    {
      return try unusualInteger(upTo: limit, numberStart)
    }
    p = q
    try endNumber(numberStart, "an integer")
    guard value <= limit else { throw fault("the number is out of range", .malformedNumber, at: numberStart) }
    skipSpace()
    return value
  }

  /// Reads decimal integers of a list, with a comma and at most one blank between them; false, at the start of the one
  /// that is not like this, when not all are.
  mutating func plainIntegers<Value: FixedWidthInteger>(into values: inout [Value]) -> Bool {
    withUnsafeTemporaryAllocation(of: Value.self, capacity: 32) { buffer in
      let start = buffer.baseAddress.unsafelyUnwrapped
      var next = start
      var q = p
      var hasEnded = false
      // So many bytes can be read for a sign, nineteen digits and what separates them.
      while end - q >= 28 {
        let isNegative = Value.isSigned && q.pointee == UInt8(ascii: "-")
        let first = isNegative ? q + 1 : q
        let (magnitude, count) = ByteWord.integer(first)
        guard count > 0, first.pointee != UInt8(ascii: "0") || count == 1, magnitude <= UInt64(Value.max) else { break }
        let digitsEnd = first + count
        let separator = UnsafeRawPointer(digitsEnd).loadUnaligned(as: UInt16.self)
        if separator == 0x202c {  // a comma and a blank
          q = digitsEnd + 2
        } else if digitsEnd.pointee == UInt8(ascii: ",") {
          q = digitsEnd + 1
        } else if digitsEnd.pointee == UInt8(ascii: "]") {
          q = digitsEnd + 1
          hasEnded = true
        } else {
          break
        }
        let value = Value(truncatingIfNeeded: magnitude)
        next.initialize(to: isNegative ? 0 &- value : value)
        next += 1
        if hasEnded || next - start == 32 {
          values.append(contentsOf: UnsafeBufferPointer(start: start, count: next - start))
          next = start
          if hasEnded { break }
        }
      }
      if next > start { values.append(contentsOf: UnsafeBufferPointer(start: start, count: next - start)) }
      p = q
      skipSpace()
      return hasEnded
    }
  }

  /// Reads an integer that starts with a zero, or has more digits than are in range in any case.
  @inline(never)
  private mutating func unusualInteger(
    upTo limit: UInt64, _ numberStart: UnsafePointer<UInt8>
  ) throws(TextFormatFault) -> UInt64 {
    var value: UInt64 = 0
    var isInRange = true
    let isDecimal = p.pointee != UInt8(ascii: "0")
    if !isDecimal { p += 1 }
    if isDecimal {
      while p < end, Self.isDigit(p.pointee) {
        let (product, overflows) = value.multipliedReportingOverflow(by: 10)
        let (sum, carries) = product.addingReportingOverflow(UInt64(p.pointee &- UInt8(ascii: "0")))
        isInRange = isInRange && !overflows && !carries
        value = sum
        p += 1
      }
    } else if p < end, p.pointee | 0x20 == UInt8(ascii: "x") {
      p += 1
      let digitStart = p
      while p < end, let digit = Self.hexDigit(p.pointee) {
        isInRange = isInRange && value <= .max >> 4
        value = value &<< 4 | UInt64(digit)
        p += 1
      }
      if p == digitStart { throw expected("hexadecimal digits", .malformedNumber, at: p) }
    } else {
      while p < end, Self.isDigit(p.pointee) {
        if p.pointee > UInt8(ascii: "7") { throw expected("octal digits", .malformedNumber, at: numberStart) }
        isInRange = isInRange && value <= .max >> 3
        value = value &<< 3 | UInt64(p.pointee &- UInt8(ascii: "0"))
        p += 1
      }
    }
    try endNumber(numberStart, "an integer")
    guard isInRange, value <= limit else {
      throw fault("the number is out of range", .malformedNumber, at: numberStart)
    }
    skipSpace()
    return value
  }

  /// A number may not run into a name. Spec: "Parsing Overview".
  @inline(__always)
  private func endNumber(
    _ numberStart: UnsafePointer<UInt8>, _ expectation: StaticString
  ) throws(TextFormatFault) {
    if p < end, Self.continuesIdentifier(p.pointee) || p.pointee == UInt8(ascii: ".") {
      throw expected(expectation, .malformedNumber, at: numberStart)
    }
  }

  static func hexDigit(_ byte: UInt8) -> UInt8? {
    if isDigit(byte) { return byte &- UInt8(ascii: "0") }
    let letter = (byte | 0x20) &- UInt8(ascii: "a")
    return letter < 6 ? letter &+ 10 : nil
  }

  /// Reads a floating-point number: decimal digits, with or without a point, an exponent and an `f`; infinity, also as
  /// `inf`; or what is not a number.
  mutating func floatingPoint() throws(TextFormatFault) -> Double {
    let numberStart = p
    let isNegative = skip(UInt8(ascii: "-"))
    if p < end, Self.startsIdentifier(p.pointee) {
      let name = identifier()
      if Self.equalsIgnoringCase(name, "inf") || Self.equalsIgnoringCase(name, "infinity") {
        return isNegative ? -.infinity : .infinity
      }
      if Self.equalsIgnoringCase(name, "nan") { return .nan }
      throw expected("a number", .malformedNumber, at: numberStart)
    }
    guard let literal = DecimalLiteral(&p, end) else {
      throw expected("a number", .malformedNumber, at: numberStart)
    }
    if p < end, p.pointee | 0x20 == UInt8(ascii: "f") { p += 1 }
    try endNumber(numberStart, "a number")
    skipSpace()
    return isNegative ? -literal.value : literal.value
  }

  private static func equalsIgnoringCase(_ name: UnsafeRawBufferPointer, _ lowercased: StaticString) -> Bool {
    guard name.count == lowercased.utf8CodeUnitCount else { return false }
    return name.indices.allSatisfy { name[$0] | 0x20 == lowercased.utf8Start[$0] }
  }

  /// Reads a truth value: `true`, `True`, `t`, 1 and their opposites.
  mutating func boolean() throws(TextFormatFault) -> Bool {
    let valueStart = p
    guard p < end, Self.startsIdentifier(p.pointee) else {
      do { return try integer(upTo: 1) == 1 } catch { throw expected("true or false", error.reason, at: valueStart) }
    }
    if skipTrue() { return true }
    let name = identifier()
    if Self.isEqual(name, "true") || Self.isEqual(name, "True") { return true }
    if Self.isEqual(name, "false") || Self.isEqual(name, "False") { return false }
    if Self.isEqual(name, "t") || Self.isEqual(name, "T") { return true }
    if Self.isEqual(name, "f") || Self.isEqual(name, "F") { return false }
    throw expected("true or false", at: valueStart)
  }

  /// Reads `true` if it is next.
  @inline(__always)
  private mutating func skipTrue() -> Bool {
    guard end - p > 4, UnsafeRawPointer(p).loadUnaligned(as: UInt32.self) == 0x6575_7274,
      !Self.continuesIdentifier(p[4])
    else { return false }
    p += 4
    skipSpace()
    return true
  }

  @inline(__always)
  static func isEqual(_ name: UnsafeRawBufferPointer, _ word: StaticString) -> Bool {
    name.count == word.utf8CodeUnitCount
      && ByteWord.isEqual(
        name.assumingMemoryBound(to: UInt8.self).baseAddress.unsafelyUnwrapped, word.utf8Start, count: name.count)
  }
}
