/// Strings of up to 15 ASCII characters, made as the standard library keeps them: in the two words of the value itself.
///
/// Most strings in messages are that short. The public initialisers take some 300 instructions for one, a copy of the
/// words takes 20. Whether the words are as this file believes is found out once, by asking the standard library for
/// strings of every length; where they are not, its initialisers make all strings.
enum ShortString {
  /// The most bytes.
  static let capacity = 15

  /// Two words: the bytes from the lowest one of the first, and in the highest byte the number of them.
  private typealias Words = (first: UInt64, second: UInt64)

  /// Makes a string; `nil` when the bytes are not all ASCII, or strings are kept in another way.
  ///
  /// - Parameter bytes: 1 to 15 of them.
  @inline(__always)
  static func make(ascii bytes: UnsafeRawBufferPointer) -> String? {
    guard isKnown, let words = words(ascii: bytes) else { return nil }
    return unsafeBitCast(words, to: String.self)
  }

  /// Whether the standard library keeps short strings as this file believes.
  private static let isKnown: Bool = {
    guard MemoryLayout<String>.size == MemoryLayout<Words>.size else { return false }
    let sample = "Az09 ~\u{0}\u{7f}_aBcDeF"
    return (1...capacity).allSatisfy { length in
      var text = String(sample.prefix(length))
      text.makeContiguousUTF8()
      let known = text.utf8.withContiguousStorageIfAvailable { words(ascii: UnsafeRawBufferPointer($0)) }
      guard let known, let known else { return false }
      return unsafeBitCast(text, to: Words.self) == known
    }
  }()

  @inline(__always)
  private static func words(ascii bytes: UnsafeRawBufferPointer) -> Words? {
    #if _endian(little) && (arch(x86_64) || arch(arm64))
      let count = bytes.count
      guard let start = bytes.baseAddress else { return nil }
      let last = start + count
      var words: Words
      if count >= 8 {
        words.first = start.loadUnaligned(as: UInt64.self)
        // The last eight bytes, of which the first word has some already.
        let end = (last - 8).loadUnaligned(as: UInt64.self) >> 8
        words.second = end &>> UInt64(truncatingIfNeeded: 8 * (15 - count))
      } else if count >= 4 {
        let end = UInt64((last - 4).loadUnaligned(as: UInt32.self))
        words.first = UInt64(start.loadUnaligned(as: UInt32.self)) | end &<< UInt64(truncatingIfNeeded: 8 * (count - 4))
        words.second = 0
      } else {
        let middle = count / 2
        words.first =
          UInt64(start.load(as: UInt8.self))
          | UInt64((start + middle).load(as: UInt8.self)) &<< UInt64(truncatingIfNeeded: 8 * middle)
          | UInt64((last - 1).load(as: UInt8.self)) &<< UInt64(truncatingIfNeeded: 8 * (count - 1))
        words.second = 0
      }
      guard (words.first | words.second) & 0x8080_8080_8080_8080 == 0 else { return nil }
      words.second |= UInt64(truncatingIfNeeded: 0xe0 | count) << 56
      return words
    #else
      return nil
    #endif
  }
}
