/// A source of bytes that is read in pieces.
///
/// Foundation's `InputStream` is one once `SwiftGRPCProtobufFoundation` is imported.
public protocol ByteInputStream {
  /// Reads up to `maxLength` bytes, waiting until there is at least one.
  ///
  /// - Returns: how many bytes it wrote to `buffer`; 0 at the end of the stream, a negative number on failure.
  func read(_ buffer: UnsafeMutablePointer<UInt8>, maxLength: Int) -> Int

  /// Why reading failed, if the stream knows.
  var streamError: (any Error)? { get }
}

/// A sink of bytes that is written in pieces.
///
/// Foundation's `OutputStream` is one once `SwiftGRPCProtobufFoundation` is imported.
public protocol ByteOutputStream {
  /// Writes up to `maxLength` bytes, waiting until there is room for at least one.
  ///
  /// - Returns: how many bytes it took; 0 when it is full for good, a negative number on failure.
  func write(_ buffer: UnsafePointer<UInt8>, maxLength: Int) -> Int

  /// Why writing failed, if the stream knows.
  var streamError: (any Error)? { get }
}

extension ByteInputStream {
  /// Fills a buffer, and returns how many bytes there were if the stream ended before that.
  func fill(_ buffer: UnsafeMutableBufferPointer<UInt8>) throws -> Int {
    var filled = 0
    while filled < buffer.count, let start = buffer.baseAddress {
      let count = read(start + filled, maxLength: buffer.count - filled)
      guard count >= 0 else { throw streamError ?? BinaryDelimited.Error.unknownStreamError }
      if count == 0 { break }
      filled += count
    }
    return filled
  }

  /// The next byte, `nil` at the end.
  func nextByte() throws -> UInt8? {
    var byte: UInt8 = 0
    let count = try withUnsafeMutablePointer(to: &byte) { try fill(UnsafeMutableBufferPointer(start: $0, count: 1)) }
    return count == 1 ? byte : nil
  }
}

extension ByteOutputStream {
  /// Writes all bytes.
  ///
  /// - Throws: the stream's own error, or ``BinaryDelimited/Error``.
  func writeAll(_ bytes: UnsafeBufferPointer<UInt8>) throws {
    var written = 0
    while written < bytes.count, let start = bytes.baseAddress {
      let count = write(start + written, maxLength: bytes.count - written)
      guard count >= 0 else { throw streamError ?? BinaryDelimited.Error.unknownStreamError }
      if count == 0 { throw BinaryDelimited.Error.truncated(byteOffset: written) }
      written += count
    }
  }
}
