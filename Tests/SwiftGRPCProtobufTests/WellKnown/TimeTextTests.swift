import Foundation
import Testing

@testable import SwiftGRPCProtobuf

/// The text forms of timestamps and durations, which JSON uses.
struct TimeTextTests {
  typealias Timestamp = Google_Protobuf_Timestamp

  private func text(of timestamp: Timestamp) -> String? {
    text(byteCount: TimestampText.maximumByteCount) { TimestampText.write(timestamp, to: $0) }
  }

  private func text(of duration: Google_Protobuf_Duration) -> String? {
    text(byteCount: DurationText.maximumByteCount) { DurationText.write(duration, to: $0) }
  }

  private func text(byteCount: Int, _ write: (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer?) -> String? {
    withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: 1) { buffer in
      guard let start = buffer.baseAddress, let end = write(start) else { return nil }
      return String(decoding: buffer[..<(end - start)], as: UTF8.self)
    }
  }

  private func timestamp(_ text: String) -> Timestamp? {
    Array(text.utf8).withUnsafeBytes(TimestampText.parse)
  }

  private func duration(_ text: String) -> Google_Protobuf_Duration? {
    Array(text.utf8).withUnsafeBytes(DurationText.parse)
  }

  @Test(arguments: [
    (Int64(0), Int32(0), "1970-01-01T00:00:00Z"),
    (-1, 999_999_999, "1969-12-31T23:59:59.999999999Z"),
    (1, 10_000_000, "1970-01-01T00:00:01.010Z"),
    (1, 10_000, "1970-01-01T00:00:01.000010Z"),
    (1, 10, "1970-01-01T00:00:01.000000010Z"),
    (951_782_400, 0, "2000-02-29T00:00:00Z"),
    (951_868_800, 0, "2000-03-01T00:00:00Z"),
    (-2_203_891_200, 0, "1900-03-01T00:00:00Z"),
    (-62_135_596_800, 0, "0001-01-01T00:00:00Z"),
    (253_402_300_799, 999_999_999, "9999-12-31T23:59:59.999999999Z"),
  ])
  func timestampsHaveAText(seconds: Int64, nanos: Int32, text: String) {
    let time = Timestamp(seconds: seconds, nanos: nanos)
    #expect(self.text(of: time) == text)
    #expect(timestamp(text) == time)
  }

  @Test(arguments: [
    (Int64(-62_135_596_801), Int32(999_999_999)), (253_402_300_800, 0), (.min, 0), (.max, 0), (0, -1),
    (
      0,
      1_000_000_000
    ),
    (0, .min), (0, .max),
  ])
  func timestampsOutOfRangeHaveNoText(seconds: Int64, nanos: Int32) {
    #expect(text(of: Timestamp(seconds: seconds, nanos: nanos)) == nil)
  }

  @Test func everyTimeInTheRangeIsReadBackAsItWasWritten() {
    // About 10,000 times, in steps that meet all months, hours, minutes and seconds.
    for seconds in stride(
      from: TimestampText.seconds.lowerBound, to: TimestampText.seconds.upperBound,
      by: 31_345_679)
    {
      let time = Timestamp(seconds: seconds, nanos: Int32(seconds & 0xffff) * 1_000)
      guard let text = text(of: time), timestamp(text) == time else {
        Issue.record("\(time)")
        return
      }
    }
  }

  @Test(arguments: ["0001-01-01", "0096-01-01", "1899-06-01", "1999-06-01", "2099-06-01", "9998-12-31"])
  func daysFollowOneAnother(first: String) throws {
    let start = try #require(timestamp("\(first)T00:00:00Z")).seconds
    var previous = ""
    for day in 0..<366 as Range<Int64> {
      let seconds = start + day * 86_400
      let text = text(of: Timestamp(seconds: seconds)) ?? ""
      if text <= previous || timestamp(text)?.seconds != seconds { Issue.record("\(text) after \(previous)") }
      previous = text
    }
  }

  @Test(arguments: [
    ("1970-01-01T08:00:00+08:00", Int64(0)), ("1969-12-31T16:00:00-08:00", 0), ("1970-01-01T14:00:00.5+14:00", 0),
    ("1970-01-01T23:59:00+23:59", 0), ("1970-01-01T00:00:00-00:00", 0), ("1970-01-01T00:00:00.000000000-01:01", 3_660),
    ("0001-01-01T23:59:00+23:59", -62_135_596_800),
  ])
  func timestampsAreReadWithAnyOffset(text: String, seconds: Int64) {
    #expect(timestamp(text)?.seconds == seconds)
  }

