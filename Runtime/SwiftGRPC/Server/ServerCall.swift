import NIOCore
import SwiftGRPCHTTP2
import Synchronization

/// One call of a server: its HTTP/2 stream, its state, its handler's task and what its context refers to, in one object.
///
/// Loop-confined but for what is said to be readable from any thread. The session makes it when a request arrives and keeps it until
/// the stream is closed; contexts may keep it longer.
@usableFromInline
final class ServerCall: HTTP2Stream, DeadlineObserver, OutboundHeadersSender, @unchecked Sendable {
  // Sendable: what contexts read is set before the handler starts and never again, or locked; everything else is touched on the
  // executor's thread only, to which the methods for handlers hop.

  // MARK: Set before the handler starts; readable from any thread

  @exclusivity(unchecked) private(set) var handler: MethodHandler?
  @exclusivity(unchecked) private(set) var requestHeaders: HeaderBlock?
  @exclusivity(unchecked) var deadline: Deadline?
  @exclusivity(unchecked) private(set) var connectionInfo: ServerConnectionInfo?

  /// What the request's messages may be compressed with.
  @exclusivity(unchecked) private(set) var requestEncoding = CompressionAlgorithm.none
  var detached: Detached?

  // MARK: Locked

  /// What handlers and interceptors set.
  let userState = Mutex(UserState())

  /// Whether anything of ``userState`` was set that the answer depends on; most handlers set nothing.
  let hasAnswerSettings = Atomic(false)

  /// Whether the call was cut short.
  let cancelled = Atomic(false)

  // MARK: Loop-confined

  /// The connection until the stream is closed.
  @exclusivity(unchecked) private(set) var connection: ServerConnection?
  @exclusivity(unchecked) var state = ServerCallState()
  @exclusivity(unchecked) private(set) var inbound: InboundMessages?
  @exclusivity(unchecked) private(set) var outboundMessages: OutboundMessages?
  @exclusivity(unchecked) var task: Task<Void, any Error>?
  @exclusivity(unchecked) private var deadlineToken: DeadlineTimers.Token?
  @exclusivity(unchecked) private(set) var isWaitingForMessage = false
  @exclusivity(unchecked) var isHandlerRunning = false
  @exclusivity(unchecked) var isStartingHandler = false

  /// When the handler's first part began, by the coarse clock.
  @exclusivity(unchecked) var startTime: UInt64 = 0

  /// When the call began and what it ended with, for the log.
  @exclusivity(unchecked) private var begun = NIODeadline.uptimeNanoseconds(0)
  @exclusivity(unchecked) var endCode: Status.Code?

  /// Where ``ServerConnection`` keeps the call in its list.
  @exclusivity(unchecked) var indexInConnection = -1

  @usableFromInline
  required init() {}

  var executor: LoopExecutor? { self.connectionInfo?.executor }

  // MARK: The request arrives

  /// A request for `handler` has begun.
  func begin(
    _ handler: MethodHandler, headers: HeaderBlock, timeout: Int64?, encoding: CompressionAlgorithm,
    connection: ServerConnection, isEnd: Bool
  ) {
    self.handler = handler
    self.requestEncoding = encoding
    self.requestHeaders = headers
    self.connection = connection
    self.connectionInfo = connection.info
    if connection.info.callLogLevel != nil { self.begun = connection.info.executor.eventLoop.now }
    if let timeout {
      let deadline = Deadline.after(.nanoseconds(timeout))
      self.deadline = deadline
      self.deadlineToken = connection.info.executor.timers.schedule(at: deadline.instant, for: self)
    }
    if handler.startWithMessage != nil, !isEnd {
      // The whole message is likely to follow at once.
      self.isWaitingForMessage = true
    } else {
      handler.start(self)
    }
    if isEnd {
      self.receivedEnd()
    }
  }

  /// A part of the body has arrived; `isEnd` tells that it is the last one.
  func received(_ bytes: UnsafeRawBufferPointer, isEnd: Bool) {
    guard !self.state.isFinished else {
      self.connection?.drop(bytes.count, of: self)
      return
    }
    if self.isWaitingForMessage {
      self.isWaitingForMessage = false
      if isEnd, self.startWithWholeMessage(bytes) { return }
      self.handler?.start(self)
    }
    self.inbound?.received(bytes)
    if isEnd {
      self.receivedEnd()
    }
  }

  /// The client has sent everything.
  func receivedEnd() {
    self.state.requestEnded()
    if self.isWaitingForMessage {
      self.isWaitingForMessage = false
      self.handler?.start(self)
    }
    self.inbound?.receivedEnd()
  }

  /// The usual unary call: the one message, whole, in the last DATA frame. It is decoded where it lies.
  private func startWithWholeMessage(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count >= MessagePrefix.byteCount, let connection, let start = self.handler?.startWithMessage,
      let prefix = try? MessagePrefix(reading: bytes), !prefix.isCompressed,
      prefix.messageByteCount == bytes.count - MessagePrefix.byteCount,
      prefix.messageByteCount <= connection.info.maxRequestMessageBytes
    else { return false }
    self.state.requestEnded()
    connection.drop(bytes.count, of: self)
    start(self, UnsafeRawBufferPointer(rebasing: bytes[MessagePrefix.byteCount...]))
    return true
  }

  // MARK: The call ends from outside

  /// The client reset the stream.
  func receivedReset(_ code: HTTP2ErrorCode) {
    if self.state.streamEnded() == .cancelHandler {
      self.interrupt(RPCError(code: .cancelled, message: "the client cancelled the call (RST_STREAM with \(code))"))
    }
  }

