/// Why a message could not be encoded in the binary format.
public enum BinaryEncodingError: Error, Hashable, Sendable {
  /// A `required` field is not set, and the caller did not ask for a partial message.
  case missingRequiredFields
  /// The encoded message would be larger than 2 GiB, the most that protobuf allows.
  case tooLarge
}

extension BinaryEncodingError: CustomStringConvertible {
  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .missingRequiredFields: "a required field is not set"
    case .tooLarge: "the encoded message would be larger than 2 GiB"
    }
  }
}
