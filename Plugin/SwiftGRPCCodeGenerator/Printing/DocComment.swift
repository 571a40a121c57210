/// Turns the comments of .proto files into Swift's.
enum DocComment {
  /// The lines of a documentation comment, with their slashes.
  static func lines(_ comment: SourceComments.Comment, deprecationNote: String? = nil) -> [String] {
    var lines = textLines(comment.text)
    if let deprecationNote {
      if !lines.isEmpty { lines.append("") }
      lines.append(" - Note: \(deprecationNote)")
    }
    return lines.map { "///" + $0 }
  }

  /// The comments at the top of a file as plain comments, with an empty line after each block.
  static func headerLines(_ comment: SourceComments.Comment) -> [String] {
    (comment.detached + [comment.text]).map(textLines).filter { !$0.isEmpty }
      .flatMap { block in block.map { "//" + $0 } + [""] }
  }

  /// The lines of a comment as protoc hands them over: each keeps the space after the slashes.
  ///
  /// Line ends of all kinds are accepted, since a carriage return alone would end the Swift comment, too.
  private static func textLines(_ text: String) -> [String] {
    var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { line in
      String(line.reversed().drop(while: \.isWhitespace).reversed())
    }
    while lines.last?.isEmpty == true { lines.removeLast() }
    while lines.first?.isEmpty == true { lines.removeFirst() }
    return lines
  }
}

extension CodePrinter {
  /// Adds the documentation of a declaration, and a note when it is deprecated.
  ///
  /// A note only, as in the code that Swift's protobuf users have: an attribute would be an error where they build with
  /// warnings as errors.
  ///
  /// - Parameter file: the file of a type or extension, which may be deprecated as a whole.
  mutating func printDocumentation(
    _ comment: SourceComments.Comment, isDeprecated: Bool = false, of kind: String = "", in file: FileDescriptor? = nil
  ) {
    var note = isDeprecated ? "This \(kind) is marked as deprecated in the .proto file." : nil
    if note == nil, file?.isDeprecated == true {
      note = "The .proto file of this \(kind) is marked as deprecated as a whole."
    }
    print(lines: DocComment.lines(comment, deprecationNote: note))
  }
}
