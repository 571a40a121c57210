#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

extension DynamicMessage {
  /// Decodes a message from the binary format.
  ///
  /// - Parameters:
  ///   - bytes: the encoded message, all of it.
  ///   - type: what it is a message of; extensions that the type's schema declares are recognised.
  ///   - partial: accept a message whose required fields are not all set.
  ///   - options: limits, and what becomes of unknown fields.
  /// - Throws: ``BinaryDecodingError`` when the bytes are no such message.
  public init<Bytes: SwiftProtobufContiguousBytes>(
    serializedBytes bytes: Bytes, type: DynamicMessageType, partial: Bool = false,
    options: BinaryDecodingOptions = BinaryDecodingOptions()
  ) throws {
    self.init(type)
    try merge(serializedBytes: bytes, partial: partial, options: options)
  }

  /// Decodes fields and merges them into this message, as protobuf merges: scalars are replaced, lists appended to,
  /// messages merged.
  ///
  /// - Throws: ``BinaryDecodingError``; the message then has the fields that came before the fault.
  public mutating func merge<Bytes: SwiftProtobufContiguousBytes>(
    serializedBytes bytes: Bytes, partial: Bool = false, options: BinaryDecodingOptions = BinaryDecodingOptions()
  ) throws {
    let failure = bytes.withUnsafeBytes { bytes -> BinaryDecodingError? in
      do throws(BinaryDecodingError) {
        try merge(bytes, partial, options)
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw failure }
  }

  private mutating func merge(
    _ bytes: UnsafeRawBufferPointer, _ partial: Bool, _ options: BinaryDecodingOptions
  ) throws(BinaryDecodingError) {
    guard bytes.count <= maximumMessageBytes else { throw .tooLarge }
    let table = type.type.layout.table
    var sawMissingRequired = false
    if let start = bytes.baseAddress, bytes.count > 0 {
      let end = start + bytes.count
      var context = DecodingContext(options: options, extensions: nil, start: start, end: end)
      do throws(BinaryDecodingError) {
        let stop = try DynamicDecoder.decode(into: &self, start, end, &context)
        guard stop == end, context.endGroupTag == 0 else { throw .malformedProtobuf }
      } catch {
        throw BinaryFaultLocator.locate(
          error, in: bytes, table, extensions: nil, depthLimit: options.messageDepthLimit - 1)
      }
      sawMissingRequired = context.sawMissingRequired
    }
    if partial { return }
    if sawMissingRequired || bytes.isEmpty, let path = withFields({ table.missingField(in: $0) }) {
      throw .missingRequiredFields(
        DecodingLocation(
          message: table.name, fieldPath: path, byteOffset: bytes.count,
          expected: "expected the field, which is required, before the end"))
    }
  }

  /// Encodes the message in the binary format.
  ///
  /// - Parameters:
  ///   - partial: accept that required fields are not all set.
  ///   - options: the order of maps.
  /// - Throws: ``BinaryEncodingError`` when a required field is missing or the result would be larger than 2 GiB.
  public func serializedBytes<Bytes: SwiftProtobufContiguousBytes>(
    partial: Bool = false, options: BinaryEncodingOptions = BinaryEncodingOptions()
  ) throws -> Bytes {
    var failure = BinaryEncodingError.tooLarge
    let result = EncodingContext.withBorrowedMemory(options) { context -> Bytes? in
      var start = context.end
      DynamicEncoder.encode(self, &start, &context)
      if context.sawMissingRequired, !partial {
        failure = .missingRequiredFields(withFields { type.type.layout.table.missingField(in: $0) })
        return nil
      }
      return context.encoded(from: start).map { Bytes(encoded: $0) }
    }
    guard let result else { throw failure }
    return result
  }

  /// Encodes the message as `Data`; the same as ``serializedBytes(partial:options:)``.
  public func serializedData(
    partial: Bool = false, options: BinaryEncodingOptions = BinaryEncodingOptions()
  ) throws -> Data {
    try serializedBytes(partial: partial, options: options)
  }
}

// MARK: Other messages

extension DynamicMessage {
  /// The fields of a generated message, as a message of a type that is known at run time.
  ///
  /// - Parameter type: usually the same message's; what it does not declare becomes unknown fields.
  /// - Throws: ``BinaryEncodingError`` or ``BinaryDecodingError`` when the types do not fit one another.
  public init(_ message: some Message, type: DynamicMessageType) throws {
    try self.init(serializedBytes: try message.serializedBytes(partial: true) as [UInt8], type: type, partial: true)
  }

  /// Unpacks the message of an `Any`, whatever its type.
  ///
  /// - Throws: ``AnyUnpackError/malformedTypeURL`` when the URL names no type, ``DynamicMessageError`` when the schema
  ///   has none of that name, ``BinaryDecodingError`` when the bytes are no such message.
  public init(
    unpackingAny any: Google_Protobuf_Any, schema: DynamicSchema,
    options: BinaryDecodingOptions = BinaryDecodingOptions()
  ) throws {
    let name = any.messageName
    if name.isEmpty { throw AnyUnpackError.malformedTypeURL }
    guard let type = schema.messageType(named: name) else { throw DynamicMessageError.unknownType(name) }
    try self.init(serializedBytes: any.value, type: type, options: options)
  }
}

extension Message {
  /// The fields of a message whose type is known at run time only, as a generated message.
  ///
  /// - Parameter extensions: the extensions to recognise; others become unknown fields.
  /// - Throws: ``BinaryEncodingError`` or ``BinaryDecodingError`` when the types do not fit one another.
  public init(_ message: DynamicMessage, extensions: (any ExtensionMap)? = nil) throws {
    let bytes: [UInt8] = try message.serializedBytes(partial: true)
    try self.init(serializedBytes: bytes, extensions: extensions, partial: true)
  }
}

extension Google_Protobuf_Any {
  /// Packs a message whose type is known at run time only.
  ///
  /// - Parameters:
  ///   - partial: accept that required fields are not all set.
  ///   - typePrefix: what precedes the slash and the message's name in ``typeURL``.
  /// - Throws: ``BinaryEncodingError`` when the message cannot be encoded.
  public init(
    message: DynamicMessage, partial: Bool = false, typePrefix: String = defaultAnyTypeURLPrefix
  ) throws {
    self.init()
    typeURL = typePrefix.hasSuffix("/") ? typePrefix + message.type.name : "\(typePrefix)/\(message.type.name)"
    value = try message.serializedData(partial: partial)
  }
}
