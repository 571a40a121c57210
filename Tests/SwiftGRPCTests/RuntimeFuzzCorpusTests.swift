import Foundation
import Testing

/// The inputs of Fixtures/fuzz for the runtime: seeds, what the fuzzers found worth keeping, and each that has made something fail.
@Suite struct RuntimeFuzzCorpusTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Fixtures/fuzz")

  @Test(arguments: RuntimeFuzzTarget.allCases)
  func inputsThatFuzzersKeptDoNoHarm(target: RuntimeFuzzTarget) throws {
    let folder = Self.root.appending(path: target.rawValue)
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    #expect(!files.isEmpty)
    for file in files {
      let input = try Data(contentsOf: file)
      input.withUnsafeBytes { target.run($0) }
    }
  }

  @Test(arguments: RuntimeFuzzTarget.allCases)
  func randomInputsDoNoHarm(target: RuntimeFuzzTarget) {
    for seed in seeds(ofBlock: 0, size: 200) {
      var generator = SeededGenerator(seed: seed)
      let count = Int.random(in: 0...300, using: &generator)
      let input = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      input.withUnsafeBytes { target.run($0) }
    }
  }
}
