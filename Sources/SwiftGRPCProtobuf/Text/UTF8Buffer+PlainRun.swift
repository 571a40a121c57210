/// The bytes that writers copy as they are, up to one that may have to be escaped.
extension UTF8Buffer {
  /// Appends bytes up to the first one that is marked, and moves `source` there; false when none is.
  ///
  /// There is room for the bytes and eight more.
  /// - Parameter marks: marks bytes as ``ByteWord`` does.
  @inline(__always)
  mutating func appendPlainRun(
    _ source: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ marks: (UInt64) -> UInt64
  ) -> Bool {
    while end - source >= 8 {
      if appendPlainBytes(source.loadUnaligned(as: UInt64.self), 8, &source, marks) { return true }
    }
    let count = end - source
    guard count > 0 else { return false }
    // Blanks are not marked.
    let word = ByteWord.load(source, count) | 0x2020_2020_2020_2020 << UInt64(8 * count)
    return appendPlainBytes(word, count, &source, marks)
  }

  @inline(__always)
  private mutating func appendPlainBytes(
    _ word: UInt64, _ count: Int, _ source: inout UnsafeRawPointer, _ marks: (UInt64) -> UInt64
  ) -> Bool {
    UnsafeMutableRawPointer(next).storeBytes(of: word, as: UInt64.self)
    let marked = marks(word)
    let plain = marked == 0 ? count : ByteWord.firstMarked(marked)
    source += plain
    next += plain
    return marked != 0
  }
}
