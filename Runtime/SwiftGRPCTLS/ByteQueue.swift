#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Bytes on their way into or out of OpenSSL: a queue in one contiguous region, which is kept while it is small.
struct ByteQueue: ~Copyable {
  private static var keptBytes: Int { 65536 }

  private var base: UnsafeMutableRawPointer?
  private var capacity = 0
  private var head = 0
  private var tail = 0

  var count: Int { tail - head }
  var isEmpty: Bool { head == tail }

  init() {}

  deinit {
    free(base)
  }

  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress, bytes.count > 0 else { return }
    if capacity - tail < bytes.count { makeRoom(for: bytes.count) }
    guard let base else { return }
    (base + tail).copyMemory(from: source, byteCount: bytes.count)
    tail += bytes.count
  }

  /// Moves as many bytes as fit to `destination`; returns how many.
  mutating func moveFirst(to destination: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(self.count, destination.count)
    guard let base, count > 0, let place = destination.baseAddress else { return 0 }
    place.copyMemory(from: base + head, byteCount: count)
    head += count
    if head == tail { reset() }
    return count
  }

  /// Calls `body` with all bytes, then empties the queue.
  mutating func drain<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
    defer { reset() }
    return body(UnsafeRawBufferPointer(start: base.map { $0 + head }, count: count))
  }

  private mutating func reset() {
    head = 0
    tail = 0
    if capacity > Self.keptBytes {
      free(base)
      base = nil
      capacity = 0
    }
  }

  private mutating func makeRoom(for byteCount: Int) {
    let needed = count + byteCount
    if needed <= capacity, head >= count {
      if let base, count > 0 { base.copyMemory(from: base + head, byteCount: count) }
    } else {
      capacity = max(needed, min(2 * capacity, needed + Self.keptBytes), 4096)
      let new = malloc(capacity)!  // Like every Swift allocation: no memory, no program.
      if let base {
        new.copyMemory(from: base + head, byteCount: count)
        free(base)
      }
      base = new
    }
    tail = count
    head = 0
  }
}
