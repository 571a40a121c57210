/// One message's bytes on their way from the loop to a task elsewhere: a copy, as compressed as they came.
@usableFromInline
final class ReceivedBytes: @unchecked Sendable {
  // Sendable: written once, before it is handed over; then only the task that got it touches it.

  /// The bytes; valid as long as this object, until they are decompressed.
  @usableFromInline private(set) var pointer: UnsafeRawBufferPointer

  private let copy: UnsafeMutableRawBufferPointer
  private let compression: MessageCompression?
  private var decompressed = DecompressedBytes()

  /// - Parameter compression: how the bytes are compressed; `nil` if they are not.
  init(copying bytes: UnsafeRawBufferPointer, compression: MessageCompression?) {
    self.copy = .allocate(byteCount: bytes.count, alignment: 8)
    self.copy.copyMemory(from: bytes)
    self.pointer = UnsafeRawBufferPointer(self.copy)
    self.compression = compression
  }

  deinit {
    self.copy.deallocate()
  }

  /// Puts what the bytes were before they were compressed in their place. Once at most.
  ///
  /// - Throws: as ``MessageCompression/decompress(_:maxByteCount:into:)``.
  func decompress(maxByteCount: Int) throws(RPCError) {
    guard let compression else { return }
    try compression.decompress(self.pointer, maxByteCount: maxByteCount, into: &self.decompressed)
    self.pointer = self.decompressed.bytes
  }
}
