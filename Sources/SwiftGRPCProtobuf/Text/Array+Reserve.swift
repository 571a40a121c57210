extension Array {
  /// Makes room for a few elements, 64 bytes of them, if there are none yet: most lists are short, and growing from one
  /// element to two, four and eight costs more than reading them.
  @inline(__always)
  mutating func reserveFirst() {
    if isEmpty { reserveCapacity(Swift.max(1, 64 / MemoryLayout<Element>.stride)) }
  }
}
