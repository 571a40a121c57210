import SwiftGRPCHTTP2
import Synchronization

/// The messages that a call receives: deframer, the task that waits for the next one, and the credit for the peer's window.
///
/// Bytes go in on the loop, as the connection reads them. ``next(_:)`` takes messages out from any task: on the loop without a
/// suspension when one is there, from elsewhere with one hop for all that are there, up to a bound. The peer's window opens as messages
/// are taken, so a slow reader stops a fast writer; the bytes of a message that is still incomplete are credited at once, since nobody
/// can take them.
///
/// All state is loop-confined, but for what a reader elsewhere has. One task reads at a time; a second one gets an error.
@usableFromInline
final class InboundMessages: ReceivedBytesBorrower, @unchecked Sendable {
  // Sendable: `loop` is immutable; `batch` is its claimant's; all else is touched on the loop's thread only, which `next` makes sure of.

  @usableFromInline let loop: any CallLoop

  /// The largest message that is accepted, in bytes, compressed or not.
  let maxMessageBytes: Int

  /// Gone once the stream is closed: then there is no window left to open.
  private var stream: HTTP2Stream?
  private var connection: (any CallConnection)?

  /// The address of the task whose cancellation ends the call, and with it every wait here. `nil` if there is none.
  ///
  /// A wait of any other task needs a cancellation handler; this one's waits do not.
  @exclusivity(unchecked) var owner: UInt?

  /// What a wait throws whose task is cancelled; `CancellationError` if nothing else was set.
  var cancellationError: any Error {
    get { self.otherCancellationError ?? CancellationError() }
    set { self.otherCancellationError = newValue }
  }

  private var otherCancellationError: (any Error)?

  @exclusivity(unchecked) private var deframer: Deframer
  @exclusivity(unchecked) private var end = End.none
  @exclusivity(unchecked) var waiter = Waiter.none

  /// Whether the deframer refers to bytes of the read that is under way.
  @exclusivity(unchecked) private var isBorrowing = false

  /// Bytes that have arrived and for which the peer has got no credit yet.
  @exclusivity(unchecked) private var uncredited = 0

  /// Bytes of the message that is still incomplete for which the peer has got its credit already.
  @exclusivity(unchecked) private var creditedAhead = 0

  /// How many messages were taken.
  @exclusivity(unchecked) private(set) var messageCount = 0

  /// How messages with the flag for it were compressed; `nil` if none may be. Set before the first one is taken.
  @exclusivity(unchecked) var compression: MessageCompression?

  /// The message that was taken last on the loop, if it was compressed.
  @exclusivity(unchecked) private var decompressed = DecompressedBytes()

  private let lastWasCompressed = Atomic(false)

  private let isForOneMessage = Atomic(false)

  /// Who may touch ``batch``: nobody while there is none, and otherwise who has claimed it.
  let handedOver = Atomic(HandedOver.nothing)

  /// Messages that a reader elsewhere was given and has not returned yet.
  @exclusivity(unchecked) var batch: ReceivedBatch?

  /// Whether the call's error comes before the messages of ``batch``.
  let isCut = Atomic(false)

  /// Whether the loop was asked to end the call, and readers elsewhere have not looked at what became of that.
  let isToEnd = Atomic(false)

  /// Whether the message that was taken last was compressed. From any thread.
  var lastMessageWasCompressed: Bool { self.lastWasCompressed.load(ordering: .relaxed) }

  /// Called, once, when the peer sent something that is no message. The call is to end with this error.
  var onInvalidMessage: ((RPCError) -> Void)?

  private enum End {
    case none
    case endOfStream
    case failed(any Error)
  }

  enum Waiter {
    case none
    /// Resumed when there is something to look at.
    case here(UnsafeContinuation<Void, Never>, ReadTicket?)
    /// Resumed with a copy of the next messages, which are decompressed there, not on the loop.
    case elsewhere(UnsafeContinuation<ReceivedBatch?, any Error>, ReadTicket)
  }

