/// Reads the length before a message, byte by byte.
///
/// A varint of up to ten bytes, and at most 2 GiB, the size limit of messages. Spec: protobuf encoding, "Base 128
/// Varints" and "Size limits"; protobuf techniques, "Streaming Multiple Messages".
@usableFromInline struct DelimitedLength {
  @usableFromInline enum Step {
    /// The varint goes on.
    case more
    /// The length is complete.
    case complete(Int)
    /// More than ten bytes.
    case malformed
    /// More than 2 GiB.
    case tooLarge
  }

  /// How many bytes have been read.
  @usableFromInline private(set) var byteCount = 0
  private var value: UInt64 = 0

  @usableFromInline init() {}

  /// Takes the next byte.
  @usableFromInline mutating func read(_ byte: UInt8) -> Step {
    value |= UInt64(byte & 0x7f) &<< UInt64(7 * byteCount)
    byteCount += 1
    if byte >= 0x80 { return byteCount < 10 ? .more : .malformed }
    return value <= UInt64(maximumMessageBytes) ? .complete(Int(value)) : .tooLarge
  }
}
