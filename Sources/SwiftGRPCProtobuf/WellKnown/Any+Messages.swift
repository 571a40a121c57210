#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The prefix of type URLs whose types nobody serves: `type.googleapis.com`.
public let defaultAnyTypeURLPrefix: String = "type.googleapis.com"

/// Why an `Any` could not be unpacked.
public enum AnyUnpackError: Error, Hashable, Sendable {
  /// The `Any` holds another message type.
  case typeMismatch
  /// The type URL has no name after its last slash.
  case malformedTypeURL
}

extension AnyUnpackError: CustomStringConvertible {
  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .typeMismatch: "the Any holds another message type"
    case .malformedTypeURL: "the type URL of the Any names no message type"
    }
  }
}

extension Google_Protobuf_Any {
  /// Packs a message, and registers its type, so that the `Any` can be printed as JSON and text.
  ///
  /// - Parameters:
  ///   - message: what to pack; its encoding becomes ``value``.
  ///   - partial: accept that required fields are not all set.
  ///   - typePrefix: what precedes the slash and the message's name in ``typeURL``.
  /// - Throws: ``BinaryEncodingError`` when the message cannot be encoded.
  public init(
    message: any Message, partial: Bool = false, typePrefix: String = defaultAnyTypeURLPrefix
  ) throws {
    self.init()
    let type = type(of: message)
    Self.register(messageType: type)
    let name = type.protoMessageName
    typeURL = typePrefix.hasSuffix("/") ? typePrefix + name : "\(typePrefix)/\(name)"
    value = try message.serializedData(partial: partial)
  }

  /// True when the message that is packed has this type.
  public func isA<M: Message>(_ type: M.Type) -> Bool { messageName == M.protoMessageName }

  /// The full name of the packed message's type: what follows the last slash of ``typeURL``, or all of it.
  var messageName: String {
    typeURL.utf8.contains(UInt8(ascii: "/")) ? Self.messageName(inTypeURL: typeURL) ?? "" : typeURL
  }

  /// What follows the last slash of a type URL; `nil` when there is no slash, or nothing behind it.
  static func messageName(inTypeURL url: String) -> String? {
    guard let slash = url.lastIndex(of: "/"), slash != url.indices.last else { return nil }
    return String(url[url.index(after: slash)...])
  }
}

extension Message {
  /// Unpacks a message from an `Any`.
  ///
  /// - Throws: ``AnyUnpackError`` when the `Any` holds another type, ``BinaryDecodingError`` when its bytes are no such
  ///   message.
  public init(
    unpackingAny any: Google_Protobuf_Any, extensions: (any ExtensionMap)? = nil,
    options: BinaryDecodingOptions = BinaryDecodingOptions()
  ) throws {
    let name = any.messageName
    if name.isEmpty, !any.typeURL.isEmpty { throw AnyUnpackError.malformedTypeURL }
    guard name == Self.protoMessageName else { throw AnyUnpackError.typeMismatch }
    try self.init(serializedBytes: any.value, extensions: extensions, options: options)
  }
}
