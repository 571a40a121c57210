#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

extension DynamicMessage {
  /// Encodes the message as JSON, as generated messages are.
  ///
  /// What an `Any` holds is looked up in the type's schema, then among the registered types.
  /// - Throws: ``JSONEncodingError``, or ``SwiftProtobufError`` for the type URL of an `Any`, when a well-known type holds
  ///   what has no form in JSON.
  public func jsonString(options: JSONEncodingOptions = JSONEncodingOptions()) throws -> String {
    try withJSON(options) { String(decoding: $0, as: UTF8.self) }
  }

  /// Encodes the message as JSON in UTF-8; otherwise as ``jsonString(options:)``.
  public func jsonUTF8Bytes<Bytes: SwiftProtobufContiguousBytes>(
    options: JSONEncodingOptions = JSONEncodingOptions()
  ) throws -> Bytes {
    try withJSON(options) { Bytes._copy($0) }
  }

  /// Encodes the message as JSON in UTF-8; otherwise as ``jsonString(options:)``.
  public func jsonUTF8Data(options: JSONEncodingOptions = JSONEncodingOptions()) throws -> Data {
    try jsonUTF8Bytes(options: options)
  }

  /// Decodes a message from JSON.
  ///
  /// - Parameters:
  ///   - jsonString: an object; for the well-known types that have another form, that form.
  ///   - type: what it is a message of; the schema's extensions are recognised, and its types in an `Any`.
  ///   - options: limits, and what becomes of unknown fields.
  /// - Throws: ``JSONDecodingError``, or ``SwiftProtobufError`` for the type URL of an `Any`.
  public init(
    jsonString: String, type: DynamicMessageType, options: JSONDecodingOptions = JSONDecodingOptions()
  ) throws {
    self.init(type)
    var text = jsonString
    try text.withUTF8 { text in try readJSON(text, options) }
  }

  /// Decodes a message from JSON in UTF-8; otherwise as ``init(jsonString:type:options:)``.
  public init<Bytes: SwiftProtobufContiguousBytes>(
    jsonUTF8Bytes: Bytes, type: DynamicMessageType, options: JSONDecodingOptions = JSONDecodingOptions()
  ) throws {
    var message = DynamicMessage(type)
    try jsonUTF8Bytes.withUnsafeBytes { try message.readJSON($0.assumingMemoryBound(to: UInt8.self), options) }
    self = message
  }

  private mutating func readJSON(_ text: UnsafeBufferPointer<UInt8>, _ options: JSONDecodingOptions) throws {
    let table = type.table
    var reader = JSONReader(text, nil, options, schema: type.schema)
    let failure: JSONFault? = withMutableFields { fields in
      do throws(JSONFault) {
        reader.skipSpace()
        try reader.message(table, into: fields)
        try reader.finish()
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw JSONFaultLocator(text, failure, message: type.name).error }
  }

  private func withJSON<Result>(
    _ options: JSONEncodingOptions, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) throws -> Result {
    var writer = JSONWriter(options: options, schema: type.schema)
    var failure: (any Error)?
    withFields { fields in
      do { try writer.message(type.table, at: fields) } catch { failure = error }
    }
    if let failure { throw failure }
    return body(UnsafeBufferPointer(start: writer.out.start, count: writer.out.count))
  }
}
