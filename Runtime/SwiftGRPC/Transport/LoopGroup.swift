import NIOCore
import NIOPosix
import Synchronization

/// The event loops that connections run on, each with its executor.
///
/// Connections are handed to the loops round robin. A group made with ``init(numberOfThreads:)`` owns its threads until
/// ``shutdown()``; ``shared`` uses the process's common NIO loops, one per core, which are never shut down. Servers and clients
/// on the same group call each other without leaving the loop when their connections meet on one.
final class LoopGroup: Sendable {
  /// The process-wide loops: as many threads as there are cores.
  static let shared = LoopGroup(eventLoopGroup: MultiThreadedEventLoopGroup.singleton, ownsThreads: false)

  /// One executor per event loop.
  let executors: [LoopExecutor]

  private let eventLoopGroup: any EventLoopGroup
  private let ownsThreads: Bool
  private let nextIndex = Atomic<Int>(0)

  /// Starts `numberOfThreads` event loops of its own.
  convenience init(numberOfThreads: Int) {
    self.init(eventLoopGroup: MultiThreadedEventLoopGroup(numberOfThreads: numberOfThreads), ownsThreads: true)
  }

  /// Uses the loops of `eventLoopGroup`, which the caller shuts down.
  convenience init(eventLoopGroup: any EventLoopGroup) {
    self.init(eventLoopGroup: eventLoopGroup, ownsThreads: false)
  }

  private init(eventLoopGroup: any EventLoopGroup, ownsThreads: Bool) {
    self.eventLoopGroup = eventLoopGroup
    self.ownsThreads = ownsThreads
    self.executors = eventLoopGroup.makeIterator().map(LoopExecutor.init(eventLoop:))
  }

  /// The group that NIO's bootstraps take.
  var nioGroup: any EventLoopGroup { self.eventLoopGroup }

  /// The executor of the loop that the next connection goes to.
  func next() -> LoopExecutor {
    let index = self.nextIndex.wrappingAdd(1, ordering: .relaxed).oldValue
    return self.executors[Int(bitPattern: UInt(bitPattern: index) % UInt(self.executors.count))]
  }

  /// The executor of `eventLoop`, which is one of this group's.
  func executor(of eventLoop: any EventLoop) -> LoopExecutor {
    for executor in self.executors where executor.eventLoop === eventLoop {
      return executor
    }
    preconditionFailure("the event loop belongs to another group")
  }

  /// Stops the threads of a group that owns them; connections on them must be closed before.
  func shutdown() async throws {
    if self.ownsThreads {
      try await self.eventLoopGroup.shutdownGracefully()
    }
  }
}
