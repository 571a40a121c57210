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

  /// The number that eight decimal digits stand for; `nil` when not all bytes are digits.
  @inline(__always)
  static func eightDigits(_ word: UInt64) -> UInt64? {
    let digits = word ^ (ones &* 0x30)
    // A digit is at most 9: adding 0x76 does not set the highest bit.
    guard (digits | (digits &+ ones &* 0x76)) & highBits == 0 else { return nil }
    // Neighbours are added, with their weights: pairs of digits, then of two, then of four.
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
  /// True when so many bytes are the same at two places. Keys are short: a call of `memcmp` costs more than this.
  @inline(__always)
  static func isEqual(_ left: UnsafePointer<UInt8>, _ right: UnsafePointer<UInt8>, count: Int) -> Bool {
    let (left, right) = (UnsafeRawPointer(left), UnsafeRawPointer(right))
    var offset = 0
    while count - offset >= 8 {
      let word = left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      if word != right.loadUnaligned(fromByteOffset: offset, as: UInt64.self) { return false }
      offset += 8
    }
    while offset < count {
      if left.load(fromByteOffset: offset, as: UInt8.self) != right.load(fromByteOffset: offset, as: UInt8.self) {
        return false
      }
      offset += 1
    }
    return true
  }
}
