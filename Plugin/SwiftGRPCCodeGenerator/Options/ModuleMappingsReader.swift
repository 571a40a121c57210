/// Reads the text format of the one message type that mapping files consist of.
///
/// The fields are `mapping`, and in it `module_name` and `proto_file_path`; comments, lists, both kinds of brackets and
/// of quotes, adjacent strings and separators are understood, as the text format specification has them.
struct ModuleMappingsReader {
  struct Entry: Equatable {
    var module = ""
    var protoPaths: [String] = []
    /// The line on which the entry starts, from 1.
    var line: Int
  }

  private enum Token: Equatable {
    case name(String)
    case string(String)
    case symbol(Character)
    case end

    var text: String {
      switch self {
      case .name(let name): "\"\(name)\""
      case .string: "a string"
      case .symbol(let symbol): "\"\(symbol)\""
      case .end: "the end of the file"
      }
    }
  }

  private var rest: Substring
  private var line = 1
  private var token = Token.end

  /// - Throws: ``GenerationError`` with the line of the mistake.
  static func entries(in text: String) throws(GenerationError) -> [Entry] {
    var reader = ModuleMappingsReader(rest: text[...])
    try reader.advance()
    var entries: [Entry] = []
    while reader.token != .end {
      let name = try reader.fieldName()
      guard name == "mapping" else { throw reader.failure("unknown field \"\(name)\"; expected mapping") }
      // A message field may do without the colon that others need.
      try reader.skipSymbol(":")
      try reader.list { reader throws(GenerationError) in entries.append(try reader.entry()) }
      try reader.skipSeparator()
    }
    return entries
  }

  private init(rest: Substring) {
    self.rest = rest
  }

  // MARK: Grammar

  private mutating func entry() throws(GenerationError) -> Entry {
    var entry = Entry(line: line)
    let closing: Character
    switch token {
    case .symbol("{"): closing = "}"
    case .symbol("<"): closing = ">"
    default: throw failure("expected { after mapping, found \(token.text)")
    }
    try advance()
    while token != .symbol(closing) {
      let name = try fieldName()
      guard token == .symbol(":") else { throw failure("expected : after \(name), found \(token.text)") }
      try advance()
      switch name {
      case "module_name": entry.module = try string()
      case "proto_file_path":
        try list { reader throws(GenerationError) in entry.protoPaths.append(try reader.string()) }
      default: throw failure("unknown field \"\(name)\"; expected module_name or proto_file_path")
      }
      try skipSeparator()
    }
    guard entry.module.isSwiftIdentifier else {
      throw failure("module_name of the mapping is \"\(entry.module)\"; expected the name of a module", at: entry.line)
    }
    guard !entry.protoPaths.isEmpty else {
      throw failure("the mapping of module \(entry.module) has no proto_file_path", at: entry.line)
    }
    try advance()
    return entry
  }

  /// One element, or several in brackets with commas between them.
  private mutating func list(
    _ element: (inout ModuleMappingsReader) throws(GenerationError) -> Void
  ) throws(GenerationError) {
    guard token == .symbol("[") else { return try element(&self) }
    try advance()
    while token != .symbol("]") {
      try element(&self)
      guard token == .symbol(",") || token == .symbol("]") else {
        throw failure("expected , or ] in the list, found \(token.text)")
      }
      try skipSymbol(",")
    }
    try advance()
  }

  private mutating func fieldName() throws(GenerationError) -> String {
    guard case .name(let name) = token else { throw failure("expected the name of a field, found \(token.text)") }
    try advance()
    return name
  }

  private mutating func string() throws(GenerationError) -> String {
    guard case .string(var value) = token else { throw failure("expected a string, found \(token.text)") }
    try advance()
    while case .string(let more) = token {
      value += more
      try advance()
    }
    return value
  }

  private mutating func skipSymbol(_ symbol: Character) throws(GenerationError) {
    if token == .symbol(symbol) { try advance() }
  }

  private mutating func skipSeparator() throws(GenerationError) {
    if token == .symbol(",") || token == .symbol(";") { try advance() }
  }

  private func failure(_ message: String, at line: Int? = nil) -> GenerationError {
    GenerationError("line \(line ?? self.line): \(message)")
  }

  // MARK: Tokens

  private mutating func advance() throws(GenerationError) {
    skipSpace()
    guard let first = rest.first else {
      token = .end
      return
    }
    switch first {
    case "\"", "'":
      rest.removeFirst()
      token = .string(try quoted(by: first))
    case "a"..."z", "A"..."Z", "_":
      let name = rest.prefix { $0 == "_" || $0.isASCII && ($0.isLetter || $0.isNumber) }
      rest = rest[name.endIndex...]
      token = .name(String(name))
    case "{", "}", "<", ">", "[", "]", ":", ",", ";":
      rest.removeFirst()
      token = .symbol(first)
    default: throw failure("unexpected \"\(first)\"")
    }
  }

  private mutating func skipSpace() {
    while let first = rest.first, first.isWhitespace || first == "#" {
      if first == "#" {
        rest = rest.drop { !$0.isNewline }
      } else {
        if first.isNewline { line += 1 }
        rest.removeFirst()
      }
    }
  }

  private mutating func quoted(by quote: Character) throws(GenerationError) -> String {
    var value = ""
    while let next = rest.popFirst(), !next.isNewline {
      if next == quote { return value }
      guard next == "\\" else {
        value.append(next)
        continue
      }
      switch rest.popFirst() {
      case "\\": value += "\\"
      case "\"": value += "\""
      case "'": value += "'"
      case let other: throw failure("escape \\\(other.map { String($0) } ?? "") has no use in a path")
      }
    }
    throw failure("string without closing \(quote)")
  }
}
