/// The life of a channel with its one subchannel, without I/O: what happens with calls and connections.
///
/// ```
///            call                SETTINGS
///   IDLE ───────────▶ CONNECTING ───────▶ READY
///    ▲                    │ failed          │
///    │                    ▼      SETTINGS   │ lost, or GOAWAY
///    │        TRANSIENT_FAILURE ───────▶ READY
///    └───────────────────────◀──────────────┘       any ── shut down ──▶ SHUTDOWN
/// ```
///
/// After a failed attempt the state stays TRANSIENT_FAILURE while further ones are made, until one succeeds.
/// Spec: "gRPC Connectivity Semantics and API"; A62, "sticky TRANSIENT_FAILURE"; "gRPC Wait for Ready Semantics".
struct ChannelState {
  private enum State {
    case idle
    case connecting
    case ready
    case transientFailure(RPCError)
    case shutdown(RPCError)
  }

  private var state = State.idle

  /// The state as users see it.
  var connectivity: ConnectivityState {
    switch state {
    case .idle: .idle
    case .connecting: .connecting
    case .ready: .ready
    case .transientFailure: .transientFailure
    case .shutdown: .shutdown
    }
  }

  /// What to do with a call.
  enum StartCall {
    /// Start it on the connection.
    case start
    /// Let it wait, and begin to connect if told so.
    case wait(connect: Bool)
    /// End it with this error.
    case fail(RPCError)
  }

  /// A call wants to start.
  mutating func startCall(waitForReady: Bool) -> StartCall {
    switch state {
    case .idle:
      state = .connecting
      return .wait(connect: true)
    case .connecting:
      return .wait(connect: false)
    case .ready:
      return .start
    case .transientFailure(let error):
      return waitForReady ? .wait(connect: false) : .fail(error)
    case .shutdown(let error):
      return .fail(error)
    }
  }

  /// The user wants a connection before the first call. Returns whether to begin to connect.
  mutating func connect() -> Bool {
    guard case .idle = state else { return false }
    state = .connecting
    return true
  }

  /// The server's SETTINGS arrived. Returns whether the connection is to be used; every waiting call is to be started then.
  mutating func connected() -> Bool {
    switch state {
    case .connecting, .transientFailure:
      state = .ready
      return true
    case .idle, .ready, .shutdown:
      return false
    }
  }

  /// An attempt to connect failed. Returns whether to try again after the back-off; waiting calls that are not to wait for
  /// a connection are to be ended with the error then.
  mutating func connectFailed(_ error: RPCError) -> Bool {
    switch state {
    case .connecting, .transientFailure:
      state = .transientFailure(error)
      return true
    case .idle, .ready, .shutdown:
      return false
    }
  }

  /// The connection was lost, takes no more calls, or was idle for too long.
  mutating func connectionEnded() {
    if case .ready = state { state = .idle }
  }

  /// No new calls from here on; they get this error.
  mutating func shutDown(_ error: RPCError) {
    state = .shutdown(error)
  }
}
