/// Why a message could not be encoded in the binary format.
///
/// Two errors are equal when the reason is the same, whichever field it concerns.
public enum BinaryEncodingError: Error, Sendable {
  /// A `required` field is not set, and the caller did not ask for a partial message.
  ///
  /// The path of the first such field from the message, such as `shelf.books[2].title`, if it was found out.
  case missingRequiredFields(String?)
  /// The encoded message would be larger than 2 GiB, the most that protobuf allows.
  case tooLarge

  /// ``missingRequiredFields(_:)`` without a path.
  @inlinable public static var missingRequiredFields: Self { .missingRequiredFields(nil) }
}

extension BinaryEncodingError: Hashable {
  /// Equal when the reason is the same.
  public static func == (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.missingRequiredFields, .missingRequiredFields), (.tooLarge, .tooLarge): true
    default: false
    }
  }

  /// Hashes the reason.
  public func hash(into hasher: inout Hasher) { hasher.combine(self == .tooLarge) }
}

extension BinaryEncodingError: CustomStringConvertible {
  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .missingRequiredFields(let path):
      path.map { "the required field \($0) is not set" } ?? "a required field is not set"
    case .tooLarge: "the encoded message would be larger than 2 GiB"
    }
  }
}
