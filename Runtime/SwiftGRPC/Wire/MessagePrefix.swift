/// The five bytes before each message: a flag and the length.
///
/// Spec: gRPC over HTTP/2, "Length-Prefixed-Message".
@usableFromInline
struct MessagePrefix: Equatable {
  /// The number of bytes that a prefix takes.
  @usableFromInline static let byteCount = 5

  /// Whether the message is compressed.
  var isCompressed: Bool

  /// The number of bytes of the message, as sent.
  var messageByteCount: Int

  /// Writes a prefix to the first five bytes of `bytes`.
  @inlinable
  static func write(messageByteCount: Int, isCompressed: Bool = false, to bytes: UnsafeMutableRawBufferPointer) {
    bytes[0] = isCompressed ? 1 : 0
    bytes.storeBytes(of: UInt32(truncatingIfNeeded: messageByteCount).bigEndian, toByteOffset: 1, as: UInt32.self)
  }

  /// Reads a prefix from the first five bytes of `bytes`.
  ///
  /// - Throws: `internalError` if the flag is neither 0 nor 1.
  init(reading bytes: UnsafeRawBufferPointer) throws(RPCError) {
    switch bytes[0] {
    case 0: isCompressed = false
    case 1: isCompressed = true
    case let flag:
      throw RPCError(
        code: .internalError, message: "a message begins with the compression flag \(flag), which must be 0 or 1"
      )
    }
    messageByteCount = Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 1, as: UInt32.self)))
  }
}
