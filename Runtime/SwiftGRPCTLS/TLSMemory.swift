#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Memory that the TLS ends of one thread share, since only one of them works at a time: an idle connection holds none of it.
///
/// Confined to the thread of the engines that use it; the last reference may go on any thread.
public final class TLSMemory {
  /// A piece of memory for a queue of bytes.
  struct Region {
    var base: UnsafeMutableRawPointer
    var capacity: Int
  }

  /// One for each direction, and for a connection in the middle of whose work another one writes.
  private static var keptCount: Int { 4 }
  private static var keptBytes: Int { 262_144 }

  private var spare: [Region] = []

  /// Takes no memory before an engine needs it.
  public init() {}

  deinit {
    for region in spare { free(region.base) }
  }

  /// A region of at least `byteCount` bytes.
  func take(_ byteCount: Int) -> Region {
    if let index = spare.lastIndex(where: { $0.capacity >= byteCount }) { return spare.remove(at: index) }
    let capacity = max(byteCount, 4096)
    return Region(base: malloc(capacity)!, capacity: capacity)  // Like every Swift allocation: no memory, no program.
  }

  /// Keeps a region that is no longer needed for another queue, or frees it.
  func giveBack(_ region: Region) {
    guard region.capacity <= Self.keptBytes else { return free(region.base) }
    if spare.count == Self.keptCount {
      // The larger ones are of more use.
      guard let smallest = spare.indices.min(by: { spare[$0].capacity < spare[$1].capacity }) else { return }
      free(spare.remove(at: smallest).base)
    }
    spare.append(region)
  }
}
