import SwiftGRPCHTTP2

/// A message that goes to the loop by itself, in memory of its own, and the wait of its writer: one object for both.
///
/// Also the wait of a writer whose message is in the queue already; then there are no bytes.
@usableFromInline
final class EncodedMessage: LoopWork, WriteTicket, @unchecked Sendable {
  // Sendable: written before it is handed to the loop, from then on touched there only.

  /// Where the message lies, or lay before it was compressed.
  private(set) var bytes: UnsafeMutableRawBufferPointer

  /// The number of bytes to send; fewer than `bytes` has once they are compressed.
  private(set) var count: Int

  private(set) var isCompressed = false

  /// Whether the message may still be compressed on the loop.
  var mayBeCompressed = true

  /// Whether the message is in the queue already, and its writer only waits for room.
  let isQueued: Bool

  /// Where the message goes, and who waits for that. Set before it is handed to the loop.
  var messages: OutboundMessages?
  var continuation: UnsafeContinuation<Void, any Error>?

  var isCancelled = false

  /// A message whose bytes are still to be written.
  init(byteCount: Int) {
    self.bytes = .allocate(byteCount: byteCount, alignment: 8)
    self.count = byteCount
    self.isQueued = false
  }

  /// The wait for room of a writer whose message is queued.
  init(waitingFor messages: OutboundMessages) {
    self.bytes = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    self.count = 0
    self.isQueued = true
    self.messages = messages
  }

  @usableFromInline
  convenience init(_ encode: OutboundMessages.Encode) throws {
    self.init(byteCount: 0)
    try encode { byteCount in
      self.bytes.deallocate()
      self.bytes = .allocate(byteCount: byteCount, alignment: 8)
      self.count = byteCount
      return self.bytes
    }
  }

  deinit {
    self.bytes.deallocate()
  }

  /// Compresses the message, unless that would make it larger.
  func compress(_ compression: MessageCompression) {
    guard let count = compression.compress(inPlace: self.bytes) else { return }
    self.count = count
    self.isCompressed = true
  }

  func copy(to allocate: (Int) -> UnsafeMutableRawBufferPointer) {
    allocate(self.count).copyMemory(from: UnsafeRawBufferPointer(rebasing: self.bytes[..<self.count]))
  }

  /// Queues the message for its writer.
  @usableFromInline
  func runOnLoop() {
    guard let messages = self.messages.take(), let continuation = self.continuation.take() else { return }
    messages.append(self, for: continuation)
  }
}
