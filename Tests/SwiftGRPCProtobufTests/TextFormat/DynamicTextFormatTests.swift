import Foundation
import GoldenCode
import SwiftGRPCProtobuf
import Testing

/// Dynamic messages have the texts that generated messages have.
struct DynamicTextFormatTests {
  private func dynamicType(of message: any Message.Type) throws -> DynamicMessageType {
    try #require(DynamicSchema(filesOf: message).messageType(named: message.protoMessageName))
  }

  private func expectSameText<M: Message>(_ message: M, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let type = try dynamicType(of: M.self)
    let bytes: [UInt8] = try message.serializedBytes()
    let dynamic = try DynamicMessage(serializedBytes: bytes, type: type)
    let text = message.textFormatString()
    #expect(dynamic.textFormatString() == text, sourceLocation: sourceLocation)
    #expect(
      dynamic.debugDescription == "\(M.protoMessageName):\n\(text)", sourceLocation: sourceLocation)
    #expect(try DynamicMessage(textFormatString: text, type: type) == dynamic, sourceLocation: sourceLocation)
  }

  @Test func samplesOfEveryKind() throws {
    try expectSameText(Samples.proto2)
    try expectSameText(Samples.proto3)
    try expectSameText(Samples.editions)
    try expectSameText(Samples.descriptor)
  }

  @Test func reservedNamesAreSkippedAndFaultsLocated() throws {
    let type = try dynamicType(of: Fixtures_Proto2_Retired.self)
    let message = try DynamicMessage(textFormatString: "old_name: 'x' current: 3 6 { }", type: type)
    #expect(message["current"] == .int32(3))
    let error = #expect(throws: TextFormatDecodingError.malformedNumber) {
      try DynamicMessage(textFormatString: "current: x", type: type)
    }
    #expect(error?.location?.fieldPath == "current")
  }

  @Test func extensionsOfTheSchemaAreKnown() throws {
    let type = try dynamicType(of: EveryKind_Proto2_EveryKindProto2.self)
    let text = "[every_kind.proto2.extended_inner] {\n  number: 8\n}\n"
    #expect(try DynamicMessage(textFormatString: text, type: type).textFormatString() == text)
    #expect(throws: TextFormatDecodingError.unknownField) {
      try DynamicMessage(textFormatString: "[every_kind.proto2.none]: 1", type: type)
    }
  }

  @Test func whatAnAnyHoldsIsLookedUpInTheSchema() throws {
    let type = try dynamicType(of: Google_Protobuf_Any.self)
    let text = "[example.com/google.protobuf.Any] {\n  type_url: \"x\"\n}\n"
    let message = try DynamicMessage(textFormatString: text, type: type)
    #expect(message.textFormatString() == text)
    let expected = try Google_Protobuf_Any(
      message: Google_Protobuf_Any.with { $0.typeURL = "x" }, typePrefix: "example.com")
    #expect(try Google_Protobuf_Any(serializedBytes: message.serializedBytes() as [UInt8]) == expected)
  }
}
