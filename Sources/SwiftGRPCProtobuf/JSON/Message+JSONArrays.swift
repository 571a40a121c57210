#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// Arrays of messages, which JSON has and the other formats lack.
extension Message {
  /// Encodes messages as a JSON array; otherwise as ``jsonString(options:)``.
  public static func jsonString<Messages: Collection>(
    from collection: Messages, options: JSONEncodingOptions = JSONEncodingOptions()
  ) throws -> String where Messages.Element == Self {
    try withJSON(of: collection, options) { String(decoding: $0, as: UTF8.self) }
  }

  /// Encodes messages as a JSON array in UTF-8; otherwise as ``jsonString(options:)``.
  public static func jsonUTF8Bytes<Messages: Collection, Bytes: SwiftProtobufContiguousBytes>(
    from collection: Messages, options: JSONEncodingOptions = JSONEncodingOptions()
  ) throws -> Bytes where Messages.Element == Self {
    try withJSON(of: collection, options) { Bytes._copy($0) }
  }

  /// Encodes messages as a JSON array in UTF-8; otherwise as ``jsonString(options:)``.
  public static func jsonUTF8Data<Messages: Collection>(
    from collection: Messages, options: JSONEncodingOptions = JSONEncodingOptions()
  ) throws -> Data where Messages.Element == Self {
    try jsonUTF8Bytes(from: collection, options: options)
  }

  /// Decodes messages from a JSON array; otherwise as ``init(jsonString:extensions:options:)``.
  public static func array(
    fromJSONString jsonString: String, extensions: any ExtensionMap = SimpleExtensionMap(),
    options: JSONDecodingOptions = JSONDecodingOptions()
  ) throws -> [Self] {
    var text = jsonString
    return try text.withUTF8 { text in try _arrayFromJSON(text, extensions, options) }
  }

  /// Decodes messages from a JSON array in UTF-8; otherwise as ``init(jsonString:extensions:options:)``.
  public static func array<Bytes: SwiftProtobufContiguousBytes>(
    fromJSONUTF8Bytes jsonUTF8Bytes: Bytes, extensions: any ExtensionMap = SimpleExtensionMap(),
    options: JSONDecodingOptions = JSONDecodingOptions()
  ) throws -> [Self] {
    try jsonUTF8Bytes.withUnsafeBytes { bytes in
      try _arrayFromJSON(bytes.assumingMemoryBound(to: UInt8.self), extensions, options)
    }
  }

  /// Decodes messages from a JSON array in UTF-8; otherwise as ``init(jsonString:extensions:options:)``.
  public static func array(
    fromJSONUTF8Data jsonUTF8Data: Data, extensions: any ExtensionMap = SimpleExtensionMap(),
    options: JSONDecodingOptions = JSONDecodingOptions()
  ) throws -> [Self] {
    try array(fromJSONUTF8Bytes: jsonUTF8Data, extensions: extensions, options: options)
  }

  private static func _arrayFromJSON(
    _ text: UnsafeBufferPointer<UInt8>, _ extensions: any ExtensionMap, _ options: JSONDecodingOptions
  ) throws -> [Self] {
    var reader = JSONReader(text, extensions, options)
    do throws(JSONFault) {
      var messages: [Self] = []
      reader.skipSpace()
      if try reader.open("[", "]", or: .failure, "a list") {
        repeat {
          var message = Self()
          try message.readJSON(&reader)
          messages.append(message)
        } while try reader.next("]")
      }
      try reader.finish()
      return messages
    } catch {
      throw JSONFaultLocator(text, error, message: protoMessageName).error
    }
  }

  private static func withJSON<Messages: Collection, Result>(
    of messages: Messages, _ options: JSONEncodingOptions, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) throws -> Result where Messages.Element == Self {
    var writer = JSONWriter(options: options)
    for message in messages {
      writer.out.append(UInt8(ascii: ","))
      try message.writeJSON(&writer)
    }
    writer.end(0, "[", "]")
    return body(UnsafeBufferPointer(start: writer.out.start, count: writer.out.count))
  }
}
