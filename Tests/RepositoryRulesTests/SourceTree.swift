import Foundation

/// The repository that these tests belong to, as files.
enum SourceTree {
  /// The top of the repository.
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Every file below one of the given folders whose name ends in one of `extensions`, without what tools put there.
  static func files(below folders: [String], extensions: Set<String> = ["swift"]) -> [SourceFile] {
    folders.flatMap { folder in
      let start = root.appending(path: folder)
      let found = FileManager.default.enumerator(at: start, includingPropertiesForKeys: nil)?.allObjects ?? []
      return found.compactMap { $0 as? URL }
        .filter { extensions.contains($0.pathExtension) && !$0.path.contains("/.build/") }
        .compactMap { SourceFile(url: $0) }
        .sorted { $0.path < $1.path }
    }
  }

  /// The Swift sources that are shipped: libraries and plugin, without tests and examples.
  static func shippedSources() -> [SourceFile] {
    files(below: ["Sources", "Plugin", "Runtime"]).filter { !$0.path.hasPrefix("Sources/Examples/") }
  }
}

/// One source file and the views of it that the rules need.
struct SourceFile: CustomStringConvertible {
  /// The path from the top of the repository.
  let path: String

  /// The whole text.
  let text: String

  init?(url: URL) {
    guard let text = try? String(contentsOf: url, encoding: .utf8) else { return nil }
    self.path = String(url.path.dropFirst(SourceTree.root.path.count + 1))
    self.text = text
  }

  /// A file made of a text, for the tests of these rules.
  init(path: String, text: String) {
    self.path = path
    self.text = text
  }

  var description: String { path }

  /// Whether a generator wrote this file.
  var isGenerated: Bool { ["swift-format-ignore-file", "DO NOT EDIT"].contains(where: text.prefix(400).contains) }

  var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

  /// The modules that this file imports.
  var imports: Set<String> {
    var modules: Set<String> = []
    for line in codeLines {
      var words = line.split(separator: " ")[...]
      while let first = words.first, first.hasPrefix("@") || Self.importModifiers.contains(String(first)) {
        words.removeFirst()
      }
      guard words.first == "import", let name = words.last else { continue }
      modules.insert(String(name.split(separator: ".")[0]))
    }
    return modules
  }

  private static let importModifiers: Set<String> = ["public", "package", "internal", "fileprivate", "private"]

  /// The lines without comments and without what is written inside string literals.
  var codeLines: [String] {
    var insideText = false
    return lines.map { line in
      // Most lines have neither a string nor a comment.
      if !insideText, !line.utf8.contains(UInt8(ascii: "\"")), !line.utf8.contains(UInt8(ascii: "/")) {
        return String(line)
      }
      var code = ""
      var rest = line
      var insideString = insideText
      while let character = rest.first {
        if rest.hasPrefix("\"\"\"") {
          insideText.toggle()
          insideString = insideText
          rest = rest.dropFirst(3)
        } else if insideText {
          rest = rest.dropFirst()
        } else if insideString, character == "\\" {
          rest = rest.dropFirst(2)
        } else if character == "\"" {
          insideString.toggle()
          rest = rest.dropFirst()
        } else if !insideString, rest.hasPrefix("//") {
          break
        } else {
          if !insideString { code.append(character) }
          rest = rest.dropFirst()
        }
      }
      return code
    }
  }

  /// The words of the code, in order.
  var codeWords: [Substring] {
    codeLines.joined(separator: "\n").split { !($0.isLetter || $0.isNumber || $0 == "_") }
  }

  /// The names of the types that this file declares at its top level.
  var declaredTypes: Set<String> {
    var names: Set<String> = []
    for line in codeLines where line.first.map({ $0.isLetter || $0 == "@" }) == true {
      let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "@") }
      guard !words.contains("extension"),
        let keyword = words.firstIndex(where: { Self.typeKeywords.contains(String($0)) }), keyword + 1 < words.count
      else { continue }
      names.insert(String(words[keyword + 1]))
    }
    return names
  }

  private static let typeKeywords: Set<String> = ["struct", "class", "enum", "protocol", "actor", "typealias"]
}
