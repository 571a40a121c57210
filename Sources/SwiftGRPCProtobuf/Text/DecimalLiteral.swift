/// A floating-point number as it is written: digits with or without a point, and an exponent.
struct DecimalLiteral {
  /// The nearest number; infinity when the literal is larger than all.
  let value: Double

  /// Reads a literal without a sign, and moves `p` behind it; `nil` when there is none at `p`.
  ///
  /// A zero at the start may not be followed by another digit: that would be an octal integer.
  init?(_ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
    let start = p
    var mantissa: UInt64 = 0
    var exponent = 0
    Self.readDigits(&p, end, into: &mantissa)
    var digitCount = p - start
    if digitCount > 1, start.pointee == UInt8(ascii: "0") { return nil }
    if p < end, p.pointee == UInt8(ascii: ".") {
      p += 1
      let fractionStart = p
      Self.readDigits(&p, end, into: &mantissa)
      exponent = fractionStart - p
      digitCount += p - fractionStart
    }
    if digitCount == 0 { return nil }
    let mantissaEnd = p
    if p < end, p.pointee | 0x20 == UInt8(ascii: "e") {
      p += 1
      let isNegative = p < end && p.pointee == UInt8(ascii: "-")
      if p < end, p.pointee == UInt8(ascii: "-") || p.pointee == UInt8(ascii: "+") { p += 1 }
      let exponentStart = p
      var written = 0
      while p < end, p.pointee &- UInt8(ascii: "0") < 10 {
        if written < 100_000 { written = written * 10 + Int(p.pointee &- UInt8(ascii: "0")) }
        p += 1
      }
      if p == exponentStart { return nil }
      exponent += isNegative ? -written : written
    }
    // The mantissa has wrapped around when there are more digits.
    if digitCount <= 19, -19...19 ~= exponent {
      value = JSONNumber.nearest(mantissa, exponent: exponent)
    } else {
      value = Self.nearest(start, mantissaEnd, p)
    }
  }

  @inline(__always)
  private static func readDigits(
    _ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, into mantissa: inout UInt64
  ) {
    while p < end {
      let digit = p.pointee &- UInt8(ascii: "0")
      if digit > 9 { return }
      mantissa = mantissa &* 10 &+ UInt64(digit)
      p += 1
    }
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