  init(loop: any CallLoop, stream: HTTP2Stream, connection: any CallConnection, maxMessageBytes: Int) {
    self.loop = loop
    self.stream = stream
    self.connection = connection
    self.maxMessageBytes = maxMessageBytes
    self.deframer = Deframer(maxMessageBytes: maxMessageBytes)
  }

  // MARK: Events, on the loop

  /// A part of the body. A reader that waits finds it where it lies; what nobody takes during the read is copied at its end.
  func received(_ bytes: UnsafeRawBufferPointer) {
    guard case .none = self.end else {
      // Nobody will take them.
      self.credit(bytes.count)
      return
    }
    self.uncredited += bytes.count
    self.deframer.keepRest()
    self.deframer.push(bytes)
    if !self.isBorrowing {
      self.isBorrowing = true
      self.loop.keepAtEndOfRead(self)
    }
    self.wake()
  }

  /// The memory of what was received goes away.
  @usableFromInline
  func keepReceivedBytes() {
    self.isBorrowing = false
    self.deframer.keepRest()
  }

  /// The peer has sent everything.
  func receivedEnd() {
    guard case .none = self.end else { return }
    self.end = .endOfStream
    self.wake()
  }

  /// The call is over; whoever reads gets `error`: at once, or after the messages that are already here.
  func fail(_ error: any Error, afterReceived: Bool = false) {
    if case .failed = self.end { return }
    self.end = .failed(error)
    if !afterReceived {
      self.isCut.store(true, ordering: .releasing)
      self.dropReceived()
    }
    self.wake()
  }

  /// The stream is closed: no more bytes, no more credit.
  func streamClosed() {
    self.stream = nil
    self.connection = nil
    self.onInvalidMessage = nil
  }

  /// How many bytes of the next message are there, while a reader waits and the peer has to go on; `nil` at other times.
  ///
  /// It has to where a message has begun, and where the reader wants one message only. Pauses of a stream between its messages are the
  /// peer's own business.
  var awaitedByteCount: Int? {
    guard case .none = self.end else { return nil }
    if case .none = self.waiter { return nil }
    let bytes = self.deframer.pendingByteCount
    return bytes > 0 || self.isForOneMessage.load(ordering: .relaxed) ? bytes : nil
  }

  /// Tells that the reader wants one message, and the end after it. From any thread.
  @usableFromInline
  func expectOneMessage() {
    self.isForOneMessage.store(true, ordering: .relaxed)
  }

  // MARK: Reading

  /// What there is for a reader.
  @usableFromInline
  enum Next {
    /// A message; its bytes are valid until anything else happens here.
    case message(UnsafeRawBufferPointer)
    /// The same, of a long one, whose memory may be kept.
    case longMessage(ReceivedMemory)
    case end
    /// More has to arrive first.
    case nothing
    /// A reader elsewhere is at work, or has left something that comes before what the loop has.
    case handedOver
  }

  /// The next message, decoded by `decode` where its bytes lie; `nil` when the peer has sent its last one.
  ///
  /// - Throws: the call's error, what `decode` throws, ``RPCError`` with `internalError` when another task is reading or the stream
  ///   ends inside a message, and `CancellationError` when the task is cancelled while it waits.
  @inlinable
  nonisolated(nonsending) func next<Message>(
    _ decode: (UnsafeRawBufferPointer) throws -> Message
  ) async throws -> Message? {
    reading: while self.loop.isCurrent {
      switch try self.poll() {
      case .handedOver: break reading
      case .message(let bytes): return try decode(bytes)
      case .longMessage(let memory): return try memory.decode(decode)
      case .end: return nil
      case .nothing:
        if self.isReadByOwner {
          // Here, and not in a function of its own, which would take more memory of each call that waits.
          await withUnsafeContinuation { self.wait($0) }
        } else {
          try await self.waitHere()
        }
      }
    }
    return try await self.nextElsewhere(decode)
  }

