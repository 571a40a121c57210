#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

extension Google_Protobuf_Duration {
  /// A duration with these fields, as they are.
  ///
  /// - Parameters:
  ///   - seconds: whole seconds, negative in a duration backwards.
  ///   - nanos: up to 999,999,999 nanoseconds on top of them, with the sign of the seconds.
  public init(seconds: Int64 = 0, nanos: Int32 = 0) {
    self.init()
    self.seconds = seconds
    self.nanos = nanos
  }

  /// So many seconds, rounded to nanoseconds.
  ///
  /// Durations out of range become the nearest ones in it, what is not a number becomes 0.
  public init(rounding interval: TimeInterval, rule: FloatingPointRoundingRule = .toNearestOrAwayFromZero) {
    self = ExactTime(rounding: interval, rule).duration
  }

  /// A duration of the standard library, which counts attoseconds, rounded to nanoseconds.
  public init(rounding duration: Duration, rule: FloatingPointRoundingRule = .toNearestOrAwayFromZero) {
    let (seconds, attoseconds) = duration.components
    let (nanoseconds, rest) = attoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    let rounded = nanoseconds + Int64((Double(rest) / 1e9).rounded(rule))
    self = ExactTime(seconds: seconds, nanoseconds: rounded).duration
  }

  /// The older name of ``init(rounding:rule:)``.
  @available(*, deprecated, renamed: "init(rounding:rule:)")
  public init(timeInterval: TimeInterval) { self.init(rounding: timeInterval) }

  /// The duration in seconds.
  public var timeInterval: TimeInterval { Double(seconds) + Double(nanos) / 1e9 }

  /// As long a duration in the other direction. The result is normal.
  public static prefix func - (duration: Google_Protobuf_Duration) -> Google_Protobuf_Duration {
    (-ExactTime(duration)).duration
  }

  /// The sum. The result is normal, and the nearest one there is when the sum is out of range.
  public static func + (left: Google_Protobuf_Duration, right: Google_Protobuf_Duration) -> Google_Protobuf_Duration {
    (ExactTime(left) + ExactTime(right)).duration
  }

  /// The difference. The result is normal, and the nearest one there is when the difference is out of range.
  public static func - (left: Google_Protobuf_Duration, right: Google_Protobuf_Duration) -> Google_Protobuf_Duration {
    (ExactTime(left) + -ExactTime(right)).duration
  }
}

extension Google_Protobuf_Duration: ExpressibleByFloatLiteral {
  /// So many seconds, rounded to nanoseconds.
  public init(floatLiteral value: Double) { self.init(rounding: value) }
}

extension Duration {
  /// The duration that a message holds.
  public init(_ duration: Google_Protobuf_Duration) {
    let normal = ExactTime(duration).duration  // nanoseconds could carry the seconds out of range
    self.init(
      secondsComponent: normal.seconds, attosecondsComponent: Int64(normal.nanos) * 1_000_000_000)
  }
}
