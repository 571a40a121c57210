import NIOCore

/// Where a channel reads to: one buffer for all channels of a loop, since only one of them reads at a time.
///
/// NIO keeps the first buffer that it gets here for as long as the channel lives, and no other, because it is told that the next one
/// may be larger and that there is no more than one a read. So the first is small, and an idle connection holds nothing but that.
struct LoopReceiveAllocator: RecvByteBufferAllocator {
  private let executor: LoopExecutor
  private var hasRead = false

  /// What NIO keeps: enough for the preface and the SETTINGS that a connection begins with.
  static let firstBytes = 256

  init(_ executor: LoopExecutor) {
    self.executor = executor
  }

  /// Lets a channel of the executor's loop read to the loop's buffer, which the reader gives back.
  static func install(on channel: any Channel, _ executor: LoopExecutor) throws {
    guard let options = channel.syncOptions else { return }
    try options.setOption(.maxMessagesPerRead, value: 1)
    try options.setOption(.recvAllocator, value: LoopReceiveAllocator(executor))
  }

  func buffer(allocator: ByteBufferAllocator) -> ByteBuffer {
    self.hasRead ? self.executor.scratch.takeInput() : allocator.buffer(capacity: Self.firstBytes)
  }

  mutating func record(actualReadBytes: Int) -> Bool {
    self.hasRead = true
    return true
  }
}
