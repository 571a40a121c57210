import SwiftGRPCHTTP2

/// Messages on their way from the loop to a task elsewhere, with their prefixes and as compressed as they came: a copy, or the memory
/// of long ones itself.
final class ReceivedBatch: @unchecked Sendable {
  // Sendable: written once, before it is handed over; then only the reader touches it that has claimed it.

  private let bytes: UnsafeRawBufferPointer

  /// What `bytes` lie in; `nil` if it is memory of the allocator's.
  private let block: LargeBlock?

  /// Where the prefix of the next message lies.
  private var position = 0

  private let compression: MessageCompression?

  /// The message that was taken last, if it was compressed.
  private var decompressed = DecompressedBytes()

  /// - Parameter compression: how messages with the flag for it are compressed; `nil` if none may be.
  init(_ run: Deframer.Run, compression: MessageCompression?) {
    self.compression = compression
    if run.inPiece.isEmpty, let block = run.block {
      self.bytes = run.kept
      self.block = block
    } else {
      let block = run.byteCount >= LargeBlock.leastBytes ? LargeBlock(byteCount: run.byteCount) : nil
      let copy = block?.bytes ?? .allocate(byteCount: run.byteCount, alignment: 8)
      copy.copyMemory(from: run.kept)
      UnsafeMutableRawBufferPointer(rebasing: copy[run.kept.count...]).copyMemory(from: run.inPiece)
      self.bytes = UnsafeRawBufferPointer(rebasing: copy[..<run.byteCount])
      self.block = block
    }
  }

  deinit {
    if self.block == nil { self.bytes.deallocate() }
  }

  /// Whether all messages were taken.
  var isEmpty: Bool { self.position == self.bytes.count }

  /// The memory that `message`, the last one, may be kept in, if it is long and takes half of that.
  func memory(of message: UnsafeRawBufferPointer) -> ReceivedMemory? {
    guard message.count >= LargeBlock.leastBytes, let block, 2 * message.count >= block.bytes.count,
      let start = message.baseAddress, let first = UnsafeRawPointer(block.bytes.baseAddress), first <= start,
      start < first + block.bytes.count
    else { return nil }
    return ReceivedMemory(bytes: message, block: block)
  }

  /// The next message, decompressed if it came compressed. There must be one.
  ///
  /// - Parameter check: gets to know whether the message is compressed, before it is decompressed, and may refuse it.
  /// - Returns: The bytes, valid until the next one is taken, as long as this object.
  /// - Throws: as `check`, and as ``MessageCompression/decompress(_:maxByteCount:into:)``.
  func next(
    maxByteCount: Int, check: (_ isCompressed: Bool, _ compression: MessageCompression?) throws(RPCError) -> Void
  ) throws(RPCError) -> UnsafeRawBufferPointer {
    let rest = UnsafeRawBufferPointer(rebasing: self.bytes[self.position...])
    let prefix = try MessagePrefix(reading: rest)
    let end = MessagePrefix.byteCount + prefix.messageByteCount
    let message = UnsafeRawBufferPointer(rebasing: rest[MessagePrefix.byteCount..<end])
    self.position += end
    try check(prefix.isCompressed, self.compression)
    guard prefix.isCompressed, let compression else { return message }
    try compression.decompress(message, maxByteCount: maxByteCount, into: &self.decompressed)
    return self.decompressed.bytes
  }
}