  /// Not a part of `next`: what it needs room for would lie in the memory of each call that waits on the loop.
  @inlinable @inline(never)
  nonisolated(nonsending) func nextElsewhere<Message>(
    _ decode: (UnsafeRawBufferPointer) throws -> Message
  ) async throws -> Message? {
    try self.claimBatch()
    defer { self.releaseBatch() }
    guard let bytes = try await self.nextBytesElsewhere() else { return nil }
    return try self.memoryElsewhere(of: bytes)?.decode(decode) ?? decode(bytes)
  }

  /// Takes the next message if it is there, without waiting. On the loop only.
  @usableFromInline
  func poll() throws -> Next {
    guard case .none = self.waiter else { throw Self.twoReaders }
    guard self.handedOver.load(ordering: .acquiring) == .nothing else { return .handedOver }
    switch try self.takeNext() {
    case .some(let message):
      if message.isCompressed { return .message(try self.decompress(message)) }
      guard message.isLong, let block = self.deframer.block else { return .message(message.bytes) }
      return .longMessage(ReceivedMemory(bytes: message.bytes, block: block))
    case .end: return .end
    case .nothing: return .nothing
    }
  }

  /// What has arrived, as it came.
  enum Taken<Messages> {
    case some(Messages)
    case end
    case nothing
  }

  private func takeNext() throws -> Taken<Deframer.Message> {
    let next = try self.refusingWhatFails { () throws(RPCError) in
      guard let message = try self.deframer.next() else { return nil as Deframer.Message? }
      self.didTake(1, byteCount: MessagePrefix.byteCount + message.bytes.count)
      try self.noteCompression(message.isCompressed, self.compression)
      return message
    }
    if let next { return .some(next) }
    return try self.checkEnd() ? .end : .nothing
  }

  /// All messages that are there, up to ``maxBatchBytes``.
  ///
  /// Their credit is given now, and not as their reader returns them, which would need a hop again: so a batch, or one larger message,
  /// is what the peer may have sent and nobody used beyond the window.
  func takeBatch() throws -> Taken<ReceivedBatch> {
    let run = try self.refusingWhatFails { () throws(RPCError) in
      try self.deframer.nextRun(maxByteCount: Self.maxBatchBytes)
    }
    guard let run else { return try self.checkEnd() ? .end : .nothing }
    self.didTake(run.messageCount, byteCount: run.byteCount)
    return .some(ReceivedBatch(run, compression: self.compression))
  }

  @inline(__always)
  private func didTake(_ messageCount: Int, byteCount: Int) {
    self.messageCount += messageCount
    self.creditTaken(byteCount - self.creditedAhead)
    self.creditedAhead = 0
  }

  /// Notes whether the message that is handed out is compressed, and refuses it if it must not be. From any thread.
  @inline(__always)
  func noteCompression(_ isCompressed: Bool, _ compression: MessageCompression?) throws(RPCError) {
    if compression != nil {
      self.lastWasCompressed.store(isCompressed, ordering: .relaxed)
    } else if isCompressed {
      throw .compressedWithoutEncoding
    }
  }

  /// Whether nothing will come after what is there, which is no whole message.
  private func checkEnd() throws -> Bool {
    switch self.end {
    case .none:
      // What is here is the beginning of a message at most: nobody can take it, so it must not keep the window closed.
      self.creditedAhead += self.uncredited
      self.creditTaken(self.uncredited)
      return false
    case .endOfStream:
      try self.refusingWhatFails { () throws(RPCError) in try self.deframer.checkEnd() }
      return true
    case .failed(let error):
      throw error
    }
  }

  /// Lets the call end when `body` finds that what was sent is no message.
  @inline(__always)
  private func refusingWhatFails<Result>(_ body: () throws(RPCError) -> Result) throws(RPCError) -> Result {
    do throws(RPCError) {
      return try body()
    } catch {
      self.refuse(error)
      throw error
    }
  }

