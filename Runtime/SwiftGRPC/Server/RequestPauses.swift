import NIOCore
import SwiftGRPCHTTP2

/// Ends the calls of a connection whose requests stand still although their handlers wait for them.
///
/// One timer looks at all calls a few times within the limit, and rests when there is none; so a call costs nothing here, and one
/// that stands still is ended up to half as long again after its limit. Loop-confined; to be stopped when the connection is closed.
final class RequestPauses {
  /// How far a request has come; while it is the same nothing of it has arrived.
  struct Progress: Equatable {
    /// How many whole messages were taken.
    var messages: Int
    /// How many bytes of the next one are there.
    var bytes: Int
  }

  private struct Pause {
    var progress: Progress
    var since: NIODeadline
  }

  private static let looksPerLimit: Int64 = 4

  private let limit: Duration
  private let executor: LoopExecutor
  // The connection owns this object and stops it.
  private unowned let connection: ServerConnection
  private var pauses: [Int32: Pause] = [:]
  private var timer: Scheduled<Void>?

  init(limit: Duration, executor: LoopExecutor, connection: ServerConnection) {
    self.limit = limit
    self.executor = executor
    self.connection = connection
  }

  /// Whether calls are looked at.
  var isLooking: Bool { self.timer != nil }

  /// Looks at the connection's calls until there is none.
  func begin() {
    let interval = TimeAmount.nanoseconds(max(1, TimeAmount(self.limit).nanoseconds / Self.looksPerLimit))
    self.timer = self.executor.eventLoop.assumeIsolated().scheduleTask(in: interval) { [weak self] in
      guard let self else { return }
      self.executor.performBatch { self.look() }
    }
  }

  /// Looks no more.
  func stop() {
    self.timer?.cancel()
    self.timer = nil
    self.pauses = [:]
  }

  private func look() {
    self.timer = nil
    let now = self.executor.eventLoop.now
    var pauses: [Int32: Pause] = [:]
    for call in self.connection.calls {
      guard let progress = call.awaitedProgress else { continue }
      var pause = Pause(progress: progress, since: now)
      if let before = self.pauses[call.id], before.progress == progress { pause.since = before.since }
      pauses[call.id] = pause
    }
    self.pauses = pauses
    for call in self.connection.calls {
      guard let pause = pauses[call.id], now - pause.since >= TimeAmount(self.limit) else { continue }
      self.connection.endSlowRequest(of: call, limit: self.limit)
    }
    if self.connection.hasCalls { self.begin() }
  }
}

extension ServerCall {
  /// How far the request has come that the handler waits for; `nil` when the client need not send anything now.
  var awaitedProgress: RequestPauses.Progress? {
    if self.isWaitingForMessage { return RequestPauses.Progress(messages: 0, bytes: 0) }
    guard let inbound, let bytes = inbound.awaitedByteCount else { return nil }
    return RequestPauses.Progress(messages: inbound.messageCount, bytes: bytes)
  }
}
