/// Turns messages into bytes.
///
/// ``ProtobufSerializer`` is the usual one. Write your own to send other formats, or bytes that are serialized already.
public protocol MessageSerializer<Message>: Sendable {
  /// The type of the messages.
  associatedtype Message

  /// The bytes of a message.
  ///
  /// - Throws: Any error; the call then fails with `internalError` and that cause, or with the error itself if it is an
  ///   ``RPCError``.
  func serialize<Bytes: GRPCContiguousBytes>(_ message: Message) throws -> Bytes

  /// Writes the bytes of a message where they will be sent from.
  ///
  /// The default calls ``serialize(_:)`` and copies the result. Implement it to save that copy.
  ///
  /// - Parameters:
  ///   - message: The message.
  ///   - allocate: To be called exactly once with the number of bytes, which all must then be written.
  /// - Throws: Any error, before `allocate` is called.
  func serialize(_ message: Message, into allocate: (_ byteCount: Int) -> UnsafeMutableRawBufferPointer) throws
}

extension MessageSerializer {
  /// Serializes into an array and copies that.
  @inlinable
  public func serialize(
    _ message: Message, into allocate: (_ byteCount: Int) -> UnsafeMutableRawBufferPointer
  ) throws {
    let bytes: [UInt8] = try serialize(message)
    bytes.withUnsafeBytes { allocate($0.count).copyMemory(from: $0) }
  }
}

/// Turns bytes into messages.
///
/// ``ProtobufDeserializer`` is the usual one.
public protocol MessageDeserializer<Message>: Sendable {
  /// The type of the messages.
  associatedtype Message

  /// The message that the bytes stand for.
  ///
  /// - Throws: Any error; the call then fails with `internalError` and that cause, or with the error itself if it is an
  ///   ``RPCError``.
  func deserialize<Bytes: GRPCContiguousBytes>(_ serializedMessageBytes: Bytes) throws -> Message

  /// The message that the bytes stand for, read where they were received.
  ///
  /// The memory is valid during the call only. The default copies it into an array and calls ``deserialize(_:)``.
  /// Implement it to save that copy.
  ///
  /// - Throws: As ``deserialize(_:)`` does.
  func deserialize(inPlace bytes: UnsafeRawBufferPointer) throws -> Message
}

extension MessageDeserializer {
  /// Copies the bytes into an array and deserializes that.
  @inlinable
  public func deserialize(inPlace bytes: UnsafeRawBufferPointer) throws -> Message {
    try deserialize([UInt8](bytes))
  }
}

/// A run of bytes in one piece of memory, such as `[UInt8]`.
public protocol GRPCContiguousBytes {
  /// Creates a run of `count` bytes that all are `byte`.
  init(repeating byte: UInt8, count: Int)

  /// Creates a run from a sequence of bytes.
  init(_ sequence: some Sequence<UInt8>)

  /// The number of bytes.
  var count: Int { get }

  /// Gives access to the bytes for the length of a call.
  func withUnsafeBytes<Result>(_ body: (_ buffer: UnsafeRawBufferPointer) throws -> Result) rethrows -> Result

  /// Gives access to the bytes, to change them, for the length of a call.
  mutating func withUnsafeMutableBytes<Result>(
    _ body: (_ buffer: UnsafeMutableRawBufferPointer) throws -> Result
  ) rethrows -> Result
}

extension [UInt8]: GRPCContiguousBytes {}
