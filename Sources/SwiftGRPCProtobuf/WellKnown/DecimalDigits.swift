/// Runs of decimal digits in the text forms of timestamps and durations.
enum DecimalDigits {
  /// Writes a number that is not negative in exactly `count` digits, and returns the end of what it wrote.
  static func write(_ value: Int64, count: Int, to p: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    var rest = UInt64(bitPattern: value)
    for index in stride(from: count - 1, through: 0, by: -1) {
      p.storeBytes(of: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10), toByteOffset: index, as: UInt8.self)
      rest /= 10
    }
    return p + count
  }

  /// The digit that a byte stands for.
  @inline(__always)
  static func value(of byte: UInt8) -> Int64? {
    let digit = byte &- UInt8(ascii: "0")
    return digit < 10 ? Int64(digit) : nil
  }

  /// The number in `count` digits at an offset; the caller has checked that there are as many bytes.
  static func parse(_ utf8: UnsafeRawBufferPointer, at offset: Int, count: Int) -> Int64? {
    var number: Int64 = 0
    for byte in utf8[offset..<offset + count] {
      guard let digit = value(of: byte) else { return nil }
      number = number * 10 + digit
    }
    return number
  }
}

/// The fraction of a second in the text forms of timestamps and durations.
///
/// Written with 0, 3, 6 or 9 digits, as many as it needs; read with 1 to 9. Spec: ProtoJSON format, `Timestamp` and
/// `Duration`.
enum SecondFraction {
  /// What ``write(_:to:)`` needs at most.
  static let maximumByteCount = 10

  /// Writes 0 to 999,999,999 nanoseconds with the point before them, nothing for 0, and returns the end.
  static func write(_ nanos: Int32, to p: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    guard nanos != 0 else { return p }
    p.storeBytes(of: UInt8(ascii: "."), as: UInt8.self)
    if nanos % 1_000_000 == 0 { return DecimalDigits.write(Int64(nanos / 1_000_000), count: 3, to: p + 1) }
    if nanos % 1_000 == 0 { return DecimalDigits.write(Int64(nanos / 1_000), count: 6, to: p + 1) }
    return DecimalDigits.write(Int64(nanos), count: 9, to: p + 1)
  }

  /// Reads a point and digits, if there is a point, moves the offset behind them, and returns the nanoseconds.
  static func parse(_ utf8: UnsafeRawBufferPointer, at offset: inout Int) -> Int32? {
    guard offset < utf8.count, utf8[offset] == UInt8(ascii: ".") else { return 0 }
    offset += 1
    var nanos: Int32 = 0
    var place: Int32 = 100_000_000
    let first = offset
    while offset < utf8.count, let digit = DecimalDigits.value(of: utf8[offset]) {
      if place == 0 { return nil }  // a tenth digit
      nanos += Int32(digit) * place
      place /= 10
      offset += 1
    }
    return offset > first ? nanos : nil
  }
}
