import NIOCore
import NIOEmbedded
import Testing

@testable import SwiftGRPC

/// What channels read to.
@Suite struct LoopReceiveAllocatorTests {
  /// What NIO makes of the allocator: it keeps buffers as a channel does.
  private final class Reader {
    var pool: NIOPooledRecvBufferAllocator
    let executor: LoopExecutor

    init(_ executor: LoopExecutor) {
      self.executor = executor
      self.pool = NIOPooledRecvBufferAllocator(capacity: 1, recvAllocator: LoopReceiveAllocator(executor))
    }

    /// Reads as a channel does; returns where to and how much would have fitted.
    func read(_ byteCount: Int) -> (place: UInt, capacity: Int) {
      let (buffer, place) = self.pool.buffer(allocator: ByteBufferAllocator()) { buffer in
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 1) { _ in byteCount }
        return buffer.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) }
      }
      self.pool.record(actualReadBytes: byteCount)
      defer { self.executor.scratch.giveBack(input: buffer) }
      return (place, buffer.capacity)
    }
  }

  @Test func onlyTheFirstReadOfAChannelGoesToMemoryOfItsOwn() {
    let executor = LoopExecutor(eventLoop: EmbeddedEventLoop())
    let (one, other) = (Reader(executor), Reader(executor))
    #expect(one.read(100).capacity == LoopReceiveAllocator.firstBytes)
    #expect(other.read(100).capacity == LoopReceiveAllocator.firstBytes)
    let shared = one.read(1000)
    #expect(shared.capacity == LoopScratch.inputBytes)
    for byteCount in [1, 100_000, LoopScratch.inputBytes, 5] {
      #expect(one.read(byteCount) == shared)
      #expect(other.read(byteCount) == shared)
    }
    #expect(one.pool.count == 1)
  }

  @Test func aReadFindsMemoryAlsoWhileTheLoopsOwnIsTaken() {
    let executor = LoopExecutor(eventLoop: EmbeddedEventLoop())
    let reader = Reader(executor)
    _ = reader.read(1)
    let taken = executor.scratch.takeInput()
    #expect(reader.read(10).capacity == LoopScratch.inputBytes)
    executor.scratch.giveBack(input: taken)
    #expect(reader.read(10).capacity == LoopScratch.inputBytes)
  }
}