  /// What was sent is no message: the call ends.
  func refuse(_ error: RPCError) {
    self.fail(error)
    self.onInvalidMessage.take()?(error)
  }

  private func decompress(_ message: Deframer.Message) throws(RPCError) -> UnsafeRawBufferPointer {
    try self.refusingWhatFails { () throws(RPCError) in
      try self.compression?.decompress(
        message.bytes, maxByteCount: self.maxMessageBytes, into: &self.decompressed)
    }
    return self.decompressed.bytes
  }

  private func dropReceived() {
    self.deframer = Deframer(maxMessageBytes: self.maxMessageBytes)
    self.creditedAhead = 0
    self.creditTaken(self.uncredited)
  }

  private func creditTaken(_ byteCount: Int) {
    self.uncredited -= byteCount
    self.credit(byteCount)
  }

  private func credit(_ byteCount: Int) {
    guard byteCount > 0, let stream else { return }
    self.connection?.consume(byteCount, on: stream)
  }

  // MARK: Waiting

  static var twoReaders: RPCError {
    RPCError(code: .internalError, message: "two tasks read the messages of one call at the same time")
  }

  /// Wakes the reader if there is something for it.
  func wake() {
    switch self.waiter {
    case .none:
      break
    case .here(let continuation, _):
      self.waiter = .none
      continuation.resume()
    case .elsewhere(let continuation, let ticket):
      self.waiter = .none
      do {
        switch try self.takeBatch() {
        case .some(let batch):
          // It is so already. The thread sanitizer does not see that a continuation orders what is before and after it, but this.
          self.handedOver.store(.reader, ordering: .releasing)
          continuation.resume(returning: batch)
        case .end: continuation.resume(returning: nil)
        case .nothing: self.waiter = .elsewhere(continuation, ticket)
        }
      } catch {
        continuation.resume(throwing: error)
      }
    }
  }

  /// Whether the task that reads is the one whose cancellation ends the call.
  @usableFromInline
  var isReadByOwner: Bool { self.owner != nil && TaskIdentity.current == self.owner }

  /// Resumes the owner when there is something to look at.
  @usableFromInline
  func wait(_ continuation: UnsafeContinuation<Void, Never>) {
    self.waiter = .here(continuation, nil)
  }

  /// Waits in another task than the owner.
  @usableFromInline
  nonisolated(nonsending) func waitHere() async throws {
    let ticket = ReadTicket(self)
    await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        if ticket.isCancelled {
          continuation.resume()
        } else {
          self.waiter = .here(continuation, ticket)
        }
      }
    } onCancel: {
      self.loop.execute { self.cancelWait(ticket) }
    }
    if Task.isCancelled { throw self.cancellationError }
  }

  func cancelWait(_ ticket: ReadTicket) {
    ticket.isCancelled = true
    switch self.waiter {
    case .here(let continuation, let waiting) where waiting === ticket:
      self.waiter = .none
      continuation.resume()
    case .elsewhere(let continuation, let waiting) where waiting === ticket:
      self.waiter = .none
      continuation.resume(throwing: self.cancellationError)
    case .none, .here, .elsewhere:
      break
    }
  }
}

extension InboundMessages {
  /// The one message of a request or response that has just one, once the peer has sent everything.
  ///
  /// - Throws: as ``next(_:)``, and ``RPCError`` with `unimplemented` if there is none or more than one.
  ///   Spec: `statuscodes.md`, "request cardinality violation".
  @inlinable
  nonisolated(nonsending) func onlyMessage<Message>(
    _ decode: (UnsafeRawBufferPointer) throws -> Message
  ) async throws -> Message {
    self.expectOneMessage()
    guard let message = try await self.next(decode) else {
      throw RPCError(code: .unimplemented, message: "there is no message where the method has one")
    }
    guard try await self.next({ _ in () }) == nil else {
      throw RPCError(code: .unimplemented, message: "there is more than one message where the method has one")
    }
    return message
  }
}
