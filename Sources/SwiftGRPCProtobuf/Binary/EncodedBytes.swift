/// An encoded message in the memory where it was encoded, for as long as that is lent.
///
/// A sequence so that an array takes the bytes in one piece: `append(contentsOf:)` is the one way to fill an array's
/// memory without a look-up of generic metadata a call, which costs as much as encoding a small message.
public struct EncodedBytes: Sequence {
  /// How many bytes there are.
  public let count: Int
  /// The first of them.
  @usableFromInline let start: UnsafeRawBufferPointer
  /// The others.
  @usableFromInline let filled: FilledMemory?

  @inlinable
  init(count: Int, start: UnsafeRawBufferPointer, filled: FilledMemory?) {
    self.count = count
    self.start = start
    self.filled = filled
  }

  /// Copies the bytes to memory that has place for them.
  @inlinable @inline(__always)
  public func copy(to target: UnsafeMutableRawPointer) {
    if let source = start.baseAddress { target.copyMemory(from: source, byteCount: start.count) }
    if let filled { filled.copy(to: target + start.count) }
  }

  /// The same as ``count``.
  @inlinable public var underestimatedCount: Int { count }

  /// One byte after the other, of a copy; ``_copyContents(initializing:)`` is the fast way.
  public func makeIterator() -> [UInt8].Iterator {
    var bytes = [UInt8](repeating: 0, count: count)
    bytes.withUnsafeMutableBytes { if let target = $0.baseAddress { copy(to: target) } }
    return bytes.makeIterator()
  }

  /// Copies the bytes to an array's memory.
  @inlinable @inline(__always)
  public func _copyContents(
    initializing buffer: UnsafeMutableBufferPointer<UInt8>
  ) -> ([UInt8].Iterator, UnsafeMutableBufferPointer<UInt8>.Index) {
    if let target = buffer.baseAddress { copy(to: UnsafeMutableRawPointer(target)) }
    return ([].makeIterator(), count)
  }
}

/// The parts of an encoded message that do not lie in the memory that is being filled.
@usableFromInline
final class FilledMemory {
  /// Some bytes of the message.
  struct Part {
    let byteCount: Int
    /// Writes them to an address.
    let write: (UnsafeMutableRawPointer) -> Void
  }

  /// The parts from the end of the message to its beginning.
  var parts: [Part] = []
  /// The memory where they lie.
  var allocations: [UnsafeMutableRawPointer] = []

  deinit { deallocate(except: nil) }

  func deallocate(except kept: UnsafeMutableRawPointer?) {
    for memory in allocations where memory != kept { memory.deallocate() }
    allocations.removeAll { $0 != kept }
  }

  /// Writes the parts, the beginning of the message first.
  @usableFromInline
  func copy(to target: UnsafeMutableRawPointer) {
    var target = target
    for part in parts.reversed() {
      part.write(target)
      target += part.byteCount
    }
  }
}
