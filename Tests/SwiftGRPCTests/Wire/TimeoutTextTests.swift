import Testing

@testable import SwiftGRPC

@Suite struct TimeoutTextTests {
  @Test(arguments: [
    (1, "1n"), (0, "1n"), (-5, "1n"), (99_999_999, "99999999n"), (100_000_000, "100000u"), (1_500_000_000, "1500000u"),
    (99_999_999_999, "99999999u"), (100_000_000_000, "100000m"), (3_600_000_000_000, "3600000m"),
    (99_999_999_999_999, "99999999m"), (100_000_000_000_000, "100000S"), (100_000_000_000_000_000, "1666666M"),
    (Int64.max, "2562047H"),
  ]) func isWrittenWithUpToEightDigitsRoundedDown_W3(nanoseconds: Int64, text: String) {
    #expect(TimeoutText.encode(nanoseconds: nanoseconds) == text)
  }

  @Test(arguments: [
    ("1n", 1), ("5u", 5_000), ("7m", 7_000_000), ("1S", 1_000_000_000), ("2M", 120_000_000_000),
    ("3H", 10_800_000_000_000), ("00000001S", 1_000_000_000), ("99999999S", 99_999_999_000_000_000),
    ("99999999H", Int64.max), ("0S", 0),
  ]) func everyUnitIsRead_W3(text: String, nanoseconds: Int64) {
    #expect(decode(text) == nanoseconds)
  }

  @Test(arguments: ["", "S", "1", "1s", "123456789S", "-1S", "+1S", "1.5S", " 1S", "1S ", "1SS", "0x1S", "１S"])
  func otherTextIsNoTimeout_W3(text: String) {
    #expect(decode(text) == nil)
  }

  @Test func noTimeoutGrowsOnItsWay() throws {
    var nanoseconds: Int64 = 1
    while nanoseconds < Int64.max / 3 {
      let read = try #require(decode(TimeoutText.encode(nanoseconds: nanoseconds)))
      #expect(read <= nanoseconds)
      #expect(Double(read) >= Double(nanoseconds) * 0.98)
      nanoseconds = nanoseconds * 3 + 1
    }
  }

  private func decode(_ text: String) -> Int64? {
    Array(text.utf8).withUnsafeBytes { TimeoutText.decode($0) }
  }
}
