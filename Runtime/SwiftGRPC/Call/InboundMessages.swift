import SwiftGRPCHTTP2
import Synchronization

/// The messages that a call receives: deframer, the task that waits for the next one, and the credit for the peer's window.
///
/// Bytes go in on the loop, as the connection reads them. ``next(_:)`` takes messages out from any task: on the loop without a
/// suspension when one is there, from elsewhere with one hop. The peer's window opens as messages are taken, so a slow reader stops a
/// fast writer; the bytes of a message that is still incomplete are credited at once, since nobody can take them.
///
/// All state is loop-confined. One task reads at a time; a second one gets an error.
@usableFromInline
final class InboundMessages: ReceivedBytesBorrower, @unchecked Sendable {
  // Sendable: `loop` is immutable; all else is touched on its thread only, which `next` makes sure of.

  @usableFromInline let loop: any CallLoop

  /// The largest message that is accepted, in bytes, compressed or not.
  private let maxMessageBytes: Int

  /// Gone once the stream is closed: then there is no window left to open.
  private var stream: HTTP2Stream?
  private var connection: (any CallConnection)?

  /// The address of the task whose cancellation ends the call, and with it every wait here. `nil` if there is none.
  ///
  /// A wait of any other task needs a cancellation handler; this one's waits do not.
  @exclusivity(unchecked) var owner: UInt?

  /// What a wait throws whose task is cancelled.
  var cancellationError: any Error = CancellationError()

  @exclusivity(unchecked) private var deframer: Deframer
  @exclusivity(unchecked) private var end = End.none
  @exclusivity(unchecked) private var waiter = Waiter.none

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

  /// Whether the message that was taken last was compressed. From any thread.
  var lastMessageWasCompressed: Bool { self.lastWasCompressed.load(ordering: .relaxed) }

  /// Called, once, when the peer sent something that is no message. The call is to end with this error.
  var onInvalidMessage: ((RPCError) -> Void)?

  private enum End {
    case none
    case endOfStream
    case failed(any Error)
  }

  private enum Waiter {
    case none
    /// Resumed when there is something to look at.
    case here(UnsafeContinuation<Void, Never>, ReadTicket?)
    /// Resumed with a copy of the next message, which is decompressed there, not on the loop.
    case elsewhere(UnsafeContinuation<ReceivedBytes?, any Error>, ReadTicket)
  }

  /// Names one wait, so that its cancellation cannot hit the next one; and asks for a message from elsewhere.
  private final class ReadTicket: LoopWork, @unchecked Sendable {
    // Sendable: touched on the loop only, but for `continuation`, which is set before the ticket is handed to the loop.
    let messages: InboundMessages
    var isCancelled = false
    var continuation: UnsafeContinuation<ReceivedBytes?, any Error>?

    init(_ messages: InboundMessages) { self.messages = messages }

    func runOnLoop() {
      if let continuation { self.messages.read(for: continuation, self) }
    }
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
    case end
    /// More has to arrive first.
    case nothing
  }

  /// The next message, decoded by `decode` where its bytes lie; `nil` when the peer has sent its last one.
  ///
  /// - Throws: the call's error, what `decode` throws, ``RPCError`` with `internalError` when another task is reading or the stream
  ///   ends inside a message, and `CancellationError` when the task is cancelled while it waits.
  @inlinable
  nonisolated(nonsending) func next<Message>(
    _ decode: (UnsafeRawBufferPointer) throws -> Message
  ) async throws -> Message? {
    while self.loop.isCurrent {
      switch try self.poll() {
      case .message(let bytes): return try decode(bytes)
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
    guard let bytes = try await self.nextBytesElsewhere() else { return nil }
    return try withExtendedLifetime(bytes) { try decode(bytes.pointer) }
  }

  /// Takes the next message if it is there, without waiting. On the loop only.
  @usableFromInline
  func poll() throws -> Next {
    guard case .none = self.waiter else { throw Self.twoReaders }
    switch try self.takeNext() {
    case .message(let message): return .message(message.isCompressed ? try self.decompress(message) : message.bytes)
    case .end: return .end
    case .nothing: return .nothing
    }
  }

  /// What has arrived, as it came.
  private enum Taken {
    case message(Deframer.Message)
    case end
    case nothing
  }

  private func takeNext() throws(any Error) -> Taken {
    do throws(RPCError) {
      if let message = try self.deframer.next() {
        self.messageCount += 1
        self.creditTaken(MessagePrefix.byteCount + message.bytes.count - self.creditedAhead)
        self.creditedAhead = 0
        if self.compression != nil {
          self.lastWasCompressed.store(message.isCompressed, ordering: .relaxed)
        } else if message.isCompressed {
          throw .compressedWithoutEncoding
        }
        return .message(message)
      }
      switch self.end {
      case .none:
        // What is here is the beginning of a message at most: nobody can take it, so it must not keep the window closed.
        self.creditedAhead += self.uncredited
        self.creditTaken(self.uncredited)
        return .nothing
      case .endOfStream:
        try self.deframer.checkEnd()
        return .end
      case .failed:
        break
      }
    } catch {
      self.refuse(error)
      throw error
    }
    guard case .failed(let error) = self.end else { return .end }
    throw error
  }

  /// What was sent is no message: the call ends.
  private func refuse(_ error: RPCError) {
    self.fail(error)
    self.onInvalidMessage.take()?(error)
  }

  private func decompress(_ message: Deframer.Message) throws(RPCError) -> UnsafeRawBufferPointer {
    do throws(RPCError) {
      try self.compression?.decompress(
        message.bytes, maxByteCount: self.maxMessageBytes, into: &self.decompressed)
    } catch {
      self.refuse(error)
      throw error
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

  private static var twoReaders: RPCError {
    RPCError(code: .internalError, message: "two tasks read the messages of one call at the same time")
  }

  /// Wakes the reader if there is something for it.
  private func wake() {
    switch self.waiter {
    case .none:
      break
    case .here(let continuation, _):
      self.waiter = .none
      continuation.resume()
    case .elsewhere(let continuation, let ticket):
      self.waiter = .none
      do {
        switch try self.takeNext() {
        case .message(let message):
          continuation.resume(
            returning: ReceivedBytes(
              copying: message.bytes, compression: message.isCompressed ? self.compression : nil))
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

  @usableFromInline
  nonisolated(nonsending) func nextBytesElsewhere() async throws -> ReceivedBytes? {
    let ticket = ReadTicket(self)
    let bytes: ReceivedBytes? = try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation { continuation in
        ticket.continuation = continuation
        self.loop.execute(ticket)
      }
    } onCancel: {
      self.loop.execute { self.cancelWait(ticket) }
    }
    do throws(RPCError) {
      try bytes?.decompress(maxByteCount: self.maxMessageBytes)
    } catch {
      self.loop.execute { self.refuse(error) }
      throw error
    }
    return bytes
  }

  private func read(for continuation: UnsafeContinuation<ReceivedBytes?, any Error>, _ ticket: ReadTicket) {
    if case .none = self.waiter {
    } else {
      continuation.resume(throwing: Self.twoReaders)
      return
    }
    if ticket.isCancelled {
      continuation.resume(throwing: self.cancellationError)
      return
    }
    self.waiter = .elsewhere(continuation, ticket)
    self.wake()
  }

  private func cancelWait(_ ticket: ReadTicket) {
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
