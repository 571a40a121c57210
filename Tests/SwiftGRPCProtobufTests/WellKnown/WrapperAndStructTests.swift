import Foundation
import SwiftGRPCProtobuf
import Testing

struct WrapperAndStructTests {
  @Test func wrappersAreMadeFromValuesAndLiterals() {
    #expect(Google_Protobuf_DoubleValue(2.5).value == 2.5)
    #expect((0.5 as Google_Protobuf_DoubleValue).value == 0.5)
    #expect((0.5 as Google_Protobuf_FloatValue) == Google_Protobuf_FloatValue(0.5))
    #expect((-7 as Google_Protobuf_Int64Value) == Google_Protobuf_Int64Value(-7))
    #expect((7 as Google_Protobuf_UInt64Value) == Google_Protobuf_UInt64Value(7))
    #expect((-7 as Google_Protobuf_Int32Value) == Google_Protobuf_Int32Value(-7))
    #expect((7 as Google_Protobuf_UInt32Value) == Google_Protobuf_UInt32Value(7))
    #expect((true as Google_Protobuf_BoolValue) == Google_Protobuf_BoolValue(true))
    #expect(("text" as Google_Protobuf_StringValue) == Google_Protobuf_StringValue("text"))
    #expect(Google_Protobuf_BytesValue(Data([1, 2])).value == Data([1, 2]))
  }

  @Test func aDocumentIsALiteral() {
    let document: Google_Protobuf_Value = [
      "name": "a", "tags": [1, 2.5, true, nil, "x"], "inner": ["deep": [:], "list": []],
    ]
    let fields = document.structValue.fields
    #expect(fields["name"] == Google_Protobuf_Value(stringValue: "a"))
    #expect(
      fields["tags"]?.listValue.values.map(\.kind) == [
        .numberValue(1), .numberValue(2.5), .boolValue(true), .nullValue(.nullValue), .stringValue("x"),
      ])
    #expect(fields["inner"]?.structValue["deep"] == Google_Protobuf_Value(structValue: [:]))
    #expect(fields["inner"]?.structValue["list"] == Google_Protobuf_Value(listValue: []))
  }

  @Test func theLastOfEqualNamesCounts() {
    let object: Google_Protobuf_Struct = ["a": 1, "b": 2, "a": 3]
    #expect(object == Google_Protobuf_Struct(fields: ["a": 3, "b": 2]))
    #expect(object == (["a": 1, "b": 2, "a": 3] as Google_Protobuf_Value).structValue)
  }

  @Test func structsAndListsHaveSubscripts() {
    var object: Google_Protobuf_Struct = ["a": nil]
    #expect(object["a"] == Google_Protobuf_Value(nilLiteral: ()))
    object["b"] = true
    object["a"] = .none
    #expect(object == ["b": true])
    var list: Google_Protobuf_ListValue = [1, 2]
    list[1] = "two"
    #expect(list == Google_Protobuf_ListValue(values: [1, "two"]))
    #expect(list[0].numberValue == 1)
  }

  @Test func valuesAreMadeOfEachKind() {
    #expect(Google_Protobuf_Value(numberValue: 1) == 1)
    #expect(Google_Protobuf_Value(boolValue: false) == false)
    #expect(Google_Protobuf_Value(stringValue: "s") == "s")
    #expect(Google_Protobuf_NullValue() == .nullValue)
  }
}
