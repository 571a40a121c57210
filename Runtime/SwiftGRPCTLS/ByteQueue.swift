#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Bytes on their way into or out of OpenSSL: a queue in one contiguous region, which goes back to the shared memory when it is empty.
struct ByteQueue: ~Copyable {
  private let memory: TLSMemory
  private var region: TLSMemory.Region?
  private var head = 0
  private var tail = 0

  var count: Int { tail - head }
  var isEmpty: Bool { head == tail }
  var holdsMemory: Bool { region != nil }

  init(_ memory: TLSMemory) {
    self.memory = memory
  }

  deinit {
    // The queue may go on any thread, the shared memory is for one.
    if let region { free(region.base) }
  }

  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress, bytes.count > 0 else { return }
    let region = room(for: bytes.count)
    (region.base + tail).copyMemory(from: source, byteCount: bytes.count)
    tail += bytes.count
  }

  /// Moves as many bytes as fit to `destination`; returns how many.
  mutating func moveFirst(to destination: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(self.count, destination.count)
    guard let region, count > 0, let place = destination.baseAddress else { return 0 }
    place.copyMemory(from: region.base + head, byteCount: count)
    head += count
    if head == tail { removeAll() }
    return count
  }

  /// Empties the queue.
  mutating func removeAll() {
    head = 0
    tail = 0
    if let region { memory.giveBack(region) }
    region = nil
  }

  /// The region, with room for so many bytes after the last one.
  private mutating func room(for byteCount: Int) -> TLSMemory.Region {
    let needed = count + byteCount
    guard let old = region else {
      let new = memory.take(needed)
      region = new
      return new
    }
    if old.capacity - tail >= byteCount { return old }
    let result: TLSMemory.Region
    // Moving costs `count`, and `head` bytes have been removed since the last move: amortised O(1).
    if needed <= old.capacity, head >= count {
      old.base.copyMemory(from: old.base + head, byteCount: count)
      result = old
    } else {
      result = memory.take(max(needed, 2 * old.capacity))
      result.base.copyMemory(from: old.base + head, byteCount: count)
      memory.giveBack(old)
    }
    region = result
    tail = count
    head = 0
    return result
  }
}
