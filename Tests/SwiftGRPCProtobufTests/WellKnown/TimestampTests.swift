import Foundation
import SwiftGRPCProtobuf
import Testing

struct TimestampTests {
  typealias Timestamp = Google_Protobuf_Timestamp

  @Test func secondsAndNanosAreTakenAsTheyAre() {
    let time = Timestamp(seconds: 3, nanos: -1)
    #expect(time.seconds == 3 && time.nanos == -1)
    #expect(Timestamp(seconds: 3).nanos == 0)
    #expect(Timestamp(nanos: 3).seconds == 0)
  }

  @Test func nanosCountForwardBefore1970Too() {
    let time = Timestamp(roundingTimeIntervalSince1970: -123.456)
    #expect(time == Timestamp(seconds: -124, nanos: 544_000_000))
    #expect(time.timeIntervalSince1970 == -123.456)
  }

  @Test(arguments: [
    (FloatingPointRoundingRule.toNearestOrAwayFromZero, 1_000_000_000), (.down, 999_999_999), (.up, 1_000_000_000),
    (.towardZero, 999_999_999),
  ])
  func roundingCanCarryIntoTheSeconds(rule: FloatingPointRoundingRule, nanos: Int) {
    let time = Timestamp(roundingTimeIntervalSince1970: 8.9999999996, rule: rule)
    #expect(Int(time.seconds - 8) * 1_000_000_000 + Int(time.nanos) == nanos)
    #expect(0..<1_000_000_000 ~= time.nanos)
  }

  @Test func theReferenceDateIsTheStartOf2001() {
    #expect(Timestamp(roundingTimeIntervalSinceReferenceDate: 0) == Timestamp(seconds: 978_307_200))
    #expect(Timestamp(seconds: 978_307_201, nanos: 500_000_000).timeIntervalSinceReferenceDate == 1.5)
    // Nanoseconds near the reference date survive, since nothing is added to them as a floating-point number.
    let time = Timestamp(roundingTimeIntervalSinceReferenceDate: 0.000000001)
    #expect(time == Timestamp(seconds: 978_307_200, nanos: 1))
  }

  @Test func datesGoThereAndBack() {
    for seconds in [-1e9, -0.25, 0, 0.5, 800_000_000.125] {
      let date = Date(timeIntervalSinceReferenceDate: seconds)
      #expect(Timestamp(date: date).date == date)
    }
    #expect(Timestamp(date: .distantPast).seconds == -62_135_769_600)
  }

  @Test func whatIsOutOfRangeBecomesTheNearestTime() {
    let last = Timestamp(seconds: .max, nanos: 999_999_999)
    let first = Timestamp(seconds: .min)
    #expect(Timestamp(roundingTimeIntervalSince1970: .infinity) == last)
    #expect(Timestamp(roundingTimeIntervalSince1970: -1e300) == first)
    #expect(Timestamp(roundingTimeIntervalSinceReferenceDate: .greatestFiniteMagnitude) == last)
    #expect(Timestamp(roundingTimeIntervalSince1970: .nan) == Timestamp())
    #expect(first.timeIntervalSinceReferenceDate < -9e18)
  }

  @Test func durationsMoveTimes() {
    let time = Timestamp(seconds: 1, nanos: 500_000_000)
    let duration = Google_Protobuf_Duration(seconds: 1, nanos: 500_000_001)
    #expect(time + duration == Timestamp(seconds: 3, nanos: 1))
    #expect(duration + time == time + duration)
    #expect(time - duration == Timestamp(seconds: -1, nanos: 999_999_999))
    #expect(time + -duration == time - duration)
  }

  @Test func timesDifferByDurations() {
    #expect(
      Timestamp(seconds: 10) - Timestamp(seconds: 2, nanos: 1)
        == Google_Protobuf_Duration(
          seconds: 7,
          nanos: 999_999_999))
    #expect(Timestamp() - Timestamp(seconds: 2, nanos: 1) == Google_Protobuf_Duration(seconds: -2, nanos: -1))
    #expect(
      Timestamp(seconds: -10) - Timestamp(seconds: -3, nanos: 999_999_999)
        == Google_Protobuf_Duration(seconds: -7, nanos: -999_999_999))
  }

  @Test func arithmeticOnWhateverAMessageHoldsDoesNotTrap() {
    let last = Timestamp(seconds: .max, nanos: .max)
    let first = Timestamp(seconds: .min, nanos: .min)
    #expect(last + Google_Protobuf_Duration(seconds: .max, nanos: .max) == Timestamp(seconds: .max, nanos: 999_999_999))
    #expect(first + Google_Protobuf_Duration(seconds: .min) == Timestamp(seconds: .min))
    #expect(last - first == Google_Protobuf_Duration(seconds: .max, nanos: 999_999_999))
    #expect(first - last == Google_Protobuf_Duration(seconds: .min, nanos: -999_999_999))
  }
}
