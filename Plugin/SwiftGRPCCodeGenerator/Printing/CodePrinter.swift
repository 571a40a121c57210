/// Collects the lines of a source file and indents them.
struct CodePrinter {
  /// The text so far; every line ends in a line feed.
  private(set) var content = ""
  private var indentation = ""

  init() {}

  /// Adds a line, or each line of a text that has several; an empty one adds an empty line.
  mutating func print(_ text: String = "") {
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if !line.isEmpty {
        content += indentation
        content += line
      }
      content += "\n"
    }
  }

  /// Adds lines.
  mutating func print(lines: some Sequence<String>) {
    for line in lines { print(line) }
  }

  /// Indents what `body` adds by two spaces.
  mutating func indented(_ body: (inout CodePrinter) -> Void) {
    indentation += "  "
    body(&self)
    indentation.removeLast(2)
  }

  /// Adds `header` and an opening brace, what `body` adds, indented, and the closing brace.
  ///
  /// - Parameter parameters: what follows the opening brace of a closure, `request in`.
  mutating func block(_ header: String, parameters: String = "", _ body: (inout CodePrinter) -> Void) {
    print(header + (parameters.isEmpty ? " {" : " { \(parameters)"))
    indented(body)
    print("}")
  }
}
