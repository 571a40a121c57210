/// What is wrong in a JSON text, as the reader notes it: a code and a place. ``JSONFaultLocator`` makes an error of it
/// that people can read, so that reading itself keeps no record of where it is.
struct JSONFault: Error {
  /// The cases of ``JSONDecodingError``, and the two errors of type URLs.
  enum Code: UInt8 {
    case failure, malformedNumber, numberRange, malformedMap, malformedBool, malformedString, invalidUTF8
    case schemaMismatch, unrecognizedEnumValue, illegalNull, unquotedMapKey, leadingZero, truncated
    case malformedDuration, malformedTimestamp, malformedFieldMask, trailingGarbage, conflictingOneOf
    case messageDepthLimit, unknownField, emptyAnyTypeURL, invalidAnyTypeURL
  }

  let code: Code
  /// The byte from the start of the text.
  let offset: Int
  /// What would have been right, in words: `expected …`.
  let expected: StaticString
}
