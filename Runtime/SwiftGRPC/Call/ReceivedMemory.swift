import SwiftGRPCHTTP2
import SwiftGRPCProtobuf

/// A long message in memory of its own, which what is decoded from it may keep.
@usableFromInline
struct ReceivedMemory {
  let bytes: UnsafeRawBufferPointer
  let block: LargeBlock

  /// Decodes the message so that long values in it need not be copied.
  @usableFromInline
  func decode<Message>(_ decode: (UnsafeRawBufferPointer) throws -> Message) rethrows -> Message {
    try LentMemory.$current.withValue(LentMemory(self.bytes, owner: self.block)) { try decode(self.bytes) }
  }
}
