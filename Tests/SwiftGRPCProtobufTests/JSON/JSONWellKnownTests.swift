import Foundation
import GoldenCode
import SwiftGRPCProtobuf
import Testing

@Suite struct JSONWellKnownTests {
  private func expect<M: Message>(_ message: M, _ json: String) throws {
    #expect(try message.jsonString() == json)
    #expect(try M(jsonString: json) == message)
    #expect(try M(jsonString: " \(json) ") == message)
  }

  // MARK: - Time and masks

  @Test func timeIsText() throws {
    try expect(Google_Protobuf_Timestamp(seconds: 0, nanos: 0), #""1970-01-01T00:00:00Z""#)
    try expect(Google_Protobuf_Timestamp(seconds: 1, nanos: 500_000_000), #""1970-01-01T00:00:01.500Z""#)
    try expect(Google_Protobuf_Duration(seconds: -1, nanos: -1), #""-1.000000001s""#)
    try expect(Fixtures_Oneofs_Shape.with { $0.created.seconds = 60 }, #"{"created":"1970-01-01T00:01:00Z"}"#)
    #expect(try Google_Protobuf_Duration(jsonString: #""\u0031s""#).seconds == 1)
    #expect(throws: JSONDecodingError.malformedTimestamp) { try Google_Protobuf_Timestamp(jsonString: #""yesterday""#) }
    #expect(throws: JSONDecodingError.malformedTimestamp) { try Google_Protobuf_Timestamp(jsonString: "1") }
    #expect(throws: JSONDecodingError.malformedDuration) { try Google_Protobuf_Duration(jsonString: #""1""#) }
    #expect(throws: JSONEncodingError.timestampRange) { try Google_Protobuf_Timestamp(seconds: .max).jsonString() }
    #expect(throws: JSONEncodingError.durationRange) {
      try Google_Protobuf_Duration(seconds: 1, nanos: -1).jsonString()
    }
  }

  @Test func fieldMasksAreText() throws {
    try expect(
      Google_Protobuf_FieldMask.with { $0.paths = ["user.display_name", "photo"] }, #""user.displayName,photo""#)
    try expect(Google_Protobuf_FieldMask(), #""""#)
    #expect(throws: JSONDecodingError.malformedFieldMask) { try Google_Protobuf_FieldMask(jsonString: #""a_b""#) }
    #expect(throws: JSONEncodingError.fieldMaskConversion) {
      try Google_Protobuf_FieldMask.with { $0.paths = ["fooBar"] }.jsonString()
    }
  }

  // MARK: - Wrappers

  @Test func wrappersAreTheirValues() throws {
    try expect(Google_Protobuf_Int64Value.with { $0.value = 5 }, #""5""#)
    try expect(Google_Protobuf_UInt64Value(), #""0""#)
    try expect(Google_Protobuf_Int32Value.with { $0.value = -5 }, "-5")
    try expect(Google_Protobuf_UInt32Value.with { $0.value = 5 }, "5")
    try expect(Google_Protobuf_DoubleValue.with { $0.value = 1.5 }, "1.5")
    try expect(Google_Protobuf_FloatValue.with { $0.value = .infinity }, #""Infinity""#)
    try expect(Google_Protobuf_BoolValue(), "false")
    try expect(Google_Protobuf_StringValue.with { $0.value = "a\n" }, #""a\n""#)
    try expect(Google_Protobuf_BytesValue.with { $0.value = Data([1]) }, #""AQ==""#)
    try expect(Google_Protobuf_Empty(), "{}")
  }

  // MARK: - Struct, Value, ListValue

  @Test func valuesAreAnyJSON() throws {
    let json = #"{"a":[null,1.0,"s",true,{"b":{}},[]]}"#
    let value = Google_Protobuf_Struct.with {
      $0.fields["a"] = .with {
        $0.listValue.values = [
          .with { $0.nullValue = .nullValue }, .with { $0.numberValue = 1 }, .with { $0.stringValue = "s" },
          .with { $0.boolValue = true },
          .with { $0.structValue.fields["b"] = .with { $0.structValue = .init() } },
          .with { $0.listValue = .init() },
        ]
      }
    }
    try expect(value, json)
    try expect(Google_Protobuf_Value.with { $0.structValue = value }, json)
    try expect(Google_Protobuf_Value.with { $0.nullValue = .nullValue }, "null")
    try expect(Google_Protobuf_ListValue(), "[]")
  }

  @Test func valuesWithoutFormAreRefused() throws {
    #expect(throws: JSONEncodingError.missingValue) { try Google_Protobuf_Value().jsonString() }
    for number in [Double.nan, .infinity] {
      #expect(throws: JSONEncodingError.valueNumberNotFinite) {
        try Google_Protobuf_Value.with { $0.numberValue = number }.jsonString()
      }
    }
    #expect(throws: JSONDecodingError.self) { try Google_Protobuf_Struct(jsonString: "null") }
    #expect(throws: JSONDecodingError.self) { try Google_Protobuf_ListValue(jsonString: "{}") }
    #expect(throws: JSONDecodingError.malformedMap) { try Google_Protobuf_Struct(jsonString: #"{"a":1,"a":2}"#) }
    #expect(throws: JSONDecodingError.self) { try Google_Protobuf_Value(jsonString: "nan") }
  }

  // MARK: - Any

  @Test func anyHoldsTheFieldsOfItsMessage() throws {
    Google_Protobuf_Any.register(messageType: EveryKind_Proto3_Inner.self)
    let inner = EveryKind_Proto3_Inner.with {
      $0.number = 1; $0.text = "t"
    }
    let any = try Google_Protobuf_Any(message: inner)
    try expect(any, #"{"@type":"type.googleapis.com/every_kind.proto3.Inner","number":1,"text":"t"}"#)
    let late = #"{"number":1, "text":"t","\u0040type":"type.googleapis.com/every_kind.proto3.Inner"}"#
    #expect(try Google_Protobuf_Any(jsonString: late) == any)
    try expect(Google_Protobuf_Any(), "{}")
    try expect(
      try Google_Protobuf_Any(message: any),
      #"{"@type":"type.googleapis.com/google.protobuf.Any","#
        + #""value":{"@type":"type.googleapis.com/every_kind.proto3.Inner","number":1,"text":"t"}}"#)
    try expect(
      try Google_Protobuf_Any(message: Google_Protobuf_Empty()),
      #"{"@type":"type.googleapis.com/google.protobuf.Empty"}"#)
  }

  @Test func wellKnownTypesInAnyAreItsValue() throws {
    try expect(
      try Google_Protobuf_Any(message: Google_Protobuf_Duration(seconds: 1, nanos: 0)),
      #"{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s"}"#)
    try expect(
      try Google_Protobuf_Any(message: Google_Protobuf_Value.with { $0.nullValue = .nullValue }),
      #"{"@type":"type.googleapis.com/google.protobuf.Value","value":null}"#)
    let late = #"{"value":{"a":1},"@type":"type.googleapis.com/google.protobuf.Struct"}"#
    let expected = Google_Protobuf_Struct.with { $0.fields["a"] = .with { $0.numberValue = 1 } }
    #expect(try Google_Protobuf_Struct(unpackingAny: Google_Protobuf_Any(jsonString: late)) == expected)
  }

  @Test(arguments: [
    #"{"number":1}"#, #"{"@type":"","value":""}"#, #"{"@type":"no_url","value":""}"#, #"{"@type":1}"#, "[]",
    #"{"@type":"x/"}"#,
    #"{"@type":"type.googleapis.com/acme.Unregistered","a":1}"#,
    #"{"@type":"type.googleapis.com/google.protobuf.Duration"}"#,
    #"{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s","value":"1s"}"#,
    #"{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s","other":1}"#,
    #"{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1"}"#,
    #"{"@type":"type.googleapis.com/google.protobuf.Empty","a":1}"#,
    #"{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s""#,
  ])
  func unsoundAnyIsRefused(json: String) throws {
    #expect(throws: (any Error).self) { try Google_Protobuf_Any(jsonString: json) }
  }

  @Test func anyOfAnUnknownTypeIsReadAndWrittenWhenEmpty() throws {
    try expect(
      Google_Protobuf_Any.with { $0.typeURL = "type.googleapis.com/acme.Unregistered" },
      #"{"@type":"type.googleapis.com/acme.Unregistered"}"#)
  }

  @Test func anyWithoutFormIsRefused() throws {
    let any = Google_Protobuf_Any.with {
      $0.typeURL = "type.googleapis.com/acme.Unregistered"; $0.value = Data([8, 1])
    }
    #expect(throws: JSONEncodingError.anyTranscodeFailure) { try any.jsonString() }
    let malformed = Google_Protobuf_Any.with {
      $0.typeURL = "type.googleapis.com/google.protobuf.Duration"; $0.value = Data([8])
    }
    #expect(throws: JSONEncodingError.anyTranscodeFailure) { try malformed.jsonString() }
    #expect(throws: SwiftProtobufError.self) { try Google_Protobuf_Any.with { $0.typeURL = "x" }.jsonString() }
    #expect(throws: SwiftProtobufError.self) { try Google_Protobuf_Any.with { $0.value = Data([8, 1]) }.jsonString() }
  }
}
