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

  /// The nearest value of a type, or `nil` when the number is beyond all of them.
  @inline(__always)
  func nearest<Value: FloatingPointFieldValue>() -> Value? {
    if isExact, let value = DecimalRounding.nearest(mantissa, exponent: exponent, as: Value.self) {
      return isNegative ? -value : value
    }
    return parsed()
  }

  /// Leaves it to the standard library.
  @inline(never)
  private func parsed<Value: FloatingPointFieldValue>() -> Value? {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    return Value(text).flatMap { $0.isFinite ? $0 : nil }
  }
}
