/// An error in what surrounds messages, such as the lengths in a stream of them; it says where it was noticed.
///
/// Errors of the encoding itself are ``BinaryDecodingError`` and its like.
public struct SwiftProtobufError: Error, Sendable {
  /// What went wrong, for programs.
  public var code: Code
  /// What went wrong, for people.
  public var message: String
  /// Where in the stream of messages it was noticed, in bytes from the start; `nil` when that is not known.
  public var byteOffset: Int?
  /// Where in the source code it was noticed.
  public var location: SourceLocation

  /// An error with these properties.
  public init(code: Code, message: String, location: SourceLocation) {
    self.code = code
    self.message = message
    self.location = location
  }

  /// What kind of work went wrong.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    private enum Kind: String {
      case binaryDecodingError, binaryStreamDecodingError, jsonDecodingError, jsonEncodingError
    }

    private let kind: Kind

    /// Decoding a message.
    public static var binaryDecodingError: Code { Code(kind: .binaryDecodingError) }
    /// Finding the messages in a stream.
    public static var binaryStreamDecodingError: Code { Code(kind: .binaryStreamDecodingError) }
    /// Decoding JSON.
    public static var jsonDecodingError: Code { Code(kind: .jsonDecodingError) }
    /// Encoding JSON.
    public static var jsonEncodingError: Code { Code(kind: .jsonEncodingError) }

    /// The name of the code.
    public var description: String { kind.rawValue }
  }

  /// A place in source code.
  public struct SourceLocation: Hashable, Sendable {
    /// The function's name.
    public var function: String
    /// The file's name, with that of its module.
    public var file: String
    /// The line's number, from 1.
    public var line: Int

    /// A place in source code.
    public init(function: String, file: String, line: Int) {
      self.function = function
      self.file = file
      self.line = line
    }
  }
}

extension SwiftProtobufError: CustomStringConvertible {
  /// Code, message and place.
  public var description: String {
    let place = byteOffset.map { ", at byte \($0)" } ?? ""
    return "\(code): \(message)\(place) (in \(location.function), \(location.file):\(location.line))"
  }
}

extension SwiftProtobufError {
  /// The errors of decoding a message.
  public enum BinaryDecoding {
    /// A message, string or bytes field is larger than 2 GiB.
    public static func tooLarge(
      function: String = #function, file: String = #fileID, line: Int = #line
    ) -> SwiftProtobufError {
      SwiftProtobufError(
        code: .binaryDecodingError, message: "larger than 2 GiB, the most that protobuf allows",
        location: SourceLocation(function: function, file: file, line: line))
    }
  }

  /// The errors of finding the messages in a stream.
  public enum BinaryStreamDecoding {
    /// The length before a message is more than 2 GiB.
    public static func tooLarge(
      function: String = #function, file: String = #fileID, line: Int = #line
    ) -> SwiftProtobufError {
      SwiftProtobufError(
        code: .binaryStreamDecodingError, message: "a message larger than 2 GiB, the most that protobuf allows",
        location: SourceLocation(function: function, file: file, line: line))
    }

    /// The length before a message is no varint.
    public static func malformedLength(
      function: String = #function, file: String = #fileID, line: Int = #line
    ) -> SwiftProtobufError {
      SwiftProtobufError(
        code: .binaryStreamDecodingError, message: "the length before a message is longer than ten bytes",
        location: SourceLocation(function: function, file: file, line: line))
    }

    /// The stream ended where a message could have begun: no more of them, unless more bytes are yet to come.
    public static func noBytesAvailable(
      function: String = #function, file: String = #fileID, line: Int = #line
    ) -> SwiftProtobufError {
      SwiftProtobufError(
        code: .binaryStreamDecodingError, message: "the stream ended where a message could have begun",
        location: SourceLocation(function: function, file: file, line: line))
    }
  }

  /// The errors of decoding JSON.
  public enum JSONDecoding {
    /// The `@type` of an `Any` is no type URL.
    public static func invalidAnyTypeURL(
      type_url: String, function: String = #function, file: String = #fileID, line: Int = #line
    ) -> SwiftProtobufError {
      SwiftProtobufError(
        code: .jsonDecodingError, message: "the @type of a google.protobuf.Any is no type URL: \(type_url)",
        location: SourceLocation(function: function, file: file, line: line))
    }

    /// An `Any` has fields, but no `@type` that says of what message.
    public static func emptyAnyTypeURL(
      function: String = #function, file: String = #fileID, line: Int = #line
    ) -> SwiftProtobufError {
      SwiftProtobufError(
        code: .jsonDecodingError, message: "a google.protobuf.Any with fields, but without @type",
        location: SourceLocation(function: function, file: file, line: line))
    }
  }

  /// The errors of encoding JSON.
  public enum JSONEncoding {
    /// The type URL of an `Any` is none.
    public static func invalidAnyTypeURL(
      type_url: String, function: String = #function, file: String = #fileID, line: Int = #line
    ) -> SwiftProtobufError {
      SwiftProtobufError(
        code: .jsonEncodingError, message: "the type URL of a google.protobuf.Any is none: \(type_url)",
        location: SourceLocation(function: function, file: file, line: line))
    }

    /// An `Any` has a value, but no type URL that says of what message.
    public static func emptyAnyTypeURL(
      function: String = #function, file: String = #fileID, line: Int = #line
    ) -> SwiftProtobufError {
      SwiftProtobufError(
        code: .jsonEncodingError, message: "a google.protobuf.Any with a value, but without type URL",
        location: SourceLocation(function: function, file: file, line: line))
    }
  }
}
