/// Numbers, which may also stand in quotes. Spec: RFC 8259, section 6; ProtoJSON format, `int32` to `double`.
extension JSONReader {
  /// Reads a number without quotes.
  mutating func number(_ expected: StaticString) throws(JSONFault) -> JSONNumber {
    var number = JSONNumber(start: p)
    var q = p
    if q < end, q.pointee == UInt8(ascii: "-") {
      number.isNegative = true
      q += 1
    }
    let first = q
    guard q < end, Self.digit(q.pointee) != nil else { throw fault(.malformedNumber, expected) }
    ByteWord.readDigits(&q, end, into: &number.mantissa)
    if first.pointee == UInt8(ascii: "0"), q - first > 1 { throw fault(.leadingZero, "no zero before the number") }
    var digitCount = q - first
    if q < end, q.pointee == UInt8(ascii: ".") {
      q += 1
      let fraction = q
      ByteWord.readDigits(&q, end, into: &number.mantissa)
      guard q > fraction else { throw fault(.malformedNumber, expected, at: p) }
      digitCount += q - fraction
      number.exponent = fraction - q
    }
    if digitCount > 19 { number.readLongMantissa(first, q) }
    if q < end, q.pointee | 0x20 == UInt8(ascii: "e") {
      q += 1
      let isNegative = q < end && q.pointee == UInt8(ascii: "-")
      if isNegative || q < end && q.pointee == UInt8(ascii: "+") { q += 1 }
      guard q < end, Self.digit(q.pointee) != nil else { throw fault(.malformedNumber, expected, at: p) }
      var exponent = 0
      while q < end, let digit = Self.digit(q.pointee) {
        if exponent < 1_000_000_000 { exponent = exponent * 10 + Int(digit) }
        q += 1
      }
      number.exponent += isNegative ? -exponent : exponent
    }
    number.count = q - p
    p = q
    return number
  }

  @inline(__always)
  private static func digit(_ byte: UInt8) -> UInt64? {
    let digit = byte &- UInt8(ascii: "0")
    return digit < 10 ? UInt64(digit) : nil
  }

  /// Reads what stands in quotes with `body`, all of it.
  private mutating func quoted<Result>(
    _ code: JSONFault.Code, _ expected: StaticString, _ body: (inout JSONReader) throws(JSONFault) -> Result
  ) throws(JSONFault) -> Result {
    let opening = p
    let text = try quotedText()
    return try withUnescaped(text) { (bytes) throws(JSONFault) in
      var reader = JSONReader(
        self, start: bytes.assumingMemoryBound(to: UInt8.self).baseAddress ?? text.start, count: bytes.count)
      do throws(JSONFault) {
        let result = try body(&reader)
        guard reader.p == reader.end else { throw fault(code, expected, at: opening) }
        return result
      } catch {
        // Whatever it is, it is the string that is wrong, not the end of its content.
        throw fault(error.code == .truncated ? code : error.code, error.expected, at: opening)
      }
    }
  }

  // MARK: - Integers

  @inline(__always)
  mutating func integer<Value: FixedWidthInteger>() throws(JSONFault) -> Value {
    if isNext("\"") { return try quotedInteger() }
    return try plainInteger()
  }

  @inline(never)
  private mutating func quotedInteger<Value: FixedWidthInteger>() throws(JSONFault) -> Value {
    let opening = p
    p += 1
    // Quotes are usual around 64-bit integers; so a number and a quote are tried first.
    if let value: Value = shortInteger(), isNext("\"") {
      p += 1
      return value
    }
    p = opening
    return try quoted(.malformedNumber, "an integer") { (reader) throws(JSONFault) in try reader.plainInteger() }
  }

  @inline(__always)
  private mutating func plainInteger<Value: FixedWidthInteger>() throws(JSONFault) -> Value {
    if let value: Value = shortInteger() { return value }
    return try longInteger()
  }

