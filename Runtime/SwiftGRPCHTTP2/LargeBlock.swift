import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A large piece of memory: what a long message is received into, or waits in until it is sent.
///
/// Others may keep it, so that what is in there need not be copied. And the allocator gets the largest ones from the system and gives
/// them back, and the system clears each page as it is touched first, which took a third of the time of a server of 1 MiB messages. So
/// a freed block is kept for the next message, within ``FreeBlocks/maxBytes``.
public final class LargeBlock: @unchecked Sendable {
  // Sendable: `bytes` never changes; what is in there belongs to who made the block.

  /// From this size on a block costs less than to copy what is in there.
  public static var leastBytes: Int { 8192 }

  /// The memory, of which more may be there than was asked for. What nobody has written to takes none of the system's.
  public let bytes: UnsafeMutableRawBufferPointer

  /// A block of at least so many bytes; what is in there is arbitrary.
  public init(byteCount: Int) {
    if let sizeClass = FreeBlocks.sizeClass(of: byteCount) {
      let start = FreeBlocks.shared.take(sizeClass) ?? malloc(FreeBlocks.byteCount(ofClass: sizeClass))
      // Like every Swift allocation: no memory, no program.
      bytes = UnsafeMutableRawBufferPointer(start: start!, count: FreeBlocks.byteCount(ofClass: sizeClass))
    } else {
      bytes = UnsafeMutableRawBufferPointer(start: malloc(byteCount)!, count: byteCount)
    }
  }

  deinit {
    let start = bytes.baseAddress!  // As `init` has made it.
    if let sizeClass = FreeBlocks.sizeClass(of: bytes.count), FreeBlocks.shared.keep(start, sizeClass) { return }
    free(start)
  }
}

/// The freed blocks of the process, a few of each size. From any thread, without a lock.
///
/// Not of one loop, since the last reference to a message's memory may go anywhere: it is a cache in front of the allocator, as the
/// allocator's own are.
final class FreeBlocks: @unchecked Sendable {
  // Sendable: atomic values only.

  static let shared = FreeBlocks()

  /// How much memory is kept at most.
  static var maxBytes: Int { 16 << 20 }

  private static var classCount: Int { 10 }
  private static var blocksOfClass: Int { 16 }

  /// For each class its kept blocks; `nil` where there is none.
  private let slots: UnsafeMutablePointer<Atomic<UnsafeMutableRawPointer?>>

  /// The size of all blocks that are kept, or are about to be.
  private let keptBytes = Atomic(0)

  init() {
    let count = Self.classCount * Self.blocksOfClass
    slots = .allocate(capacity: count)
    for index in 0..<count { (slots + index).initialize(to: Atomic(nil)) }
  }

  deinit {
    for index in 0..<Self.classCount * Self.blocksOfClass {
      free(slots[index].load(ordering: .acquiring))
      (slots + index).deinitialize(count: 1)
    }
    slots.deallocate()
  }

  /// How many bytes a block of a class has: a power of two, and room for what surrounds a message of such a size.
  static func byteCount(ofClass index: Int) -> Int { (LargeBlock.leastBytes << index) + 4096 }

  /// The smallest class whose blocks have so many bytes; `nil` if that is more than is worth keeping.
  static func sizeClass(of byteCount: Int) -> Int? {
    (0..<classCount).first { Self.byteCount(ofClass: $0) >= byteCount }
  }

  /// Takes a block out: the one that was kept last, as its bytes are most likely to be in a processor's cache.
  func take(_ sizeClass: Int) -> UnsafeMutableRawPointer? {
    let first = sizeClass * Self.blocksOfClass
    for index in (first..<first + Self.blocksOfClass).reversed() {
      guard slots[index].load(ordering: .relaxed) != nil else { continue }
      if let block = slots[index].exchange(nil, ordering: .acquiring) {
        keptBytes.subtract(Self.byteCount(ofClass: sizeClass), ordering: .relaxed)
        return block
      }
    }
    return nil
  }

  /// Keeps a block; `false` if there are enough.
  func keep(_ block: UnsafeMutableRawPointer, _ sizeClass: Int) -> Bool {
    let byteCount = Self.byteCount(ofClass: sizeClass)
    let first = sizeClass * Self.blocksOfClass
    if keptBytes.add(byteCount, ordering: .relaxed).newValue <= Self.maxBytes {
      for index in first..<first + Self.blocksOfClass
      where slots[index].compareExchange(expected: nil, desired: block, ordering: .releasing).exchanged {
        return true
      }
    }
    keptBytes.subtract(byteCount, ordering: .relaxed)
    return false
  }
}
