import Testing

/// The layers inside the runtime module: `Client, Server → Transport → Call → Wire → values`, never back.
@Suite struct LayerRulesTests {
  /// A part of the runtime module and the parts whose types it may name.
  struct Layer {
    let folder: String
    let mayName: Set<String>
  }

  static let runtime = "Runtime/SwiftGRPC/"

  static let layers = [
    Layer(folder: "", mayName: []),
    Layer(folder: "Wire/", mayName: [""]),
    Layer(folder: "Call/", mayName: ["", "Wire/"]),
    Layer(folder: "Transport/", mayName: ["", "Wire/", "Call/"]),
    Layer(folder: "Client/", mayName: ["", "Wire/", "Call/", "Transport/"]),
    Layer(folder: "Server/", mayName: ["", "Wire/", "Call/", "Transport/"]),
  ]

  /// Names that a lower layer needs all the same, each with its reason.
  static let exceptions: [String: Set<String>] = [
    // Metadata stays as it was received until somebody asks for a value.
    "Runtime/SwiftGRPC/Metadata.swift": ["ASCII", "Base64", "ReceivedMetadata"],
    "Runtime/SwiftGRPC/Metadata+Values.swift": ["Base64"],
  ]

  static func layer(of file: SourceFile) -> Layer? {
    let rest = file.path.dropFirst(runtime.count)
    let folder = rest.firstIndex(of: "/").map { rest[...$0] } ?? ""
    return layers.first { $0.folder == folder }
  }

  /// The sources of the module.
  static let files = SourceTree.files(below: ["Runtime/SwiftGRPC"])

  /// Where each type at the top level of a file is declared; read once, because every test needs all of it.
  static let declarations = files.map { file in (file: file, layer: layer(of: file)?.folder, types: file.declaredTypes)
  }

  @Test(arguments: files)
  func fileNamesNoTypeOfAHigherLayer(file: SourceFile) throws {
    let own = try #require(Self.layer(of: file), "\(file.path) is in no layer")
    var forbidden: [String: String] = [:]
    for other in Self.declarations {
      guard let layer = other.layer, layer != own.folder, !own.mayName.contains(layer) else { continue }
      for type in other.types { forbidden[type] = other.file.path }
    }
    let named = Set(file.codeWords.map(String.init)).intersection(forbidden.keys)
    let unexpected = named.subtracting(Self.exceptions[file.path, default: []])
    #expect(unexpected == [], "\(unexpected.map { "\($0) of \(forbidden[$0, default: ""])" })")
  }

  @Test func exceptionsNameExistingFiles() {
    let paths = Set(Self.files.map(\.path))
    #expect(Set(Self.exceptions.keys).subtracting(paths) == [])
  }

  @Test func declaredTypesAreFoundAtTheTopLevelOnly() {
    let file = SourceFile(
      path: "Example.swift",
      text: """
        public final class Outer<Element>: Base {
          struct Inner {}
        }
        @usableFromInline enum State { case idle }
        extension Other { struct Nested {} }
        /// struct Comment
        """)
    #expect(file.declaredTypes == ["Outer", "State"])
  }
}
