extension BinaryDelimited {
  /// How many bytes of a message are made room for at once before more of it has arrived.
  @usableFromInline static let firstChunk = 64 << 10

  /// Encodes a message and its length, and writes both to a stream.
  ///
  /// - Parameters:
  ///   - message: what to encode.
  ///   - stream: a stream that is open.
  ///   - partial: accept that required fields are not all set.
  /// - Throws: ``BinaryEncodingError`` before anything is written; the stream's own error or
  ///   ``BinaryDelimited/Error`` when it did not take all.
  public static func serialize(message: any Message, to stream: some ByteOutputStream, partial: Bool = false) throws {
    var bytes: [UInt8] = []
    try serialize(message: message, appendingTo: &bytes, partial: partial)
    try bytes.withUnsafeBufferPointer(stream.writeAll)
  }

  /// Reads a length and decodes the message behind it. Nothing behind the message is read.
  ///
  /// - Parameters:
  ///   - messageType: the type of the message.
  ///   - stream: a stream that is open.
  ///   - extensions: the extensions to recognise; fields of others are kept as unknown.
  ///   - partial: accept a message whose required fields are not all set.
  ///   - options: limits, and what becomes of unknown fields.
  /// - Throws: as ``merge(into:from:extensions:partial:options:)``.
  public static func parse<M: Message>(
    messageType: M.Type, from stream: some ByteInputStream, extensions: (any ExtensionMap)? = nil,
    partial: Bool = false, options: BinaryDecodingOptions = BinaryDecodingOptions()
  ) throws -> M {
    var message = M()
    try merge(into: &message, from: stream, extensions: extensions, partial: partial, options: options)
    return message
  }

  /// Reads a length, decodes the message behind it and merges it into another one. Nothing behind it is read.
  ///
  /// Memory grows with the bytes that arrive, whatever the length says.
  /// - Throws: ``SwiftProtobufError/BinaryStreamDecoding/noBytesAvailable(function:file:line:)`` when the stream has
  ///   ended, ``BinaryDelimited/Error/truncated`` when it ends too early; ``BinaryDecodingError`` when length or message
  ///   are malformed, `message` then has the fields that came before the fault; the stream's own error.
  public static func merge<M: Message>(
    into message: inout M, from stream: some ByteInputStream, extensions: (any ExtensionMap)? = nil,
    partial: Bool = false, options: BinaryDecodingOptions = BinaryDecodingOptions()
  ) throws {
    let (length, start) = try readLength(before: M.self, from: stream)
    var bytes: [UInt8] = []
    while bytes.count < length {
      let filled = bytes.count
      bytes.append(contentsOf: repeatElement(0, count: min(length - filled, max(filled, firstChunk))))
      let count = try bytes.withUnsafeMutableBufferPointer { buffer in
        try stream.fill(UnsafeMutableBufferPointer(rebasing: buffer[filled...]))
      }
      guard filled + count == bytes.count else { throw Error.truncated(byteOffset: start + filled + count) }
    }
    do {
      try message.merge(serializedBytes: bytes, extensions: extensions, partial: partial, options: options)
    } catch let error as BinaryDecodingError {
      throw error.inMessage(at: start)
    }
  }

  /// The length before a message, and how many bytes it took.
  private static func readLength<M: Message>(
    before type: M.Type, from stream: some ByteInputStream
  ) throws -> (length: Int, byteCount: Int) {
    var length = DelimitedLength()
    while let byte = try stream.nextByte() {
      switch length.read(byte) {
      case .more: continue
      case .complete(let count): return (count, length.byteCount)
      case .malformed, .tooLarge:
        throw BinaryDecodingError.malformedProtobuf(
          DecodingLocation(
            message: M.protoMessageName, fieldPath: "", byteOffset: 0,
            expected: "expected a length of up to ten bytes and 2 GiB before the message"))
      }
    }
    if length.byteCount > 0 { throw Error.truncated(byteOffset: length.byteCount) }
    throw SwiftProtobufError.BinaryStreamDecoding.noBytesAvailable()
  }
}
