/// The shortest decimal that means a floating-point number: the one with the fewest digits among those that are read as
/// that number, and of these the nearest. Swift's `description` has the same digits, but makes a string of them.
///
/// Raffaello Giulietti, "The Schubfach way to render doubles".
struct ShortestDecimal {
  /// The digits, without zeros at the end.
  private(set) var digits: UInt64
  /// What power of ten the last digit counts.
  private(set) var exponent: Int

  /// - Parameter value: neither zero nor infinite; the sign is left out.
  init(_ value: Double) {
    let fraction = value.significandBitPattern
    let exponent = Int(value.exponentBitPattern)
    self.init(
      exponent == 0 ? fraction : fraction | 1 << 52, exponent: max(exponent, 1) - 1075,
      isPowerOfTwo: fraction == 0 && exponent > 1)
  }

  /// - Parameter value: neither zero nor infinite; the sign is left out.
  init(_ value: Float) {
    let fraction = UInt64(value.significandBitPattern)
    let exponent = Int(value.exponentBitPattern)
    self.init(
      exponent == 0 ? fraction : fraction | 1 << 23, exponent: max(exponent, 1) - 150,
      isPowerOfTwo: fraction == 0 && exponent > 1)
  }

  /// The number is `significand` times two to the power of `exponent`.
  ///
  /// - Parameter isPowerOfTwo: the next lower number is only half as far away as the next higher one.
  private init(_ significand: UInt64, exponent: Int, isPowerOfTwo: Bool) {
    // The power of ten that is just not larger than the distance between the numbers that are half-way to the neighbours:
    // a multiple of it lies there, and of the next power at most one.
    let decimal = (exponent * 1_262_611 - (isPowerOfTwo ? 524_031 : 0)) >> 22
    let power = PowersOfTen.significand(-decimal)
    let shift = UInt64(truncatingIfNeeded: exponent + PowersOfTen.binaryExponent(-decimal) + 1)
    // In quarters of that power, with a bit for what is cut off. Half-way numbers are read as the even neighbour.
    let isOdd = significand & 1
    let value = Self.product(power, (4 * significand) << shift)
    let lower = Self.product(power, (4 * significand - (isPowerOfTwo ? 1 : 2)) << shift) + isOdd
    let upper = Self.product(power, (4 * significand + 2) << shift) - isOdd
    let whole = value / 4
    let tens = whole / 10
    if tens > 0, (lower <= 40 * tens) != (40 * tens + 40 <= upper) {
      digits = tens + (lower <= 40 * tens ? 0 : 1)
      self.exponent = decimal + 1
    } else if (lower <= 4 * whole) != (4 * whole + 4 <= upper) {
      digits = whole + (lower <= 4 * whole ? 0 : 1)
      self.exponent = decimal
    } else {
      let middle = 4 * whole + 2
      digits = whole + (value > middle || value == middle && whole & 1 == 1 ? 1 : 0)
      self.exponent = decimal
    }
    removeZeros()
  }

  /// The highest 64 bits of the product, the last one set if any below them is.
  @inline(__always)
  private static func product(_ power: PowersOfTen.Significand, _ factor: UInt64) -> UInt64 {
    let low = power.low.multipliedFullWidth(by: factor).high
    let high = power.high.multipliedFullWidth(by: factor)
    let (sum, carries) = high.low.addingReportingOverflow(low)
    return (high.high &+ (carries ? 1 : 0)) | (sum > 1 ? 1 : 0)
  }

  @inline(__always)
  private mutating func removeZeros() {
    guard removeZeros(1, 10) else { return }
    while removeZeros(8, 100_000_000) {}
    _ = removeZeros(4, 10_000)
    _ = removeZeros(2, 100)
    _ = removeZeros(1, 10)
  }

  /// Removes so many zeros, if they are there.
  @inline(__always)
  private mutating func removeZeros(_ count: Int, _ power: UInt64) -> Bool {
    let (quotient, remainder) = digits.quotientAndRemainder(dividingBy: power)
    guard remainder == 0 else { return false }
    digits = quotient
    exponent += count
    return true
  }
}

extension UTF8Buffer {
  /// Appends the shortest digits that mean this finite number, as Swift prints it: `1.0`, `0.1`, `1e+16`.
  mutating func append(_ value: Double) {
    if value.sign == .minus { append(UInt8(ascii: "-")) }
    let magnitude = value.magnitude
    // Whole numbers up to 2^53 are printed with all their digits.
    if magnitude <= 9_007_199_254_740_992 {
      let whole = UInt64(magnitude)
      if Double(whole) == magnitude { return appendWhole(whole) }
    }
    append(ShortestDecimal(magnitude))
  }

  /// Appends the shortest digits that mean this finite number, as Swift prints it.
  mutating func append(_ value: Float) {
    if value.sign == .minus { append(UInt8(ascii: "-")) }
    let magnitude = value.magnitude
    if magnitude <= 16_777_216 {
      let whole = UInt64(magnitude)
      if Float(whole) == magnitude { return appendWhole(whole) }
    }
    append(ShortestDecimal(magnitude))
  }

  @inline(__always)
  private mutating func appendWhole(_ value: UInt64) {
    append(value)
    append(".0")
  }

  /// Appends a number that is not whole, or too large to be printed as a whole one.
  private mutating func append(_ decimal: ShortestDecimal) {
    let digitCount = Self.digitCount(decimal.digits)
    let exponent = digitCount + decimal.exponent - 1
    reserve(40)
    if exponent < -4 || decimal.exponent >= 0 {
      // One digit, a point and the others.
      Self.write(decimal.digits, endingAt: next + digitCount + 1)
      next[0] = next[1]
      next[1] = UInt8(ascii: ".")
      next += digitCount == 1 ? 1 : digitCount + 1
      append(exponent < 0 ? "e-" : "e+")
      if abs(exponent) < 10 { append(UInt8(ascii: "0")) }
      append(UInt64(abs(exponent)))
    } else if exponent >= 0 {
      Self.write(decimal.digits, endingAt: next + digitCount + 1)
      for offset in 0...exponent { next[offset] = next[offset + 1] }
      next[exponent + 1] = UInt8(ascii: ".")
      next += digitCount + 1
    } else {
      next.update(repeating: UInt8(ascii: "0"), count: 1 - exponent)
      next[1] = UInt8(ascii: ".")
      next += 1 - exponent + digitCount
      Self.write(decimal.digits, endingAt: next)
    }
  }
}
