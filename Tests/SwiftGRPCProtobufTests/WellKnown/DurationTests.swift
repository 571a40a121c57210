import SwiftGRPCProtobuf
import Testing

struct DurationTests {
  typealias Message = Google_Protobuf_Duration

  @Test func literalsAreSeconds() {
    let duration: Message = 1.5
    #expect(duration == Message(seconds: 1, nanos: 500_000_000))
    let negative: Message = -100.000000001
    #expect(negative == Message(seconds: -100, nanos: -1))
  }

  @Test func intervalsAreRoundedToNanoseconds() {
    #expect(Message(rounding: -123.456) == Message(seconds: -123, nanos: -456_000_000))
    #expect(Message(rounding: 0.9999999996) == Message(seconds: 1))
    #expect(Message(rounding: -0.9999999996) == Message(seconds: -1))
    #expect(Message(rounding: 0.9999999996, rule: .towardZero) == Message(nanos: 999_999_999))
    #expect(Message(rounding: -0.9999999996, rule: .up) == Message(nanos: -999_999_999))
    #expect(Message(seconds: -1, nanos: -500_000_000).timeInterval == -1.5)
  }

  @Test func whatIsOutOfRangeBecomesTheNearestDuration() {
    #expect(Message(rounding: .infinity) == Message(seconds: .max, nanos: 999_999_999))
    #expect(Message(rounding: -.infinity) == Message(seconds: .min, nanos: -999_999_999))
    #expect(Message(rounding: .nan) == Message())
  }

  @Test func durationsOfTheStandardLibraryAreRounded() {
    let sharp = Duration(secondsComponent: 2, attosecondsComponent: 300_000_000_500_000_000)
    #expect(Message(rounding: sharp) == Message(seconds: 2, nanos: 300_000_001))
    #expect(Message(rounding: sharp, rule: .down) == Message(seconds: 2, nanos: 300_000_000))
    let almost = Duration(secondsComponent: -1, attosecondsComponent: -999_999_999_999_999_999)
    #expect(Message(rounding: almost) == Message(seconds: -2))
    #expect(Message(rounding: almost, rule: .towardZero) == Message(seconds: -1, nanos: -999_999_999))
  }

  @Test(arguments: [Message(), .init(seconds: 7, nanos: 1), .init(seconds: -7, nanos: -999_999_999)])
  func durationsOfTheStandardLibraryGoThereAndBack(message: Message) {
    #expect(Message(rounding: Duration(message)) == message)
  }

  @Test func theExtremesAreDurationsOfTheStandardLibrary() {
    #expect(Duration(Message(seconds: .max, nanos: .max)).components.seconds > .max - 1)
    #expect(Duration(Message(seconds: 1, nanos: 5)) == .nanoseconds(1_000_000_005))
  }

  @Test func sumsAndDifferencesAreNormal() {
    let long = Message(seconds: 1, nanos: 500_000_000)
    let longer = Message(seconds: 2, nanos: 500_000_001)
    #expect(long + longer == Message(seconds: 4, nanos: 1))
    #expect(long - longer == Message(seconds: -1, nanos: -1))
    #expect(-long == Message(seconds: -1, nanos: -500_000_000))
    #expect(-Message(seconds: 0, nanos: 2_100_000_000) == Message(seconds: -2, nanos: -100_000_000))
    #expect(Message(seconds: 2, nanos: -1) + Message() == Message(seconds: 1, nanos: 999_999_999))
  }

  @Test func arithmeticOnWhateverAMessageHoldsDoesNotTrap() {
    let longest = Message(seconds: .max, nanos: .max)
    let shortest = Message(seconds: .min, nanos: .min)
    #expect(longest + longest == Message(seconds: .max, nanos: 999_999_999))
    #expect(shortest - longest == Message(seconds: .min, nanos: -999_999_999))
    #expect(-Message(seconds: .min) == Message(seconds: .max, nanos: 999_999_999))
  }
}
