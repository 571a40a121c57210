import SwiftGRPCHTTP2

/// One call as its client sees it, without I/O: which events mean what, and when the call is over.
///
/// ```
///                   HEADERS                  trailers, reset, deadline, cancel, …
///   awaitingHeaders ───────▶ receiving ───────────────────────────▶ finished
///         │                                                            ▲
///         │ HEADERS that are not gRPC's                                │
///         ├───────────────────────▶ notGRPC ───────────────────────────┤
///         └─────────────── Trailers-Only, reset, deadline, cancel, … ──┘
/// ```
///
/// The request's side is a flag: `requestIsFinished`. Whatever comes after `finished` is ignored.
/// Spec: gRPC over HTTP/2, "Responses" and "Errors".
struct ClientCallState {
  private enum State {
    /// Waits for a connection, or for the response to begin.
    case awaitingHeaders
    /// Messages may come.
    case receiving
    /// What comes is not gRPC; the error holds unless a `grpc-status` comes after all.
    case notGRPC(RPCError)
    case finished
  }

  private var state = State.awaitingHeaders

  /// Whether the request has been submitted to a connection.
  private(set) var isSubmitted = false

  /// Whether we have sent, or decided to send, END_STREAM.
  private(set) var requestIsFinished = false

  /// Whether the response has begun, with headers that are gRPC's.
  private(set) var hasResponse = false

  /// How a call ended.
  enum Outcome {
    /// With the status `ok`.
    case ok
    /// With another status, or without any.
    case failure(RPCError)
    /// The server never saw the call: it may be tried once more without the caller's knowledge.
    /// Spec: A6, "Transparent Retries".
    case notProcessed(RPCError)
  }

  /// The end of the call, and the code to reset the stream with if it is still open.
  struct Finish {
    var outcome: Outcome
    var reset: HTTP2ErrorCode?
  }

  /// Whether the call is over.
  var isFinished: Bool {
    if case .finished = state { true } else { false }
  }

  // MARK: What this side does

  /// The request goes to a connection. Returns `false` if the call is over already.
  mutating func submit() -> Bool {
    guard !isFinished else { return false }
    isSubmitted = true
    return true
  }

  /// The caller has sent its last message. Returns whether to tell the connection.
  mutating func finishRequest() -> Bool {
    guard !requestIsFinished else { return false }
    requestIsFinished = true
    return isSubmitted && !isFinished
  }

  /// The call fails here: by its deadline, its caller, a limit, or because no connection can be had.
  mutating func fail(_ error: RPCError) -> Finish? {
    finish(.failure(error), reset: .cancel)
  }

  // MARK: What the server does

  /// What response headers mean.
  enum ReceivedHeaders {
    case ignore
    /// The response begins: hand out the metadata.
    case begin
    case finish(Finish)
  }

  /// HEADERS that do not end the stream.
  mutating func receivedHeaders(_ meaning: ResponseHeaders.Meaning) -> ReceivedHeaders {
    guard case .awaitingHeaders = state else { return .ignore }
    switch meaning {
    case .interim:
      return .ignore
    case .response:
      state = .receiving
      hasResponse = true
      return .begin
    case .notGRPC(let error):
      state = .notGRPC(error)
      return .ignore
    case .failure(let error):
      return finish(.failure(error), reset: .cancel).map { .finish($0) } ?? .ignore
    }
  }

  /// Whether DATA is a part of the response's messages.
  var receivesMessages: Bool {
    if case .receiving = state { true } else { false }
  }

  /// The header list that ends the stream: trailers, or Trailers-Only.
  ///
  /// - Parameters:
  ///   - status: The `grpc-status` and its message, if there is one.
  ///   - metadata: The trailing metadata; asked for in case of failure only.
  ///   - deadline: The error to report if the call's deadline has passed; then nothing of the trailers is reported.
  ///     Spec: requirement W14; "gRPC and Deadlines".
  ///   - withoutStatus: The error of a stream that ends without a status.
  mutating func receivedTrailers(
    _ status: Status?, metadata: @autoclosure () -> Metadata, deadline: @autoclosure () -> RPCError?,
    withoutStatus: @autoclosure () -> RPCError
  ) -> Finish? {
    guard let status else { return receivedEnd(withoutStatus: withoutStatus()) }
    guard status.code != .ok else { return finish(.ok, reset: earlyEnd) }
    if status.code == .cancelled || status.code == .deadlineExceeded, let deadline = deadline() {
      return finish(.failure(deadline), reset: earlyEnd)
    }
    guard let error = RPCError(status: status, metadata: metadata()) else { return nil }
    return finish(.failure(error), reset: earlyEnd)
  }

  /// The stream ended with DATA, so there are no trailers.
  mutating func receivedEnd(withoutStatus error: @autoclosure () -> RPCError) -> Finish? {
    if case .notGRPC(let error) = state { return finish(.failure(error), reset: earlyEnd) }
    return finish(.failure(error()), reset: earlyEnd)
  }

  /// RST_STREAM.
  mutating func receivedReset(_ code: HTTP2ErrorCode, deadline: @autoclosure () -> RPCError?) -> Finish? {
    guard !isFinished else { return nil }
    let error = RPCError.streamReset(by: code)
    if code == .cancel, let deadline = deadline() { return finish(.failure(deadline), reset: nil) }
    if case .notGRPC(let notGRPC) = state { return finish(.failure(notGRPC), reset: nil) }
    return finish(code == .refusedStream ? .notProcessed(error) : .failure(error), reset: nil)
  }

  /// The stream is gone, and nothing said why before: with the connection, or because the server takes no more calls.
  mutating func streamClosed(_ code: HTTP2ErrorCode, connectionError: RPCError?) -> Finish? {
    // This is how every call ends, most of them long after they were finished: make no error then.
    guard !isFinished else { return nil }
    if code == .refusedStream {
      let error = RPCError(
        code: .unavailable, message: "the server takes no more calls on this connection", origin: .remote)
      return finish(.notProcessed(connectionError ?? error), reset: nil)
    }
    return finish(.failure(connectionError ?? .streamReset(by: code)), reset: nil)
  }

  /// What to reset a stream with that the server ended before we did. Spec: gRPC over HTTP/2, requirement W11.
  private var earlyEnd: HTTP2ErrorCode? { requestIsFinished ? nil : .noError }

  private mutating func finish(_ outcome: Outcome, reset: HTTP2ErrorCode?) -> Finish? {
    guard !isFinished else { return nil }
    state = .finished
    return Finish(outcome: outcome, reset: isSubmitted ? reset : nil)
  }
}
