import NIOCore

/// Finds out whether a peer is still there: a PING after a time of silence, and the end if nothing follows.
///
/// ```
///                 silent for `time`            `timeout` without a byte
///   listening ──────────────────────▶ probing ──────────────────────────▶ given up
///       ▲                               │
///       └────────── any byte ───────────┘
/// ```
///
/// No I/O and no clock: ``check(now:lastRead:readCount:hasCalls:)`` is asked when the time that it named last is over. Any byte from
/// the peer counts as a sign of life, not only the answer to the PING. Spec: A8 and A9.
struct Keepalive {
  /// How long the peer may be silent before it is sent a PING.
  let time: TimeAmount

  /// How long the peer may stay silent after the PING.
  let timeout: TimeAmount

  /// Whether PINGs are also sent while there is no call.
  let probesWithoutCalls: Bool

  private var probe: (sentAt: NIODeadline, readCount: UInt32)?

  init(time: TimeAmount, timeout: TimeAmount, probesWithoutCalls: Bool) {
    self.time = time
    self.timeout = timeout
    self.probesWithoutCalls = probesWithoutCalls
  }

  /// What is to be done now.
  enum Action: Equatable {
    /// Nothing; ask again after this time.
    case wait(TimeAmount)
    /// Send a PING, and ask again after this time.
    case ping(TimeAmount)
    /// Nothing; ask again when a call starts.
    case rest
    /// The peer is gone: close the connection.
    case giveUp
  }

  /// Decides what is to be done.
  ///
  /// - Parameters:
  ///   - now: The present instant.
  ///   - lastRead: When bytes came last, or the connection came up.
  ///   - readCount: Changes with each read, so that an answer within the clock's resolution is noticed, too.
  ///   - hasCalls: Whether there is a call.
  mutating func check(now: NIODeadline, lastRead: NIODeadline, readCount: UInt32, hasCalls: Bool) -> Action {
    if let probe {
      if probe.readCount == readCount {
        let end = probe.sentAt + self.timeout
        return now < end ? .wait(end - now) : .giveUp
      }
      self.probe = nil
    }
    let due = lastRead + self.time
    guard now >= due else { return .wait(due - now) }
    guard hasCalls || self.probesWithoutCalls else { return .rest }
    self.probe = (now, readCount)
    return .ping(self.timeout)
  }
}
