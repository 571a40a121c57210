/// The text form of a duration in JSON: a number of seconds and an `s`, such as `-1.500s`.
///
/// Up to 10,000 years in either direction. Spec: ProtoJSON format, `Duration`.
enum DurationText {
  /// What ``write(_:to:)`` needs at most.
  static let maximumByteCount = 24

  /// The most seconds, in either direction.
  static let mostSeconds: Int64 = 315_576_000_000

  /// Writes a duration and returns the end of what it wrote; `nil`, and nothing written, when it is out of range or
  /// seconds and nanoseconds have different signs.
  static func write(_ duration: Google_Protobuf_Duration, to start: UnsafeMutableRawPointer)
    -> UnsafeMutableRawPointer?
  {
    let (seconds, nanos) = (duration.seconds, duration.nanos)
    guard -mostSeconds...mostSeconds ~= seconds, -999_999_999...999_999_999 ~= nanos,
      seconds == 0 || nanos == 0 || (seconds < 0) == (nanos < 0)
    else { return nil }
    var p = start
    if seconds < 0 || nanos < 0 {
      p.storeBytes(of: UInt8(ascii: "-"), as: UInt8.self)
      p += 1
    }
    let magnitude = abs(seconds)
    var digits = 1
    var limit: Int64 = 10
    while magnitude >= limit {
      digits += 1
      limit *= 10
    }
    p = DecimalDigits.write(magnitude, count: digits, to: p)
    p = SecondFraction.write(abs(nanos), to: p)
    p.storeBytes(of: UInt8(ascii: "s"), as: UInt8.self)
    return p + 1
  }

  /// The duration that a text stands for; `nil` when it breaks a rule or is out of range.
  static func parse(_ utf8: UnsafeRawBufferPointer) -> Google_Protobuf_Duration? {
    var offset = 0
    let isNegative = utf8.first == UInt8(ascii: "-")
    if isNegative { offset += 1 }
    let first = offset
    var seconds: Int64 = 0
    while offset < utf8.count, let digit = DecimalDigits.value(of: utf8[offset]) {
      seconds = seconds * 10 + digit
      if seconds > mostSeconds { return nil }
      offset += 1
    }
    guard offset > first, let nanos = SecondFraction.parse(utf8, at: &offset), offset == utf8.count - 1,
      utf8[offset] == UInt8(ascii: "s")
    else { return nil }
    return isNegative
      ? Google_Protobuf_Duration(seconds: -seconds, nanos: -nanos)
      : Google_Protobuf_Duration(seconds: seconds, nanos: nanos)
  }
}
