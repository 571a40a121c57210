import Foundation
import GoldenCode
import SwiftGRPCProtobuf
import Testing

private typealias Proto2 = EveryKind_Proto2_EveryKindProto2
private typealias Proto3 = EveryKind_Proto3_EveryKindProto3

/// Texts that mean a message, in all the forms that the format allows.
struct TextFormatDecodingTests {
  @Test(
    arguments: [
      ("41", 41), ("-41", -41), ("- 41", -41), ("-\n # comment\n 41", -41), ("0", 0), ("-0", 0), ("052", 42),
      ("0x2a", 42), ("0X2A", 42), ("-0x2A", -42), ("2147483647", .max), ("-2147483648", .min), ("0x7fffffff", .max),
    ] as [(String, Int32)])
  func integers(literal: String, value: Int32) throws {
    #expect(try Proto3(textFormatString: "optional_int32: \(literal)").optionalInt32 == value)
    #expect(try Proto3(textFormatString: "optional_int32:\(literal),").optionalInt32 == value)
  }

  @Test(arguments: [
    "", "+1", "--1", "1.0", "1e3", "1f", "2147483648", "-2147483649", "0x", "0x80000000", "08", "1_000", "true", "'1'",
    "0x1g", "12a", "1 2", "inf", "- - 1", "99999999999999999999", "[1]",
  ])
  func notIntegers(literal: String) {
    #expect(throws: TextFormatDecodingError.self) { try Proto3(textFormatString: "single_int32: \(literal)") }
  }

  @Test func wideIntegers() throws {
    #expect(try Proto3(textFormatString: "single_uint64: 0xFFFFFFFFFFFFFFFF").singleUint64 == .max)
    #expect(try Proto3(textFormatString: "single_uint64: 01777777777777777777777").singleUint64 == .max)
    #expect(try Proto3(textFormatString: "single_int64: -9223372036854775808").singleInt64 == .min)
    for text in [
      "single_uint64: 18446744073709551616", "single_uint64: 0x10000000000000000", "single_uint64: -1",
      "single_uint64: 02000000000000000000000", "single_int64: 9223372036854775808", "single_uint32: 4294967296",
    ] {
      #expect(throws: TextFormatDecodingError.malformedNumber) { try Proto3(textFormatString: text) }
    }
  }

  @Test(
    arguments: [
      ("1", 1), ("1.5", 1.5), ("-1.5f", -1.5), ("1F", 1), ("10f", 10), (".5", 0.5), ("5.", 5), ("-.5e1", -5),
      ("1e2", 100),
      ("1E+2", 100), ("1e-2", 0.01), ("0.1", 0.1), ("123456789012345678901234567890", 1.2345678901234568e29),
      ("0.1234567890123456789", 0.1234567890123456789), ("1e400", .infinity), ("-1e400", -.infinity), ("1e-400", 0),
      ("inf", .infinity), ("INF", .infinity), ("-infinity", -.infinity), ("- Inf", -.infinity), ("0", 0), ("1.e1", 10),
      ("179769313486231570000000000000000000000000000000e261", 1.7976931348623157e308),
      ("9007199254740993", 9007199254740992),
    ] as [(String, Double)])
  func floatingPoint(literal: String, value: Double) throws {
    #expect(try Proto3(textFormatString: "optional_double: \(literal)").optionalDouble == value)
    #expect(try Proto3(textFormatString: "optional_float: \(literal)\n").optionalFloat == Float(value))
  }

  @Test func notANumber() throws {
    for literal in ["nan", "NaN", "-nan", "- NAN"] {
      #expect(try Proto3(textFormatString: "single_double: \(literal)").singleDouble.isNaN)
    }
  }

  @Test(arguments: [
    "", ".", "-", "1e", "1e+", "01", "00.5", "0x1", "1.5ff", "1.2.3", "+1", "nano", "infi", "1 . 5", "'1'", "1f2", "e1",
    "..5",
  ])
  func notFloatingPoint(literal: String) {
    #expect(throws: TextFormatDecodingError.self) { try Proto3(textFormatString: "single_double: \(literal)") }
    #expect(throws: TextFormatDecodingError.self) { try Proto3(textFormatString: "single_float: \(literal)\n") }
  }

