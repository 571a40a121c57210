/// Looks at eight bytes in one word. Results have the highest bit set in each byte that was found.
///
/// Above the first byte that is found, others may be marked wrongly; so only ``firstMarked(_:)`` and zero mean anything.
enum ByteWord {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  static let highBits: UInt64 = 0x8080_8080_8080_8080

  /// The bytes below `limit`, which is at most 0x80.
  @inline(__always)
  static func less(_ word: UInt64, than limit: UInt8) -> UInt64 {
    (word &- ones &* UInt64(limit)) & ~word & highBits
  }

  /// The bytes that equal `byte`.
  @inline(__always)
  static func equal(_ word: UInt64, _ byte: UInt8) -> UInt64 {
    let difference = word ^ (ones &* UInt64(byte))
    return (difference &- ones) & ~difference & highBits
  }

  /// The bytes that are no letter, digit or underscore; of these marks, all are right.
  @inline(__always)
  static func notOfIdentifier(_ word: UInt64) -> UInt64 {
    let low = word & ~highBits
    let letters = within(low | ones &* 0x20, UInt8(ascii: "a"), UInt8(ascii: "z"))
    let digits = within(low, UInt8(ascii: "0"), UInt8(ascii: "9"))
    let underscores = within(low, UInt8(ascii: "_"), UInt8(ascii: "_"))
    return (~(letters | digits | underscores) | word) & highBits
  }

  /// The bytes from one to another, of a word whose bytes are all below 0x80.
  @inline(__always)
  private static func within(_ word: UInt64, _ first: UInt8, _ last: UInt8) -> UInt64 {
    (word &+ ones &* UInt64(0x80 - first)) & ~(word &+ ones &* UInt64(0x7f - last))
  }

  /// Marks the bytes that are no decimal digits.
  @inline(__always)
  static func notDigits(_ word: UInt64) -> UInt64 {
    let digits = word ^ (ones &* 0x30)
    // A digit is at most 9: adding 0x76 does not set the highest bit.
    return (digits | (digits &+ ones &* 0x76)) & highBits
  }

  /// The number that the first digits of a word stand for, up to seven of them.
  @inline(__always)
  static func number(_ word: UInt64, digitCount: Int) -> UInt64 {
    // Zeros in front of the digits instead of the bytes behind them; in two steps, since a shift by 64 would be none.
    value(((word ^ (ones &* 0x30)) &<< UInt64(56 - 8 * digitCount)) &<< 8)
  }

  /// The number that eight digits stand for. Neighbours are added, with their weights: digits, pairs, then fours.
  @inline(__always)
  private static func value(_ digits: UInt64) -> UInt64 {
    let pairs = digits &* 10 &+ digits >> 8
    let low = (pairs & 0x0000_00ff_0000_00ff) &* (100 + 1_000_000 << 32)
    let high = (pairs >> 16 & 0x0000_00ff_0000_00ff) &* (1 + 10_000 << 32)
    return (low &+ high) >> 32
  }

  /// The place of the first byte that is marked. Words are loaded as they lie in memory, on little-endian machines.
  @inline(__always)
  static func firstMarked(_ marks: UInt64) -> Int { marks.trailingZeroBitCount / 8 }
}

extension ByteWord {
  /// One to seven bytes, and zeros behind them.
  @inline(__always)
  static func load(_ source: UnsafeRawPointer, _ count: Int) -> UInt64 {
    if count >= 4 {
      // The two halves may have bytes in common.
      return UInt64(source.loadUnaligned(as: UInt32.self))
        | UInt64((source + count - 4).loadUnaligned(as: UInt32.self)) << UInt64(8 * (count - 4))
    }
    return UInt64(source.load(as: UInt8.self))
      | UInt64(source.load(fromByteOffset: count / 2, as: UInt8.self)) << UInt64(8 * (count / 2))
      | UInt64(source.load(fromByteOffset: count - 1, as: UInt8.self)) << UInt64(8 * (count - 1))
  }

  /// True when so many bytes are the same at two places.
  @inline(never)
  static func isEqual(_ left: UnsafePointer<UInt8>, _ right: UnsafePointer<UInt8>, count: Int) -> Bool {
    for offset in 0..<count where left[offset] != right[offset] { return false }
    return true
  }

  /// Reads decimal digits, and moves `p` behind them. Of more than 19 digits, `number` wraps around.
  @inline(__always)
  static func readDigits(_ p: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, into number: inout UInt64) {
    if end - p >= 16, !readDigits(&p, into: &number) || !readDigits(&p, into: &number) { return }
    while p < end {
      let digit = p.pointee &- UInt8(ascii: "0")
      if digit > 9 { return }
      number = number &* 10 &+ UInt64(digit)
      p += 1
    }
  }

  /// The decimal digits at a place, behind which 24 bytes can be read: the number that they stand for, and how many they
  /// are; 0 of more than 19, which may not fit.
  @inline(__always)
  static func integer(_ start: UnsafePointer<UInt8>) -> (value: UInt64, count: Int) {
    var p = start
    var number: UInt64 = 0
    if readDigits(&p, into: &number), readDigits(&p, into: &number) {
      var digit = p.pointee &- UInt8(ascii: "0")
      while digit <= 9 {
        number = number &* 10 &+ UInt64(digit)
        p += 1
        if p - start == 20 { return (0, 0) }
        digit = p.pointee &- UInt8(ascii: "0")
      }
    }
    return (number, p - start)
  }

  /// Reads up to eight digits of as many bytes; false when there are fewer.
  @inline(__always)
  private static func readDigits(_ p: inout UnsafePointer<UInt8>, into number: inout UInt64) -> Bool {
    let word = UnsafeRawPointer(p).loadUnaligned(as: UInt64.self)
    let others = notDigits(word)
    if others == 0 {
      number = number &* 100_000_000 &+ value(word ^ (ones &* 0x30))
      p += 8
      return true
    }
    let count = firstMarked(others)
    number = number &* PowersOfTen.integers[count] &+ self.number(word, digitCount: count)
    p += count
    return false
  }
}
