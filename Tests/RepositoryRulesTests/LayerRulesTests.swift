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

  @Test(arguments: SourceTree.files(below: ["Runtime/SwiftGRPC"]))
  func fileNamesNoTypeOfAHigherLayer(file: SourceFile) throws {
    let own = try #require(Self.layer(of: file), "\(file.path) is in no layer")
    var forbidden: [String: String] = [:]
    for other in SourceTree.files(below: ["Runtime/SwiftGRPC"]) {
      guard let layer = Self.layer(of: other), layer.folder != own.folder, !own.mayName.contains(layer.folder)
      else { continue }
      for type in other.declaredTypes { forbidden[type] = other.path }
    }
    let named = Set(file.codeWords.map(String.init)).intersection(forbidden.keys)
    let unexpected = named.subtracting(Self.exceptions[file.path, default: []])
    #expect(unexpected == [], "\(unexpected.map { "\($0) of \(forbidden[$0, default: ""])" })")
  }

  @Test func exceptionsNameExistingFiles() {
    let paths = Set(SourceTree.files(below: ["Runtime/SwiftGRPC"]).map(\.path))
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
