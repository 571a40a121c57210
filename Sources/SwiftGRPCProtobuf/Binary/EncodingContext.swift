/// Where a message is encoded: memory that fills from its end to its beginning, and what the encoders need to know.
///
/// The length of an inner message stands before its content, but is known after it. So a message is written backwards,
/// its last field first, and each of these in the order value, length, tag. One pass does it; writing forwards needs
/// another before it, for the sizes.
///
/// A position is where what was written last begins. Each function of the encoders takes one, writes what ends there,
/// and returns where that begins.
///
/// **Room.** A field is begun with at least ``room`` free bytes before the position. Numbers, tags and lengths take of
/// them without asking. What may be longer asks for more, and whoever has taken much asks for room again.
public struct EncodingContext {
  /// How many bytes are free when a field is begun.
  @inlinable public static var room: Int { 128 }

  /// How many bytes of its room a message leaves for its own length and tag, and those of what it is in.
  ///
  /// Generated code counts the bytes of numbers that follow one another, so that no more are taken.
  @inlinable public static var reserve: Int { 48 }

  /// Longer values than this are copied once, when the size of the whole is known, rather than twice.
  @inlinable static var longestCopiedTwice: Int { 4096 }

  /// A message lacks a required field.
  public var sawMissingRequired = false
  /// Map entries are visited in the order of their keys.
  @usableFromInline let sortsMaps: Bool
  /// Where the memory begins that is being filled.
  @usableFromInline var lowest: UnsafeMutableRawPointer
  /// Where it ends, or where in it that begins which is among the filled parts.
  @usableFromInline var end: UnsafeMutableRawPointer
  /// A position's distance to this is how many bytes have been written.
  @usableFromInline var origin: Int
  /// The memory is neither lent nor part of ``filled``.
  @usableFromInline var ownsMemory = false
  /// What does not lie in the memory that is being filled.
  @usableFromInline var filled: FilledMemory?

  /// Begins in memory that the caller lends.
  @inlinable
  init(borrowing memory: UnsafeMutableRawBufferPointer, options: BinaryEncodingOptions) {
    lowest = memory.baseAddress.unsafelyUnwrapped
    end = lowest + memory.count
    origin = Int(bitPattern: end)
    sortsMaps = options.useDeterministicOrdering
  }

  /// How many bytes have been written when the last of them is at a position.
  @inlinable @inline(__always)
  func byteCount(at p: UnsafeMutableRawPointer) -> Int { origin &- Int(bitPattern: p) }

  /// Makes sure that there is room for a field.
  @inlinable @inline(__always)
  public mutating func room(before p: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    p - lowest >= Self.room ? p : grow(by: Self.room, before: p)
  }

  /// Makes sure that there is room for some bytes, and for a field before them.
  @inlinable @inline(__always)
  mutating func room(for byteCount: Int, before p: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    p - lowest >= byteCount + Self.room ? p : grow(by: byteCount + Self.room, before: p)
  }

  /// Goes on in other memory. What was written moves there as long as it is little.
  @usableFromInline @inline(never)
  mutating func grow(by byteCount: Int, before p: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    let written = self.byteCount(at: p)
    var count = end - p
    if count > 1 << 14 {
      fill(to: p)
      count = 0
    }
    let size = max(count + byteCount, count == 0 ? 1 << 16 : 4 * count, 1 << 12)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 1)
    let start = memory + size - count
    start.copyMemory(from: p, byteCount: count)
    deallocate()
    lowest = memory
    end = memory + size
    origin = Int(bitPattern: start) + written
    ownsMemory = true
    return start
  }

  /// Writes a long value later, when it is known where it will be in the whole.
  ///
  /// - Parameter write: writes the value's bytes, of which there are `byteCount`, to the address that it gets.
  @usableFromInline @inline(never)
  mutating func writeLater(
    _ byteCount: Int, before p: UnsafeMutableRawPointer, _ write: @escaping (UnsafeMutableRawPointer) -> Void
  ) -> UnsafeMutableRawPointer {
    fill(to: p)
    filled?.parts.append(FilledMemory.Part(byteCount: byteCount, write: write))
    origin += byteCount
    return room(before: p)
  }

  /// Puts what was written down to a position, and the memory where it lies, among what is filled.
  private mutating func fill(to p: UnsafeMutableRawPointer) {
    let filled = self.filled ?? FilledMemory()
    self.filled = filled
    if byteCount(at: p) > maximumMessageBytes {
      // No message may be so long: it will be refused, and need not be kept until then.
      filled.parts = []
      filled.deallocate(except: lowest)
    }
    if ownsMemory { filled.allocations.append(lowest) }
    ownsMemory = false
    let start = UnsafeRawPointer(p)
    let count = end - p
    if count > 0 {
      filled.parts.append(FilledMemory.Part(byteCount: count) { $0.copyMemory(from: start, byteCount: count) })
    }
    end = p
  }

  /// Must be called at the end: gives memory back.
  @inlinable
  func deallocate() {
    if ownsMemory { lowest.deallocate() }
  }

  /// Calls `body` with a context whose first memory is on the stack.
  @inlinable @inline(__always)
  static func withBorrowedMemory<Result>(
    _ options: BinaryEncodingOptions, _ body: (inout EncodingContext) -> Result
  ) -> Result {
    withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 1) { memory in
      var context = EncodingContext(borrowing: memory, options: options)
      defer { context.deallocate() }
      return body(&context)
    }
  }

  /// What was written down to a position; `nil` when no message may be so long.
  @inlinable @inline(__always)
  func encoded(from p: UnsafeMutableRawPointer) -> EncodedBytes? {
    let byteCount = byteCount(at: p)
    guard byteCount <= maximumMessageBytes else { return nil }
    return EncodedBytes(count: byteCount, start: UnsafeRawBufferPointer(start: p, count: end - p), filled: filled)
  }
}
