/// Why a text could not be read as a message, and where.
///
/// Two errors are equal when the reason is the same, wherever it was met: `error == .malformedText`. A pattern need not
/// name the location either: `catch TextFormatDecodingError.malformedText`.
public enum TextFormatDecodingError: Error, Sendable {
  /// The text breaks the rules of the format, or states a field twice that is not repeated.
  case malformedText(DecodingLocation?)
  /// A number is malformed, or out of its field's range.
  case malformedNumber(DecodingLocation?)
  /// Does not happen: what follows a message is ``malformedText(_:)``. Code that lists every case may name it.
  case trailingGarbage(DecodingLocation?)
  /// Does not happen: a text that ends too early is ``malformedText(_:)``.
  case truncated(DecodingLocation?)
  /// A `string` field does not hold UTF-8.
  case invalidUTF8(DecodingLocation?)
  /// Does not happen: a value of another type is ``malformedText(_:)`` or ``malformedNumber(_:)``.
  case schemaMismatch(DecodingLocation?)
  /// The message has no names of fields. Does not happen: generated code always has them.
  case missingFieldNames(DecodingLocation?)
  /// The message has no field or extension of this name.
  case unknownField(DecodingLocation?)
  /// The enum has no value of this name or number.
  case unrecognizedEnumValue(DecodingLocation?)
  /// Two fields of one oneof are set.
  case conflictingOneOf(DecodingLocation?)
  /// Does not happen.
  case internalExtensionError(DecodingLocation?)
  /// Messages are nested more deeply than ``TextFormatDecodingOptions/messageDepthLimit`` allows.
  case messageDepthLimit(DecodingLocation?)

  /// ``malformedText(_:)`` without a location.
  public static var malformedText: Self { .malformedText(nil) }
  /// ``malformedNumber(_:)`` without a location.
  public static var malformedNumber: Self { .malformedNumber(nil) }
  /// ``trailingGarbage(_:)`` without a location.
  public static var trailingGarbage: Self { .trailingGarbage(nil) }
  /// ``truncated(_:)`` without a location.
  public static var truncated: Self { .truncated(nil) }
  /// ``invalidUTF8(_:)`` without a location.
  public static var invalidUTF8: Self { .invalidUTF8(nil) }
  /// ``schemaMismatch(_:)`` without a location.
  public static var schemaMismatch: Self { .schemaMismatch(nil) }
  /// ``missingFieldNames(_:)`` without a location.
  public static var missingFieldNames: Self { .missingFieldNames(nil) }
  /// ``unknownField(_:)`` without a location.
  public static var unknownField: Self { .unknownField(nil) }
  /// ``unrecognizedEnumValue(_:)`` without a location.
  public static var unrecognizedEnumValue: Self { .unrecognizedEnumValue(nil) }
  /// ``conflictingOneOf(_:)`` without a location.
  public static var conflictingOneOf: Self { .conflictingOneOf(nil) }
  /// ``internalExtensionError(_:)`` without a location.
  public static var internalExtensionError: Self { .internalExtensionError(nil) }
  /// ``messageDepthLimit(_:)`` without a location.
  public static var messageDepthLimit: Self { .messageDepthLimit(nil) }

  /// Where decoding failed.
  public var location: DecodingLocation? {
    switch self {
    case .malformedText(let location), .malformedNumber(let location), .trailingGarbage(let location),
      .truncated(let location), .invalidUTF8(let location), .schemaMismatch(let location),
      .missingFieldNames(let location), .unknownField(let location), .unrecognizedEnumValue(let location),
      .conflictingOneOf(let location), .internalExtensionError(let location), .messageDepthLimit(let location):
      location
    }
  }

  private var reason: String {
    switch self {
    case .malformedText: "the text is malformed"
    case .malformedNumber: "a number is malformed or out of range"
    case .trailingGarbage: "text follows the end of the message"
    case .truncated: "the text ends inside a message or value"
    case .invalidUTF8: "a string field is not valid UTF-8"
    case .schemaMismatch: "a value is not of its field's type"
    case .missingFieldNames: "the message has no names of fields"
    case .unknownField: "the message has no such field"
    case .unrecognizedEnumValue: "the enum has no such value"
    case .conflictingOneOf: "a oneof is set twice"
    case .internalExtensionError: "an extension could not be read"
    case .messageDepthLimit: "messages are nested more deeply than the limit allows"
    }
  }
}

extension TextFormatDecodingError: Hashable {
  /// Equal when the reason is the same.
  public static func == (left: Self, right: Self) -> Bool { left.reason == right.reason }

  /// Hashes the reason.
  public func hash(into hasher: inout Hasher) { hasher.combine(reason) }
}

extension TextFormatDecodingError: CustomStringConvertible {
  /// What is wrong and where, in words.
  public var description: String { location.map { "\(reason) (\($0))" } ?? reason }
}
