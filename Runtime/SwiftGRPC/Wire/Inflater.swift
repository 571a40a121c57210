import CZlib

/// One of zlib's decompression states, used for one message after another.
final class Inflater: @unchecked Sendable {
  // Sendable: whoever took it from `CompressionStates` is the only one to use it until it is given back.

  /// zlib's state refers back to this structure, so it stays where it is.
  private let stream: UnsafeMutablePointer<z_stream>

  /// A state that reads gzip's format (RFC 1952) or zlib's (RFC 1950); `nil` if there is no memory for it.
  init?(isGzip: Bool) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    guard czlib_inflate_init(stream, isGzip ? 1 : 0) == Z_OK else { return nil }
  }

  deinit {
    // Does nothing when the state could not be made.
    inflateEnd(stream)
    stream.deallocate()
  }

  static var noMemory: RPCError {
    RPCError(code: .resourceExhausted, message: "there is no memory to decompress a message")
  }

  /// Decompresses a message into `output`.
  ///
  /// Memory grows with what comes out and ends one byte above the limit, so a few bytes that claim to be a large message
  /// cost no more than an uncompressed one.
  /// - Throws: `resourceExhausted` if the message has more than `maxByteCount` bytes; `internalError` if the bytes are
  ///   damaged, end too early, or go on after the message's end.
  func decompress(
    _ bytes: UnsafeRawBufferPointer, maxByteCount: Int, into output: inout DecompressedBytes
  ) throws(RPCError) {
    inflateReset(stream)
    // zlib does not write through `next_in`; its type lacks the `const` for old programs' sake.
    stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.assumingMemoryBound(to: UInt8.self).baseAddress)
    stream.pointee.avail_in = UInt32(bytes.count)
    output.empty()
    // The byte above the limit tells a message that is as long as it may be from a longer one.
    let mostBytes = maxByteCount < .max ? maxByteCount + 1 : maxByteCount
    output.grow(to: min(mostBytes, max(256, 4 * bytes.count)))
    while true {
      let room = output.room.prefix(Int(UInt32.max))
      stream.pointee.next_out =
        room.isEmpty
        ? nil : UnsafeMutableRawBufferPointer(rebasing: room).assumingMemoryBound(to: UInt8.self).baseAddress
      stream.pointee.avail_out = UInt32(room.count)
      let result = inflate(stream, Z_NO_FLUSH)
      output.count += room.count - Int(stream.pointee.avail_out)
      guard output.count <= maxByteCount else { throw Self.tooLarge(limit: maxByteCount) }
      switch result {
      case Z_STREAM_END:
        guard stream.pointee.avail_in == 0 else {
          throw Self.damaged("\(stream.pointee.avail_in) bytes follow its end")
        }
        return
      case Z_OK, Z_BUF_ERROR:
        // Room that is left means that the input is used up.
        guard stream.pointee.avail_out == 0 else { throw Self.damaged("its end is missing") }
        output.grow(to: min(mostBytes, 2 * output.capacity))
      case Z_MEM_ERROR:
        throw Self.noMemory
      case Z_NEED_DICT:
        throw Self.damaged("it needs a dictionary")
      default:
        throw Self.damaged(stream.pointee.msg.map { String(cString: $0) } ?? "zlib says \(result)")
      }
    }
  }

  private static func tooLarge(limit: Int) -> RPCError {
    RPCError(
      code: .resourceExhausted, message: "compressed message exceeds the limit of \(limit) bytes when decompressed")
  }

  /// Spec: `statuscodes.md`: a message that cannot be decompressed although its encoding is supported is `INTERNAL`.
  private static func damaged(_ reason: String) -> RPCError {
    RPCError(code: .internalError, message: "compressed message cannot be decompressed: \(reason)")
  }
}
