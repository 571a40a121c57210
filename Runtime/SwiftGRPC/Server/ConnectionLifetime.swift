import NIOCore
import SwiftGRPCHTTP2

/// How long a server's connection lives: idleness, age, keepalive, the policing of PINGs, and the graceful way out.
///
/// The way out has two GOAWAYs: a notice for the highest stream number, with a PING behind it; when that comes back every request that
/// was on its way has arrived, and the second GOAWAY names the last one. Spec: RFC 9113, section 6.8; A8; A9.
///
/// Loop-confined; ``end()`` is called when the connection is closed.
final class ConnectionLifetime {
  /// Why a connection is shut down gracefully; what clients read in GOAWAY. Spec: A9.
  enum Reason: String {
    case serverShutdown = "shutting down"
    case idle = "max_idle"
    case age = "max_age"
  }

  private enum Phase {
    case serving
    /// The notice was sent, or is to be when the connection is up.
    case announced(Reason)
    /// The final GOAWAY was sent.
    case draining
    case ended
  }

  /// Marks the PING behind the notice: "swiftgrp".
  private static let shutdownPing: UInt64 = 0x7377_6966_7467_7270

  /// How long the answer to that PING may take.
  private static let shutdownPingTimeout = TimeAmount.seconds(5)

  private let executor: LoopExecutor
  private let config: ServerTransport.Config.Connection
  // The connection owns this object and ends it.
  private unowned let connection: ServerConnection
  private var driver: ConnectionDriver?
  @exclusivity(unchecked) private var phase = Phase.serving
  @exclusivity(unchecked) private var keepalive: KeepaliveTimer?
  private var pings: PingPolicing
  private var idleSince = NIODeadline.uptimeNanoseconds(0)
  @exclusivity(unchecked) private var idleTimer: Scheduled<Void>?
  private var ageTimer: Scheduled<Void>?
  private var graceTimer: Scheduled<Void>?

  init(_ config: ServerTransport.Config.Connection, executor: LoopExecutor, connection: ServerConnection) {
    self.config = config
    self.executor = executor
    self.connection = connection
    self.pings = PingPolicing(config.keepalive.clientBehavior)
  }

  /// Whether the connection is to be closed with its last call.
  var isDraining: Bool { if case .draining = self.phase { true } else { false } }

  // MARK: Events

  /// The connection is up.
  func begin(_ driver: ConnectionDriver) {
    self.driver = driver
    if let time = self.config.keepalive.time {
      let keepalive = Keepalive(
        time: TimeAmount(time), timeout: TimeAmount(self.config.keepalive.timeout), probesWithoutCalls: true)
      self.keepalive = KeepaliveTimer(keepalive, on: driver) { true }
      self.keepalive?.start()
    }
    if let age = self.config.maxAge {
      // Spec: A9: ±10 %.
      self.ageTimer = self.schedule(TimeAmount(age * Double.random(in: 0.9...1.1))) {
        $0.beginShutdown(.age, grace: $0.config.maxGraceTime)
      }
    }
    self.lastCallEnded()
    if case .announced(let reason) = self.phase { self.announce(reason) }
  }

  /// There is no call any more.
  func lastCallEnded() {
    guard let time = self.config.maxIdleTime else { return }
    self.idleSince = self.executor.eventLoop.now
    // A timer that runs looks at `idleSince` when its time is over.
    if self.idleTimer == nil { self.checkIdleness(in: TimeAmount(time)) }
  }

  /// A PING has arrived.
  func receivedPing(isAcknowledgement: Bool, payload: UInt64) {
    if isAcknowledgement {
      if payload == Self.shutdownPing, case .announced(let reason) = self.phase { self.drain(reason) }
      return
    }
    guard let driver else { return }
    let isOneTooMany = self.pings.receivedPing(
      now: self.executor.eventLoop.now, hasCalls: self.connection.hasCalls,
      hasSentSinceLastPing: driver.session.hasWrittenCallFrames)
    driver.session.hasWrittenCallFrames = false
    if isOneTooMany {
      driver.session.goAway(code: .enhanceYourCalm, debug: "too_many_pings")
      driver.closeAfterFlushing(.tooManyPings)
    }
  }

  /// The connection is closed.
  func end() {
    self.phase = .ended
    self.keepalive?.stop()
    self.keepalive = nil
    for timer in [self.idleTimer, self.ageTimer, self.graceTimer] { timer?.cancel() }
    self.driver = nil
  }

  // MARK: Idleness

  private func checkIdleness(in time: TimeAmount) {
    self.idleTimer = self.schedule(time) { lifetime in
      lifetime.idleTimer = nil
      guard !lifetime.connection.hasCalls, let maxIdleTime = lifetime.config.maxIdleTime else { return }
      let left = lifetime.idleSince + TimeAmount(maxIdleTime) - lifetime.executor.eventLoop.now
      if left > .zero {
        lifetime.checkIdleness(in: left)
      } else {
        lifetime.beginShutdown(.idle, grace: nil)
      }
    }
  }

  // MARK: The way out

  /// Lets running calls finish and takes no new ones. Does nothing the second time.
  ///
  /// - Parameter grace: After this time the calls that still run are cancelled; never if it is `nil`.
  func beginShutdown(_ reason: Reason, grace: Duration?) {
    guard case .serving = self.phase else { return }
    self.phase = .announced(reason)
    if let grace {
      self.graceTimer = self.schedule(TimeAmount(grace)) { $0.connection.cancelCallsAndClose(reason) }
    }
    if self.driver != nil { self.announce(reason) }
  }

  private func announce(_ reason: Reason) {
    guard let driver else { return }
    driver.session.goAway(lastStreamID: .max, debug: reason.rawValue)
    driver.session.ping(Self.shutdownPing)
    driver.setNeedsFlush()
    // A client that takes the notice for its last frame does not answer.
    _ = self.schedule(Self.shutdownPingTimeout) {
      if case .announced = $0.phase { $0.drain(reason) }
    }
  }

  private func drain(_ reason: Reason) {
    self.phase = .draining
    guard let driver else { return }
    driver.session.goAway(debug: reason.rawValue)
    if self.connection.hasCalls {
      driver.setNeedsFlush()
    } else {
      driver.closeAfterFlushing()
    }
  }

  /// Calls `body` later, as a batch, unless the connection has been closed by then.
  private func schedule(_ time: TimeAmount, _ body: @escaping (ConnectionLifetime) -> Void) -> Scheduled<Void> {
    self.executor.eventLoop.assumeIsolated().scheduleTask(in: time) { [weak self] in
      guard let self, self.driver != nil else { return }
      self.executor.performBatch { body(self) }
    }
  }
}
