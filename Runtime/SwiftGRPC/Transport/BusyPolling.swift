import NIOCore
import NIOPosix

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Keeps a loop from sleeping for some time after its last work, so that what comes next finds it awake.
///
/// NIO's loops sleep in the selector whenever nothing is ready. So something is: a byte in a pipe, which the loop reads, as all else that
/// is ready, and puts back until the time is over. Between two readings the loop does what it always does: sockets, timers, tasks, in
/// their order and none of them later than without it.
///
/// It is for cores that are to spare. A thread that always runs gets its core only in its turn when others want it too, while one that
/// sleeps gets it at once when it is woken; so a loop that finds that it was kept from running sleeps as ever for a while.
///
/// Confined to the loop.
final class BusyPolling {
  private let eventLoop: any EventLoop

  /// How long each of the connections wants it, in nanoseconds.
  private var durations: [Int64] = []

  /// The longest of them.
  private var longest: Int64 = 0

  /// The pipe's end that the loop reads.
  private var channel: (any Channel)?

  /// The pipe's other end.
  private(set) var input: CInt = -1

  /// Whether the byte is in the pipe, so that the loop does not sleep.
  private(set) var isPolling = false

  /// Whether something was done since the byte was read last.
  @exclusivity(unchecked) private var hasWorked = false

  /// When something was done last, as far as that was noticed.
  private var lastWork = NIODeadline.uptimeNanoseconds(0)

  /// When the byte was read last.
  private var lastByte = NIODeadline.uptimeNanoseconds(0)

  /// When the core was offered to other threads last, or there was work.
  private var lastYield = NIODeadline.uptimeNanoseconds(0)

  /// Whether tasks on other threads are likely to be at work, so that the core is offered to them each time.
  @exclusivity(unchecked) private var othersWork = false

  /// After so many nanoseconds without work the core is offered to whatever else was made ready on it, which need not wait for the end of
  /// the loop's time slice.
  private static let yieldInterval: Int64 = 50_000

  /// Until when the loop sleeps as ever.
  private var restEnd: NIODeadline?

  /// More nanoseconds than this between two readings without any work tell that other threads want the core.
  var longestGap: Int64 = 200_000

  private static let rest = TimeAmount.milliseconds(100)

  init(eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
  }

  /// Whether no connection wants it.
  var isUnused: Bool { self.durations.isEmpty }

  // MARK: Who wants it

  /// A connection wants it for so many nanoseconds after the last work.
  func add(_ nanoseconds: Int64) {
    if self.durations.isEmpty { self.open() }
    self.durations.append(nanoseconds)
    self.longest = max(self.longest, nanoseconds)
  }

  /// A connection that wanted it is gone.
  func remove(_ nanoseconds: Int64) {
    guard let index = self.durations.firstIndex(of: nanoseconds) else { return }
    self.durations.swapAt(index, self.durations.count - 1)
    self.durations.removeLast()
    self.longest = self.durations.max() ?? 0
    if self.durations.isEmpty { self.close() }
  }

  // MARK: The byte

  /// The loop has done something: from here on it polls.
  ///
  /// - Parameter othersWork: Whether that let a task on another thread go on, or came from one.
  func worked(othersWork: Bool) {
    self.hasWorked = true
    self.othersWork = othersWork
    guard !self.isPolling else { return }
    if let restEnd {
      guard NIODeadline.now() >= restEnd else { return }
      self.restEnd = nil
    }
    self.putByte()
  }

  fileprivate func tookByte() {
    self.isPolling = false
    let now = NIODeadline.now()
    if self.hasWorked {
      self.hasWorked = false
      self.lastWork = now
      self.lastYield = now
    } else if (now - self.lastByte).nanoseconds > self.longestGap {
      self.restEnd = now + Self.rest
      return
    }
    self.lastByte = now
    guard (now - self.lastWork).nanoseconds < self.longest else { return }
    self.putByte()
    if self.othersWork || (now - self.lastYield).nanoseconds >= Self.yieldInterval {
      self.lastYield = now
      sched_yield()
    }
  }

  private func putByte() {
    guard self.input >= 0 else { return }
    var byte: UInt8 = 0
    self.isPolling = write(self.input, &byte, 1) == 1
  }

  // MARK: The pipe

  /// Without a pipe, when the process has no descriptors left, the loop sleeps as ever.
  private func open() {
    // Loops that are none of NIO's over sockets, such as a test's, do not sleep in a selector.
    guard let bootstrap = NIOPipeBootstrap(validatingGroup: self.eventLoop) else { return }
    var ends: [CInt] = [-1, -1]
    guard pipe(&ends) == 0 else { return }
    let (output, input) = (ends[0], ends[1])
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    // Writing does not block: the pipe never holds more than the one byte.
    self.input = input
    let reader = Reader(self)
    let opening =
      bootstrap
      .channelOption(.maxMessagesPerRead, value: 1)
      .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 1))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(reader) }
      }
      .takingOwnershipOfDescriptor(input: output)
    opening.assumeIsolated().whenComplete { result in
      switch result {
      // The last connection may be gone already.
      case .success(let channel) where self.input == input: self.channel = channel
      case .success(let channel): channel.close(promise: nil)
      case .failure: _ = descriptorClose(output)
      }
    }
  }

  private func close() {
    if self.input >= 0 { _ = descriptorClose(self.input) }
    self.input = -1
    self.isPolling = false
    self.channel?.close(promise: nil)
    self.channel = nil
  }

  /// Reads the byte.
  private final class Reader: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let polling: NIOLoopBound<BusyPolling>

    init(_ polling: BusyPolling) {
      self.polling = NIOLoopBound(polling, eventLoop: polling.eventLoop)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      self.polling.value.tookByte()
    }
  }
}

/// The system's `close`, which a method hides.
private func descriptorClose(_ descriptor: CInt) -> CInt { close(descriptor) }
