import GoldenCode
import SwiftGRPCProtobuf
import Testing

private typealias Proto2 = EveryKind_Proto2_EveryKindProto2
private typealias Proto3 = EveryKind_Proto3_EveryKindProto3

/// Errors say where in the text, and in which field.
struct TextFormatLocationTests {
  private func failure<M: Message>(
    of text: String, _ type: M.Type = M.self, options: TextFormatDecodingOptions = .init(),
    extensions: SimpleExtensionMap = []
  ) -> String {
    do {
      return "read \(try M(textFormatString: text, options: options, extensions: extensions))"
    } catch {
      return (error as? TextFormatDecodingError)?.location?.description ?? "no location: \(error)"
    }
  }

  @Test func aValueOfAnotherType() throws {
    let text = "# books\nrepeated_inner { number: 1 }\nrepeated_inner { text: 12 }\n"
    let error = #expect(throws: TextFormatDecodingError.malformedText) { try Proto3(textFormatString: text) }
    let location = try #require(error?.location)
    #expect(location.message == "every_kind.proto3.EveryKindProto3")
    #expect(location.fieldPath == "repeated_inner[1].text")
    #expect(location.line == 3)
    #expect(location.column == 24)
    #expect(location.byteOffset == 60)
    #expect(location.expected == "expected a string, found 12")
    #expect(
      error?.description == """
        the text is malformed (line 3, column 24, field repeated_inner[1].text of every_kind.proto3.EveryKindProto3: \
        expected a string, found 12)
        """)
  }

  @Test(arguments: [
    (
      "single_int32: x",
      "line 1, column 15, field single_int32 of every_kind.proto3.EveryKindProto3: expected an integer, found x"
    ),
    (
      "single_int32: 1e5",
      "line 1, column 15, field single_int32 of every_kind.proto3.EveryKindProto3: expected an integer, found 1e5"
    ),
    (
      "single_int32: -2147483649",
      "line 1, column 15, field single_int32 of every_kind.proto3.EveryKindProto3: the number is out of range"
    ),
    (
      "single_int32 1",
      "line 1, column 14, field single_int32 of every_kind.proto3.EveryKindProto3: expected a colon, found 1"
    ),
    (
      "single_double: -x",
      "line 1, column 16, field single_double of every_kind.proto3.EveryKindProto3: expected a number, found -x"
    ),
    ("title: 1", "line 1, column 1, every_kind.proto3.EveryKindProto3: expected the name of a field, found title"),
    (
      "single_inner {\n  title: 1\n}",
      "line 2, column 3, field single_inner of every_kind.proto3.EveryKindProto3: expected the name of a field, found title"
    ),
    (
      "single_inner {",
      "line 1, column 15, field single_inner of every_kind.proto3.EveryKindProto3: expected a field or the end of the message, found the end of the text"
    ),
    ("}", "line 1, column 1, every_kind.proto3.EveryKindProto3: expected the name of a field, found }"),
    (
      "repeated_int64: [1, 2,\n 'x']",
      "line 2, column 2, field repeated_int64[2] of every_kind.proto3.EveryKindProto3: expected an integer, found 'x'"
    ),
    (
      "repeated_int64: 4 repeated_int64: [1 2]",
      "line 1, column 38, field repeated_int64[1] of every_kind.proto3.EveryKindProto3: expected a comma or the end of the list, found 2"
    ),
    (
      "by_string { key: 'a' value: 'b' }",
      "line 1, column 29, field by_string.value of every_kind.proto3.EveryKindProto3: expected an integer, found 'b'"
    ),
    (
      "to_inner { key: 1 value { number: n } }",
      "line 1, column 35, field to_inner.value.number of every_kind.proto3.EveryKindProto3: expected an integer, found n"
    ),
    (
      "single_bool: 1 single_bool: 0",
      "line 1, column 16, field single_bool of every_kind.proto3.EveryKindProto3: the field is set before, and is not repeated"
    ),
    (
      "choice_int32: 1 choice_bool: t",
      "line 1, column 17, field choice_bool of every_kind.proto3.EveryKindProto3: a field of this oneof is set before"
    ),
    (
      "single_color: PINK",
      "line 1, column 15, field single_color of every_kind.proto3.EveryKindProto3: expected a name or number of the enum, found PINK"
    ),
    (
      "single_string: 'é\\q'",
      "line 1, column 19, field single_string of every_kind.proto3.EveryKindProto3: expected an escape, found \\"
    ),
    (
      "single_string: 'é\\xff'",
      "line 1, column 16, field single_string of every_kind.proto3.EveryKindProto3: the string is not valid UTF-8"
    ),
    (
      "[a.b]: 1",
      "line 1, column 1, every_kind.proto3.EveryKindProto3: expected the name of a known extension, found [a.b]"
    ),
  ])
  func placesAndWords(text: String, expected: String) {
    #expect(failure(of: text, Proto3.self) == expected)
  }

  @Test func insideExtensionsAndAny() {
    let name = "every_kind.proto2.extended_repeated_inner"
    #expect(
      failure(
        of: "[\(name)] {} [\(name)] { inners [{}, { crc: -1 }] }", Proto2.self,
        extensions: EveryKind_Proto2_EveryKindProto2_Extensions)
        == "line 1, column 113, field [\(name)][1].inners[1].crc of every_kind.proto2.EveryKindProto2: expected an integer, found -1"
    )
    Google_Protobuf_Any.register(messageType: Proto3.self)
    #expect(
      failure(of: "[a/every_kind.proto3.EveryKindProto3] { single_inner { number: x } }", Google_Protobuf_Any.self)
        == """
        line 1, column 64, field [a/every_kind.proto3.EveryKindProto3].single_inner.number of google.protobuf.Any: \
        expected an integer, found x
        """)
  }

  @Test func locationsTakeNoPartInEquality() {
    #expect(TextFormatDecodingError.malformedText == .malformedText)
    #expect(TextFormatDecodingError.malformedText != .malformedNumber)
    do {
      _ = try Proto3(textFormatString: "x")
    } catch TextFormatDecodingError.unknownField {
      #expect(TextFormatDecodingError.unknownField.hashValue == error(of: "y").hashValue)
      return
    } catch {
      Issue.record("\(error)")
    }
  }

  private func error(of text: String) -> TextFormatDecodingError {
    do { _ = try Proto3(textFormatString: text) } catch let error as TextFormatDecodingError { return error } catch {}
    return .truncated
  }
}
