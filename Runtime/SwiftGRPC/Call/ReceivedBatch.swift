/// Messages on their way from the loop to a task elsewhere: a copy of them and their prefixes, as compressed as they came.
final class ReceivedBatch: @unchecked Sendable {
  // Sendable: written once, before it is handed over; then only the reader touches it that has claimed it.

  private let bytes: UnsafeMutableRawBufferPointer

  /// Where the prefix of the next message lies.
  private var position = 0

  private let compression: MessageCompression?

  /// The message that was taken last, if it was compressed.
  private var decompressed = DecompressedBytes()

  /// - Parameter compression: how messages with the flag for it are compressed; `nil` if none may be.
  init(copying run: Deframer.Run, compression: MessageCompression?) {
    self.bytes = .allocate(byteCount: run.byteCount, alignment: 8)
    self.bytes.copyMemory(from: run.kept)
    UnsafeMutableRawBufferPointer(rebasing: self.bytes[run.kept.count...]).copyMemory(from: run.inPiece)
    self.compression = compression
  }

  deinit {
    self.bytes.deallocate()
  }

  /// Whether all messages were taken.
  var isEmpty: Bool { self.position == self.bytes.count }

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
