#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Free lists in front of `malloc`, one for each size: 64, 128, … 1,024 bytes. Confined to one thread.
///
/// A call makes libnghttp2 take and give back many small blocks. With a hundred calls in flight they no longer fit the allocator's own
/// thread cache; a list for each size class saves 1,500 of 32,700 instructions (both ends of a unary call). Each list keeps up to 256 blocks.
struct BlockLists: ~Copyable {
  private static var classCount: Int { 16 }
  private static var keptBlocks: Int { 256 }
  /// In front of each block: its class, or another mark. As wide as the alignment that C promises.
  private static var prefixBytes: Int { 16 }

  /// The mark of a block that is none of a list's.
  static var largeMark: Int { -1 }

  /// The blocks of one size that were given back, linked through their first words.
  struct List {
    fileprivate var first: UnsafeMutableRawPointer?
    fileprivate var count = 0
  }

  /// The lists; valid as long as `self`. Whoever gets blocks through it does so without counting references.
  let lists: UnsafeMutablePointer<List>

  init() {
    lists = .allocate(capacity: Self.classCount)
    lists.initialize(repeating: List(), count: Self.classCount)
  }

  deinit {
    for index in 0..<Self.classCount {
      while let block = lists[index].first {
        lists[index].first = block.load(as: UnsafeMutableRawPointer?.self)
        Self.free(block)
      }
    }
    lists.deallocate()
  }

  /// A block of at least `size` bytes, which is marked with its class; `nil` for lack of memory.
  static func take(_ size: Int, from lists: UnsafeMutablePointer<List>) -> UnsafeMutableRawPointer? {
    let index = sizeClass(of: size)
    guard index < classCount else { return allocate(size, mark: largeMark) }
    let list = lists + index
    guard let block = list.pointee.first else { return allocate(byteCount(ofClass: index), mark: index) }
    list.pointee.first = block.load(as: UnsafeMutableRawPointer?.self)
    list.pointee.count -= 1
    return block
  }

  /// As ``take(_:from:)``, but zeroed. The pages of a large block that nobody writes to take no memory.
  static func takeZeroed(_ size: Int, from lists: UnsafeMutablePointer<List>) -> UnsafeMutableRawPointer? {
    guard sizeClass(of: size) < classCount else {
      return calloc(1, size + prefixBytes).map { mark($0, largeMark) }
    }
    guard let block = take(size, from: lists) else { return nil }
    memset(block, 0, size)
    return block
  }

  /// Keeps a block of a class for the next ``take(_:from:)``, or frees it.
  static func giveBack(_ block: UnsafeMutableRawPointer, to lists: UnsafeMutablePointer<List>) {
    let index = mark(of: block)
    guard index >= 0 else { return free(block) }
    let list = lists + index
    guard list.pointee.count < keptBlocks else { return free(block) }
    block.storeBytes(of: list.pointee.first, as: UnsafeMutableRawPointer?.self)
    list.pointee.first = block
    list.pointee.count += 1
  }

  /// How many bytes a block of a class has.
  static func byteCount(ofClass index: Int) -> Int { 64 * (index + 1) }

  private static func sizeClass(of size: Int) -> Int { max(0, size - 1) >> 6 }

  // MARK: Blocks

  /// A block with a mark in front.
  static func allocate(_ size: Int, mark: Int) -> UnsafeMutableRawPointer? {
    malloc(size + prefixBytes).map { Self.mark($0, mark) }
  }

  /// Changes the size of a block that has ``largeMark``.
  static func reallocate(_ block: UnsafeMutableRawPointer, _ size: Int) -> UnsafeMutableRawPointer? {
    realloc(block - prefixBytes, size + prefixBytes).map { $0 + prefixBytes }
  }

  /// Frees a block, from any thread.
  static func free(_ block: UnsafeMutableRawPointer) {
    #if canImport(Glibc)
      Glibc.free(block - prefixBytes)
    #elseif canImport(Musl)
      Musl.free(block - prefixBytes)
    #else
      Darwin.free(block - prefixBytes)
    #endif
  }

  /// The mark in front of a block.
  static func mark(of block: UnsafeMutableRawPointer) -> Int {
    (block - prefixBytes).load(as: Int.self)
  }

  private static func mark(_ start: UnsafeMutableRawPointer, _ mark: Int) -> UnsafeMutableRawPointer {
    start.storeBytes(of: mark, as: Int.self)
    return start + prefixBytes
  }
}
