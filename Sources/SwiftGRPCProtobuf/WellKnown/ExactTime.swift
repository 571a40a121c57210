/// A number of nanoseconds that is wide enough for any seconds and nanos that a message can hold, and for their sums.
///
/// Messages come from elsewhere: what they hold need not be normal, and arithmetic on it must not trap. Results that
/// have no place in a message become the nearest ones that have.
struct ExactTime {
  static let nanosecondsPerSecond: Int128 = 1_000_000_000
  /// From 1970, where timestamps count from, to 2001, where `Date` does.
  static let secondsUntilReferenceDate = 978_307_200

  var nanoseconds: Int128

  init(seconds: Int64, nanoseconds: Int64) {
    self.nanoseconds = Int128(seconds) * Self.nanosecondsPerSecond + Int128(nanoseconds)
  }

  init(_ timestamp: Google_Protobuf_Timestamp) {
    self.init(seconds: timestamp.seconds, nanoseconds: Int64(timestamp.nanos))
  }

  init(_ duration: Google_Protobuf_Duration) {
    self.init(seconds: duration.seconds, nanoseconds: Int64(duration.nanos))
  }

  /// A number of seconds, rounded to nanoseconds. What is not a number counts as 0.
  init(rounding seconds: Double, _ rule: FloatingPointRoundingRule) {
    // Twice what 64 bits hold, which is finite and still out of range.
    let limited = seconds.isNaN ? 0 : min(max(seconds, -0x1p64), 0x1p64)
    // Whole seconds are taken off first: multiplied, their digits would push those of the fraction out.
    let whole = limited.rounded(.towardZero)
    let fraction = ((limited - whole) * 1e9).rounded(rule)
    nanoseconds = Int128(whole) * Self.nanosecondsPerSecond + Int128(fraction)
  }

  /// The timestamp: `nanos` count forward from `seconds`, before 1970 too.
  var timestamp: Google_Protobuf_Timestamp {
    let earliest = Int128(Int64.min) * Self.nanosecondsPerSecond
    let latest = (Int128(Int64.max) + 1) * Self.nanosecondsPerSecond - 1
    var (seconds, nanos) = min(max(nanoseconds, earliest), latest)
      .quotientAndRemainder(dividingBy: Self.nanosecondsPerSecond)
    if nanos < 0 {
      seconds -= 1
      nanos += Self.nanosecondsPerSecond
    }
    return Google_Protobuf_Timestamp(seconds: Int64(seconds), nanos: Int32(nanos))
  }

  /// The duration: `seconds` and `nanos` have the same sign.
  var duration: Google_Protobuf_Duration {
    let shortest = (Int128(Int64.min) - 1) * Self.nanosecondsPerSecond + 1
    let longest = (Int128(Int64.max) + 1) * Self.nanosecondsPerSecond - 1
    let (seconds, nanos) = min(max(nanoseconds, shortest), longest)
      .quotientAndRemainder(dividingBy: Self.nanosecondsPerSecond)
    return Google_Protobuf_Duration(seconds: Int64(seconds), nanos: Int32(nanos))
  }

  static func + (left: ExactTime, right: ExactTime) -> ExactTime {
    var sum = left
    sum.nanoseconds += right.nanoseconds
    return sum
  }

  static prefix func - (time: ExactTime) -> ExactTime {
    var negative = time
    negative.nanoseconds = -time.nanoseconds
    return negative
  }
}
