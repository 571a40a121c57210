import NIOCore
import SwiftGRPCHTTP2

/// Carries out a ``Keepalive`` on a connection. Loop-confined; to be stopped when the connection is closed.
final class KeepaliveTimer {
  /// What the PINGs carry: "keepaliv".
  static let pingPayload: UInt64 = 0x6b65_6570_616c_6976

  private var keepalive: Keepalive
  private let driver: ConnectionDriver
  private let hasCalls: () -> Bool
  private var timer: Scheduled<Void>?
  private var isResting = false
  private var isStopped = false

  /// - Parameter hasCalls: Asked for whether the connection has calls at the moment.
  init(_ keepalive: Keepalive, on driver: ConnectionDriver, hasCalls: @escaping () -> Bool) {
    self.keepalive = keepalive
    self.driver = driver
    self.hasCalls = hasCalls
  }

  /// Begins to listen. The connection must be up.
  func start() {
    self.driver.beginNotingReads()
    self.check()
  }

  /// The connection's first call for a while has started.
  @inline(__always)
  func callStarted() {
    if self.isResting { self.check() }
  }

  /// Does nothing from here on.
  func stop() {
    self.isStopped = true
    self.timer?.cancel()
    self.timer = nil
  }

  private func check() {
    guard !self.isStopped else { return }
    self.isResting = false
    let action = self.keepalive.check(
      now: self.driver.executor.eventLoop.now, lastRead: self.driver.lastRead, readCount: self.driver.readCount,
      hasCalls: self.hasCalls()
    )
    switch action {
    case .wait(let time):
      self.checkAgain(after: time)
    case .ping(let time):
      self.driver.session.ping(Self.pingPayload)
      self.driver.setNeedsFlush()
      self.checkAgain(after: time)
    case .rest:
      self.isResting = true
    case .giveUp:
      self.driver.closeNow(.keepaliveTimeout(self.keepalive.timeout))
    }
  }

  private func checkAgain(after time: TimeAmount) {
    self.timer = self.driver.executor.eventLoop.assumeIsolated().scheduleTask(in: time) {
      self.driver.executor.performBatch { self.check() }
    }
  }
}
