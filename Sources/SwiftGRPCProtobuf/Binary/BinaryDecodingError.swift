/// Why bytes could not be decoded as a message.
public enum BinaryDecodingError: Error, Hashable, Sendable {
  /// The bytes end inside a field.
  case truncated
  /// A string field does not hold UTF-8.
  case invalidUTF8
  /// A tag, varint or group breaks the rules of the format.
  case malformedProtobuf
  /// The bytes are sound, but a `required` field is not among them.
  case missingRequiredFields
  /// Messages are nested more deeply than ``BinaryDecodingOptions/messageDepthLimit`` allows.
  case messageDepthLimit
  /// More than 2 GiB, the most that protobuf allows in a message.
  case tooLarge
}

extension BinaryDecodingError: CustomStringConvertible {
  /// What is wrong, in words.
  public var description: String {
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
