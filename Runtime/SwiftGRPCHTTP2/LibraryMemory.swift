import CNghttp2

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The memory that libnghttp2 takes for one session: free lists in front of `malloc`.
///
/// A call makes the library take and give back many small blocks. With a hundred calls in flight they no longer fit the allocator's own
/// thread cache; a list for each size class saves 1,500 of 32,700 instructions (both ends of a unary call). Each list keeps up to 32 KiB.
struct LibraryMemory: ~Copyable {
  /// Blocks of 64, 128, … 1,024 bytes; anything larger goes to `malloc`.
  private static var classCount: Int { 5 }
  private static var keptBytes: Int { 32768 }
  /// In front of each block: its class, or -1. As wide as the alignment that C promises.
  private static var prefixBytes: Int { 16 }

  private struct FreeList {
    var first: UnsafeMutableRawPointer?
    var count = 0
  }

  private let lists: UnsafeMutablePointer<FreeList>

  init() {
    lists = .allocate(capacity: Self.classCount)
    lists.initialize(repeating: FreeList(), count: Self.classCount)
  }

  /// To be destroyed after the session.
  deinit {
    for index in 0..<Self.classCount {
      while let block = lists[index].first {
        lists[index].first = block.load(as: UnsafeMutableRawPointer?.self)
        Self.release(block)
      }
    }
    lists.deallocate()
  }

  /// What libnghttp2 is to call; good for as long as `self`.
  borrowing func functions() -> nghttp2_mem {
    nghttp2_mem(
      mem_user_data: UnsafeMutableRawPointer(lists),
      malloc: { size, lists in LibraryMemory.take(size, lists) },
      free: { block, lists in LibraryMemory.giveBack(block, lists) },
      calloc: { count, size, lists in
        let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
        guard !overflow, let block = LibraryMemory.take(bytes, lists) else { return nil }
        memset(block, 0, bytes)
        return block
      },
      realloc: { block, size, lists in LibraryMemory.resize(block, size, lists) })
  }

  private static func take(_ size: Int, _ lists: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    let index = sizeClass(of: size)
    guard index < classCount, let lists else { return allocate(size, index: -1) }
    let list = lists.assumingMemoryBound(to: FreeList.self) + index
    guard let block = list.pointee.first else { return allocate(64 << index, index: index) }
    list.pointee.first = block.load(as: UnsafeMutableRawPointer?.self)
    list.pointee.count -= 1
    return block
  }

  private static func giveBack(_ block: UnsafeMutableRawPointer?, _ lists: UnsafeMutableRawPointer?) {
    guard let block else { return }
    let index = (block - prefixBytes).load(as: Int.self)
    guard index >= 0, let lists else { return release(block) }
    let list = lists.assumingMemoryBound(to: FreeList.self) + index
    guard list.pointee.count < keptBytes >> (6 + index) else { return release(block) }
    block.storeBytes(of: list.pointee.first, as: UnsafeMutableRawPointer?.self)
    list.pointee.first = block
    list.pointee.count += 1
  }

  private static func resize(
    _ block: UnsafeMutableRawPointer?, _ size: Int, _ lists: UnsafeMutableRawPointer?
  ) -> UnsafeMutableRawPointer? {
    guard let block else { return take(size, lists) }
    let index = (block - prefixBytes).load(as: Int.self)
    guard index >= 0 else { return realloc(block - prefixBytes, size + prefixBytes).map { $0 + prefixBytes } }
    if size <= 64 << index { return block }
    guard let new = take(size, lists) else { return nil }
    new.copyMemory(from: block, byteCount: 64 << index)
    giveBack(block, lists)
    return new
  }

  /// 0 for up to 64 bytes, 1 for up to 128, and so on.
  private static func sizeClass(of size: Int) -> Int {
    size <= 64 ? 0 : Int.bitWidth - 6 - (size - 1).leadingZeroBitCount
  }

  private static func allocate(_ size: Int, index: Int) -> UnsafeMutableRawPointer? {
    guard let start = malloc(size + prefixBytes) else { return nil }
    start.storeBytes(of: index, as: Int.self)
    return start + prefixBytes
  }

  private static func release(_ block: UnsafeMutableRawPointer) {
    free(block - prefixBytes)
  }
}
