/// Why a text could not be decoded as a message, and where.
///
/// Two errors are equal when the reason is the same, wherever it was met: `error == .illegalNull`. A pattern need not name
/// the location either: `catch JSONDecodingError.illegalNull`.
public enum JSONDecodingError: Error, Sendable {
  /// The text is no JSON, or breaks a rule that has no case of its own.
  case failure(DecodingLocation?)
  /// No number where one is expected, or a malformed one.
  case malformedNumber(DecodingLocation?)
  /// A number is out of the field's range, or no integer where one is expected.
  case numberRange(DecodingLocation?)
  /// A map is no object, or has a key twice or a key of another type.
  case malformedMap(DecodingLocation?)
  /// Neither `true` nor `false` where one of them is expected.
  case malformedBool(DecodingLocation?)
  /// No string where one is expected, or one with a malformed escape, a control character or no base64.
  case malformedString(DecodingLocation?)
  /// A string is not valid UTF-8.
  case invalidUTF8(DecodingLocation?)
  /// The names of the fields are not known. Generated code always knows them.
  case missingFieldNames(DecodingLocation?)
  /// The text does not fit the message.
  case schemaMismatch(DecodingLocation?)
  /// An enum has no value with this name or number.
  case unrecognizedEnumValue(DecodingLocation?)
  /// `null` in a list or map.
  case illegalNull(DecodingLocation?)
  /// A map's key is not in quotes.
  case unquotedMapKey(DecodingLocation?)
  /// A number starts with a zero that does not belong there.
  case leadingZero(DecodingLocation?)
  /// The text ends too early.
  case truncated(DecodingLocation?)
  /// A string is no duration.
  case malformedDuration(DecodingLocation?)
  /// A string is no timestamp.
  case malformedTimestamp(DecodingLocation?)
  /// A string is no field mask.
  case malformedFieldMask(DecodingLocation?)
  /// Something follows the end of the message.
  case trailingGarbage(DecodingLocation?)
  /// Two members of a oneof.
  case conflictingOneOf(DecodingLocation?)
  /// Messages are nested more deeply than ``JSONDecodingOptions/messageDepthLimit`` allows.
  case messageDepthLimit(DecodingLocation?)
  /// The message has no field with this name; see ``JSONDecodingOptions/ignoreUnknownFields``.
  case unknownField(UnknownFieldName)

  /// The name of a field that a message does not have. Equal to another when the names are.
  public struct UnknownFieldName: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The name as it is in the text.
    public let name: String
    /// Where it was met.
    public let location: DecodingLocation?

    /// A name without a location.
    public init(_ name: String) {
      self.name = name
      location = nil
    }

    /// A name without a location.
    public init(stringLiteral value: String) { self.init(value) }

    init(_ name: String, _ location: DecodingLocation) {
      self.name = name
      self.location = location
    }

    /// The name.
    public var description: String { name }

    /// Equal names.
    public static func == (left: UnknownFieldName, right: UnknownFieldName) -> Bool { left.name == right.name }

    /// Equal names.
    public static func == (left: UnknownFieldName, right: String) -> Bool { left.name == right }

    /// Hashes the name.
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
  }

  init(_ code: JSONFault.Code, _ location: DecodingLocation, unknownField: () -> String) {
    switch code {
    case .failure, .emptyAnyTypeURL, .invalidAnyTypeURL: self = .failure(location)
    case .malformedNumber: self = .malformedNumber(location)
    case .numberRange: self = .numberRange(location)
    case .malformedMap: self = .malformedMap(location)
    case .malformedBool: self = .malformedBool(location)
    case .malformedString: self = .malformedString(location)
    case .invalidUTF8: self = .invalidUTF8(location)
    case .schemaMismatch: self = .schemaMismatch(location)
    case .unrecognizedEnumValue: self = .unrecognizedEnumValue(location)
    case .illegalNull: self = .illegalNull(location)
    case .unquotedMapKey: self = .unquotedMapKey(location)
    case .leadingZero: self = .leadingZero(location)
    case .truncated: self = .truncated(location)
    case .malformedDuration: self = .malformedDuration(location)
    case .malformedTimestamp: self = .malformedTimestamp(location)
    case .malformedFieldMask: self = .malformedFieldMask(location)
    case .trailingGarbage: self = .trailingGarbage(location)
    case .conflictingOneOf: self = .conflictingOneOf(location)
    case .messageDepthLimit: self = .messageDepthLimit(location)
    case .unknownField: self = .unknownField(UnknownFieldName(unknownField(), location))
    }
  }
}

