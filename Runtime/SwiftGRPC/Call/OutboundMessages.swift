import SwiftGRPCHTTP2
import Synchronization

/// The side of a call that sends its headers before the first message.
protocol OutboundHeadersSender: AnyObject {
  /// How messages are compressed; `nil` if they are not. Asked on the loop, once the headers were sent.
  var messageCompression: MessageCompression? { get }

  /// The first message is about to be sent: send the headers. Called on the loop, once at most.
  func sendHeadersBeforeFirstMessage() throws
}

/// The messages that a call sends: written behind their length straight into the stream's body, with back-pressure.
///
/// ``write(_:)`` may be called from any task; several may write at the same time, each message stays whole. Writing returns at once
/// while fewer than 64 KiB wait to be sent, else when the connection has sent them down to 32 KiB.
///
/// Writers on other threads put their messages into a queue, and the loop moves all that are there into the body. Only the first message
/// of a call, before which headers may have to be sent, and those of 64 KiB and more hop to the loop each on its own.
///
/// All state is loop-confined, but for the queue.
@usableFromInline
final class OutboundMessages: LoopWork, @unchecked Sendable {
  // Sendable: `loop` is immutable, `queue` locked and made once; all else is touched on the loop's thread only, which `write` makes sure of.

  /// Encodes a message: asks once for exactly the memory it needs, and fills it.
  @usableFromInline typealias Encode = (_ allocate: (_ byteCount: Int) -> UnsafeMutableRawBufferPointer) throws -> Void

  @usableFromInline let loop: any CallLoop

  /// See ``InboundMessages/owner``.
  @exclusivity(unchecked) var owner: UInt?

  /// What a wait throws whose task is cancelled; `CancellationError` if nothing else was set.
  var cancellationError: any Error {
    get { self.otherCancellationError ?? CancellationError() }
    set { self.otherCancellationError = newValue }
  }

  private var otherCancellationError: (any Error)?

  private var stream: HTTP2Stream?
  private var connection: (any CallConnection)?
  private unowned let headersSender: any OutboundHeadersSender

  @exclusivity(unchecked) private var state = State.idle
  @exclusivity(unchecked) private var waiters: [Waiter] = []

  /// How many messages were written.
  @exclusivity(unchecked) private(set) var messageCount = 0

  /// How messages are compressed, once the headers were sent. Also for who finds ``isQueueing``: it does not change any more.
  @exclusivity(unchecked) private var compression: MessageCompression?

  /// What writers on other threads have written. Set once, by the first of them, under the lock.
  @exclusivity(unchecked) private var madeQueue: OutboundQueue?

  private let makingQueue = Mutex(())

  /// Whether ``madeQueue`` was set. (`AtomicLazyReference` would do both, but looks for generic metadata at each call.)
  private let hasQueue = Atomic(false)

  /// Whether they may use it.
  private let isQueueing = Atomic(false)

  private enum State {
    /// Headers are still to be sent.
    case idle
    case open
    case closed(any Error)
  }

  private struct Waiter {
    var continuation: UnsafeContinuation<Void, any Error>
    var ticket: (any WriteTicket)?
  }

  /// Names one wait of a writer on the loop.
  private final class LocalTicket: WriteTicket, @unchecked Sendable {
    // Sendable: touched on the loop only.
    var isCancelled = false
  }

  init(
    loop: any CallLoop, stream: HTTP2Stream, connection: any CallConnection, headersSender: any OutboundHeadersSender
  ) {
    self.loop = loop
    self.stream = stream
    self.connection = connection
    self.headersSender = headersSender
  }

  private var queue: OutboundQueue? { self.hasQueue.load(ordering: .acquiring) ? self.madeQueue : nil }

  private func makeQueue() -> OutboundQueue? {
    self.makingQueue.withLock { _ in
      if !self.hasQueue.load(ordering: .acquiring) {
        self.madeQueue = OutboundQueue()
        self.hasQueue.store(true, ordering: .releasing)
      }
    }
    return self.queue
  }

  // MARK: Events, on the loop

  /// The headers went out, by whatever way.
  func headersWereSent() {
    if case .idle = self.state { self.open() }
  }

  private func open() {
    self.state = .open
    self.compression = self.headersSender.messageCompression
    // Last: who queues a message has seen how to compress it.
    self.isQueueing.store(true, ordering: .releasing)
  }

