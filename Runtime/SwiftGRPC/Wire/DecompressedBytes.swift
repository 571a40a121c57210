/// The bytes of a message that was compressed, in memory that the next one may use again.
struct DecompressedBytes: ~Copyable {
  /// Memory up to this size is kept for the next message.
  private static let keptBytes = 65536

  private var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)

  /// The number of bytes that are there.
  var count = 0

  /// The number of bytes that there is memory for.
  var capacity: Int { memory.count }

  /// The bytes; valid until something changes.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

  /// Where the next bytes go.
  var room: Slice<UnsafeMutableRawBufferPointer> { memory[count...] }

  deinit { memory.deallocate() }

  /// Forgets the bytes, and a large message's memory too.
  mutating func empty() {
    count = 0
    guard memory.count > Self.keptBytes else { return }
    memory.deallocate()
    memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  }

  /// Makes room for `newCapacity` bytes in all.
  mutating func grow(to newCapacity: Int) {
    guard newCapacity > memory.count else { return }
    let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: newCapacity, alignment: 8)
    larger.copyMemory(from: bytes)
    memory.deallocate()
    memory = larger
  }
}
