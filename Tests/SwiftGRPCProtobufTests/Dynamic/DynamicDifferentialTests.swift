import Foundation
import GoldenCode
import SwiftGRPCProtobuf
import Testing

/// Two implementations of the binary format that share its primitives only, the interpreter for dynamic messages and
/// generated code, must agree on every input.
///
/// `FUZZ_CASES` sets how many for each type (60 when it is not set), `FUZZ_SEED` which.
@Suite struct DynamicDifferentialTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let cases = environment["FUZZ_CASES"].flatMap { Int($0) } ?? 60
  private static let seed = environment["FUZZ_SEED"].flatMap { UInt64($0) } ?? 1

  static let types: [(type: any Message.Type, extensions: SimpleExtensionMap)] = [
    (EveryKind_Proto2_EveryKindProto2.self, EveryKind_Proto2_EveryKindProto2_Extensions),
    (EveryKind_Proto3_EveryKindProto3.self, []),
    (EveryKind_Editions_EveryKindEditions.self, EveryKind_Editions_EveryKindEditions_Extensions),
    (EveryKind_Proto2_RequiredFields.self, []),
    (Google_Protobuf_FileDescriptorProto.self, []),
    (Google_Protobuf_FieldOptions.self, []),
  ]

  @Test(arguments: types.indices)
  func generatedCodeReadsWhatTheInterpreterWrites(index: Int) throws {
    let (type, extensions) = Self.types[index]
    try check(type, extensions) { try $0.serializedBytes(options: .deterministic) }
  }

  @Test(arguments: types.indices)
  func generatedCodeAndTheInterpreterRefuseTheSameDamage(index: Int) throws {
    let (type, extensions) = Self.types[index]
    var random = RandomMutations(seed: Self.seed)
    try check(type, extensions) { random.damage(try $0.serializedBytes(options: .deterministic)) }
  }

  @Test(arguments: types.indices)
  func jsonIsTheSameAsThatOfGeneratedCode(index: Int) throws {
    func check<M: Message>(_ type: M.Type, _ extensions: SimpleExtensionMap) throws {
      let dynamicType = try GoldenSchema.type(of: type)
      var options = JSONEncodingOptions()
      options.useDeterministicOrdering = true
      var messages = RandomDynamicMessages(seed: Self.seed)
      for _ in 0..<Self.cases {
        let message = try messages.message(dynamicType)
        let bytes: [UInt8] = try message.serializedBytes()
        let json = try message.jsonString(options: options)
        let generated = try M(serializedBytes: bytes, extensions: extensions)
        let expected = try generated.jsonString(options: options)
        // Generated code writes extensions behind the fields.
        try #require(dynamicType.fields.contains(where: \.isExtension) || expected == json)
        try #require(expected.utf8.count == json.utf8.count)
        let again = try DynamicMessage(jsonString: json, type: dynamicType)
        try #require(try again.jsonString(options: options) == json)
        try #require(
          try again.serializedBytes(options: .deterministic) as [UInt8]
            == M(jsonString: json, extensions: extensions).serializedBytes(options: .deterministic))
      }
    }
    try check(Self.types[index].type, Self.types[index].extensions)
  }

  private func check(
    _ type: any Message.Type, _ extensions: SimpleExtensionMap, _ bytes: (DynamicMessage) throws -> [UInt8]
  ) throws {
    let dynamicType = try GoldenSchema.type(of: type)
    var messages = RandomDynamicMessages(seed: Self.seed)
    for _ in 0..<Self.cases {
      let message = try messages.message(dynamicType)
      let bytes = try bytes(message)
      let expected = Outcome(type, bytes, extensions)
      let outcome = Outcome(dynamicType, bytes)
      try #require(outcome == expected, "\(bytes)")
      try #require(outcome.debugDescription == expected.debugDescription, "\(bytes)")
    }
  }
}

/// What a decoder makes of bytes.
private struct Outcome: Equatable {
  var encoded: [UInt8]?
  var error: BinaryDecodingError?
  var location: String?
  var isInitialized = false
  var debugDescription = ""

  static func == (left: Outcome, right: Outcome) -> Bool {
    left.encoded == right.encoded && left.error == right.error && left.isInitialized == right.isInitialized
      && left.location == right.location
  }

  init<M: Message>(_ type: M.Type, _ bytes: [UInt8], _ extensions: SimpleExtensionMap) {
    do {
      _ = try M(serializedBytes: bytes, extensions: extensions)
    } catch {
      self.error = error as? BinaryDecodingError
      location = self.error?.location?.description ?? "\(error)"
    }
    guard let message = try? M(serializedBytes: bytes, extensions: extensions, partial: true) else { return }
    encoded = try? message.serializedBytes(partial: true, options: .deterministic)
    isInitialized = message.isInitialized
    debugDescription = "\(M.protoMessageName)".contains("Kind") ? "" : message.textFormatString()
  }

  init(_ type: DynamicMessageType, _ bytes: [UInt8]) {
    do {
      _ = try DynamicMessage(serializedBytes: bytes, type: type)
    } catch {
      self.error = error as? BinaryDecodingError
      location = self.error?.location?.description ?? "\(error)"
    }
    guard let message = try? DynamicMessage(serializedBytes: bytes, type: type, partial: true) else { return }
    encoded = try? message.serializedBytes(partial: true, options: .deterministic)
    isInitialized = message.isInitialized
    debugDescription = type.name.contains("Kind") ? "" : message.textFormatString()
  }
}

extension BinaryEncodingOptions {
  fileprivate static var deterministic: BinaryEncodingOptions {
    var options = BinaryEncodingOptions()
    options.useDeterministicOrdering = true
    return options
  }
}
