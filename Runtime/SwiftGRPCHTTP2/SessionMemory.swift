/// Memory that the sessions of one thread share, since only one of them works at a time.
///
/// It keeps an idle connection small: what a session needs only while it reads or writes, and the blocks that libnghttp2 has given
/// back, lie here. Confined to the thread of the sessions that use it; the last reference may go on any thread.
public final class SessionMemory {
  /// The free lists in front of `malloc`.
  let blocks = BlockLists()

  /// Where libnghttp2 builds the frame that goes out next; see ``LibraryMemory``.
  let frame = LibraryMemory.allocateFrame()

  /// Room for header lists that are sent.
  @exclusivity(unchecked) var nameValues = NameValueScratch()

  /// Room for a header list that arrives; empty while a session uses it.
  @exclusivity(unchecked) var headerRoom = HeaderAssembly.Room()

  /// Takes no memory before a session needs it, but for the 16 KiB of a frame.
  public init() {}

  deinit {
    LibraryMemory.freeFrame(frame)
    headerRoom.deallocate()
  }
}
