/// A floating-point number as it is written: digits with or without a point, and an exponent.
struct DecimalLiteral {
  /// The nearest number; infinity when the literal is larger than all.
  let value: Double

  /// Reads a literal without a sign, and moves `p` behind it; `nil` when there is none at `p`.
  ///
  /// A zero at the start may not be followed by another digit: that would be an octal integer.
  @inline(__always)
  init?(_ place: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
    if let value = Self.shortDecimal(&place, end) {
      self.value = value
      return
    }
    var p = place
    let start = p
    var mantissa: UInt64 = 0
    var exponent = 0
    ByteWord.readDigits(&p, end, into: &mantissa)
    var digitCount = p - start
    if digitCount > 1, start.pointee == UInt8(ascii: "0") { return nil }
    if p < end, p.pointee == UInt8(ascii: ".") {
      p += 1
      let fractionStart = p
      ByteWord.readDigits(&p, end, into: &mantissa)
      exponent = fractionStart - p
      digitCount += p - fractionStart
    }
    if digitCount == 0 { return nil }
    let mantissaEnd = p
    if p < end, p.pointee | 0x20 == UInt8(ascii: "e") {
      guard let written = Self.exponent(&p, end) else { return nil }
      exponent += written
    }
    place = p
    // The mantissa has wrapped around when there are more digits.
    if digitCount <= 19, let nearest = DecimalRounding.nearest(mantissa, exponent: exponent, as: Double.self) {
      value = nearest
    } else {
      value = Self.nearest(start, mantissaEnd, p)
    }
  }

  /// Reads a decimal with a point and up to seven digits, if one is next, and no more digits or an exponent behind it.
  @inline(__always)
  private static func shortDecimal(_ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Double? {
    guard end - p > 8 else { return nil }
    let word = UnsafeRawPointer(p).loadUnaligned(as: UInt64.self)
    let wholeCount = ByteWord.firstMarked(ByteWord.notDigits(word))
    guard 1...7 ~= wholeCount, p[wholeCount] == UInt8(ascii: "."), p[0] != UInt8(ascii: "0") || wholeCount == 1 else {
      return nil
    }
    // The same without the point, and with a zero at the end, which is no digit.
    let whole: UInt64 = 1 &<< UInt64(8 * wholeCount) - 1
    let joined = word & whole | word >> 8 & ~whole
    let digitCount = ByteWord.firstMarked(ByteWord.notDigits(joined))
    let next = p[digitCount + 1]
    guard next &- UInt8(ascii: "0") > 9, next | 0x20 != UInt8(ascii: "e") else { return nil }
    p += digitCount + 1
    // Both numbers are exact, so that the quotient is rounded as it should.
    return Double(ByteWord.number(joined, digitCount: digitCount)) / PowersOfTen.doubles[digitCount - wholeCount]
  }

  /// Reads an exponent, whose `e` is next.
  @inline(never)
  private static func exponent(_ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int? {
    p += 1
    let isNegative = p < end && p.pointee == UInt8(ascii: "-")
    if p < end, p.pointee == UInt8(ascii: "-") || p.pointee == UInt8(ascii: "+") { p += 1 }
    let start = p
    var written = 0
    while p < end, p.pointee &- UInt8(ascii: "0") < 10 {
      if written < 100_000 { written = written * 10 + Int(p.pointee &- UInt8(ascii: "0")) }
      p += 1
    }
    if p == start { return nil }
    return isNegative ? -written : written
  }

  /// Leaves it to the standard library, in whose grammar digits stand on both sides of the point.
  private static func nearest(
    _ start: UnsafePointer<UInt8>, _ mantissaEnd: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
  ) -> Double {
    var text = start.pointee == UInt8(ascii: ".") ? "0" : ""
    text += String(decoding: UnsafeBufferPointer(start: start, count: mantissaEnd - start), as: UTF8.self)
    if (mantissaEnd - 1).pointee == UInt8(ascii: ".") { text += "0" }
    text += String(decoding: UnsafeBufferPointer(start: mantissaEnd, count: end - mantissaEnd), as: UTF8.self)
    return Double(text) ?? .infinity
  }
}
