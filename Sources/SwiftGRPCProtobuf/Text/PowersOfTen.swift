/// The powers of ten that number types have exactly, and the 128 highest bits of all that numbers need.
enum PowersOfTen {
  /// From 10^0 to 10^19.
  static let integers: [UInt64] = [
    1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
    100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
    10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
  ]

  /// From 10^0 to 10^22.
  static let doubles: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
    1e20, 1e21, 1e22,
  ]

  // MARK: - 128 bits

  /// The 128 highest bits of a number, of which the first is set; rounded up when there are more.
  struct Significand {
    var high: UInt64
    var low: UInt64
  }

  /// The exponents of ``significand(_:)``: what the mantissas of 64 bits need to reach all doubles.
  static let exponents = -342...324

  /// The powers whose significands are exact: 5^55 has 128 bits.
  static let exactExponents = 0...55

  /// The significand of a power of ten. It counts 2^(``binaryExponent(_:)`` - 127).
  @inline(__always)
  static func significand(_ exponent: Int) -> Significand { significands[exponent - exponents.lowerBound] }

  /// The binary exponent of a power of ten: its logarithm to the base of 2, rounded down.
  @inline(__always)
  static func binaryExponent(_ exponent: Int) -> Int { (exponent * 1_741_647) >> 19 }

  /// Made on first use, in a few ten thousand steps, by multiplying and dividing by five: a power of ten differs from one
  /// of five in its exponent alone.
  private static let significands: [Significand] = {
    // The quotient of a quotient, both rounded down, is that of the product: dividing on loses nothing but the last bits.
    var quotient = [UInt64](repeating: 0, count: 15)
    quotient[14] = 1 << 63
    var result: [Significand] = []
    for _ in 0 ..< -exponents.lowerBound {
      var remainder: UInt64 = 0
      for index in quotient.indices.reversed() {
        (quotient[index], remainder) = (5 as UInt64).dividingFullWidth((remainder, quotient[index]))
      }
      result.append(highestBits(quotient, isExact: false))
    }
    result.reverse()
    var power: [UInt64] = [1]
    for _ in 0...exponents.upperBound {
      result.append(highestBits(power, isExact: true))
      var carry: UInt64 = 0
      for index in power.indices {
        let (high, low) = power[index].multipliedFullWidth(by: 5)
        let (sum, overflows) = low.addingReportingOverflow(carry)
        power[index] = sum
        carry = high + (overflows ? 1 : 0)
      }
      if carry > 0 { power.append(carry) }
    }
    return result
  }()

  /// The highest bits of a number in words, of which the lowest is the first.
  private static func highestBits(_ words: [UInt64], isExact: Bool) -> Significand {
    let last = words.lastIndex { $0 != 0 } ?? 0
    let shift = UInt64(words[last].leadingZeroBitCount)
    func word(_ index: Int) -> UInt64 {
      let (high, low) = (index >= 0 ? words[index] : 0, index >= 1 ? words[index - 1] : 0)
      return shift == 0 ? high : high << shift | low >> (64 - shift)
    }
    var (high, low) = (word(last), word(last - 1))
    if !isExact || (0..<max(0, last - 1)).contains(where: { word($0) != 0 }) {
      low &+= 1
      if low == 0 { high += 1 }
    }
    return Significand(high: high, low: low)
  }
}