  @Test(arguments: [("1", Int32(100_000_000)), ("12", 120_000_000), ("0000001", 100), ("123456789", 123_456_789)])
  func fractionsHaveOneToNineDigits(digits: String, nanos: Int32) {
    #expect(timestamp("1970-01-01T00:00:00.\(digits)Z") == Timestamp(nanos: nanos))
    #expect(duration("-3.\(digits)s") == Google_Protobuf_Duration(seconds: -3, nanos: -nanos))
  }

  @Test(arguments: [
    "", "Z", "1970-01-01", "1970-01-01T00:00:00", "1970-01-01T00:00:00z", "1970-01-01t00:00:00Z",
    "1970-01-01 00:00:00Z",
    "1970-01-01T00:00:00ZZ", " 1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z ", "10000-01-01T00:00:00Z",
    "0000-01-01T00:00:00Z", "970-01-01T00:00:00.0Z", "1970-1-01T00:00:00.0Z", "1970-00-01T00:00:00Z",
    "1970-13-01T00:00:00Z", "1970-01-00T00:00:00Z", "1970-01-32T00:00:00Z", "1970-04-31T00:00:00Z",
    "1970-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "1970-01-01T24:00:00Z", "1970-01-01T00:60:00Z",
    "1970-01-01T00:00:60Z", "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00.1234567890Z", "1970-01-01T00:00:00,5Z",
    "1970-01-01T00:00:00+0800", "1970-01-01T00:00:00+8:00", "1970-01-01T00:00:00+08:00Z", "1970-01-01T00:00:00+24:00",
    "1970-01-01T00:00:00+08:60", "1970-01-01T00:00:00*08:00", "1970-01-01T00:00:00+-8:00", "1970-01-01T00:00:00+08",
    "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-00:01", "-970-01-01T00:00:00Z", "+970-01-01T00:00:00Z",
    "1970/01/01T00:00:00Z", "1970-01-01T00-00-00Z", "１970-01-01T00:00:00Z", "1970-01-01T00:00:00\u{0}",
  ])
  func malformedTimestampsAreRefused(text: String) {
    #expect(timestamp(text) == nil)
  }

  @Test(arguments: [
    (Int64(0), Int32(0), "0s"), (3, 0, "3s"), (3, 1_000, "3.000001s"), (-1, -500_000_000, "-1.500s"),
    (0, -1, "-0.000000001s"), (10, 0, "10s"), (999, 0, "999s"),
    (
      315_576_000_000, 999_999_999,
      "315576000000.999999999s"
    ),
    (-315_576_000_000, -999_999_999, "-315576000000.999999999s"),
  ])
  func durationsHaveAText(seconds: Int64, nanos: Int32, text: String) {
    let duration = Google_Protobuf_Duration(seconds: seconds, nanos: nanos)
    #expect(self.text(of: duration) == text)
    #expect(self.duration(text) == duration)
  }

  @Test(arguments: [
    (Int64(315_576_000_001), Int32(0)), (-315_576_000_001, 0), (.min, 0), (.max, 0), (1, -1), (-1, 1),
    (
      0,
      1_000_000_000
    ),
    (0, -1_000_000_000), (0, .min), (0, .max),
  ])
  func durationsOutOfRangeHaveNoText(seconds: Int64, nanos: Int32) {
    #expect(text(of: Google_Protobuf_Duration(seconds: seconds, nanos: nanos)) == nil)
  }

  @Test func durationsMayHaveZerosInFrontAndASignBeforeZero() {
    #expect(duration("-0s") == Google_Protobuf_Duration())
    #expect(duration("0000000000000000000000000007s") == Google_Protobuf_Duration(seconds: 7))
  }

  @Test(arguments: [
    "", "s", "-", "-s", "1", "1.5", "+1s", "1 s", " 1s", "1s ", "1ss", "1S", ".5s", "-.5s", "1.s", "1.1234567890s",
    "--1s",
    "1.5.5s", "1-s", "1.-5s", "1e3s", "0x1s", "315576000001s", "-315576000001s", "99999999999999999999999999s", "１s",
    "1m", "inf s", "NaNs",
  ])
  func malformedDurationsAreRefused(text: String) {
    #expect(duration(text) == nil)
  }
}
