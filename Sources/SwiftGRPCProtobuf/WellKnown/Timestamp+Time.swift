#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

extension Google_Protobuf_Timestamp {
  /// A timestamp with these fields, as they are.
  ///
  /// - Parameters:
  ///   - seconds: seconds since 1970-01-01T00:00:00Z, negative before.
  ///   - nanos: what comes on top of the seconds, 0 to 999,999,999 nanoseconds, before 1970 too.
  public init(seconds: Int64 = 0, nanos: Int32 = 0) {
    self.init()
    self.seconds = seconds
    self.nanos = nanos
  }

  /// The time so many seconds after the start of 1970, rounded to nanoseconds.
  ///
  /// Times out of range become the nearest ones in it, what is not a number becomes the start of 1970.
  public init(
    roundingTimeIntervalSince1970 interval: TimeInterval, rule: FloatingPointRoundingRule = .toNearestOrAwayFromZero
  ) {
    self = ExactTime(rounding: interval, rule).timestamp
  }

  /// The time so many seconds after the start of 2001, rounded to nanoseconds.
  ///
  /// Times out of range become the nearest ones in it, what is not a number becomes the start of 2001.
  public init(
    roundingTimeIntervalSinceReferenceDate interval: TimeInterval,
    rule: FloatingPointRoundingRule = .toNearestOrAwayFromZero
  ) {
    let reference = ExactTime(seconds: Int64(ExactTime.secondsUntilReferenceDate), nanoseconds: 0)
    self = (ExactTime(rounding: interval, rule) + reference).timestamp
  }

  /// The time of a date, rounded to nanoseconds.
  public init(date: Date) {
    // Dates count from 2001; asked for the interval since 1970, they would round once more.
    self.init(roundingTimeIntervalSinceReferenceDate: date.timeIntervalSinceReferenceDate)
  }

  /// The seconds since the start of 1970.
  public var timeIntervalSince1970: TimeInterval { Double(seconds) + Double(nanos) / 1e9 }

  /// The seconds since the start of 2001.
  public var timeIntervalSinceReferenceDate: TimeInterval {
    Double(Int128(seconds) - Int128(ExactTime.secondsUntilReferenceDate)) + Double(nanos) / 1e9
  }

  /// The time as a date, which is less precise: about a tenth of a microsecond in this century.
  public var date: Date { Date(timeIntervalSinceReferenceDate: timeIntervalSinceReferenceDate) }

  /// The time so much later. The result is normal, and the nearest one there is when the sum is out of range.
  public static func + (time: Google_Protobuf_Timestamp, duration: Google_Protobuf_Duration)
    -> Google_Protobuf_Timestamp
  {
    (ExactTime(time) + ExactTime(duration)).timestamp
  }

  /// The time so much later. The result is normal, and the nearest one there is when the sum is out of range.
  public static func + (duration: Google_Protobuf_Duration, time: Google_Protobuf_Timestamp)
    -> Google_Protobuf_Timestamp
  {
    time + duration
  }

  /// The time so much earlier. The result is normal, and the nearest one there is when it is out of range.
  public static func - (time: Google_Protobuf_Timestamp, duration: Google_Protobuf_Duration)
    -> Google_Protobuf_Timestamp
  {
    (ExactTime(time) + -ExactTime(duration)).timestamp
  }

  /// The duration from `right` to `left`. The result is normal, and the nearest one there is when it is out of range.
  public static func - (left: Google_Protobuf_Timestamp, right: Google_Protobuf_Timestamp)
    -> Google_Protobuf_Duration
  {
    (ExactTime(left) + -ExactTime(right)).duration
  }
}

extension Google_Protobuf_Timestamp {
  /// The older name of ``init(roundingTimeIntervalSince1970:rule:)``.
  @available(*, deprecated, renamed: "init(roundingTimeIntervalSince1970:rule:)")
  public init(timeIntervalSince1970: TimeInterval) {
    self.init(roundingTimeIntervalSince1970: timeIntervalSince1970)
  }

  /// The older name of ``init(roundingTimeIntervalSinceReferenceDate:rule:)``.
  @available(*, deprecated, renamed: "init(roundingTimeIntervalSinceReferenceDate:rule:)")
  public init(timeIntervalSinceReferenceDate: TimeInterval) {
    self.init(roundingTimeIntervalSinceReferenceDate: timeIntervalSinceReferenceDate)
  }
}
