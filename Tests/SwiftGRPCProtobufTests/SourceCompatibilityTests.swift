import Foundation
import GoldenCode
import SwiftGRPCProtobuf
import Testing

private typealias Proto2 = EveryKind_Proto2_EveryKindProto2
private typealias Proto3 = EveryKind_Proto3_EveryKindProto3

/// Code that was written for swift-protobuf compiles, and means the same.
struct SourceCompatibilityTests {
  @Test func aCatchMayNameACaseBesideForcedUnwrapping() throws {
    var bytes: [UInt8] = [10]
    bytes.append(bytes.last!)
    do {
      _ = try Proto3(serializedBytes: bytes)
      Issue.record("decoded")
    } catch BinaryDecodingError.malformedProtobuf, BinaryDecodingError.truncated {}
    do {
      _ = try Proto3(textFormatString: "unknown: \(bytes.last!)")
      Issue.record("read")
    } catch TextFormatDecodingError.unknownField {}
    do {
      _ = try Proto3(jsonString: "{\"unknown\": \(bytes.last!)}")
      Issue.record("read")
    } catch JSONDecodingError.unknownField(let name) {
      #expect(name == "unknown")
    }
  }

  @Test func aSpanOfBytesDecodes() throws {
    let message = Proto3.with { $0.singleString = "span" }
    let bytes: [UInt8] = try message.serializedBytes()
    #expect(try Proto3(serializedBytes: bytes.span.bytes) == message)
    var merged = Proto3.with { $0.singleInt32 = 1 }
    try merged.merge(serializedBytes: bytes.span.bytes)
    #expect(merged.singleString == "span")
    #expect(merged.singleInt32 == 1)
    #expect(throws: BinaryDecodingError.truncated) {
      try Proto3(serializedBytes: bytes.span.bytes.extracting(droppingLast: 1))
    }
  }

  @Test func theOutermostMessageCountsInEveryFormatsDepth() throws {
    let message = Proto2.with { $0.itself.itself.singleInt32 = 1 }
    let bytes: [UInt8] = try message.serializedBytes(partial: true)
    let json = try message.jsonString()
    let text = message.textFormatString()
    for (limit, isEnough) in [(3, true), (2, false)] {
      var binaryOptions = BinaryDecodingOptions()
      binaryOptions.messageDepthLimit = limit
      var jsonOptions = JSONDecodingOptions()
      jsonOptions.messageDepthLimit = limit
      var textOptions = TextFormatDecodingOptions()
      textOptions.messageDepthLimit = limit
      let expected = isEnough ? message : nil
      #expect((try? Proto2(serializedBytes: bytes, partial: true, options: binaryOptions)) == expected)
      #expect((try? Proto2(jsonString: json, options: jsonOptions)) == expected)
      #expect((try? Proto2(textFormatString: text, options: textOptions)) == expected)
    }
  }

  @Test func aLengthThatNoMessageCanHaveIsMalformed() {
    #expect(throws: BinaryDecodingError.malformedProtobuf) {
      try Proto3(serializedBytes: [0xf2, 0x07, 0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2, 3])
    }
  }

  @Test func aPackedTypeIsKnownByItsNameAlone() throws {
    var any = try Google_Protobuf_Any(message: EveryKind_Proto3_Inner.with { $0.number = 5 })
    #expect(try any.jsonString().contains("every_kind.proto3.Inner"))
    any.typeURL = "every_kind.proto3.Inner"
    #expect(any.isA(EveryKind_Proto3_Inner.self))
    #expect(try EveryKind_Proto3_Inner(unpackingAny: any).number == 5)
  }

  @Test func aWrapperIsNotNull() {
    #expect(throws: JSONDecodingError.illegalNull) { try Google_Protobuf_Int32Value(jsonString: "null") }
  }

  @Test func errorsOfStreamsEqualThoseOfTheirFactories() throws {
    var position = 0
    let error = #expect(throws: SwiftProtobufError.self) {
      try BinaryDelimited.parse(messageType: Proto3.self, from: [UInt8](repeating: 0x80, count: 17), at: &position)
    }
    #expect(error?.code == .binaryStreamDecodingError)
    #expect(error?.message == SwiftProtobufError.BinaryStreamDecoding.malformedLength().message)
    #expect(error?.byteOffset == 0)
  }
}
