/// Why a message could not be encoded as JSON.
public enum JSONEncodingError: Error, Hashable, Sendable {
  /// An `Any` holds a message of a type that is not registered, or bytes that are no such message.
  case anyTranscodeFailure
  /// A `Timestamp` lies outside the years 1 to 9999.
  case timestampRange
  /// A `Duration` is longer than 10,000 years, or its seconds and nanoseconds have different signs.
  case durationRange
  /// A path of a `FieldMask` cannot be told from its form in JSON again.
  case fieldMaskConversion
  /// The names of the fields are not known. Generated code always knows them.
  case missingFieldNames
  /// A `google.protobuf.Value` without a kind.
  case missingValue
  /// A `google.protobuf.Value` holds a number that JSON has no number for: NaN or an infinity.
  case valueNumberNotFinite
}

extension JSONEncodingError: CustomStringConvertible {
  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .anyTranscodeFailure: "an Any holds a message of an unregistered type, or malformed bytes"
    case .timestampRange: "a Timestamp lies outside the years 1 to 9999"
    case .durationRange: "a Duration is longer than 10,000 years or has two signs"
    case .fieldMaskConversion: "a path of a FieldMask has no form in JSON"
    case .missingFieldNames: "the names of the fields are not known"
    case .missingValue: "a google.protobuf.Value has no kind"
    case .valueNumberNotFinite: "a google.protobuf.Value holds NaN or an infinity"
    }
  }
}
