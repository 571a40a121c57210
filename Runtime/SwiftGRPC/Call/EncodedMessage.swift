import SwiftGRPCHTTP2

/// A message that was encoded away from its loop, and the wait of its writer: one object for both.
@usableFromInline
final class EncodedMessage: LoopWork, WriteTicket, @unchecked Sendable {
  // Sendable: written before it is handed to the loop, from then on touched there only.

  private var bytes = UnsafeMutableRawBufferPointer(start: nil, count: 0)

  /// The number of bytes to send; fewer than `bytes` has once they are compressed.
  private(set) var count = 0

  private(set) var isCompressed = false

  /// Whether the message may still be compressed on the loop.
  var mayBeCompressed = true

  /// Whether the message is in the queue already, and its writer only waits for room.
  var isQueued = false

  /// Where the message goes, and who waits for that. Set before it is handed to the loop.
  var messages: OutboundMessages?
  var continuation: UnsafeContinuation<Void, any Error>?

  var isCancelled = false

  @usableFromInline
  init(_ encode: OutboundMessages.Encode) throws {
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

  /// Appends the message behind its prefix.
  func append(to body: inout OutboundBody) {
    let place = body.grow(by: MessagePrefix.byteCount + self.count)
    MessagePrefix.write(messageByteCount: self.count, isCompressed: self.isCompressed, to: place)
    self.copy { _ in UnsafeMutableRawBufferPointer(rebasing: place[MessagePrefix.byteCount...]) }
  }

  /// Queues the message for its writer.
  @usableFromInline
  func runOnLoop() {
    guard let messages = self.messages.take(), let continuation = self.continuation.take() else { return }
    messages.append(self, for: continuation)
  }
}