  /// The body fell below its low-water mark.
  func outboundDrained() {
    self.outboundMessages?.drained()
  }

  /// The stream is over: after everything was sent, or because the stream or its connection was lost.
  func streamClosed(_ reason: @autoclosure () -> String) {
    if self.state.streamEnded() == .cancelHandler {
      self.interrupt(RPCError(code: .cancelled, message: reason()))
    }
    if let info = self.connectionInfo, info.callLogLevel != nil {
      info.logCall("\(self.descriptor)", ended: self.endCode ?? .unknown, start: self.begun)
    }
    self.cancelDeadline()
    self.inbound?.streamClosed()
    self.outboundMessages?.streamClosed()
    self.inbound = nil
    self.outboundMessages = nil
    self.connection = nil
  }

  func deadlineExpired() {
    self.deadlineToken = nil
    switch self.state.deadlineExpired() {
    case .cancelHandler:
      self.interrupt(RPCError(code: .deadlineExceeded, message: "the deadline of the call has passed"))
      self.deadlineToken = self.executor?.timers.schedule(after: Self.resetDelay, for: self)
    case .reset: self.connection?.reset(self, code: .cancel)
    case .nothing: break
    }
  }

  /// How long after the deadline the stream is reset, unless the client has ended it by then.
  ///
  /// The client's deadline passes at the same time. If the reset came first, a client whose clock lags would report that
  /// the server cancelled the call.
  private static let resetDelay = TimeAmount.milliseconds(100)

  /// The server ends the call before its handler does.
  func cut(_ error: RPCError) {
    guard !self.state.isFinished else { return }
    self.finishHere(error.status, metadata: [:])
    self.interrupt(error)
  }

  private func interrupt(_ error: RPCError) {
    self.cancelled.store(true, ordering: .relaxed)
    if self.endCode == nil { self.endCode = error.status.code }
    self.isWaitingForMessage = false
    self.cancelDeadline()
    self.inbound?.fail(error)
    self.outboundMessages?.close(error, sendsQueued: self.isActive)
    self.task?.cancel()
  }

  func cancelDeadline() {
    if let token = self.deadlineToken.take() {
      self.executor?.timers.cancel(token)
    }
  }

  // MARK: The handler

  /// What the handler reads. Called before the handler starts.
  @usableFromInline
  func makeInboundMessages() -> InboundMessages? {
    guard let connection, let driver = connection.driver else { return nil }
    let messages = InboundMessages(
      loop: connection.info.executor, stream: self, connection: driver,
      maxMessageBytes: connection.info.maxRequestMessageBytes
    )
    messages.compression = connection.info.compression.messageCompression(self.requestEncoding)
    messages.onInvalidMessage = { [unowned self] error in
      // The call drops this closure when its stream is closed.
      self.finishHere(error.status, metadata: error.metadata)
      self.interrupt(error)
    }
    self.inbound = messages
    return messages
  }

  /// What the handler writes to. Called before the handler starts.
  @usableFromInline
  func makeOutboundMessages() -> OutboundMessages? {
    guard let connection, let driver = connection.driver else { return nil }
    let messages = OutboundMessages(
      loop: connection.info.executor, stream: self, connection: driver, headersSender: self
    )
    self.outboundMessages = messages
    return messages
  }

  func sendHeadersBeforeFirstMessage() throws {
    try self.sendHeadersHere(adding: [:])
  }

  /// Sends headers with the initial metadata that was set and `metadata`, unless they were sent before.
  @usableFromInline
  nonisolated(nonsending) func sendHeaders(adding metadata: Metadata) async {
    guard let executor else { return }
    executor.execute {
      do {
        try self.sendHeadersHere(adding: metadata)
        self.outboundMessages?.headersWereSent()
      } catch {
        self.finishHere(throwing: error)
      }
    }
  }

  /// Ends the call with one message and the status `ok`.
  @usableFromInline
  func respond(_ encode: OutboundMessages.Encode) {
    guard let executor else { return }
    if executor.isCurrent {
      self.respondHere(encode)
      self.handlerReturned()
      return
    }
    do {
      let message = try EncodedMessage(encode)
      if let compression = self.messageCompression { message.compress(compression) }
      executor.execute {
        self.respondHere(isCompressed: message.isCompressed, message.copy(to:))
        self.handlerReturned()
      }
    } catch {
      self.finish(throwing: error)
    }
  }

  /// Ends the call with the status `ok` after the messages that were written.
  @usableFromInline
  func finish(trailingMetadata: Metadata = [:]) {
    self.executor?.execute {
      self.finishHere(.ok, metadata: trailingMetadata)
      self.handlerReturned()
    }
  }

  /// Ends the call with the status that `error` stands for.
  @usableFromInline
  func finish(throwing error: any Error) {
    self.executor?.execute {
      self.finishHere(throwing: error)
      self.handlerReturned()
    }
  }

  /// Ends the call before its handler could start.
  @usableFromInline
  func reject(_ error: any Error) {
    self.finishHere(throwing: error)
  }

  /// Whether the request's message that was read last was compressed. On the loop only.
  var lastRequestWasCompressed: Bool { self.inbound?.lastMessageWasCompressed ?? false }

  private func handlerReturned() {
    guard self.isHandlerRunning else { return }
    self.isHandlerRunning = false
    self.task = nil
    self.connection?.handlerEnded()
    if !self.isStartingHandler, let executor, let handler, let info = self.connectionInfo {
      executor.reportIfSlow = { info.logSlowHandler(handler.descriptor, nanoseconds: $0) }
    }
  }
}
