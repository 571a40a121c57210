import Foundation
import GoldenCode
import SwiftGRPCProtobuf
import Testing

/// Random messages survive as text, and damaged texts are refused or mean something that survives.
///
/// `FUZZ_CASES` sets how many (500 for each type when it is not set), `FUZZ_SEED` which.
struct TextFormatFuzzTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let cases = environment["FUZZ_CASES"].flatMap { Int($0) } ?? 500
  private static let seed = environment["FUZZ_SEED"].flatMap { UInt64($0) } ?? 1

  @Test func proto2() throws { try fuzz(Samples.proto2, EveryKind_Proto2_EveryKindProto2_Extensions) }

  @Test func proto3() throws { try fuzz(Samples.proto3, []) }

  @Test func editions() throws { try fuzz(Samples.editions, EveryKind_Editions_EveryKindEditions_Extensions) }

  @Test func descriptors() throws { try fuzz(Samples.descriptor, []) }

  private func fuzz<M: Message>(_ sample: M, _ extensions: SimpleExtensionMap) throws {
    var random = RandomMutations(seed: Self.seed)
    let bytes: [UInt8] = try sample.serializedBytes()
    for _ in 0..<Self.cases {
      let damaged = random.damage(bytes)
      guard let message = try? M(serializedBytes: damaged, extensions: extensions, partial: true) else { continue }
      try survives(message, extensions)
    }
    let text = Array(sample.textFormatString().utf8)
    var options = TextFormatDecodingOptions()
    options.ignoreUnknownFields = true
    for _ in 0..<Self.cases {
      let damaged = String(decoding: random.damage(text), as: UTF8.self)
      do {
        try? survives(try M(textFormatString: damaged, extensions: extensions), extensions)
        _ = try M(textFormatString: damaged, options: options, extensions: extensions)
      } catch let error as TextFormatDecodingError {
        let location = try #require(error.location)
        #expect(location.byteOffset <= damaged.utf8.count)
        #expect(!location.expected.isEmpty)
      }
    }
  }

  private func survives<M: Message>(_ message: M, _ extensions: SimpleExtensionMap) throws {
    var options = TextFormatEncodingOptions()
    options.printUnknownFields = false
    let text = message.textFormatString(options: options)
    let read = try M(textFormatString: text, extensions: extensions)
    try #require(read.textFormatString() == text)
  }
}
