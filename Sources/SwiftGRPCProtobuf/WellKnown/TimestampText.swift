/// The text form of a timestamp in JSON: a date and time of RFC 3339, such as `1972-01-01T10:00:20.021Z`.
///
/// Written in UTC, read with any offset. Years are 0001 to 9999, letters capital, seconds 0 to 59. Spec: ProtoJSON
/// format, `Timestamp`; RFC 3339, section 5.6.
enum TimestampText {
  /// What ``write(_:to:)`` needs at most.
  static let maximumByteCount = 30

  /// From the start of the year 1 to the end of 9999.
  static let seconds: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

  /// The days from 1 March of the year 0 to the start of 1970.
  ///
  /// Years are taken to start in March: the day that leap years have more is then their last one.
  private static let daysUntil1970: Int64 = 719_468
  private static let daysIn400Years: Int64 = 146_097
  private static let secondsInDay: Int64 = 86_400

  /// Writes a timestamp and returns the end of what it wrote; `nil`, and nothing written, when it is out of range.
  static func write(_ timestamp: Google_Protobuf_Timestamp, to start: UnsafeMutableRawPointer)
    -> UnsafeMutableRawPointer?
  {
    guard seconds.contains(timestamp.seconds), 0..<1_000_000_000 ~= timestamp.nanos else { return nil }
    let (days, second) = (timestamp.seconds + daysUntil1970 * secondsInDay)
      .quotientAndRemainder(dividingBy: secondsInDay)
    let (year, month, day) = date(afterDays: days)
    var p = DecimalDigits.write(year, count: 4, to: start)
    p = write("-", month, to: p)
    p = write("-", day, to: p)
    p = write("T", second / 3_600, to: p)
    p = write(":", second / 60 % 60, to: p)
    p = write(":", second % 60, to: p)
    p = SecondFraction.write(timestamp.nanos, to: p)
    p.storeBytes(of: UInt8(ascii: "Z"), as: UInt8.self)
    return p + 1
  }

  /// The timestamp that a text stands for; `nil` when it breaks a rule.
  static func parse(_ utf8: UnsafeRawBufferPointer) -> Google_Protobuf_Timestamp? {
    guard utf8.count >= 20, utf8[4] == UInt8(ascii: "-"), utf8[7] == UInt8(ascii: "-"),
      utf8[10] == UInt8(ascii: "T"), utf8[13] == UInt8(ascii: ":"), utf8[16] == UInt8(ascii: ":"),
      let year = DecimalDigits.parse(utf8, at: 0, count: 4), year > 0,
      let month = DecimalDigits.parse(utf8, at: 5, count: 2), 1...12 ~= month,
      let day = DecimalDigits.parse(utf8, at: 8, count: 2), day > 0, day <= days(inMonth: month, of: year),
      let hour = DecimalDigits.parse(utf8, at: 11, count: 2), hour < 24,
      let minute = DecimalDigits.parse(utf8, at: 14, count: 2), minute < 60,
      let second = DecimalDigits.parse(utf8, at: 17, count: 2), second < 60
    else { return nil }
    var offset = 19
    guard let nanos = SecondFraction.parse(utf8, at: &offset),
      let zone = parseZone(UnsafeRawBufferPointer(rebasing: utf8[offset...]))
    else { return nil }
    let days = self.days(untilYear: year, month: month, day: day) - daysUntil1970
    let total = days * secondsInDay + hour * 3_600 + minute * 60 + second - zone
    guard seconds.contains(total) else { return nil }
    return Google_Protobuf_Timestamp(seconds: total, nanos: nanos)
  }

  /// The seconds that a zone, `Z` or such as `+01:00`, is ahead of UTC.
  private static func parseZone(_ utf8: UnsafeRawBufferPointer) -> Int64? {
    if utf8.count == 1 { return utf8[0] == UInt8(ascii: "Z") ? 0 : nil }
    guard utf8.count == 6, utf8[3] == UInt8(ascii: ":"),
      let hour = DecimalDigits.parse(utf8, at: 1, count: 2), hour < 24,
      let minute = DecimalDigits.parse(utf8, at: 4, count: 2), minute < 60
    else { return nil }
    switch utf8[0] {
    case UInt8(ascii: "+"): return hour * 3_600 + minute * 60
    case UInt8(ascii: "-"): return -(hour * 3_600 + minute * 60)
    default: return nil
    }
  }

  private static func write(_ separator: Unicode.Scalar, _ value: Int64, to p: UnsafeMutableRawPointer)
    -> UnsafeMutableRawPointer
  {
    p.storeBytes(of: UInt8(ascii: separator), as: UInt8.self)
    return DecimalDigits.write(value, count: 2, to: p + 1)
  }

  private static func days(inMonth month: Int64, of year: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// The days from 1 March of the year 0 to a date.
  private static func days(untilYear year: Int64, month: Int64, day: Int64) -> Int64 {
    let marchYear = month > 2 ? year : year - 1
    let monthsAfterMarch = (month + 9) % 12
    // Months after March alternate 31, 30, 31, 30, 31 days, twice: 153 in five of them.
    let dayOfYear = (153 * monthsAfterMarch + 2) / 5 + day - 1
    return 365 * marchYear + marchYear / 4 - marchYear / 100 + marchYear / 400 + dayOfYear
  }

  /// The date so many days after 1 March of the year 0; the inverse of the function above.
  private static func date(afterDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let (cycle, dayOfCycle) = days.quotientAndRemainder(dividingBy: daysIn400Years)
    // Without its leap days a cycle is 400 times 365: one in 1,460 days, but not in 36,524, and one in the last.
    let yearOfCycle = (dayOfCycle - dayOfCycle / 1_460 + dayOfCycle / 36_524 - dayOfCycle / 146_096) / 365
    let dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
    let monthsAfterMarch = (5 * dayOfYear + 2) / 153
    let month = monthsAfterMarch < 10 ? monthsAfterMarch + 3 : monthsAfterMarch - 9
    let day = dayOfYear - (153 * monthsAfterMarch + 2) / 5 + 1
    return (400 * cycle + yearOfCycle + (month > 2 ? 0 : 1), month, day)
  }
}
