import NIOCore
import SwiftGRPCHTTP2
import Synchronization

/// One call of a client, which is its own HTTP/2 stream: from the wait for a connection to the end.
///
/// The pure decisions are ``ClientCallState``'s. This class carries them out, and its subclasses do what differs between one
/// response message and many. Everything happens on the loop of the channel, apart from `init`.
@usableFromInline
class ClientCall: HTTP2Stream, DeadlineObserver, @unchecked Sendable {
  // Sendable: all that changes is touched on the executor's thread only, or before the call is started.

  final let channel: ClientChannel
  final let method: MethodDescriptor
  final let metadata: Metadata
  final let options: CallOptions
  final let deadline: Deadline?

  /// Whether ``deadline`` is that of the call that the caller answers.
  private final let isDeadlineInherited: Bool

  /// Compression and credentials, if the call has any.
  @usableFromInline final let extras: ClientCallExtras?

  /// What the response may be compressed with. Who compresses can read the same, and a server may answer in kind.
  final let acceptedEncodings: CompressionAlgorithmSet

  /// How the response's messages may be compressed; `nil` if they are not. There once the response began.
  @exclusivity(unchecked) final private(set) var responseCompression: MessageCompression?

  @exclusivity(unchecked) final var state = ClientCallState()
  @exclusivity(unchecked) private final var connection: ClientConnection?
  @exclusivity(unchecked) private final var timer: DeadlineTimers.Token?

  /// When the call was started, for the log.
  @exclusivity(unchecked) private final var begun = NIODeadline.uptimeNanoseconds(0)

  /// Whether the channel counts the call among those that it must see to their end.
  @exclusivity(unchecked) final var isCounted = false

  /// Beside ``outcome``, since a call that goes on while its task looks may end then.
  private final let endedUnprocessed = Atomic(false)

  /// How the call ended, once it has. On the loop, or after the end.
  @exclusivity(unchecked) final private(set) var outcome: ClientCallState.Outcome?

  /// The header list before the messages, if there was one.
  @exclusivity(unchecked) final private(set) var initialFields: HeaderBlock?

  /// The header list at the end, if there was one.
  @exclusivity(unchecked) final private(set) var trailingFields: HeaderBlock?

  @usableFromInline
  init(channel: ClientChannel, method: MethodDescriptor, metadata: Metadata, options: CallOptions) {
    self.channel = channel
    self.method = method
    self.metadata = metadata
    self.options = options
    let ownDeadline = options.ownDeadline
    let inheritedDeadline = options.inheritedDeadline(before: ownDeadline)
    self.deadline = inheritedDeadline ?? ownDeadline
    self.isDeadlineInherited = inheritedDeadline != nil
    let extras = channel.extras(for: options)
    self.extras = extras
    self.acceptedEncodings =
      extras?.compression.map { channel.enabledEncodings.union(CompressionAlgorithmSet($0.algorithm)) }
      ?? channel.enabledEncodings
    super.init()
  }

  /// Not used: only a server's session creates its streams, and that by another class's initializer.
  public required init() { preconditionFailure("a client's calls are its streams, and it makes them itself") }

  /// The largest response message in bytes.
  final var maxResponseMessageBytes: Int { options.maxResponseMessageBytes ?? 4_194_304 }

  // MARK: What the server sent, for after the end

  /// Whether the response began before the call ended.
  @usableFromInline final var hasResponse: Bool { state.hasResponse }

  /// The metadata before the messages.
  @usableFromInline final var initialMetadata: Metadata {
    guard hasResponse, let initialFields else { return [:] }
    return Metadata(received: ReceivedMetadata(initialFields))
  }

  /// The metadata at the end.
  @usableFromInline final var trailingMetadata: Metadata {
    trailingFields.map { Metadata(received: ReceivedMetadata($0)) } ?? [:]
  }

  /// Whether the call has ended, and the server never saw it. From any thread.
  @usableFromInline final var wasNotProcessed: Bool { endedUnprocessed.load(ordering: .acquiring) }

  // MARK: What subclasses do

  /// The response has begun: ``initialFields`` are there.
  func didReceiveHeaders() {}

  /// Part of the response's messages, valid during the call. A subclass reports what it used with ``consumed(_:)``.
  func didReceive(_ bytes: UnsafeRawBufferPointer) {}

  /// A last look at how the call ended, before it is told: a subclass may find fault with what it received.
  func checkedOutcome(_ outcome: ClientCallState.Outcome) -> ClientCallState.Outcome { outcome }

  /// The call is over: ``outcome`` is there. Nothing else is called afterwards but ``didClose()``.
  func didFinish(_ outcome: ClientCallState.Outcome) {}

  /// There is room for more of the request.
  func didDrain() {}

  /// The stream is gone, or never was.
  func didClose() {}

  // MARK: The request, before the call is started

  /// Encodes the one message of a request straight into the body, which nobody else knows yet.
  ///
  /// - Throws: `internalError` if that fails, `resourceExhausted` if the message is above the limit.
  @inlinable
  final func encodeWholeRequest(_ encode: OutboundMessages.Encode) throws(RPCError) {
    let region: UnsafeMutableRawBufferPointer
    do {
      region = try outbound.appendMessage(encode)
    } catch {
      throw .serializationFailed(error)
    }
    try checkRequestSize()
    if extras != nil { compressWholeRequest(in: region) }
  }