  /// The body fell below its low-water mark.
  func drained() {
    if let stream { self.queue?.noteBytesAhead(stream.outbound.count) }
    guard !self.waiters.isEmpty else { return }
    let waiters = self.waiters
    self.waiters.removeAll()
    for waiter in waiters {
      waiter.continuation.resume()
    }
  }

  /// No message may be written any more: `error` is what writers get, also those that wait.
  ///
  /// - Parameter sendsQueued: Whether what was written before is still to be sent.
  func close(_ error: any Error, sendsQueued: Bool = true) {
    if case .closed = self.state { return }
    self.stopQueueing()
    self.queue?.close()
    if sendsQueued { self.moveQueued() }
    self.state = .closed(error)
    let waiters = self.waiters
    self.waiters.removeAll()
    for waiter in waiters {
      waiter.continuation.resume(throwing: error)
    }
  }

  /// The stream is closed. ``close(_:)`` came before.
  func streamClosed() {
    self.stream = nil
    self.connection = nil
  }

  /// Puts what was written elsewhere into the body.
  @usableFromInline
  func runOnLoop() {
    self.moveQueued()
  }

  private func moveQueued() {
    guard let queue = self.queue, case .open = self.state, let stream, let connection else { return }
    let messageCount = queue.move(to: &stream.outbound)
    guard messageCount > 0 else { return }
    self.messageCount += messageCount
    connection.outboundDidGrow(stream)
  }

  // MARK: Writing

  /// Lets each message that the current thread writes from now on come to the loop after what the thread has asked of the loop before.
  /// From any thread.
  func stopQueueing() {
    self.isQueueing.store(false, ordering: .releasing)
  }

  /// Sends one message, compressed if the call compresses its messages and `compress` does not forbid it.
  ///
  /// - Throws: what `encode` throws, the error that ended the call, or `CancellationError` when the task is cancelled while it waits
  ///   for room; the message has been queued then.
  @inlinable
  nonisolated(nonsending) func write(compress: Bool, _ encode: Encode) async throws {
    if self.loop.isCurrent {
      if try self.append(compress: compress, encode) {
        try await self.waitForRoom()
      }
    } else {
      guard let message = try self.enqueue(compress: compress, encode) else { return }
      try await self.hop(with: message)
    }
  }

  /// Queues one message; returns whether the writer should wait. On the loop only.
  @usableFromInline
  func append(compress: Bool, isCompressed: Bool = false, _ encode: Encode) throws -> Bool {
    switch self.state {
    case .open: self.moveQueued()
    case .idle:
      self.state = .open
      try self.headersSender.sendHeadersBeforeFirstMessage()
      self.open()
    case .closed(let error): throw error
    }
    guard let stream, let connection else { return false }
    let region = try stream.outbound.appendMessage(isCompressed: isCompressed, encode)
    if compress, !isCompressed, let compression {
      stream.outbound.compressLastMessage(in: region, compression)
    }
    self.messageCount += 1
    connection.outboundDidGrow(stream)
    return stream.outbound.count >= HTTP2Stream.highWaterBytes
  }

