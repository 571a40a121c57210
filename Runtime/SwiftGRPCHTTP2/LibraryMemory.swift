import CNghttp2

/// The memory that libnghttp2 takes for one session: blocks of ``SessionMemory``, and one frame that all of its sessions share.
///
/// libnghttp2 reserves 16 KiB for the frame that it sends next, and needs what is in there only from when it builds the frame until
/// that has been copied to the output. ``HTTP2Session/writeOutput(into:)`` does not return in between, so one such place does for all
/// sessions of a thread: 16 KiB less for each idle connection.
struct LibraryMemory: ~Copyable {
  /// What libnghttp2 asks for when a session is made (`NGHTTP2_FRAMEBUF_CHUNKLEN`): header, padding length, payload.
  private static var frameBytes: Int { 9 + 1 + 16384 }

  /// The mark in front of the shared frame.
  private static var frameMark: Int { -2 }

  /// What libnghttp2's functions get.
  private struct Account {
    // The session holds what these lie in for as long as there is an account.
    let lists: UnsafeMutablePointer<BlockLists.List>
    let frame: UnsafeMutableRawPointer
    /// Whether the session is being made, and has not asked for its frame yet.
    var wantsFrame = true
    /// Whether the session goes. That may happen on any thread, so that it leaves the shared lists alone.
    var isClosed = false
  }

  private let account: UnsafeMutablePointer<Account>

  /// - Parameter memory: outlives `self`.
  init(_ memory: SessionMemory) {
    account = .allocate(capacity: 1)
    account.initialize(to: Account(lists: memory.blocks.lists, frame: memory.frame))
  }

  /// To be destroyed after the session.
  deinit {
    account.deinitialize(count: 1)
    account.deallocate()
  }

  /// The session has been made: it gets no shared memory any more.
  borrowing func sessionIsMade() {
    account.pointee.wantsFrame = false
  }

  /// The session is deleted next, on whatever thread.
  borrowing func close() {
    account.pointee.isClosed = true
  }

  /// What libnghttp2 is to call; good for as long as `self`.
  borrowing func functions() -> nghttp2_mem {
    nghttp2_mem(
      mem_user_data: UnsafeMutableRawPointer(account),
      malloc: { size, user in LibraryMemory.take(size, LibraryMemory.account(user)) },
      free: { block, user in LibraryMemory.giveBack(block, LibraryMemory.account(user)) },
      calloc: { count, size, user in
        let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
        return overflow ? nil : BlockLists.takeZeroed(bytes, from: LibraryMemory.account(user).pointee.lists)
      },
      realloc: { block, size, user in LibraryMemory.resize(block, size, LibraryMemory.account(user)) })
  }

  private static func account(_ user: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<Account> {
    user!.assumingMemoryBound(to: Account.self)  // As `functions` has set it.
  }

  private static func take(_ size: Int, _ account: UnsafeMutablePointer<Account>) -> UnsafeMutableRawPointer? {
    if size == frameBytes, account.pointee.wantsFrame {
      account.pointee.wantsFrame = false
      return account.pointee.frame
    }
    return BlockLists.take(size, from: account.pointee.lists)
  }

  private static func giveBack(_ block: UnsafeMutableRawPointer?, _ account: UnsafeMutablePointer<Account>) {
    guard let block, BlockLists.mark(of: block) != frameMark else { return }
    if account.pointee.isClosed {
      BlockLists.free(block)
    } else {
      BlockLists.giveBack(block, to: account.pointee.lists)
    }
  }

  private static func resize(
    _ block: UnsafeMutableRawPointer?, _ size: Int, _ account: UnsafeMutablePointer<Account>
  ) -> UnsafeMutableRawPointer? {
    guard let block else { return take(size, account) }
    let mark = BlockLists.mark(of: block)
    if mark == BlockLists.largeMark { return BlockLists.reallocate(block, size) }
    let capacity = mark == frameMark ? frameBytes : BlockLists.byteCount(ofClass: mark)
    if size <= capacity { return block }
    guard let new = BlockLists.take(size, from: account.pointee.lists) else { return nil }
    new.copyMemory(from: block, byteCount: capacity)
    giveBack(block, account)
    return new
  }

  // MARK: The shared frame

  /// A place for a frame.
  static func allocateFrame() -> UnsafeMutableRawPointer {
    BlockLists.allocate(frameBytes, mark: frameMark)!  // Like every Swift allocation: no memory, no program.
  }

  /// Frees it, after the last session.
  static func freeFrame(_ frame: UnsafeMutableRawPointer) {
    BlockLists.free(frame)
  }
}
