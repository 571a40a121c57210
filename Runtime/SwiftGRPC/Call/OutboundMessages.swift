import SwiftGRPCHTTP2

/// The side of a call that sends its headers before the first message.
protocol OutboundHeadersSender: AnyObject {
  /// The first message is about to be sent: send the headers. Called on the loop, once at most.
  func sendHeadersBeforeFirstMessage() throws
}

/// The messages that a call sends: written behind their length straight into the stream's body, with back-pressure.
///
/// ``write(_:)`` may be called from any task; several may write at the same time, each message stays whole. Writing returns at once
/// while fewer than 64 KiB wait to be sent, else when the connection has sent them down to 32 KiB.
///
/// All state is loop-confined.
@usableFromInline
final class OutboundMessages: @unchecked Sendable {
  // Sendable: `loop` is immutable; all else is touched on its thread only, which `write` makes sure of.

  /// Encodes a message: asks once for exactly the memory it needs, and fills it.
  @usableFromInline typealias Encode = (_ allocate: (_ byteCount: Int) -> UnsafeMutableRawBufferPointer) throws -> Void

  @usableFromInline let loop: any CallLoop

  /// See ``InboundMessages/owner``.
  @exclusivity(unchecked) var owner: UInt?

  /// What a wait throws whose task is cancelled.
  var cancellationError: any Error = CancellationError()

  private var stream: HTTP2Stream?
  private var connection: (any CallConnection)?
  private unowned let headersSender: any OutboundHeadersSender

  @exclusivity(unchecked) private var state = State.idle
  @exclusivity(unchecked) private var waiters: [Waiter] = []

  /// How many messages were written.
  @exclusivity(unchecked) private(set) var messageCount = 0

  private enum State {
    /// Headers are still to be sent.
    case idle
    case open
    case closed(any Error)
  }

  private struct Waiter {
    var continuation: UnsafeContinuation<Void, any Error>
    var ticket: WriteTicket?
  }

  /// Names one wait, so that its cancellation cannot hit another.
  private final class WriteTicket: @unchecked Sendable {
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

  // MARK: Events, on the loop

  /// The headers went out, by whatever way.
  func headersWereSent() {
    if case .idle = self.state { self.state = .open }
  }

  /// The body fell below its low-water mark.
  func drained() {
    guard !self.waiters.isEmpty else { return }
    let waiters = self.waiters
    self.waiters.removeAll()
    for waiter in waiters {
      waiter.continuation.resume()
    }
  }

  /// No message may be written any more: `error` is what writers get, also those that wait.
  func close(_ error: any Error) {
    if case .closed = self.state { return }
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

  // MARK: Writing

  /// Sends one message.
  ///
  /// - Throws: what `encode` throws, the error that ended the call, or `CancellationError` when the task is cancelled while it waits
  ///   for room; the message has been queued then.
  @inlinable
  nonisolated(nonsending) func write(_ encode: Encode) async throws {
    if self.loop.isCurrent {
      if try self.append(encode) {
        try await self.waitForRoom()
      }
    } else {
      try await self.writeElsewhere(EncodedMessage(encode))
    }
  }

  /// Queues one message; returns whether the writer should wait. On the loop only.
  @usableFromInline
  func append(_ encode: Encode) throws -> Bool {
    switch self.state {
    case .open: break
    case .idle:
      self.state = .open
      try self.headersSender.sendHeadersBeforeFirstMessage()
    case .closed(let error): throw error
    }
    guard let stream, let connection else { return false }
    try stream.outbound.appendMessage(encode)
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
    let ticket = WriteTicket()
    try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation { continuation in
        self.wait(Waiter(continuation: continuation, ticket: ticket))
      }
    } onCancel: {
      self.loop.execute { self.cancelWait(ticket) }
    }
  }

  @usableFromInline
  nonisolated(nonsending) func writeElsewhere(_ message: EncodedMessage) async throws {
    let ticket = WriteTicket()
    try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation { continuation in
        self.loop.execute {
          do {
            if try self.append(message.copy(to:)) {
              self.wait(Waiter(continuation: continuation, ticket: ticket))
            } else {
              continuation.resume()
            }
          } catch {
            continuation.resume(throwing: error)
          }
        }
      }
    } onCancel: {
      self.loop.execute { self.cancelWait(ticket) }
    }
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

  private func cancelWait(_ ticket: WriteTicket) {
    ticket.isCancelled = true
    if let index = self.waiters.firstIndex(where: { $0.ticket === ticket }) {
      self.waiters.remove(at: index).continuation.resume(throwing: self.cancellationError)
    }
  }
}

extension OutboundBody {
  /// Appends one length-prefixed message, written in place. Spec: gRPC over HTTP/2, "Length-Prefixed-Message".
  @usableFromInline
  mutating func appendMessage(_ encode: OutboundMessages.Encode) throws {
    let before = self.count
    var hasAllocated = false
    do {
      // `encode` asks for memory once and fills it before it returns, and nothing else is appended meanwhile.
      try encode { byteCount in
        hasAllocated = true
        let region = self.grow(by: MessagePrefix.byteCount + byteCount)
        MessagePrefix.write(messageByteCount: byteCount, to: region)
        return UnsafeMutableRawBufferPointer(rebasing: region[MessagePrefix.byteCount...])
      }
    } catch {
      self.truncate(to: before)
      throw error
    }
    if !hasAllocated {
      // An encoder that needs no memory need not ask for it.
      MessagePrefix.write(messageByteCount: 0, to: self.grow(by: MessagePrefix.byteCount))
    }
  }
}

/// A message that was encoded away from its loop.
@usableFromInline
final class EncodedMessage: @unchecked Sendable {
  // Sendable: written once, before it is handed over.

  private var bytes = UnsafeMutableRawBufferPointer(start: nil, count: 0)

  @usableFromInline
  init(_ encode: OutboundMessages.Encode) throws {
    try encode { byteCount in
      self.bytes.deallocate()
      self.bytes = .allocate(byteCount: byteCount, alignment: 8)
      return self.bytes
    }
  }

  func copy(to allocate: (Int) -> UnsafeMutableRawBufferPointer) {
    allocate(self.bytes.count).copyMemory(from: UnsafeRawBufferPointer(self.bytes))
  }

  deinit {
    self.bytes.deallocate()
  }
}
