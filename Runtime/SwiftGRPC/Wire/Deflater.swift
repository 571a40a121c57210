import CZlib

/// One of zlib's compression states, used for one message after another.
final class Deflater: @unchecked Sendable {
  // Sendable: whoever took it from `CompressionStates` is the only one to use it until it is given back.

  /// zlib's state refers back to this structure, so it stays where it is.
  private let stream: UnsafeMutablePointer<z_stream>

  /// Where compressed bytes are put, kept for the next message unless it is large.
  private var output = UnsafeMutableRawBufferPointer(start: nil, count: 0)

  private static let keptOutputBytes = 65536

  /// A state that makes gzip's format (RFC 1952) or zlib's (RFC 1950); `nil` if there is no memory for it.
  init?(isGzip: Bool) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    guard czlib_deflate_init(stream, isGzip ? 1 : 0) == Z_OK else { return nil }
  }

  deinit {
    // Does nothing when the state could not be made.
    deflateEnd(stream)
    stream.deallocate()
    output.deallocate()
  }

  /// Compresses a message, and calls `body` with the result; returns `nil` if that takes more than `limit` bytes.
  func compress<Result>(
    _ bytes: UnsafeRawBufferPointer, limit: Int, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result? {
    reserve(limit)
    defer { if output.count > Self.keptOutputBytes { reserve(0) } }
    deflateReset(stream)
    // zlib does not write through `next_in`; its type lacks the `const` for old programs' sake.
    stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.assumingMemoryBound(to: UInt8.self).baseAddress)
    stream.pointee.avail_in = UInt32(bytes.count)
    stream.pointee.next_out = output.assumingMemoryBound(to: UInt8.self).baseAddress
    stream.pointee.avail_out = UInt32(limit)
    guard deflate(stream, Z_FINISH) == Z_STREAM_END else { return nil }
    let count = limit - Int(stream.pointee.avail_out)
    return body(UnsafeRawBufferPointer(rebasing: output[..<count]))
  }

  private func reserve(_ byteCount: Int) {
    guard byteCount > output.count || byteCount == 0 else { return }
    output.deallocate()
    output = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    if byteCount > 0 { output = .allocate(byteCount: byteCount, alignment: 1) }
  }
}
