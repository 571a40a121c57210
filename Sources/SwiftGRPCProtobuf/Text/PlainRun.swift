/// Which bytes a writer copies as they are: it escapes control characters, quotes, backslashes and DEL.
enum PlainRun {
  /// How many bytes from `start` on need no escape; `end` bounds them.
  ///
  /// - Parameter ascii: bytes from 0x80 on are escaped, too.
  @inline(__always)
  static func count(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer, ascii: Bool) -> Int {
    var p = start
    while end - p >= 8 {
      let special = specialBytes(UInt64(littleEndian: p.loadUnaligned(as: UInt64.self)), ascii: ascii)
      if special != 0 { return p - start + special.trailingZeroBitCount / 8 }
      p += 8
    }
    while p < end {
      let byte = p.load(as: UInt8.self)
      if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7f || ascii && byte > 0x7f
      {
        break
      }
      p += 1
    }
    return p - start
  }

  /// The lowest bit that is set says where the first byte is that needs an escape. Bits above it may be wrong: a borrow
  /// runs upwards.
  @inline(__always)
  private static func specialBytes(_ word: UInt64, ascii: Bool) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let tops: UInt64 = 0x8080_8080_8080_8080
    let quote = word ^ (ones &* 0x22)
    let backslash = word ^ (ones &* 0x5c)
    let delete = word ^ (ones &* 0x7f)
    var special = (word &- ones &* 0x20) & ~word
    special |= (quote &- ones) & ~quote
    special |= (backslash &- ones) & ~backslash
    special |= (delete &- ones) & ~delete
    if ascii { special |= word }
    return special & tops
  }
}
