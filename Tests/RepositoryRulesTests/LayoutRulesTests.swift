import Foundation
import Testing

/// What lies where, and what texts may not contain.
@Suite struct LayoutRulesTests {
  static let topLevel: Set<String> = [
    "Package.swift", "Sources", "Plugin", "Runtime", "Tests", "Fixtures", "Makefile", "README.md", "CONTRIBUTING.md",
    "LICENSE",
  ]

  /// Files that people write: all of them, whatever their language.
  static func writtenFiles() -> [SourceFile] {
    SourceTree.files(
      below: ["Sources", "Plugin", "Runtime", "Tests"],
      extensions: ["swift", "py", "go", "cc", "h", "proto", "sh", "md"])
  }

  @Test func topLevelHasTheAgreedEntriesOnly() throws {
    let entries = try FileManager.default.contentsOfDirectory(atPath: SourceTree.root.path)
    let visible = Set(entries.filter { !$0.hasPrefix(".") })
    // SwiftPM writes its resolution there; it is not committed.
    #expect(visible.subtracting(Self.topLevel) == [] || visible.subtracting(Self.topLevel) == ["Package.resolved"])
    #expect(Self.topLevel.subtracting(visible) == [])
  }

  @Test func resolvedVersionsAndBuildProductsAreIgnored() throws {
    let ignored = try String(contentsOf: SourceTree.root.appending(path: ".gitignore"), encoding: .utf8)
    let entries = Set(ignored.split(separator: "\n").map(String.init))
    #expect(entries.isSuperset(of: ["Package.resolved", ".build/", ".venv/"]))
  }

  @Test func noFileDefersWork() {
    // Assembled, so that this file does not match itself.
    let marks = ["TO" + "DO", "FIX" + "ME", "HA" + "CK:", "XX" + "X:"]
    let deferring = Self.writtenFiles().filter { file in marks.contains(where: file.text.contains) }
    #expect(deferring.map(\.path) == [])
  }

  @Test(arguments: SourceTree.shippedSources().filter { !$0.isGenerated })
  func sourceFileExplainsItself(file: SourceFile) {
    let explained = file.lines.contains { line in
      let text = line.trimmingPrefix(while: \.isWhitespace)
      return text.hasPrefix("///") || text.hasPrefix("// ")
    }
    #expect(explained, "\(file.path) has no comment that says what it is for")
  }

  /// Spec: `statuscodes.md`, the codes that a gRPC library never generates.
  @Test func runtimeGeneratesNoCodesOfServices() {
    let codes = /code: \.(invalidArgument|notFound|alreadyExists|failedPrecondition|aborted|outOfRange|dataLoss)\b/
    // The health service is a service: its specification says when it answers NOT_FOUND.
    let generating = SourceTree.files(below: ["Runtime"])
      .filter { !$0.isGenerated && !$0.path.hasPrefix("Runtime/SwiftGRPCHealth/") }
      .filter { file in file.codeLines.contains { $0.contains(codes) } }
    #expect(generating.map(\.path) == [])
  }

  @Test func sourceFilesStayReadableInOneSitting() {
    let long = (SourceTree.shippedSources() + SourceTree.files(below: ["Tests"]))
      .filter { !$0.isGenerated && $0.lines.count > Self.mostLines }
    #expect(long.map { "\($0.path): \($0.lines.count)" } == [])
  }

  /// The aim is 400; a little more is better than a cut in the wrong place.
  static let mostLines = 500

  @Test func typesAreNamedAfterWhatTheyAre() {
    let vague = /(Manager|Helper|Helpers|Util|Utils|Utility|Common)$/
    let named = SourceTree.shippedSources().filter { !$0.isGenerated }
      .flatMap { file in file.declaredTypes.filter { $0.contains(vague) }.map { "\($0) in \(file.path)" } }
    #expect(named == [])
  }
}
