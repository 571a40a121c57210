import NIOConcurrencyHelpers
import SwiftGRPCHTTP2

/// Messages that tasks away from the loop have written and the loop has not taken yet.
///
/// The loop is woken for the first message of an empty queue only, and takes all that are there by then.
final class OutboundQueue: @unchecked Sendable {
  // Sendable: everything is touched under the lock only.

  /// A lock that the thread sanitizer understands, unlike `Mutex` on Linux.
  private let lock = NIOLock()

  @exclusivity(unchecked) private var body = OutboundBody()
  @exclusivity(unchecked) private var messageCount = 0
  @exclusivity(unchecked) private var isOpen = true

  /// How many bytes waited in the stream's body when the loop looked last: with those here they make the limit.
  @exclusivity(unchecked) private var bytesAhead = 0

  /// What became of a message.
  enum Outcome {
    /// It is queued; the loop has to be woken if it is the first one.
    case queued(isFirst: Bool)
    /// It is queued, but its writer should wait for room.
    case full
    /// It is not queued: the queue is closed.
    case refused
  }

  /// Queues a message, from any thread.
  func append(_ message: EncodedMessage) -> Outcome {
    self.lock.withLock {
      guard self.isOpen else { return .refused }
      message.append(to: &self.body)
      self.messageCount += 1
      guard self.body.count + self.bytesAhead < HTTP2Stream.highWaterBytes else { return .full }
      return .queued(isFirst: self.messageCount == 1)
    }
  }

  /// Moves all messages behind those that wait in a stream's body, and returns how many.
  func move(to destination: inout OutboundBody) -> Int {
    var body = OutboundBody()
    let messageCount = self.lock.withLock {
      swap(&body, &self.body)
      self.bytesAhead = destination.count + body.count
      defer { self.messageCount = 0 }
      return self.messageCount
    }
    if messageCount > 0 { destination.append(contentsOf: body) }
    return messageCount
  }

  /// So many bytes are left in the stream's body.
  func noteBytesAhead(_ byteCount: Int) {
    self.lock.withLock { self.bytesAhead = byteCount }
  }

  /// Refuses what comes after.
  func close() {
    self.lock.withLock { self.isOpen = false }
  }
}
