import Foundation
import Testing

/// The inputs of Fixtures/fuzz: what the fuzzers found worth keeping, and each that has made a decoder fail.
struct FuzzCorpusTests {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Fixtures/fuzz")

  @Test(arguments: FuzzTarget.allCases)
  func inputsThatFuzzersKeptDoNoHarm(target: FuzzTarget) throws {
    let folder = Self.root.appending(path: target.rawValue)
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    #expect(!files.isEmpty)
    for file in files {
      let input = try Data(contentsOf: file)
      input.withUnsafeBytes { target.run($0) }
    }
  }
}
