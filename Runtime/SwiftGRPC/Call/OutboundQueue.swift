import NIOConcurrencyHelpers
import SwiftGRPCHTTP2

/// Messages that tasks away from the loop have written and the loop has not taken yet: each encoded straight into one region, which the
/// loop takes over whole.
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
    /// It has to go to the loop by itself: the queue is closed, or the message too large to be written while others wait for the lock.
    case apart(EncodedMessage)
  }

  /// Queues a message, from any thread.
  ///
  /// The lock is held from when `encode` knows the size until it has written the bytes, not while it works that out.
  /// - Throws: What `encode` throws; nothing is queued then.
  func append(_ encode: OutboundMessages.Encode) throws -> Outcome {
    var before: Int?
    var apart: EncodedMessage?
    defer { if before != nil { self.lock.unlock() } }
    do {
      try encode { byteCount in
        if byteCount < HTTP2Stream.highWaterBytes, before == nil, self.lockIfOpen() {
          before = self.body.count
          return UnsafeMutableRawBufferPointer(
            rebasing: self.body.growForMessage(of: byteCount)[MessagePrefix.byteCount...])
        }
        let message = EncodedMessage(byteCount: byteCount)
        apart = message
        return message.bytes
      }
    } catch {
      if let before { self.body.truncate(to: before) }
      throw error
    }
    if let apart {
      // One that asks twice, as it must not, gets what it asked for last.
      if let before { self.body.truncate(to: before) }
      return .apart(apart)
    }
    if before == nil {
      // An encoder that needs no memory need not ask for it.
      guard self.lockIfOpen() else { return .apart(EncodedMessage(byteCount: 0)) }
      before = self.body.count
      _ = self.body.growForMessage(of: 0)
    }
    return self.didAppend()
  }

  /// Queues a message that was encoded before, from any thread.
  func append(_ message: EncodedMessage) -> Outcome {
    guard message.count < HTTP2Stream.highWaterBytes, self.lockIfOpen() else { return .apart(message) }
    defer { self.lock.unlock() }
    let region = self.body.growForMessage(of: message.count, isCompressed: message.isCompressed)
    message.copy { _ in UnsafeMutableRawBufferPointer(rebasing: region[MessagePrefix.byteCount...]) }
    return self.didAppend()
  }

  private func lockIfOpen() -> Bool {
    self.lock.lock()
    if self.isOpen { return true }
    self.lock.unlock()
    return false
  }

  private func didAppend() -> Outcome {
    self.messageCount += 1
    guard self.body.count + self.bytesAhead < HTTP2Stream.highWaterBytes else { return .full }
    return .queued(isFirst: self.messageCount == 1)
  }

  /// Moves all messages behind those that wait in a stream's body, and returns how many.
  ///
  /// When none wait there the two change places, so that the messages are not copied and no region is ever given up for another.
  func move(to destination: inout OutboundBody) -> Int {
    var body = OutboundBody()
    let messageCount = self.lock.withLock {
      guard self.messageCount > 0 else { return 0 }
      defer { self.messageCount = 0 }
      if destination.count == 0 {
        swap(&destination, &self.body)
      } else {
        swap(&body, &self.body)
      }
      self.bytesAhead = destination.count + body.count
      return self.messageCount
    }
    if body.count > 0 { destination.append(contentsOf: body) }
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
