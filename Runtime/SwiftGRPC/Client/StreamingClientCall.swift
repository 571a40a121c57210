import SwiftGRPCHTTP2

/// A call with a stream of messages on one side or both.
///
/// Messages go through ``OutboundMessages`` and ``InboundMessages``, as on the server.
@usableFromInline
final class StreamingClientCall: ClientCall, @unchecked Sendable {
  // Sendable: as the superclass; `inbound` and `outboundMessages` take care of themselves, and are set in `init` only.

  @usableFromInline private(set) var inbound: InboundMessages!
  @usableFromInline private(set) var outboundMessages: OutboundMessages!
  @usableFromInline let executor: LoopExecutor

  /// Reached when the response begins, or the call ends.
  @exclusivity(unchecked) private var head = Milestone()

  /// Reached when the call ends.
  @exclusivity(unchecked) private var end = Milestone()

  @usableFromInline
  override init(channel: ClientChannel, method: MethodDescriptor, metadata: Metadata, options: CallOptions) {
    executor = channel.executor
    super.init(channel: channel, method: method, metadata: metadata, options: options)
    let cancelled = RPCError(code: .cancelled, message: "the task was cancelled")
    inbound = InboundMessages(
      loop: executor, stream: self, connection: self, maxMessageBytes: maxResponseMessageBytes
    )
    inbound.cancellationError = cancelled
    outboundMessages = OutboundMessages(loop: executor, stream: self, connection: self, headersSender: self)
    outboundMessages.cancellationError = cancelled
    // The headers go out when the call does.
    outboundMessages.headersWereSent()
    inbound.onInvalidMessage = { [unowned self] error in self.fail(error) }
  }

  /// Not used; see the superclass.
  public required init() { preconditionFailure("a client's calls are its streams, and it makes them itself") }

  // MARK: From any task

  /// Starts the call, from any task, without waiting.
  @usableFromInline
  func startSoon() {
    executor.execute { self.start() }
  }

  /// Ends the call from any task, without waiting.
  @usableFromInline
  func cancelSoon(_ error: RPCError? = nil) {
    outboundMessages.stopQueueing()
    executor.execute {
      if let error { self.fail(error) } else { self.cancel() }
    }
    inbound.willBeEnded()
  }

  /// Sends no more messages, from any task, without waiting.
  @usableFromInline
  func finishRequestSoon() {
    outboundMessages.stopQueueing()
    executor.execute {
      self.outboundMessages.close(RPCError(code: .internalError, message: "the call's messages were finished before"))
      self.finishRequest()
    }
  }

  /// Waits until the response begins or the call ends, and returns the metadata or the error of a call without a response.
  ///
  /// - Parameter isCancellable: Whether cancelling the task ends the wait. If not, somebody else must end the call then.
  @usableFromInline
  nonisolated(nonsending) func response(isCancellable: Bool) async -> Result<Metadata, RPCError> {
    guard await wait(for: .head, isCancellable: isCancellable) else {
      return .failure(RPCError(code: .cancelled, message: "the task was cancelled"))
    }
    // Written before the milestone was reached, and never again.
    if hasResponse { return .success(initialMetadata) }
    switch outcome {
    // A response of one header list has its metadata at the end.
    case .ok, nil: return .success([:])
    case .failure(let error), .notProcessed(let error): return .failure(error)
    }
  }

  /// Waits for the end of the call and returns the trailing metadata.
  ///
  /// - Throws: the error with which the call ended.
  nonisolated(nonsending) func trailers(isCancellable: Bool) async throws(RPCError) -> Metadata {
    guard await wait(for: .end, isCancellable: isCancellable) else {
      throw RPCError(code: .cancelled, message: "the task was cancelled")
    }
    switch outcome {
    case .failure(let error), .notProcessed(let error): throw error
    case .ok, nil: return trailingMetadata
    }
  }

  private enum Moment {
    case head, end
  }

  nonisolated(nonsending) private func wait(for moment: Moment, isCancellable: Bool) async -> Bool {
    guard isCancellable else {
      return await withUnsafeContinuation { continuation in
        executor.execute { self.milestone(moment) { $0.wait(continuation, ticket: nil) } }
      }
    }
    let ticket = Milestone.Ticket()
    return await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        executor.execute { self.milestone(moment) { $0.wait(continuation, ticket: ticket) } }
      }
    } onCancel: {
      executor.execute { self.milestone(moment) { $0.cancelWait(ticket) } }
    }
  }

  private func milestone(_ moment: Moment, _ body: (inout Milestone) -> Void) {
    switch moment {
    case .head: body(&head)
    case .end: body(&end)
    }
  }

  // MARK: On the loop

  override func didReceiveHeaders() {
    inbound.compression = responseCompression
    head.reach()
  }

  override func didReceive(_ bytes: UnsafeRawBufferPointer) {
    inbound.received(bytes)
  }

  override func didDrain() {
    outboundMessages.drained()
  }

  override func didFinish(_ outcome: ClientCallState.Outcome) {
    switch outcome {
    case .ok:
      inbound.receivedEnd()
      outboundMessages.close(
        RPCError(code: .cancelled, message: "the server ended the call before it had all messages", origin: .remote),
        sendsQueued: false
      )
    case .failure(let error), .notProcessed(let error):
      // What arrived before the server, or the loss of the connection, ended the call is still delivered; what arrived before
      // this side gave up is not.
      inbound.fail(error, afterReceived: error.origin == .remote || error.code == .unavailable)
      outboundMessages.close(error, sendsQueued: false)
    }
    head.reach()
    end.reach()
  }

  override func didClose() {
    inbound.streamClosed()
    outboundMessages.streamClosed()
  }
}

extension StreamingClientCall: CallConnection, OutboundHeadersSender {
  var messageCompression: MessageCompression? { extras?.compression }

  // A call may have messages before it has a connection, so it stands between the two.

  func consume(_ byteCount: Int, on stream: HTTP2Stream) { consumed(byteCount) }

  func outboundDidGrow(_ stream: HTTP2Stream) { requestDidGrow() }

  /// The first message is about to be sent: the headers were, or will be, with the call.
  func sendHeadersBeforeFirstMessage() {}
}
