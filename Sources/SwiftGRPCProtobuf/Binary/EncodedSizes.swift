/// The sizes of inner messages and packed fields, computed by the first pass of encoding and used by the second.
///
/// Both passes visit the same fields in the same order, so a list is enough. The first 128 sizes live in memory that
/// the caller lends, usually on the stack.
public struct EncodedSizes {
  @usableFromInline var slots: UnsafeMutablePointer<UInt32>
  @usableFromInline var capacity: Int
  @usableFromInline var count = 0
  @usableFromInline var ownsSlots = false
  /// A message lacks a required field.
  public var sawMissingRequired = false
  /// Map entries are visited in the order of their keys.
  @usableFromInline let sortsMaps: Bool

  @inlinable
  init(borrowing slots: UnsafeMutableBufferPointer<UInt32>, options: BinaryEncodingOptions) {
    self.slots = slots.baseAddress.unsafelyUnwrapped
    capacity = slots.count
    sortsMaps = options.useDeterministicOrdering
  }

  /// Takes the next place; ``set(_:at:)`` fills it once the size is known.
  @inlinable @inline(__always)
  public mutating func reserve() -> Int {
    if count == capacity { grow() }
    count += 1
    return count - 1
  }

  /// Fills a reserved place. Sizes above 2 GiB are refused before they are used.
  @inlinable @inline(__always)
  public mutating func set(_ size: Int, at index: Int) {
    slots[index] = UInt32(truncatingIfNeeded: size)
  }

  /// The next size, in the second pass.
  @inlinable @inline(__always)
  public mutating func next() -> Int {
    count += 1
    return Int(slots[count - 1])
  }

  /// Goes back to the first size, for the second pass.
  @inlinable
  mutating func rewind() { count = 0 }

  @usableFromInline @inline(never)
  mutating func grow() {
    let larger = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity * 2)
    larger.update(from: slots, count: count)
    deallocate()
    slots = larger
    capacity *= 2
    ownsSlots = true
  }

  /// Must be called at the end: gives memory back that the list had to take.
  @inlinable
  func deallocate() {
    if ownsSlots { slots.deallocate() }
  }
}