  @usableFromInline
  final func checkRequestSize() throws(RPCError) {
    try options.checkRequest(byteCount: outbound.count - MessagePrefix.byteCount)
  }

  @usableFromInline
  final func compressWholeRequest(in region: UnsafeMutableRawBufferPointer) {
    if let compression = extras?.compression { outbound.compressLastMessage(in: region, compression) }
  }

  // MARK: Commands, on the loop

  /// Starts the call: sets its deadline and finds it a connection.
  final func start() {
    guard !state.isFinished else { return }
    if channel.logsCalls { begun = channel.executor.eventLoop.now }
    if let deadline {
      guard !deadline.hasPassed else {
        fail(deadlineExceeded)
        return
      }
      timer = channel.executor.timers.schedule(at: deadline.instant, for: self)
    }
    channel.start(self)
  }

  /// Ends the call from this side: RST_STREAM(CANCEL) if the server may know of it.
  final func fail(_ error: RPCError) {
    perform(state.fail(error))
  }

  /// Ends the call because its caller no longer wants it.
  final func cancel() {
    fail(RPCError(code: .cancelled, message: "the call was cancelled by its caller"))
  }

  /// No more messages are sent.
  final func finishRequest() {
    if state.finishRequest(), let connection { connection.finishRequest(of: self) }
  }

  /// Tells the connection that bytes of the response are done with.
  final func consumed(_ byteCount: Int) {
    connection?.driver?.consume(byteCount, on: self)
  }

  /// Tells the connection that there is more of the request.
  final func requestDidGrow() {
    connection?.driver?.outboundDidGrow(self)
  }

  /// The deadline has passed.
  final func deadlineExpired() {
    timer = nil
    fail(deadlineExceeded)
  }

  // MARK: Events, from the connection

  /// The call goes out on this connection.
  final func submitted(on connection: ClientConnection) {
    self.connection = connection
  }

  final func receivedHeaders(_ block: HeaderBlock, endStream: Bool) {
    let meaning = ResponseHeaders.meaning(of: block, accepted: acceptedEncodings)
    if extras?.compression != nil, let accepted = EncodingNames.accepted(by: block) { channel.serverAccepts(accepted) }
    if endStream, !meaning.isInterim {
      receivedTrailers(block, isOnlyList: true)
      return
    }
    if !meaning.isInterim, initialFields == nil { initialFields = block }
    switch state.receivedHeaders(meaning) {
    case .ignore: break
    case .begin:
      if acceptedEncodings != .none {
        responseCompression = channel.compression.messageCompression(ResponseHeaders.encoding(of: block))
      }
      didReceiveHeaders()
    case .finish(let finish): perform(finish)
    }
  }

  final func receivedData(_ bytes: UnsafeRawBufferPointer) {
    if state.receivesMessages {
      didReceive(bytes)
    } else {
      consumed(bytes.count)
    }
  }

  final func receivedTrailers(_ block: HeaderBlock, isOnlyList: Bool = false) {
    guard !state.isFinished else { return }
    trailingFields = block
    perform(
      state.receivedTrailers(
        Trailers.status(in: block),
        metadata: Metadata(received: ReceivedMetadata(block)),
        deadline: deadlineErrorIfPassed,
        withoutStatus: isOnlyList ? ResponseHeaders.withoutStatus(block) : Self.withoutStatus
      )
    )
  }

  final func receivedEnd() {
    perform(state.receivedEnd(withoutStatus: Self.withoutStatus))
  }

  final func receivedReset(_ code: HTTP2ErrorCode) {
    perform(state.receivedReset(code, deadline: deadlineErrorIfPassed))
  }

  /// The stream is gone; the last event.
  final func streamClosed(_ code: HTTP2ErrorCode, connectionError: RPCError?) {
    perform(state.streamClosed(code, connectionError: connectionError))
    connection = nil
    didClose()
  }

  // MARK: The end

  private final func perform(_ finish: ClientCallState.Finish?) {
    guard let finish else { return }
    let outcome = checkedOutcome(finish.outcome)
    self.outcome = outcome
    if case .notProcessed = outcome { endedUnprocessed.store(true, ordering: .releasing) }
    if let timer {
      channel.executor.timers.cancel(timer)
      self.timer = nil
    }
    if let code = finish.reset { connection?.reset(self, code: code) }
    if channel.logsCalls { channel.logCall(method, ended: outcome, start: begun) }
    didFinish(outcome)
    // A call that no connection knows of gets no further event.
    if connection == nil { didClose() }
    if isCounted { channel.callEnded() }
  }

  private final var deadlineErrorIfPassed: RPCError? {
    guard let deadline, deadline.hasPassed else { return nil }
    return deadlineExceeded
  }

  private final var deadlineExceeded: RPCError {
    var message =
      isDeadlineInherited
      ? "the deadline of the call that is being answered passed"
      : options.timeout.map { "the call took longer than \($0)" } ?? "the deadline passed"
    if extras?.isAuthorizing == true {
      message += " while it waited for its credentials"
    } else if !state.isSubmitted {
      message += " while it waited for a connection"
      if let reason = channel.lastConnectError { message += " (\(reason.message))" }
    }
    return RPCError(code: .deadlineExceeded, message: message)
  }

  private static var withoutStatus: RPCError {
    RPCError(code: .unknown, message: "the server ended the response without a grpc-status", origin: .remote)
  }
}