// The cases without a location, as programs compare with them.
extension JSONDecodingError {
  /// ``failure(_:)`` without a location.
  public static var failure: Self { .failure(nil) }
  /// ``malformedNumber(_:)`` without a location.
  public static var malformedNumber: Self { .malformedNumber(nil) }
  /// ``numberRange(_:)`` without a location.
  public static var numberRange: Self { .numberRange(nil) }
  /// ``malformedMap(_:)`` without a location.
  public static var malformedMap: Self { .malformedMap(nil) }
  /// ``malformedBool(_:)`` without a location.
  public static var malformedBool: Self { .malformedBool(nil) }
  /// ``malformedString(_:)`` without a location.
  public static var malformedString: Self { .malformedString(nil) }
  /// ``invalidUTF8(_:)`` without a location.
  public static var invalidUTF8: Self { .invalidUTF8(nil) }
  /// ``missingFieldNames(_:)`` without a location.
  public static var missingFieldNames: Self { .missingFieldNames(nil) }
  /// ``schemaMismatch(_:)`` without a location.
  public static var schemaMismatch: Self { .schemaMismatch(nil) }
  /// ``unrecognizedEnumValue(_:)`` without a location.
  public static var unrecognizedEnumValue: Self { .unrecognizedEnumValue(nil) }
  /// ``illegalNull(_:)`` without a location.
  public static var illegalNull: Self { .illegalNull(nil) }
  /// ``unquotedMapKey(_:)`` without a location.
  public static var unquotedMapKey: Self { .unquotedMapKey(nil) }
  /// ``leadingZero(_:)`` without a location.
  public static var leadingZero: Self { .leadingZero(nil) }
  /// ``truncated(_:)`` without a location.
  public static var truncated: Self { .truncated(nil) }
  /// ``malformedDuration(_:)`` without a location.
  public static var malformedDuration: Self { .malformedDuration(nil) }
  /// ``malformedTimestamp(_:)`` without a location.
  public static var malformedTimestamp: Self { .malformedTimestamp(nil) }
  /// ``malformedFieldMask(_:)`` without a location.
  public static var malformedFieldMask: Self { .malformedFieldMask(nil) }
  /// ``trailingGarbage(_:)`` without a location.
  public static var trailingGarbage: Self { .trailingGarbage(nil) }
  /// ``conflictingOneOf(_:)`` without a location.
  public static var conflictingOneOf: Self { .conflictingOneOf(nil) }
  /// ``messageDepthLimit(_:)`` without a location.
  public static var messageDepthLimit: Self { .messageDepthLimit(nil) }
}

extension JSONDecodingError {
  /// Where decoding failed.
  public var location: DecodingLocation? {
    switch self {
    case .failure(let location), .malformedNumber(let location), .numberRange(let location),
      .malformedMap(let location), .malformedBool(let location), .malformedString(let location),
      .invalidUTF8(let location), .missingFieldNames(let location), .schemaMismatch(let location),
      .unrecognizedEnumValue(let location), .illegalNull(let location), .unquotedMapKey(let location),
      .leadingZero(let location), .truncated(let location), .malformedDuration(let location),
      .malformedTimestamp(let location), .malformedFieldMask(let location), .trailingGarbage(let location),
      .conflictingOneOf(let location), .messageDepthLimit(let location):
      location
    case .unknownField(let name): name.location
    }
  }

  /// What is wrong, in words, and whatever tells two errors of a kind apart.
  private var reason: String {
    switch self {
    case .failure: "the text is no JSON of such a message"
    case .malformedNumber: "a number is malformed"
    case .numberRange: "a number is out of range"
    case .malformedMap: "a map is malformed"
    case .malformedBool: "a bool is malformed"
    case .malformedString: "a string is malformed"
    case .invalidUTF8: "a string is not valid UTF-8"
    case .missingFieldNames: "the names of the fields are not known"
    case .schemaMismatch: "the text does not fit the message"
    case .unrecognizedEnumValue: "an enum has no such value"
    case .illegalNull: "null in a list or map"
    case .unquotedMapKey: "a key of a map is not in quotes"
    case .leadingZero: "a number starts with a zero"
    case .truncated: "the text ends too early"
    case .malformedDuration: "a duration is malformed"
    case .malformedTimestamp: "a timestamp is malformed"
    case .malformedFieldMask: "a field mask is malformed"
    case .trailingGarbage: "something follows the message"
    case .conflictingOneOf: "two members of a oneof"
    case .messageDepthLimit: "messages are nested more deeply than the limit allows"
    case .unknownField(let name): "the message has no field \(name)"
    }
  }
}

extension JSONDecodingError: Hashable {
  /// The same reason; locations take no part.
  public static func == (left: JSONDecodingError, right: JSONDecodingError) -> Bool { left.reason == right.reason }

  /// Hashes the reason.
  public func hash(into hasher: inout Hasher) { hasher.combine(reason) }
}

extension JSONDecodingError: CustomStringConvertible {
  /// What is wrong, in words, and where.
  public var description: String { location.map { "\($0)" } ?? reason }
}
