/// A number in a JSON text: `mantissa` times ten to the power of `exponent`, and the extent of its text.
struct JSONNumber {
  var isNegative = false
  var mantissa: UInt64 = 0
  var exponent = 0
  /// False when there were more digits than fit into the mantissa, and others than 0 among those left out.
  var isExact = true
  /// The mantissa takes no more digits.
  var isFull = false
  let start: UnsafePointer<UInt8>
  var count = 0

  /// The magnitude if the number is an integer below 2^64: `1.0` and `1e2` are.
  var integer: UInt64? {
    guard isExact else { return nil }
    if mantissa == 0 { return 0 }
    var magnitude = mantissa
    guard -19...19 ~= exponent else { return nil }
    let scale = PowersOfTen.integers[abs(exponent)]
    if exponent >= 0 {
      let (product, overflows) = magnitude.multipliedReportingOverflow(by: scale)
      if overflows { return nil }
      magnitude = product
    } else {
      let (quotient, remainder) = magnitude.quotientAndRemainder(dividingBy: scale)
      if remainder != 0 { return nil }
      magnitude = quotient
    }
    return magnitude
  }

  /// The nearest double.
  /// - Throws: a range fault when the number is beyond all doubles.
  func double(_ reader: JSONReader) throws(JSONFault) -> Double { try floatingPoint(reader) }

  /// The nearest value of a type.
  /// - Throws: a range fault when the number is beyond all of them.
  func floatingPoint<Value: JSONFloat>(_ reader: JSONReader) throws(JSONFault) -> Value {
    if isExact {
      if mantissa == 0 { return isNegative ? -0.0 : 0.0 }
      // Both are exact, so that one operation rounds as it should. Clinger, "How to Read Floating Point Numbers".
      if mantissa <= 1 << UInt64(Value.significandBitCount + 1), -Value.exactPowers...Value.exactPowers ~= exponent {
        let value = Value(mantissa)
        let scale = Value(PowersOfTen.doubles[abs(exponent)])
        return (isNegative ? -value : value) * (exponent < 0 ? 1 : scale) / (exponent < 0 ? scale : 1)
      }
      if -19...19 ~= exponent {
        let value: Value = rounded()
        return isNegative ? -value : value
      }
    }
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    guard let value = Value(text), value.isFinite else {
      throw reader.fault(.numberRange, "a number in the range of the field", at: start)
    }
    return value
  }

  /// The double nearest to `mantissa` times ten to the power of `exponent`, for exponents from -19 to 19.
  static func nearest(_ mantissa: UInt64, exponent: Int) -> Double {
    if mantissa == 0 { return 0 }
    guard mantissa <= 1 << 53 else { return rounded(mantissa, exponent) }
    // Both are exact, so that one operation rounds as it should.
    let scale = PowersOfTen.doubles[abs(exponent)]
    return exponent < 0 ? Double(mantissa) / scale : Double(mantissa) * scale
  }

  private func rounded<Value: JSONFloat>() -> Value { Self.rounded(mantissa, exponent) }

  /// The nearest value, for exponents from -19 to 19: by integers, in which the product or quotient is exact.
  private static func rounded<Value: JSONFloat>(_ mantissa: UInt64, _ exponent: Int) -> Value {
    let scale = PowersOfTen.integers[abs(exponent)]
    var bits: UInt64  // the 64 highest bits of the result, the highest one set
    var hasMore: Bool  // and whether there are ones below them
    var power: Int  // what the lowest of the 64 bits counts
    if exponent >= 0 {
      let (high, low) = mantissa.multipliedFullWidth(by: scale)
      let shift = high == 0 ? 64 + low.leadingZeroBitCount : high.leadingZeroBitCount
      bits = shift >= 64 ? low << (shift - 64) : high << shift | (shift == 0 ? 0 : low >> (64 - shift))
      hasMore = shift < 64 && low << shift != 0
      power = 64 - shift
    } else {
      let divisor = scale << scale.leadingZeroBitCount
      let dividend = mantissa << mantissa.leadingZeroBitCount
      power = scale.leadingZeroBitCount - mantissa.leadingZeroBitCount - 63
      // Half the dividend, so that the quotient fits into 64 bits; it has 63 or 64.
      let (quotient, remainder) = divisor.dividingFullWidth((dividend >> 1, dividend << 63))
      hasMore = remainder != 0
      bits = quotient
      if bits.leadingZeroBitCount == 1 {
        // One more bit of the quotient.
        let doubled = remainder << 1
        let isCarried = remainder >> 63 == 1 || doubled >= divisor
        bits = bits << 1 | (isCarried ? 1 : 0)
        hasMore = isCarried ? doubled &- divisor != 0 : doubled != 0
        power -= 1
      }
    }
    let dropped = 63 - Value.significandBitCount
    var kept = bits >> UInt64(dropped)
    let rest = bits << UInt64(64 - dropped)
    let half: UInt64 = 1 << 63
    if rest > half || rest == half && (hasMore || kept & 1 == 1) { kept += 1 }
    return Value(sign: .plus, exponent: Value.Exponent(power + dropped), significand: Value(kept))
  }
}

/// The two floating-point types of fields.
protocol JSONFloat: BinaryFloatingPoint, LosslessStringConvertible {
  /// The highest power of ten that the type has exactly.
  static var exactPowers: Int { get }
}

extension Double: JSONFloat {
  static var exactPowers: Int { 22 }
}

extension Float: JSONFloat {
  static var exactPowers: Int { 10 }
}
