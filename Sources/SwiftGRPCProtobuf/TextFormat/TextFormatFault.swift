/// Why and where reading a text failed, as the reader knows it: without path, line and column.
struct TextFormatFault: Error {
  enum Reason {
    case malformedText, malformedNumber, invalidUTF8, unknownField, unrecognizedEnumValue, conflictingOneOf
    case messageDepthLimit
  }

  let reason: Reason
  /// The byte in the text, counted from 0.
  let offset: Int
  /// What should stand there, or a sentence of what is wrong there.
  let expected: StaticString
  /// `expected` is a sentence by itself: what was found instead says nothing.
  let isSentence: Bool

  /// The error that users see.
  func error(at location: DecodingLocation?) -> TextFormatDecodingError {
    switch reason {
    case .malformedText: .malformedText(location)
    case .malformedNumber: .malformedNumber(location)
    case .invalidUTF8: .invalidUTF8(location)
    case .unknownField: .unknownField(location)
    case .unrecognizedEnumValue: .unrecognizedEnumValue(location)
    case .conflictingOneOf: .conflictingOneOf(location)
    case .messageDepthLimit: .messageDepthLimit(location)
    }
  }
}

extension TextFormatReader {
  /// Something else should stand at `position`.
  @inline(never)
  func expected(
    _ expected: StaticString, _ reason: TextFormatFault.Reason = .malformedText, at position: UnsafePointer<UInt8>
  ) -> TextFormatFault {
    TextFormatFault(reason: reason, offset: position - start, expected: expected, isSentence: false)
  }

  /// What stands at `position` is wrong.
  @inline(never)
  func fault(
    _ sentence: StaticString, _ reason: TextFormatFault.Reason = .malformedText, at position: UnsafePointer<UInt8>
  ) -> TextFormatFault {
    TextFormatFault(reason: reason, offset: position - start, expected: sentence, isSentence: true)
  }
}