  @Test func truthValues() throws {
    for literal in ["true", "True", "t", "T", "1", "01", "0x1"] {
      #expect(try Proto3(textFormatString: "single_bool: \(literal)").singleBool)
    }
    for literal in ["false", "False", "f", "F", "0", "0x0"] {
      #expect(try Proto2(textFormatString: "single_bool: \(literal)").singleBool == false)
    }
    for literal in ["TRUE", "tr", "2", "yes", "-1", "'true'", "1.0", ""] {
      #expect(throws: TextFormatDecodingError.self) { try Proto3(textFormatString: "single_bool: \(literal)") }
    }
  }

  @Test(arguments: [
    (#""a""#, "a"), ("'a'", "a"), (#""it's""#, "it's"), (#"'"'"#, "\""), (#""a" 'b' "c""#, "abc"),
    ("'a'\n#x\n'b'", "ab"),
    (#""\a\b\f\n\r\t\v\\\'\"\?""#, "\u{7}\u{8}\u{c}\n\r\t\u{b}\\'\"?"), (#""\0\1\12\1234""#, "\0\u{1}\nS4"),
    (#""\x41\x4a\xa\x4AB""#, "AJ\nJB"), (#""\u00e9\U0001F600""#, "é😀"), (#""\303\251\xc3\xa9""#, "éé"),
    (#""\xc3" '\xa9'"#, "é"),
    (#""""#, ""), (#""" """#, ""), ("'tab\there'", "tab\there"),
    ("'a long string without anything'", "a long string without anything"),
  ])
  func strings(literal: String, value: String) throws {
    #expect(try Proto3(textFormatString: "optional_string: \(literal)").optionalString == value)
    #expect(try Proto3(textFormatString: "optional_bytes: \(literal)").optionalBytes == Data(value.utf8))
  }

  @Test(arguments: [
    #"""#, "'", #""a'"#, "\"a\nb\"", "\"a\rb\"", #""\q""#, #""\x""#, #""\xg""#, #""\u12""#, #""\u123g""#,
    #""\U0011000""#,
    #""\U00110000""#, #""\ud83d""#, #""\ud83d\ude00""#, #""\U0000d83d""#, #""\400""#, #""\777""#, #""\8""#, #""\"#, "a",
    "1", "",
    "\"long enough for words\n", #"'a' ["b"]"#,
  ])
  func notStrings(literal: String) {
    #expect(throws: TextFormatDecodingError.malformedText) { try Proto3(textFormatString: "single_string: \(literal)") }
    #expect(throws: TextFormatDecodingError.malformedText) { try Proto3(textFormatString: "single_bytes: \(literal)") }
  }

  @Test func stringsAreUTF8AndBytesNeedNotBe() throws {
    for literal in [#""\xff""#, #""\303""#, #""\355\240\200""#] {
      #expect(throws: TextFormatDecodingError.invalidUTF8) { try Proto3(textFormatString: "single_string: \(literal)") }
    }
    #expect(try Proto3(textFormatString: #"single_bytes: "\xff\303""#).singleBytes == Data([0xff, 0xc3]))
  }

  @Test func enumsByNameAndNumber() throws {
    #expect(try Proto3(textFormatString: "single_color: ULTRAVIOLET").singleColor == .ultraviolet)
    #expect(try Proto3(textFormatString: "single_color: 0x12c").singleColor == .ultraviolet)
    #expect(try Proto3(textFormatString: "single_color: -5").singleColor == .infrared)
    #expect(try Proto3(textFormatString: "single_color: 77").singleColor == .UNRECOGNIZED(77))
    #expect(try Proto2(textFormatString: "choice_color: GREEN").choiceColor == .green)
    for text in ["single_color: 77", "single_color: PINK", "choice_color: 77", "repeated_color: [RED, 77]"] {
      #expect(throws: TextFormatDecodingError.unrecognizedEnumValue) { try Proto2(textFormatString: text) }
    }
    #expect(throws: TextFormatDecodingError.unrecognizedEnumValue) { try Proto3(textFormatString: "single_color: red") }
    #expect(throws: TextFormatDecodingError.malformedNumber) {
      try Proto3(textFormatString: "single_color: 4294967296")
    }
    #expect(throws: TextFormatDecodingError.self) { try Proto3(textFormatString: "single_color: 'RED'") }
  }

  @Test(arguments: [
    "single_inner { number: 1 text: 'a' }", "single_inner: { number: 1, text: 'a' }",
    "single_inner < number: 1; text: 'a'; >",
    "single_inner:<number:1,text:'a',>", "single_inner{text:'a'number:1}",
    "# comment\nsingle_inner {# }\nnumber: 1#\ntext:#'b'\n'a'}",
    "single_inner\n{\tnumber\u{b}:\r1\u{c}text: 'a'};", "17 { 1: 1 2: 'a' }",
  ])
  func messagesInAllForms(text: String) throws {
    let inner = try Proto3(textFormatString: text).singleInner
    #expect(inner.number == 1)
    #expect(inner.text == "a")
  }

  @Test(arguments: [
    "single_inner { number: 1", "single_inner { number: 1 >", "single_inner { } }", "single_inner", "single_inner:",
    "{}",
    "single_inner: 1", "single_inner []", "single_inner [{}]", "single_int32 1", "single_int32 { }", "single_int32",
    ", single_int32: 1",
    "single_int32: 1,,", "single_int32: 1;;", ":", "single_int32: : 1", "-single_int32: 1", "single_int32: 1 }",
    "single_int32: 1 \0",
  ])
  func notMessages(text: String) {
    #expect(throws: TextFormatDecodingError.self) { try Proto3(textFormatString: text) }
  }

  @Test func listsInAllForms() throws {
    let lists = try Proto3(
      textFormatString: """
        repeated_int64: [1, 2,3] repeated_int64: 4 repeated_int64: [] repeated_int64: [5]
        repeated_string: ['a' 'b', "c"]; repeated_string: 'd'
        repeated_inner: [{ number: 1 }, < number: 2 >] repeated_inner { number: 3 } repeated_inner [{ number: 4 }] repeated_inner []
        repeated_color: [RED, 1, ULTRAVIOLET]
        repeated_bool: [t, False, 1]
        """)
    #expect(lists.repeatedInt64 == [1, 2, 3, 4, 5])
    #expect(lists.repeatedString == ["ab", "c", "d"])
    #expect(lists.repeatedInner.map(\.number) == [1, 2, 3, 4])
    #expect(lists.repeatedColor == [.red, .green, .ultraviolet])
    #expect(lists.repeatedBool == [true, false, true])
    for text in [
      "repeated_int64: [1 2]", "repeated_int64: [1,]", "repeated_int64: [,1]", "repeated_int64: [1",
      "repeated_int64: [[1]]",
      "repeated_int64 [1]", "repeated_int64: [1;2]", "repeated_inner: [{} {}]", "repeated_inner: [1]",
      "repeated_int64: 1, 2",
    ] {
      #expect(throws: TextFormatDecodingError.self) { try Proto3(textFormatString: text) }
    }
  }

  @Test func groupsGoByTypeAndFieldName() throws {
    for name in ["SingleGroup", "singlegroup"] {
      #expect(try Proto2(textFormatString: "\(name) { number: 5 }").singleGroup.number == 5)
    }
    #expect(throws: TextFormatDecodingError.unknownField) { try Proto2(textFormatString: "SINGLEGROUP {}") }
  }

  @Test func mapEntriesMayLackKeyOrValue() throws {
    let message = try Proto3(
      textFormatString: """
        by_string { value: 1 } by_string { key: 'a' } by_string: [{ value: 2, key: 'b' }, <>]
        to_inner { key: 1 value: < number: 7 > } to_inner: { key: 1 value { number: 8 } } to_color {}
        """)
    #expect(message.byString == ["": 0, "a": 0, "b": 2])
    #expect(message.toInner.mapValues(\.number) == [1: 8])
    #expect(message.toColor == [0: .red])
    for text in [
      "by_string { key: 'a' key: 'b' }", "by_string { value: 0 value: 0 }", "by_string { other: 1 }",
      "by_string { key: 1 }",
      "by_string { [a.b]: 1 }", "by_string { key: 'a'", "by_string: 1",
    ] {
      #expect(throws: TextFormatDecodingError.self) { try Proto3(textFormatString: text) }
    }
  }

  @Test(arguments: ["every_kind.pro to2.extended_int32", "every_kind.proto2.extended_# comment\nint32"])
  func spaceMayStandInsideOfAnExtensionsName(_ name: String) throws {
    let message = try Proto2(
      textFormatString: "[\(name)]: 1", extensions: EveryKind_Proto2_EveryKindProto2_Extensions)
    #expect(message.EveryKind_Proto2_extendedInt32 == 1)
  }

  @Test func extensionsStandInBrackets() throws {
    let extensions = EveryKind_Proto2_EveryKindProto2_Extensions
    let message = try Proto2(
      textFormatString: """
        [every_kind.proto2.extended_int32]: 1
        [ every_kind . proto2 # comment
          . extended_repeated_int32 ]: [1, 2]
        [every_kind.proto2.extended_repeated_int32]: 3
        [every_kind.proto2.extended_repeated_string]: []
        [every_kind.proto2.extended_color]: BLUE
        [every_kind.proto2.extended_inner] < number: 2 >
        [every_kind.proto2.extended_repeated_inner] [{}, { number: 3 }]
        """, extensions: extensions)
    #expect(message.EveryKind_Proto2_extendedInt32 == 1)
    #expect(message.EveryKind_Proto2_extendedRepeatedInt32 == [1, 2, 3])
    #expect(message.EveryKind_Proto2_extendedColor == .blue)
    #expect(message.EveryKind_Proto2_extendedInner.number == 2)
    #expect(message.EveryKind_Proto2_extendedRepeatedInner.map(\.number) == [0, 3])
    #expect(message == (try Proto2(serializedBytes: message.serializedBytes() as [UInt8], extensions: extensions)))
    for text in ["[every_kind.proto2.extended_int32]: 1", "[no.such]: 1"] {
      #expect(throws: TextFormatDecodingError.unknownField) { try Proto2(textFormatString: text) }
      #expect(throws: TextFormatDecodingError.unknownField) {
        try Proto3(textFormatString: text, extensions: extensions)
      }
    }
    for text in [
      "[]: 1", "[every_kind.proto2.extended_int32: 1", "[1a]: 1", "[a/b]: 1", "[every_kind.proto2.extended_int32] 1",
      "[every_kind.proto2.extended_int32]: 1 [every_kind.proto2.extended_int32]: 2",
    ] {
      #expect(throws: TextFormatDecodingError.malformedText) {
        try Proto2(textFormatString: text, extensions: extensions)
      }
    }
  }

  @Test func whatIsSetTwiceIsRefused() {
    for text in [
      "single_int32: 1 single_int32: 1", "single_inner { number: 1 } single_inner { number: 1 }",
      "single_string: 'a' single_string: 'b'", "single_color: RED single_color: RED",
      "single_bytes: 'a' single_bytes: ''",
    ] {
      #expect(throws: TextFormatDecodingError.malformedText) { try Proto2(textFormatString: text) }
    }
    for text in [
      "choice_int32: 1 choice_string: 'a'", "choice_int32: 1 choice_int32: 1", "choice_inner {} choice_inner {}",
    ] {
      #expect(throws: TextFormatDecodingError.conflictingOneOf) { try Proto3(textFormatString: text) }
    }
  }

  @Test func messagesThatAreGivenTwiceAreMerged() throws {
    let message = try Proto2(
      textFormatString: """
        single_inner { number: 1 inners {} } SingleGroup {}
        single_inner { text: 'a' inners {} } singlegroup { number: 2 }
        """)
    let merged = try Proto2(
      textFormatString: "single_inner { number: 1 text: 'a' inners: [{}, {}] } SingleGroup { number: 2 }")
    #expect(message == merged)
  }

  @Test func reservedNamesAndNumbersAreSkipped() throws {
    for value in [
      ": true", ": -123", ": 0.123", ": ENUM_VALUE", ": 'hello' \"again\"", ": { a: 123 }", ": < a: 123 >",
      "{ a: 123 b: [] [x.y] {} 7: 1 }",
      ": [-123, 456]", ": [0.123, 1e-10] ", ": ['hello', 'world']", " [{}, <>]", ": []", ": 0x1f", ": 017", ": -inf",
      ": - 1", ": nan",
    ] {
      for name in ["old_name", "older_name", "2", "6", "1000", "536870911"] {
        let message = try Fixtures_Proto2_Retired(textFormatString: "\(name)\(value), current: 3")
        #expect(message.current == 3)
      }
    }
    for name in ["newer_name", "3", "8"] {
      #expect(throws: TextFormatDecodingError.unknownField) {
        try Fixtures_Proto2_Retired(textFormatString: "\(name): 1")
      }
    }
  }

  @Test func unknownFieldsAreSkippedOnDemand() throws {
    var options = TextFormatDecodingOptions()
    options.ignoreUnknownFields = true
    let text =
      "unknown: [1, -2.5f, 'x' 'y', { deep < [a.b/c%20d]: 1 > }] other { } single_int32: 4 999: 'z' by_string { key: 'k' extra: 1 }"
    let message = try Proto3(textFormatString: text, options: options)
    #expect(message.singleInt32 == 4)
    #expect(message.byString == ["k": 0])
    for text in [
      "unknown", "unknown: ", "unknown: [1", "unknown: [1 2]", "unknown 1", "unknown: {", "unknown: { 1 }",
      "unknown: { a: 1 >",
      "unknown: [[1]]", "unknown: 1.2.3", "unknown: 'a", "unknown: '\\q'", "unknown: -", "unknown: 09", "unknown: +1",
      "unknown [1]",
      "unknown: { [a%2]: 1 }", "[no.such]: 1", "0x1: 1 }",
    ] {
      #expect(throws: TextFormatDecodingError.self) { try Proto3(textFormatString: text, options: options) }
    }
    options = TextFormatDecodingOptions()
    options.ignoreUnknownExtensionFields = true
    #expect(try Proto3(textFormatString: "[no.such] { a: 1 } single_int32: 4", options: options).singleInt32 == 4)
    #expect(try Proto3(textFormatString: "by_string { [no.such]: 1 }", options: options).byString == ["": 0])
    #expect(throws: TextFormatDecodingError.unknownField) {
      try Proto3(textFormatString: "unknown: 1", options: options)
    }
  }

