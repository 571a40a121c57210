import GoldenCode
import SwiftGRPCProtobuf
import Testing

/// Dynamic messages in the text format.
struct DynamicTextFormatTests {
  private static func type<M: Message>(_ message: M.Type) throws -> DynamicMessageType {
    try #require(try DynamicSchema(filesOf: M.self).messageType(named: M.protoMessageName))
  }

  @Test func textIsThatOfGeneratedMessages() throws {
    let dynamic = try DynamicMessage(Samples.proto3, type: Self.type(EveryKind_Proto3_EveryKindProto3.self))
    #expect(dynamic.textFormatString() == Samples.proto3.textFormatString())
    let again = try DynamicMessage(textFormatString: dynamic.textFormatString(), type: dynamic.type)
    #expect(again == dynamic)
  }

  @Test func extensionsOfTheSchemaAreReadByTheirFullNames() throws {
    let dynamic = try DynamicMessage(Samples.proto2, type: Self.type(EveryKind_Proto2_EveryKindProto2.self))
    let again = try DynamicMessage(textFormatString: dynamic.textFormatString(), type: dynamic.type)
    #expect(again == dynamic)
  }

  @Test func errorsSayWhere() throws {
    let type = try Self.type(EveryKind_Proto3_EveryKindProto3.self)
    let error = #expect(throws: TextFormatDecodingError.self) {
      try DynamicMessage(textFormatString: "single_int32: 1\nsingle_inner { number: x }", type: type)
    }
    #expect(error?.location?.fieldPath == "single_inner.number")
    #expect(error?.location?.line == 2)
  }
}
