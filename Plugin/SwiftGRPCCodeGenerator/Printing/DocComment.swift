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
  mutating func printDocumentation(_ comment: SourceComments.Comment, isDeprecated: Bool = false, of kind: String = "")
  {
    let note = isDeprecated ? "This \(kind) is marked as deprecated in the .proto file." : nil
    print(lines: DocComment.lines(comment, deprecationNote: note))
  }
}
