import NIOCore
import SwiftGRPCHTTP2

/// Memory that the connections of one loop share, since only one of them works at a time.
///
/// It keeps an idle connection small: what a connection needs only while it reads or writes lies here, once per loop. Whoever takes
/// a part gives it back; who finds it taken (a flush inside another connection's read) gets a new one.
struct LoopScratch {
  private var input: ByteBuffer?
  private var output: ByteBuffer?
  private var plaintext: PlaintextBuffer?
  private var pieces: OutputPieces?
  private var events: [HTTP2Event] = []

  /// How many bytes one read takes from a channel at most.
  static let inputBytes = 128 * 1024

  /// How many bytes one write hands to a channel at most.
  static let outputBytes = 128 * 1024

  /// How many bytes are decrypted or encrypted at a time: four TLS records.
  static let plaintextBytes = 64 * 1024

  /// Takes the buffer for what is read from a channel, emptied.
  mutating func takeInput() -> ByteBuffer {
    guard var input = self.input.take() else { return ByteBufferAllocator().buffer(capacity: Self.inputBytes) }
    input.clear()
    return input
  }

  /// Gives the input buffer back; does nothing with another one.
  mutating func giveBack(input: consuming ByteBuffer) {
    if input.capacity == Self.inputBytes { self.input = input }
  }

  /// Takes the buffer for what is written to a channel, emptied.
  ///
  /// After a write that the kernel took whole nobody else holds its storage, and it is used again.
  mutating func takeOutput() -> ByteBuffer {
    guard var output = self.output.take() else { return ByteBuffer() }
    output.clear()
    return output
  }

  /// Gives the output buffer back.
  mutating func giveBack(output: consuming ByteBuffer) {
    self.output = output
  }

  /// Takes the list for output with long bodies, which is empty.
  mutating func takePieces() -> OutputPieces {
    self.pieces.take() ?? OutputPieces()
  }

  /// Gives the list back.
  mutating func giveBack(pieces: OutputPieces) {
    pieces.removeAll()
    self.pieces = pieces
  }

  /// Takes the buffer for bytes between the TLS engine and the session.
  mutating func takePlaintext() -> PlaintextBuffer {
    self.plaintext.take() ?? PlaintextBuffer()
  }

  /// Gives the plaintext buffer back.
  mutating func giveBack(plaintext: PlaintextBuffer) {
    self.plaintext = plaintext
  }

  /// Takes the event array, which is empty.
  mutating func takeEvents() -> [HTTP2Event] {
    var events: [HTTP2Event] = []
    swap(&events, &self.events)
    return events
  }

  /// Gives the event array back.
  mutating func giveBack(events: consuming [HTTP2Event]) {
    events.removeAll(keepingCapacity: events.capacity <= 8192)
    self.events = events
  }
}

/// A fixed region for decrypted bytes.
final class PlaintextBuffer {
  /// The region; valid as long as this object.
  let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: LoopScratch.plaintextBytes, alignment: 16)

  deinit {
    self.bytes.deallocate()
  }
}