  @Test func theDepthIsLimited() throws {
    func nested(_ count: Int) -> String {
      String(repeating: "itself {", count: count) + String(repeating: "}", count: count)
    }
    _ = try Proto3(textFormatString: nested(99))
    #expect(throws: TextFormatDecodingError.messageDepthLimit) { try Proto3(textFormatString: nested(100)) }
    var options = TextFormatDecodingOptions()
    options.messageDepthLimit = 2
    _ = try Proto3(textFormatString: "itself {} to_inner { key: 1 }", options: options)
    for text in [nested(2), "to_inner { value {} }", "repeated_inner [{ inners {} }]"] {
      #expect(throws: TextFormatDecodingError.messageDepthLimit) {
        try Proto3(textFormatString: text, options: options)
      }
    }
    options.ignoreUnknownFields = true
    let unknown = String(repeating: "a {", count: 100_000)
    #expect(throws: TextFormatDecodingError.messageDepthLimit) {
      try Proto3(textFormatString: unknown, options: options)
    }
  }

  @Test func anAnyIsReadFromItsMessage() throws {
    Google_Protobuf_Any.register(messageType: Proto3.self)
    let any = try Google_Protobuf_Any(
      textFormatString: """
        [ example.com/a%20b/ # comment
          every_kind.proto3.EveryKindProto3 ]: < single_int32: 7 >;
        """)
    #expect(any.typeURL == "example.com/a%20b/every_kind.proto3.EveryKindProto3")
    #expect(try Proto3(unpackingAny: any).singleInt32 == 7)
    let name = "a/every_kind.proto3.EveryKindProto3"
    for text in [
      "[a/not.Registered] {}", "[\(name)] { single_int32: 'a' }", "[\(name)] {} value: ''", "[\(name)] {} [\(name)] {}",
      "type_url: 'x' [\(name)] {}", "[every_kind.proto3.EveryKindProto3] {}", "[/every_kind.proto3.EveryKindProto3] {}",
      "[\(name)]", "[\(name)]: 1", "[a%2/b] {}",
      "[] {}",
    ] {
      #expect(throws: TextFormatDecodingError.self) { try Google_Protobuf_Any(textFormatString: text) }
    }
  }

  @Test func requiredFieldsNeedNotBeThere() throws {
    #expect(try EveryKind_Proto2_RequiredFields(textFormatString: "number: 1").number == 1)
  }

  @Test func anEmptyTextIsAnEmptyMessage() throws {
    for text in ["", " ", "\n# comment", "#"] { #expect(try Proto3(textFormatString: text) == Proto3()) }
  }
}
