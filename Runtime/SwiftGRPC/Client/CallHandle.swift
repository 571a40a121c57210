/// What keeps a call alive that its user holds as a value: when the last copy goes, the call ends.
@usableFromInline
class CallHandle: @unchecked Sendable {
  // Sendable: subclasses have immutable or locked storage only.

  init() {}

  /// Sends no more messages.
  @usableFromInline func finish() {}

  /// Ends the call with `cancelled`.
  @usableFromInline func cancel() {}

  /// Waits until the response begins.
  @usableFromInline func initialMetadata() async throws -> Metadata { [:] }

  /// Waits until the call is over.
  @usableFromInline func trailingMetadata() async throws -> Metadata { [:] }

  /// Whether the message that was read last was compressed.
  var lastResponseWasCompressed: Bool { false }
}

/// The handle of a call that goes straight to the connection.
@usableFromInline
final class DirectCallHandle: CallHandle, @unchecked Sendable {
  // Sendable: immutable.

  @usableFromInline let call: StreamingClientCall

  @usableFromInline
  init(_ call: StreamingClientCall) {
    self.call = call
  }

  deinit { call.cancelSoon() }

  override var lastResponseWasCompressed: Bool { call.inbound.lastMessageWasCompressed }

  @usableFromInline
  override func finish() { call.finishRequestSoon() }

  @usableFromInline
  override func cancel() { call.cancelSoon() }

  @usableFromInline
  override func initialMetadata() async throws -> Metadata {
    try await call.response(isCancellable: true).get()
  }

  @usableFromInline
  override func trailingMetadata() async throws -> Metadata {
    try await call.trailers(isCancellable: true)
  }
}
