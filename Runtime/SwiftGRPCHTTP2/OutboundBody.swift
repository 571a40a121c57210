#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The bytes of one stream's body that wait to be sent: a queue in one contiguous region.
///
/// Appending and removing are amortised O(1). A message is encoded straight into its place behind its prefix. From there a short one is
/// copied once more, among the other output; a long one is in a ``LargeBlock`` and goes to the socket as it lies. The region is given
/// back when a big message has drained, and shrinks before that when only an eighth is in use.
public struct OutboundBody: ~Copyable {
  /// A region up to this size is kept for the next message.
  @usableFromInline static var keptBytes: Int { 65536 }

  @usableFromInline var base: UnsafeMutableRawPointer?
  @usableFromInline var capacity = 0
  /// What `base` lies in, if the region is large; otherwise it is the allocator's.
  private(set) var block: LargeBlock?
  /// Where the first waiting byte lies.
  @usableFromInline var head = 0
  /// Where the next byte goes.
  @usableFromInline var tail = 0

  /// How many bytes wait.
  @inlinable public var count: Int { tail - head }

  /// How much memory the queue holds.
  var allocatedBytes: Int { capacity }

  /// An empty queue; takes no memory until the first append.
  public init() {}

  deinit {
    if block == nil { free(base) }
  }

  /// Makes room for `byteCount` bytes at the end, counts them as appended and returns their place.
  ///
  /// All of them must be written before anything else happens to the queue or its session; ``truncate(to:)`` takes them back.
  @inlinable
  public mutating func grow(by byteCount: Int) -> UnsafeMutableRawBufferPointer {
    if capacity - tail < byteCount { makeRoom(for: byteCount) }
    let place = UnsafeMutableRawBufferPointer(start: base.map { $0 + tail }, count: byteCount)
    tail += byteCount
    return place
  }

  /// Takes the last appended bytes back, so that `count` are left; they must not have been announced to the session.
  @inlinable
  public mutating func truncate(to count: Int) {
    precondition(count >= 0 && count <= self.count, "only bytes that wait can be taken back")
    tail = head + count
  }

  /// Appends `byteCount` bytes that `write` puts straight into the queue; nothing is appended when it throws.
  @inlinable
  public mutating func append<E: Error>(
    byteCount: Int, _ write: (UnsafeMutableRawBufferPointer) throws(E) -> Void
  ) throws(E) {
    let before = count
    let place = grow(by: byteCount)
    do throws(E) {
      try write(place)
    } catch {
      truncate(to: before)
      throw error
    }
  }

  /// Appends a copy of `bytes`.
  @inlinable
  public mutating func append(copying bytes: UnsafeRawBufferPointer) {
    grow(by: bytes.count).copyMemory(from: bytes)
  }

  /// Appends all that waits in another queue: takes its region over when nothing waits here, else copies.
  public mutating func append(contentsOf other: consuming OutboundBody) {
    if count == 0 {
      self = other
    } else if let base = other.base {
      append(copying: UnsafeRawBufferPointer(start: base + other.head, count: other.count))
    }
  }

  /// Copies the first `byteCount` bytes to `destination` and removes them.
  mutating func moveFirst(_ byteCount: Int, to destination: UnsafeMutableRawPointer) {
    guard let base, byteCount > 0 else { return }
    precondition(byteCount <= count, "only bytes that wait can be sent")
    destination.copyMemory(from: base + head, byteCount: byteCount)
    removeFirst(byteCount)
  }

  /// Removes the first `byteCount` bytes and adds them to `pieces` as they lie in `block`, which must be the queue's.
  mutating func leaveFirst(_ byteCount: Int, in block: LargeBlock, for pieces: OutputPieces) {
    guard let base, byteCount > 0 else { return }
    precondition(byteCount <= count, "only bytes that wait can be sent")
    pieces.append(body: UnsafeMutableRawBufferPointer(start: base + head, count: byteCount), of: block)
    removeFirst(byteCount)
  }

  private mutating func removeFirst(_ byteCount: Int) {
    head += byteCount
    if head == tail {
      head = 0
      tail = 0
      if capacity > Self.keptBytes { discardRegion() }
    } else if capacity > 4 * Self.keptBytes, count < capacity / 8 {
      relocate(capacity: 2 * count)
    }
  }

  /// The slow half of `grow`: moves the waiting bytes to the region's start, or takes a larger region.
  @usableFromInline
  mutating func makeRoom(for byteCount: Int) {
    let needed = count + byteCount
    // Moving costs `count`, and `head` bytes have been removed since the last move: amortised O(1).
    if needed <= capacity, head >= count {
      if let base, count > 0 { base.copyMemory(from: base + head, byteCount: count) }
      tail = count
      head = 0
    } else {
      relocate(capacity: max(needed, min(2 * capacity, needed + Self.keptBytes), 64))
    }
  }

  private mutating func relocate(capacity newCapacity: Int) {
    let large = newCapacity >= LargeBlock.leastBytes ? LargeBlock(byteCount: newCapacity) : nil
    let new = large?.bytes.baseAddress ?? malloc(newCapacity)!  // Like every Swift allocation: no memory, no program.
    let count = count
    if let base { new.copyMemory(from: base + head, byteCount: count) }
    discardRegion()
    head = 0
    tail = count
    base = new
    capacity = large?.bytes.count ?? newCapacity
    block = large
  }

  private mutating func discardRegion() {
    if block == nil { free(base) }
    block = nil
    base = nil
    capacity = 0
  }
}
