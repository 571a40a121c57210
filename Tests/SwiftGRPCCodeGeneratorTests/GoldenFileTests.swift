import Foundation
import SwiftGRPCProtobuf
import Testing

@testable import SwiftGRPCCodeGenerator

/// The plugin as a program: a request on standard input, the files of Fixtures/golden on standard output.
@Suite struct GoldenFileTests {
  @Test(arguments: FixtureCase.all(in: "Fixtures/proto"))
  func pluginMakesTheGoldenFiles(of fixture: FixtureCase) throws {
    for compiler in fixture.compilers {
      let request = try fixture.request(compiledBy: compiler)
      let result = try Programs.run([Programs.plugin.path], input: request.serializedBytes())
      #expect(result.exitCode == 0)
      #expect(result.errors == "")
      let response = try Response(serializedBytes: result.output)
      #expect(response.error == "")
      let golden = Programs.root.appending(path: "Fixtures/golden").appending(path: fixture.name)
      let files = FixtureCase.paths(in: golden).filter { $0.hasSuffix(".swift") }
      #expect(response.file.map(\.name).sorted() == files)
      for file in response.file {
        let expected = try String(contentsOf: golden.appending(path: file.name), encoding: .utf8)
        #expect(file.content == expected, "\(file.name) is stale, or the plugin is wrong; 'make golden' refreshes it")
      }
    }
  }

  @Test(arguments: FixtureCase.all(in: "Fixtures/proto"))
  func sameRequestGivesTheSameBytes(for fixture: FixtureCase) throws {
    let request = try fixture.request(compiledBy: fixture.compilers.first ?? Programs.protoc)
    let readFile = { (path: String) in
      try String(contentsOf: Programs.root.appending(path: path), encoding: .utf8)
    }
    let first: [UInt8] = try CodeGenerator.response(to: request, readFile: readFile).serializedBytes()
    let second: [UInt8] = try CodeGenerator.response(to: request, readFile: readFile).serializedBytes()
    #expect(first == second)
  }

  @Test(arguments: FixtureCase.all(in: "Fixtures/golden-errors"))
  func mistakesAreReportedThroughProtoc(of fixture: FixtureCase) throws {
    let expected = try String(contentsOf: fixture.folder.appending(path: "error.txt"), encoding: .utf8)
    for compiler in fixture.compilers {
      let output = FileManager.default.temporaryDirectory.appending(path: "out-\(UUID())")
      try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: output) }
      let result = try Programs.run(
        compiler + [
          "-I", fixture.folder.path, "--plugin=protoc-gen-swiftgrpc=\(Programs.plugin.path)",
          "--swiftgrpc_out=\(output.path)", "--swiftgrpc_opt=\(fixture.parameter)",
        ] + fixture.protoFiles)
      #expect(result.exitCode != 0)
      #expect(result.errors.hasSuffix("--swiftgrpc_out: \(expected)"), "\(result.errors)")
      #expect(FixtureCase.paths(in: output) == [])
    }
  }
}
