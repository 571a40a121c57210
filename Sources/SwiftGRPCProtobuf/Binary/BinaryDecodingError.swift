/// Why bytes could not be decoded as a message, and where.
///
/// Two errors are equal when the reason is the same, wherever it was met: `error == .truncated`. A pattern need not name
/// the location either: `catch BinaryDecodingError.truncated`.
public enum BinaryDecodingError: Error, Sendable {
  /// The bytes end inside a field.
  case truncated(DecodingLocation?)
  /// A string field does not hold UTF-8.
  case invalidUTF8(DecodingLocation?)
  /// A tag, varint or group breaks the rules of the format.
  case malformedProtobuf(DecodingLocation?)
  /// The bytes are sound, but a `required` field is not among them.
  case missingRequiredFields(DecodingLocation?)
  /// Messages are nested more deeply than ``BinaryDecodingOptions/messageDepthLimit`` allows.
  case messageDepthLimit(DecodingLocation?)
  /// More than 2 GiB, the most that protobuf allows in a message.
  case tooLarge

  /// ``truncated(_:)`` without a location.
  @inlinable public static var truncated: Self { .truncated(nil) }
  /// ``invalidUTF8(_:)`` without a location.
  @inlinable public static var invalidUTF8: Self { .invalidUTF8(nil) }
  /// ``malformedProtobuf(_:)`` without a location.
  @inlinable public static var malformedProtobuf: Self { .malformedProtobuf(nil) }
  /// ``missingRequiredFields(_:)`` without a location.
  @inlinable public static var missingRequiredFields: Self { .missingRequiredFields(nil) }
  /// ``messageDepthLimit(_:)`` without a location.
  @inlinable public static var messageDepthLimit: Self { .messageDepthLimit(nil) }

  /// Where decoding failed, if that could be found out.
  public var location: DecodingLocation? {
    switch self {
    case .truncated(let location), .invalidUTF8(let location), .malformedProtobuf(let location),
      .missingRequiredFields(let location), .messageDepthLimit(let location):
      location
    case .tooLarge: nil
    }
  }

  /// The same reason at a location.
  func at(_ location: DecodingLocation?) -> BinaryDecodingError {
    switch self {
    case .truncated: .truncated(location)
    case .invalidUTF8: .invalidUTF8(location)
    case .malformedProtobuf: .malformedProtobuf(location)
    case .missingRequiredFields: .missingRequiredFields(location)
    case .messageDepthLimit: .messageDepthLimit(location)
    case .tooLarge: .tooLarge
    }
  }

  private var reason: String {
    switch self {
    case .truncated: "the message ends inside a field"
    case .invalidUTF8: "a string field is not valid UTF-8"
    case .malformedProtobuf: "a tag, varint or group is malformed"
    case .missingRequiredFields: "a required field is missing"
    case .messageDepthLimit: "messages are nested more deeply than the limit allows"
    case .tooLarge: "the message is larger than 2 GiB"
    }
  }
}

extension BinaryDecodingError: Hashable {
  /// Equal when the reason is the same.
  public static func == (left: Self, right: Self) -> Bool { left.reason == right.reason }

  /// Hashes the reason.
  public func hash(into hasher: inout Hasher) { hasher.combine(reason) }
}

extension BinaryDecodingError: CustomStringConvertible {
  /// What is wrong and where, in words.
  public var description: String { location.map { "\(reason) (\($0))" } ?? reason }
}
