/// The two floating-point types of fields.
protocol FloatingPointFieldValue: BinaryFloatingPoint, LosslessStringConvertible
where RawSignificand: FixedWidthInteger {
  /// The highest power of ten that the type has exactly.
  static var exactPowers: Int { get }

  /// The power of ten from a table; `exponent` is at most ``exactPowers``.
  static func power(_ exponent: Int) -> Self
}

extension Double: FloatingPointFieldValue {
  static var exactPowers: Int { 22 }
  @inline(__always)
  static func power(_ exponent: Int) -> Double { PowersOfTen.doubles[exponent] }
}

extension Float: FloatingPointFieldValue {
  static var exactPowers: Int { 10 }
  @inline(__always)
  static func power(_ exponent: Int) -> Float { Float(PowersOfTen.doubles[exponent]) }
}

/// Rounds decimals to the nearest number of a binary type.
enum DecimalRounding {
  /// The number nearest to `mantissa` times ten to the power of `exponent`.
  ///
  /// `nil` when that cannot be told from 128 bits of the power: of numbers half-way between two others; when the result
  /// is too small for all its bits, or too large.
  @inline(__always)
  static func nearest<Value: FloatingPointFieldValue>(
    _ mantissa: UInt64, exponent: Int, as type: Value.Type
  ) -> Value? {
    if mantissa == 0 { return 0 }
    // Both are exact, so that one operation rounds as it should. Clinger, "How to Read Floating Point Numbers".
    if mantissa <= 1 << UInt64(Value.significandBitCount + 1), -Value.exactPowers...Value.exactPowers ~= exponent {
      return exponent < 0 ? Value(mantissa) / Value.power(-exponent) : Value(mantissa) * Value.power(exponent)
    }
    return fromProduct(mantissa, exponent, Value.significandBitCount).flatMap { significand, exponent in
      let bias = 1 << (Value.exponentBitCount - 1) - 1
      guard 1 - bias...bias ~= exponent else { return nil }
      return Value(
        sign: .plus, exponentBitPattern: Value.RawExponent(truncatingIfNeeded: exponent + bias),
        significandBitPattern: Value.RawSignificand(truncatingIfNeeded: significand)
          & (1 << Value.RawSignificand(Value.significandBitCount) - 1))
    }
  }

  /// The significand, with one bit more than `bitCount`, and the exponent of its first bit. As in Daniel Lemire, "Number
  /// Parsing at a Gigabyte per Second".
  @inline(never)
  private static func fromProduct(
    _ mantissa: UInt64, _ exponent: Int, _ bitCount: Int
  ) -> (significand: UInt64, exponent: Int)? {
    guard PowersOfTen.exponents ~= exponent else { return nil }
    let power = PowersOfTen.significand(exponent)
    let normalized = mantissa << UInt64(mantissa.leadingZeroBitCount)
    // 192 bits, of which the first or the second is set.
    let upper = power.high.multipliedFullWidth(by: normalized)
    let lower = power.low.multipliedFullWidth(by: normalized)
    let (middle, carries) = upper.low.addingReportingOverflow(lower.high)
    let high = upper.high &+ (carries ? 1 : 0)
    let shift = UInt64(high.leadingZeroBitCount)
    let bits = high << shift | (shift == 0 ? 0 : middle >> 63)
    let rest = middle << shift | (shift == 0 ? 0 : lower.low >> 63)

    let dropped = UInt64(63 - bitCount)
    var kept = bits >> dropped
    let tail = bits << (64 - dropped)
    let half: UInt64 = 1 << 63
    if tail == half {
      if PowersOfTen.exactExponents ~= exponent {
        if rest != 0 || lower.low << shift != 0 || kept & 1 == 1 { kept += 1 }
      } else {
        // The power was rounded up, so that the product is too large by less than one in the middle word.
        if rest < 4 { return nil }
        kept += 1
      }
    } else if tail > half {
      kept += 1
    }
    var first = PowersOfTen.binaryExponent(exponent) + 64 - Int(shift) - mantissa.leadingZeroBitCount
    if kept >> UInt64(bitCount + 1) != 0 {
      kept >>= 1
      first += 1
    }
    return (kept, first)
  }
}
