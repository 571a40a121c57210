import SwiftGRPCProtobuf

/// Turns protobuf messages into bytes.
public struct ProtobufSerializer<Message: SwiftGRPCProtobuf.Message>: MessageSerializer {
  /// Creates a serializer.
  @inlinable public init() {}

  /// The message in protobuf's binary format.
  ///
  /// - Throws: ``RPCError`` with `internalError` if a required field is missing.
  @inlinable
  public func serialize<Bytes: GRPCContiguousBytes>(_ message: Message) throws -> Bytes {
    do {
      return Bytes(try message.serializedBytes() as [UInt8])
    } catch {
      throw RPCError.serializationFailed(error)
    }
  }

  /// Writes the message in protobuf's binary format where it will be sent from.
  ///
  /// - Throws: ``RPCError`` with `internalError` if a required field is missing.
  @inlinable
  public func serialize(
    _ message: Message, into allocate: (_ byteCount: Int) -> UnsafeMutableRawBufferPointer
  ) throws {
    do {
      try message.encode(into: allocate)
    } catch {
      throw RPCError.serializationFailed(error)
    }
  }
}

/// Turns bytes into protobuf messages.
public struct ProtobufDeserializer<Message: SwiftGRPCProtobuf.Message>: MessageDeserializer {
  /// Creates a deserializer.
  @inlinable public init() {}

  /// The message that bytes in protobuf's binary format stand for.
  ///
  /// - Throws: ``RPCError`` with `internalError` if the bytes are not such a message.
  @inlinable
  public func deserialize<Bytes: GRPCContiguousBytes>(_ serializedMessageBytes: Bytes) throws -> Message {
    try serializedMessageBytes.withUnsafeBytes { try deserialize(inPlace: $0) }
  }

  /// The message that bytes in protobuf's binary format stand for, read where they were received.
  ///
  /// - Throws: ``RPCError`` with `internalError` if the bytes are not such a message.
  @inlinable
  public func deserialize(inPlace bytes: UnsafeRawBufferPointer) throws -> Message {
    do {
      return try Message(decoding: bytes)
    } catch {
      throw RPCError.deserializationFailed(error)
    }
  }
}
