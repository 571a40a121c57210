/// What has happened to one call of a server, and what follows from it. No I/O, no clock: each event returns an action.
///
/// ```
///            request                        response
///   open ──endOfRequest──▶ ended      idle ──message──▶ started ──finish──▶ finished
///                                       └──────────────finish (Trailers-Only)──▶ ┘
/// ```
/// A reset by the client, the loss of the connection and the deadline end the call from any state: the handler is cancelled and
/// what it still returns or writes is dropped.
struct ServerCallState: Equatable {
  private enum Request: Equatable {
    case open
    case ended
  }

  private enum Response: Equatable {
    /// Nothing was sent.
    case idle
    /// Headers were sent.
    case started
    /// The deadline has passed: nothing more is sent, and the client may still end the stream itself.
    case expired
    /// The status was sent, or the call ended without one.
    case finished
  }

  private var request = Request.open
  private var response = Response.idle

  /// Whether the status was decided: nothing more is sent.
  var isFinished: Bool { self.response == .finished || self.response == .expired }

  /// Whether the client has sent everything.
  var isRequestEnded: Bool { self.request == .ended }

  // MARK: From the client

  /// The client has sent everything.
  mutating func requestEnded() {
    self.request = .ended
  }

  /// What an event that ends the call from outside asks for.
  enum Interruption: Equatable {
    /// Cancel the handler; whoever reads or writes gets an error.
    case cancelHandler
    /// Tell the client with RST_STREAM(CANCEL).
    case reset
    /// The call has ended already.
    case nothing
  }

  /// The client reset the stream, or the stream is gone with its connection.
  mutating func streamEnded() -> Interruption {
    defer {
      self.request = .ended
      self.response = .finished
    }
    return self.isFinished ? .nothing : .cancelHandler
  }

  /// The call's time is over: first by the deadline, then by ``ServerCall/resetDelay`` more.
  ///
  /// Spec: gRPC over HTTP/2; a server that gives up resets the stream with CANCEL.
  mutating func deadlineExpired() -> Interruption {
    switch self.response {
    case .idle, .started:
      self.response = .expired
      return .cancelHandler
    case .expired:
      self.response = .finished
      return .reset
    case .finished: return .nothing
    }
  }

  // MARK: From the handler

  /// What it takes to send headers before messages.
  enum HeadersAction: Equatable {
    /// Send them.
    case send
    /// They were sent before, or the call is over.
    case nothing
  }

  /// The handler wants headers to be sent: for its first message or without one.
  mutating func startResponse() -> HeadersAction {
    guard self.response == .idle else { return .nothing }
    self.response = .started
    return .send
  }

  /// What it takes to end the call with a status.
  enum FinishAction: Equatable {
    /// Send headers, what is queued, and trailers.
    case sendHeadersAndTrailers
    /// Headers were sent: send what is queued, and trailers.
    case sendTrailers
    /// Send headers that hold the status and end the stream. Spec: gRPC over HTTP/2, "Trailers-Only".
    case sendTrailersOnly
    /// The call is over, the status goes nowhere.
    case nothing
  }

  /// The call ends with a status.
  ///
  /// - Parameter hasMessage: Whether a message is sent with it, which needs headers first.
  mutating func finish(hasMessage: Bool) -> FinishAction {
    defer { if self.response != .expired { self.response = .finished } }
    switch self.response {
    case .idle: return hasMessage ? .sendHeadersAndTrailers : .sendTrailersOnly
    case .started: return .sendTrailers
    case .expired, .finished: return .nothing
    }
  }
}

extension ServerCallState {
  /// The state of a call of which nothing was answered, after headers turned out not to be sendable.
  static func unanswered(isRequestEnded: Bool) -> ServerCallState {
    var state = ServerCallState()
    if isRequestEnded { state.requestEnded() }
    return state
  }
}
