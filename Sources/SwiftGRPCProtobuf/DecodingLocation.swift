/// Where in its input a message could not be decoded.
///
/// Found out when decoding has failed, so that good input pays nothing for it.
public final class DecodingLocation: Sendable {
  /// The full name of the message that was to be decoded.
  public let message: String
  /// The path of the field from that message, such as `shelf.books[2].title`; empty for the message itself.
  public let fieldPath: String
  /// The byte of the input, counted from 0.
  public let byteOffset: Int
  /// The line of a text, counted from 1; `nil` in the binary format.
  public let line: Int?
  /// The column in the line, counted from 1 in bytes of UTF-8; `nil` in the binary format.
  public let column: Int?
  /// What the decoder expected there and what it found, in words.
  public let expected: String

  init(
    message: String, fieldPath: String, byteOffset: Int, line: Int? = nil, column: Int? = nil, expected: String
  ) {
    self.message = message
    self.fieldPath = fieldPath
    self.byteOffset = byteOffset
    self.line = line
    self.column = column
    self.expected = expected
  }
}

extension DecodingLocation: CustomStringConvertible {
  /// For people: `line 3, column 14, field books[2].title of acme.Shelf: expected a string, found 12`.
  public var description: String {
    var text = "byte \(byteOffset)"
    if let line, let column { text = "line \(line), column \(column)" }
    text += fieldPath.isEmpty ? ", \(message)" : ", field \(fieldPath) of \(message)"
    return expected.isEmpty ? text : "\(text): \(expected)"
  }
}
