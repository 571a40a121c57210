/// A name that readers look for in a text.
struct TextualName {
  private let start: UnsafePointer<UInt8>
  let count: Int
  /// The first eight bytes of the name, or all of them, with zeros behind them.
  private let word: UInt64
  /// Which bits of a word are compared with ``word``.
  private let mask: UInt64

  /// The name at a place in a key, which lives as long as this, with eight bytes behind it that may be read.
  init(_ key: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
    count = range.count
    // A field without a key is not looked for.
    start = key.baseAddress.map { $0 + range.lowerBound } ?? UnsafePointer(Base64.digits.utf8Start)
    mask = count >= 8 ? .max : 1 << UInt64(8 * count) - 1
    word = UnsafeRawPointer(start).loadUnaligned(as: UInt64.self) & mask
  }

  /// What ``isNext(_:_:_:)`` compares first: the next eight bytes of a text, or zeros behind its end. There is a byte.
  @inline(__always)
  static func firstWord(_ p: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> UInt64 {
    end - p >= 8 ? UnsafeRawPointer(p).loadUnaligned(as: UInt64.self) : ByteWord.load(p, end - p)
  }

  /// True when a text goes on with the name at `p`, where its first word is.
  @inline(__always)
  func isNext(_ first: UInt64, _ p: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Bool {
    first & mask == word && (count <= 8 || isRestNext(p, end))
  }

  @inline(__always)
  private func isRestNext(_ p: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Bool {
    guard end - p >= count else { return false }
    let (text, name) = (UnsafeRawPointer(p), UnsafeRawPointer(start))
    var offset = 8
    while offset < count {
      let place = min(offset, count - 8)  // the last two words may have bytes in common
      let word = text.loadUnaligned(fromByteOffset: place, as: UInt64.self)
      if word != name.loadUnaligned(fromByteOffset: place, as: UInt64.self) { return false }
      offset += 8
    }
    return true
  }
}
