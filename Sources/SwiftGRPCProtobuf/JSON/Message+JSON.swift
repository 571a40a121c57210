#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

extension Message {
  /// Encodes the message as JSON.
  ///
  /// - Throws: ``JSONEncodingError``, or ``SwiftProtobufError`` for the type URL of an `Any`, when a well-known type holds
  ///   what has no form in JSON.
  public func jsonString(options: JSONEncodingOptions = JSONEncodingOptions()) throws -> String {
    var writer = JSONWriter(options: options)
    try writeJSON(&writer)
    return writer.out.string
  }

  /// Encodes the message as JSON in UTF-8; otherwise as ``jsonString(options:)``.
  public func jsonUTF8Bytes<Bytes: SwiftProtobufContiguousBytes>(
    options: JSONEncodingOptions = JSONEncodingOptions()
  ) throws -> Bytes {
    var writer = JSONWriter(options: options)
    try writeJSON(&writer)
    return Bytes._copy(UnsafeBufferPointer(start: writer.out.start, count: writer.out.count))
  }

  /// Encodes the message as JSON in UTF-8; otherwise as ``jsonString(options:)``.
  public func jsonUTF8Data(options: JSONEncodingOptions = JSONEncodingOptions()) throws -> Data {
    try jsonUTF8Bytes(options: options)
  }

  /// Decodes a message from JSON.
  ///
  /// - Parameters:
  ///   - jsonString: an object; for the well-known types that have another form, that form.
  ///   - extensions: the extensions to recognise, in keys such as `"[acme.shelf]"`.
  ///   - options: limits, and what becomes of unknown fields.
  /// - Throws: ``JSONDecodingError``, or ``SwiftProtobufError`` for the type URL of an `Any`.
  public init(
    jsonString: String, extensions: (any ExtensionMap)? = nil, options: JSONDecodingOptions = JSONDecodingOptions()
  ) throws {
    var text = jsonString
    self = try text.withUTF8 { text in try Self._fromJSON(text, extensions, options) }
  }

  /// Decodes a message from JSON in UTF-8; otherwise as ``init(jsonString:extensions:options:)``.
  public init<Bytes: SwiftProtobufContiguousBytes>(
    jsonUTF8Bytes: Bytes, extensions: (any ExtensionMap)? = nil, options: JSONDecodingOptions = JSONDecodingOptions()
  ) throws {
    self = try jsonUTF8Bytes.withUnsafeBytes { bytes in
      try Self._fromJSON(bytes.assumingMemoryBound(to: UInt8.self), extensions, options)
    }
  }

  /// Decodes a message from JSON in UTF-8; otherwise as ``init(jsonString:extensions:options:)``.
  public init(
    jsonUTF8Data: Data, extensions: (any ExtensionMap)? = nil, options: JSONDecodingOptions = JSONDecodingOptions()
  ) throws {
    try self.init(jsonUTF8Bytes: jsonUTF8Data, extensions: extensions, options: options)
  }

  static func _fromJSON(
    _ text: UnsafeBufferPointer<UInt8>, _ extensions: (any ExtensionMap)?, _ options: JSONDecodingOptions
  ) throws -> Self {
    var reader = JSONReader(text, extensions, options)
    do throws(JSONFault) {
      var message = Self()
      reader.skipSpace()
      try message.readJSON(&reader)
      try reader.finish()
      return message
    } catch {
      throw JSONFaultLocator(text, error, message: protoMessageName).error
    }
  }

  /// Reads this message, which is a new one.
  mutating func readJSON(_ reader: inout JSONReader) throws(JSONFault) {
    let failure: JSONFault? = _withMutableFields { fields in
      do throws(JSONFault) {
        try reader.message(Self._table, into: fields)
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw failure }
  }

  /// Writes this message.
  func writeJSON(_ writer: inout JSONWriter) throws {
    var failure: (any Error)?
    withUnsafePointer(to: self) { message in
      Self._withFields(of: message) { fields in
        do { try writer.message(Self._table, at: fields) } catch { failure = error }
      }
    }
    if let failure { throw failure }
  }
}

extension SwiftProtobufContiguousBytes {
  /// A copy of UTF-8.
  static func _copy(_ bytes: UnsafeBufferPointer<UInt8>) -> Self {
    Self(encoded: EncodedBytes(count: bytes.count, start: UnsafeRawBufferPointer(bytes), filled: nil))
  }
}