  /// Reads an integer of up to 19 digits, if nothing but digits and a sign are there; otherwise it stays where it is.
  @inline(__always)
  private mutating func shortInteger<Value: FixedWidthInteger>() -> Value? {
    var q = p
    let isNegative = q < end && q.pointee == UInt8(ascii: "-")
    if isNegative { q += 1 }
    let first = q
    var magnitude: UInt64 = 0  // of 19 digits, always less than 2^64
    ByteWord.readDigits(&q, end, into: &magnitude)
    if q - first > 19 { return nil }
    guard q > first, first.pointee != UInt8(ascii: "0") || q - first == 1 else { return nil }
    if q < end, q.pointee == UInt8(ascii: ".") || q.pointee | 0x20 == UInt8(ascii: "e") { return nil }
    let value = isNegative ? Self.negated(magnitude) : Value(exactly: magnitude)
    if value != nil { p = q }
    return value
  }

  @inline(never)
  private mutating func longInteger<Value: FixedWidthInteger>() throws(JSONFault) -> Value {
    let opening = p
    let number = try number("an integer")
    guard let magnitude = number.integer else { throw fault(.numberRange, Self.range(Value.self), at: opening) }
    if !number.isNegative || magnitude == 0 {
      if let value = Value(exactly: magnitude) { return value }
    } else if let value: Value = Self.negated(magnitude) {
      return value
    }
    throw fault(.numberRange, Self.range(Value.self), at: opening)
  }

  @inline(__always)
  private static func negated<Value: FixedWidthInteger>(_ magnitude: UInt64) -> Value? {
    magnitude <= 1 << 63 ? Value(exactly: Int64(truncatingIfNeeded: 0 &- magnitude)) : nil
  }

  private static func range<Value: FixedWidthInteger>(_ type: Value.Type) -> StaticString {
    switch (Value.isSigned, Value.bitWidth) {
    case (true, 32): "an integer of 32 bits"
    case (true, _): "an integer of 64 bits"
    case (false, 32): "an unsigned integer of 32 bits"
    case (false, _): "an unsigned integer of 64 bits"
    }
  }

  // MARK: - Floating point

  @inline(__always)
  func nearest<Value: FloatingPointFieldValue>(_ number: JSONNumber) throws(JSONFault) -> Value {
    if let value: Value = number.nearest() { return value }
    throw fault(.numberRange, "a number in the range of the field", at: number.start)
  }

  mutating func float<Value: FloatingPointFieldValue>() throws(JSONFault) -> Value {
    guard isNext("\"") else { return try nearest(try number("a number")) }
    return try quoted(.malformedNumber, "a number") { (reader) throws(JSONFault) in
      guard reader.p < reader.end else { throw reader.fault(.malformedNumber, "a number") }
      switch reader.p.pointee {
      case UInt8(ascii: "N"):
        try reader.word("NaN", or: .malformedNumber, "a number")
        return .nan
      case UInt8(ascii: "I"):
        try reader.word("Infinity", or: .malformedNumber, "a number")
        return .infinity
      case UInt8(ascii: "-") where reader.end - reader.p > 1 && reader.p[1] == UInt8(ascii: "I"):
        try reader.word("-Infinity", or: .malformedNumber, "a number")
        return -.infinity
      default: return try reader.nearest(try reader.number("a number"))
      }
    }
  }
}

extension JSONNumber {
  /// Reads more digits than surely fit: as many as do, and whether something was left out.
  @inline(never)
  fileprivate mutating func readLongMantissa(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
    mantissa = 0
    exponent = 0
    var isFraction = false
    for byte in UnsafeBufferPointer(start: start, count: end - start) {
      if byte == UInt8(ascii: ".") {
        isFraction = true
      } else {
        append(UInt64(byte &- UInt8(ascii: "0")), isFraction: isFraction)
      }
    }
  }

  /// Takes one more digit.
  private mutating func append(_ digit: UInt64, isFraction: Bool) {
    // 2^64 - 1 is 18446744073709551615.
    if !isFull, mantissa < 1_844_674_407_370_955_161 || mantissa == 1_844_674_407_370_955_161 && digit <= 5 {
      mantissa = mantissa * 10 + digit
      if isFraction { exponent -= 1 }
    } else {
      isFull = true
      if digit != 0 { isExact = false }
      if !isFraction { exponent += 1 }
    }
  }
}