  @usableFromInline
  nonisolated(nonsending) func waitForRoom() async throws {
    if self.owner != nil, TaskIdentity.current == self.owner {
      try await withUnsafeThrowingContinuation { continuation in
        self.wait(Waiter(continuation: continuation, ticket: nil))
      }
      return
    }
    let ticket = LocalTicket()
    try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation { continuation in
        self.wait(Waiter(continuation: continuation, ticket: ticket))
      }
    } onCancel: {
      self.loop.execute { self.cancelWait(ticket) }
    }
  }

  /// Queues a message without a hop; returns what its writer has to make one with: the message, or the wait for room.
  @usableFromInline
  func enqueue(compress: Bool, _ encode: Encode) throws -> EncodedMessage? {
    // The loop compresses what comes before the headers, since it alone knows how.
    guard self.isQueueing.load(ordering: .acquiring), let queue = self.queue ?? self.makeQueue() else {
      let message = try EncodedMessage(encode)
      message.messages = self
      message.mayBeCompressed = compress
      return message
    }
    let outcome: OutboundQueue.Outcome
    if compress, let compression {
      // That takes too long to be done under the queue's lock.
      let message = try EncodedMessage(encode)
      message.compress(compression)
      outcome = queue.append(message)
    } else {
      outcome = try queue.append(encode)
    }
    switch outcome {
    case .queued(let isFirst):
      if isFirst { self.loop.execute(self) }
      return nil
    case .full:
      return EncodedMessage(waitingFor: self)
    case .apart(let message):
      message.messages = self
      message.mayBeCompressed = compress
      return message
    }
  }

  @usableFromInline
  nonisolated(nonsending) func hop(with message: EncodedMessage) async throws {
    try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation { continuation in
        message.continuation = continuation
        self.loop.execute(message)
      }
    } onCancel: {
      self.loop.execute { self.cancelWait(message) }
    }
  }

  /// Takes what hopped to the loop, a message or the wait of its writer, and lets that one go on when there is room.
  func append(_ message: EncodedMessage, for continuation: UnsafeContinuation<Void, any Error>) {
    do {
      let isFull =
        try message.isQueued
        ? self.appendQueued()
        : self.append(compress: message.mayBeCompressed, isCompressed: message.isCompressed, message.copy(to:))
      if isFull {
        self.wait(Waiter(continuation: continuation, ticket: message))
      } else {
        continuation.resume()
      }
    } catch {
      continuation.resume(throwing: error)
    }
  }

  private func appendQueued() throws -> Bool {
    if case .closed(let error) = self.state { throw error }
    self.moveQueued()
    return self.stream.map { $0.outbound.count >= HTTP2Stream.highWaterBytes } ?? false
  }

  private func wait(_ waiter: Waiter) {
    if case .closed(let error) = self.state {
      waiter.continuation.resume(throwing: error)
    } else if waiter.ticket?.isCancelled == true {
      waiter.continuation.resume(throwing: self.cancellationError)
    } else {
      self.waiters.append(waiter)
    }
  }

  private func cancelWait(_ ticket: any WriteTicket) {
    ticket.isCancelled = true
    if let index = self.waiters.firstIndex(where: { $0.ticket === ticket }) {
      self.waiters.remove(at: index).continuation.resume(throwing: self.cancellationError)
    }
  }
}

/// Names one wait for room, so that its cancellation cannot hit another.
protocol WriteTicket: AnyObject, Sendable {
  /// Whether the task that waits was cancelled. On the loop only.
  var isCancelled: Bool { get set }
}

extension OutboundBody {
  /// Appends one length-prefixed message, written in place. Spec: gRPC over HTTP/2, "Length-Prefixed-Message".
  ///
  /// - Returns: Where prefix and message lie until something else happens to the body.
  @usableFromInline @discardableResult
  mutating func appendMessage(
    isCompressed: Bool = false, _ encode: OutboundMessages.Encode
  ) throws -> UnsafeMutableRawBufferPointer {
    let before = self.count
    var region = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    do {
      // `encode` asks for memory once and fills it before it returns, and nothing else is appended meanwhile.
      try encode { byteCount in
        region = self.growForMessage(of: byteCount, isCompressed: isCompressed)
        return UnsafeMutableRawBufferPointer(rebasing: region[MessagePrefix.byteCount...])
      }
    } catch {
      self.truncate(to: before)
      throw error
    }
    if region.isEmpty {
      // An encoder that needs no memory need not ask for it.
      region = self.growForMessage(of: 0)
    }
    return region
  }

  /// Makes room for a prefix, which it writes, and the message behind it.
  mutating func growForMessage(of byteCount: Int, isCompressed: Bool = false) -> UnsafeMutableRawBufferPointer {
    let region = self.grow(by: MessagePrefix.byteCount + byteCount)
    MessagePrefix.write(messageByteCount: byteCount, isCompressed: isCompressed, to: region)
    return region
  }

  /// Compresses the message that ``appendMessage(isCompressed:_:)`` has put into `region` just now, unless that would make
  /// it larger.
  mutating func compressLastMessage(in region: UnsafeMutableRawBufferPointer, _ compression: MessageCompression) {
    let message = UnsafeMutableRawBufferPointer(rebasing: region[MessagePrefix.byteCount...])
    guard let byteCount = compression.compress(inPlace: message) else { return }
    MessagePrefix.write(messageByteCount: byteCount, isCompressed: true, to: region)
    self.truncate(to: self.count - (message.count - byteCount))
  }
}
