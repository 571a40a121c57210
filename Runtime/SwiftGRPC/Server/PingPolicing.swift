import NIOCore

/// Counts the PINGs of a client that come too often.
///
/// No I/O and no clock. Spec: A8, "Server Enforcement": after more than two strikes the connection is closed with ENHANCE_YOUR_CALM and
/// `too_many_pings`; whatever the server sends of a call wipes them out, so that a client may measure its bandwidth with PINGs.
struct PingPolicing {
  /// How many strikes a client has. Spec: A8, MAX_PING_STRIKES.
  static let maxStrikes = 2

  /// The time between PINGs of a client that has no call and is not permitted to send any. Spec: A8.
  static let intervalWithoutPermission = TimeAmount.hours(2)

  private let minInterval: TimeAmount
  private let permitsWithoutCalls: Bool
  private var lastPing: NIODeadline?
  private var strikes = 0

  init(_ behavior: ServerTransport.Config.ClientKeepaliveBehavior) {
    self.minInterval = TimeAmount(behavior.minPingIntervalWithoutCalls)
    self.permitsWithoutCalls = behavior.allowWithoutCalls
  }

  /// A PING has arrived; returns whether it was one too many.
  ///
  /// - Parameters:
  ///   - now: The present instant.
  ///   - hasCalls: Whether the client has a call on the connection.
  ///   - hasSentSinceLastPing: Whether HEADERS or DATA were sent since the last PING.
  mutating func receivedPing(now: NIODeadline, hasCalls: Bool, hasSentSinceLastPing: Bool) -> Bool {
    defer { self.lastPing = now }
    if hasSentSinceLastPing {
      self.strikes = 0
      return false
    }
    guard let lastPing else { return false }
    let interval = hasCalls || self.permitsWithoutCalls ? self.minInterval : Self.intervalWithoutPermission
    if now - lastPing < interval { self.strikes += 1 }
    return self.strikes > Self.maxStrikes
  }
}
