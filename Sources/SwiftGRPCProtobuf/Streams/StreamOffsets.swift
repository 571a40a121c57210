// Errors that were noticed without knowledge of the stream around them learn where in it they are.

extension SwiftProtobufError {
  /// The same error, of the length that begins at an offset.
  @usableFromInline func at(_ offset: Int) -> SwiftProtobufError {
    var error = self
    error.byteOffset = offset
    return error
  }
}

extension BinaryDecodingError {
  /// The same error, in a message that begins at an offset.
  @usableFromInline func inMessage(at offset: Int) -> BinaryDecodingError {
    guard let location else { return self }
    return at(
      DecodingLocation(
        message: location.message, fieldPath: location.fieldPath, byteOffset: location.byteOffset + offset,
        expected: location.expected))
  }
}
