import Foundation
import SwiftGRPCProtobuf
import Testing

@testable import SwiftGRPCCodeGenerator

/// The plugin as a program when its input is not what protoc sends.
@Suite struct PluginProgramTests {
  private func run(_ arguments: [String] = [], input: [UInt8]) throws -> ProgramResult {
    try Programs.run([Programs.plugin.path] + arguments, input: input)
  }

  @Test func inputThatIsNoRequestEndsWithAMessageAndExitCode1() throws {
    let result = try run(input: Array("syntax = \"proto3\";".utf8))
    #expect(result.exitCode == 1)
    #expect(result.output == [])
    #expect(result.errors.hasPrefix("protoc-gen-swiftgrpc: standard input is not a request of protoc: "))
  }

  @Test func emptyInputEndsWithAMessageAndExitCode1() throws {
    let result = try run(input: [])
    #expect(result.exitCode == 1)
    #expect(result.output == [])
    #expect(result.errors.contains("not a request with files to generate"))
  }

  @Test func truncatedRequestEndsWithAMessageAndExitCode1() throws {
    let bytes: [UInt8] = try Request.request([.file("a.proto", messages: [.message("A")])]).serializedBytes()
    let result = try run(input: Array(bytes.dropLast()))
    #expect(result.exitCode == 1)
    #expect(result.errors.contains("standard input is not a request of protoc"))
  }

  @Test func argumentsAreExplained() throws {
    let result = try run(["--help"], input: [])
    #expect(result.exitCode == 1)
    #expect(result.errors.contains("--swiftgrpc_out=DIRECTORY"))
  }

  @Test func missingMappingFileIsNamedInTheResponse() throws {
    let request = Request.request([.file("a.proto")], parameter: "ProtoPathModuleMappings=/nowhere/mappings.txt")
    let result = try run(input: request.serializedBytes())
    let response = try Response(serializedBytes: result.output)
    #expect(result.exitCode == 0)
    #expect(
      response.error
        == "option ProtoPathModuleMappings, file /nowhere/mappings.txt: cannot open: No such file or directory")
  }

  @Test func everyResponseDeclaresWhatThePluginSupports() {
    for response in [Request.request([.file("a.proto")]).response(), Request.request([], parameter: "No=1").response()]
    {
      let features = Response.Feature.proto3Optional.rawValue | Response.Feature.supportsEditions.rawValue
      #expect(response.supportedFeatures == UInt64(features))
      #expect(response.minimumEdition == Int32(Google_Protobuf_Edition.proto2.rawValue))
      #expect(response.maximumEdition == Int32(Google_Protobuf_Edition.edition2024.rawValue))
    }
  }

  /// Bytes changed at random reach the linker in shapes that protoc never makes.
  @Test(arguments: FixtureCase.all(in: "Fixtures/proto").filter { !$0.usesEditions })
  func mutatedRequestsGiveAResponseOrADecodingError(of fixture: FixtureCase) throws {
    let bytes: [UInt8] = try fixture.request(compiledBy: Programs.protoc).serializedBytes()
    var random = SplitMix64(state: 2)
    for _ in 0..<150 {
      var mutated = bytes
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        mutated[Int.random(in: 0..<mutated.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      guard let request = try? Request(serializedBytes: mutated) else { continue }
      let response = CodeGenerator.response(to: request) { _ in "" }
      #expect(!response.error.isEmpty || response.file.allSatisfy { $0.content.hasPrefix("// Code generated") })
    }
  }
}

/// A generator whose numbers are the same in each run (Steele, Lea and Flood, 2014).
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
