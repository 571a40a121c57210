import Foundation
import GoldenCode
import SwiftGRPCProtobuf
import Testing

private typealias Proto2 = EveryKind_Proto2_EveryKindProto2
private typealias Proto3 = EveryKind_Proto3_EveryKindProto3
private typealias Editions = EveryKind_Editions_EveryKindEditions

/// Messages and the texts that they are printed as, which are read as the same messages.
struct TextFormatRoundTripTests {
  private let extensions = EveryKind_Proto2_EveryKindProto2_Extensions

  private func expect<M: Message>(
    _ text: String, extensions: SimpleExtensionMap = [], sourceLocation: SourceLocation = #_sourceLocation,
    _ populate: (inout M) -> Void
  ) throws {
    let message = M.with { populate(&$0) }
    #expect(message.textFormatString() == text, sourceLocation: sourceLocation)
    let read = try M(textFormatString: text, extensions: extensions)
    // Not `==` alone: what is not a number is not equal to itself.
    let bytes: [UInt8] = try read.serializedBytes(partial: true)
    let expected: [UInt8] = try message.serializedBytes(partial: true)
    #expect(read == message || bytes == expected, sourceLocation: sourceLocation)
  }

  @Test func scalarsOfEveryKind() throws {
    try expect("single_double: 0.1\n") { (m: inout Proto3) in m.singleDouble = 0.1 }
    try expect("single_double: 1.0\n") { (m: inout Proto3) in m.singleDouble = 1 }
    try expect("single_double: -0.0\n") { (m: inout Proto3) in m.singleDouble = -0.0 }
    try expect("single_double: 1e+16\n") { (m: inout Proto3) in m.singleDouble = 1e16 }
    try expect("single_double: 9007199254740991.0\n") { (m: inout Proto3) in m.singleDouble = 9_007_199_254_740_991 }
    try expect("single_double: 1.7976931348623157e+308\n") { (m: inout Proto3) in
      m.singleDouble = .greatestFiniteMagnitude
    }
    try expect("single_double: 5e-324\n") { (m: inout Proto3) in m.singleDouble = .leastNonzeroMagnitude }
    try expect("single_double: inf\n") { (m: inout Proto3) in m.singleDouble = .infinity }
    try expect("single_double: -inf\n") { (m: inout Proto3) in m.singleDouble = -.infinity }
    try expect("single_double: nan\n") { (m: inout Proto3) in m.singleDouble = .nan }
    try expect("single_float: 0.1\n") { (m: inout Proto3) in m.singleFloat = 0.1 }
    try expect("single_float: 16777215.0\n") { (m: inout Proto3) in m.singleFloat = 16_777_215 }
    try expect("single_float: 3.4028235e+38\n") { (m: inout Proto3) in m.singleFloat = .greatestFiniteMagnitude }
    try expect("single_int32: -2147483648\n") { (m: inout Proto3) in m.singleInt32 = .min }
    try expect("single_int64: -9223372036854775808\n") { (m: inout Proto3) in m.singleInt64 = .min }
    try expect("single_uint32: 4294967295\n") { (m: inout Proto3) in m.singleUint32 = .max }
    try expect("single_uint64: 18446744073709551615\n") { (m: inout Proto3) in m.singleUint64 = .max }
    try expect("single_sint32: 10\n") { (m: inout Proto3) in m.singleSint32 = 10 }
    try expect("single_sint64: 99\n") { (m: inout Proto3) in m.singleSint64 = 99 }
    try expect("single_fixed32: 100\n") { (m: inout Proto3) in m.singleFixed32 = 100 }
    try expect("single_fixed64: 9\n") { (m: inout Proto3) in m.singleFixed64 = 9 }
    try expect("single_sfixed32: -1\n") { (m: inout Proto3) in m.singleSfixed32 = -1 }
    try expect("single_sfixed64: 1234567890123\n") { (m: inout Proto3) in m.singleSfixed64 = 1_234_567_890_123 }
    try expect("single_bool: true\n") { (m: inout Proto3) in m.singleBool = true }
    try expect("single_string: \"text\"\n") { (m: inout Proto3) in m.singleString = "text" }
    try expect("single_bytes: \"\\000\\377ab\"\n") { (m: inout Proto3) in m.singleBytes = Data([0, 255, 97, 98]) }
    try expect("single_color: GREEN\n") { (m: inout Proto3) in m.singleColor = .green }
    try expect("single_color: 77\n") { (m: inout Proto3) in m.singleColor = .UNRECOGNIZED(77) }
    try expect("optional_int32: 0\n") { (m: inout Proto3) in m.optionalInt32 = 0 }
    try expect("optional_string: \"\"\n") { (m: inout Proto3) in m.optionalString = "" }
  }

  @Test func charactersThatAreEscaped() throws {
    try expect("single_string: \"\\001\\b\\t\\n\\v\\f\\r\\037 \\\"\\\\ ' \\177 \u{80}é世😀\"\n") { (m: inout Proto3) in
      m.singleString = "\u{1}\u{8}\t\n\u{b}\u{c}\r\u{1f} \"\\ ' \u{7f} \u{80}é世😀"
    }
    try expect("single_bytes: \"\\303\\251\\b\\t\\n\\v\\f\\r\\\"\\\\ ' \\177\"\n") { (m: inout Proto3) in
      m.singleBytes = Data("é\u{8}\t\n\u{b}\u{c}\r\"\\ ' \u{7f}".utf8)
    }
    let long = String(repeating: "plain text, ", count: 9)
    for place in 0..<20 {
      let start = String(long.prefix(place))
      try expect("single_string: \"\(start)\\\"\(long)\"\n") { (m: inout Proto3) in m.singleString = start + "\"" + long
      }
    }
  }

  @Test func packedListsAreShortAndOthersLong() throws {
    try expect("repeated_int64: [0, -1, 300]\nexpanded_fixed32: 1\nexpanded_fixed32: 2\n") { (m: inout Proto3) in
      m.repeatedInt64 = [0, -1, 300]
      m.expandedFixed32 = [1, 2]
    }
    try expect("repeated_double: [1.0, inf]\nrepeated_color: [GREEN, 77]\n") { (m: inout Proto3) in
      m.repeatedDouble = [1, .infinity]
      m.repeatedColor = [.green, .UNRECOGNIZED(77)]
    }
    try expect("repeated_string: \"\"\nrepeated_string: \"a\"\n") { (m: inout Proto3) in m.repeatedString = ["", "a"] }
    try expect("repeated_color: RED\nrepeated_color: BLUE\npacked_bool: [true, false]\n") { (m: inout Proto2) in
      m.repeatedColor = [.red, .blue]
      m.packedBool = [true, false]
    }
  }

  @Test func messagesGroupsMapsAndOneofs() throws {
    try expect("single_inner {\n  inners {\n  }\n  inners {\n    text: \"deep\"\n  }\n}\n") { (m: inout Proto3) in
      m.singleInner.inners = [.init(), .with { $0.text = "deep" }]
    }
    try expect("SingleGroup {\n  number: 1\n}\nRepeatedGroup {\n}\nChoiceGroup {\n  number: 2\n}\n") {
      (m: inout Proto2) in
      m.singleGroup.number = 1
      m.repeatedGroup = [.init()]
      m.choiceGroup.number = 2
    }
    try expect("delimited_inner {\n  text: \"a\"\n}\n") { (m: inout Editions) in m.delimitedInner.text = "a" }
    try expect(
      """
      by_string {
        key: ""
        value: 0
      }
      by_string {
        key: "b"
        value: 1
      }
      to_inner {
        key: -2
        value {
        }
      }
      to_inner {
        key: 1
        value {
          number: 3
        }
      }
      choice_string: ""

      """
    ) { (m: inout Proto3) in
      m.byString = ["b": 1, "": 0]
      m.toInner = [1: .with { $0.number = 3 }, -2: .init()]
      m.choiceString = ""
    }
  }

  @Test func oneofMembersAndExtensionsStandInTheOrderOfTheirNumbers() throws {
    try expect("between_choices: \"b\"\nchoice_string: \"c\"\nfar: 1\n") { (m: inout Proto3) in
      m.choiceString = "c"
      m.betweenChoices = "b"
      m.far = 1
    }
    let text = """
      single_int32: 1
      [every_kind.proto2.extended_int32]: 0
      [every_kind.proto2.extended_string]: "e"
      [every_kind.proto2.extended_inner] {
        number: 8
      }
      [every_kind.proto2.extended_repeated_color]: BLUE
      [every_kind.proto2.extended_repeated_color]: RED
      [every_kind.proto2.extendedgroup] {
        number: 4
      }
      [every_kind.proto2.extended_packed_fixed64]: [1, 2]
      three_bytes: "t"

      """
    try expect(text, extensions: extensions) { (m: inout Proto2) in
      m.singleInt32 = 1
      m.EveryKind_Proto2_extendedInt32 = 0
      m.EveryKind_Proto2_extendedString = "e"
      m.EveryKind_Proto2_extendedInner.number = 8
      m.EveryKind_Proto2_extendedRepeatedColor = [.blue, .red]
      m.EveryKind_Proto2_extendedGroup.number = 4
      m.EveryKind_Proto2_extendedPackedFixed64 = [1, 2]
      m.threeBytes = "t"
    }
  }

  @Test func messageSetItemsGoByTheirTypes() throws {
    let text = "[fixtures.extensions.Letter] {\n  text: \"Dear all\"\n}\n"
    let message = try Fixtures_Extensions_Envelope(
      textFormatString: text, extensions: Fixtures_Extensions_Extensions_Extensions)
    #expect(message.Fixtures_Extensions_Letter_letter.text == "Dear all")
    #expect(message.textFormatString() == text)
  }

  @Test func samplesSurvive() throws {
    #expect(try Proto3(textFormatString: Samples.proto3.textFormatString()) == Samples.proto3)
    #expect(
      try Editions(
        textFormatString: Samples.editions.textFormatString(),
        extensions: EveryKind_Editions_EveryKindEditions_Extensions) == Samples.editions)
    #expect(
      try Proto2(textFormatString: Samples.proto2.textFormatString(), extensions: extensions) == Samples.proto2)
    let descriptor = Samples.descriptor
    #expect(try Google_Protobuf_FileDescriptorProto(textFormatString: descriptor.textFormatString()) == descriptor)
  }

  @Test func anAnyOfARegisteredTypeIsPrintedAsItsMessage() throws {
    Google_Protobuf_Any.register(messageType: Proto3.self)
    Google_Protobuf_Any.register(messageType: Google_Protobuf_Any.self)
    let inner = try Google_Protobuf_Any(message: Proto3.with { $0.byString = ["a": 1] })
    try expect(
      """
      [type.googleapis.com/every_kind.proto3.EveryKindProto3] {
        by_string {
          key: "a"
          value: 1
        }
      }

      """
    ) { (m: inout Google_Protobuf_Any) in m = inner }
    let outer = try Google_Protobuf_Any(message: inner, typePrefix: "example.com")
    #expect(outer.textFormatString().hasPrefix("[example.com/google.protobuf.Any] {\n  [type.googleapis.com/every"))
    #expect(try Google_Protobuf_Any(textFormatString: outer.textFormatString()) == outer)
  }

  @Test func anAnyThatCannotBeUnpackedIsPrintedAsItIs() throws {
    try expect("type_url: \"example.com/not.Registered\"\nvalue: \"\\b\\001\"\n") { (m: inout Google_Protobuf_Any) in
      m.typeURL = "example.com/not.Registered"
      m.value = Data([8, 1])
    }
    Google_Protobuf_Any.register(messageType: Proto3.self)
    try expect(
      "type_url: \"a/every_kind.proto3.EveryKindProto3\"\nvalue: \"\\377\"\n"
    ) { (m: inout Google_Protobuf_Any) in
      m.typeURL = "a/every_kind.proto3.EveryKindProto3"
      m.value = Data([255])
    }
  }

  @Test func unknownFieldsArePrintedByNumberUnlessAskedNotTo() throws {
    let bytes: [UInt8] =
      [8, 150, 1] + [0x15, 1, 2, 3, 4] + [0x19, 0, 1, 2, 3, 4, 5, 6, 7] + [0x22, 3, 97, 98, 99] + [0x22, 0]
      + [0x2a, 4, 8, 1, 0x12, 0] + [0x33, 8, 2, 0x3b, 0x3c, 0x34]
    let message = try Google_Protobuf_Empty(serializedBytes: bytes)
    #expect(
      message.textFormatString() == """
        1: 150
        2: 0x04030201
        3: 0x0706050403020100
        4: "abc"
        4: ""
        5 {
          1: 1
          2: ""
        }
        6 {
          1: 2
          7 {
          }
        }

        """)
    var options = TextFormatEncodingOptions()
    options.printUnknownFields = false
    #expect(message.textFormatString(options: options) == "")
  }

  @Test func bytesThatOnlyLookNestedArePrintedAsBytesInTheEnd() throws {
    var bytes: [UInt8] = []
    for _ in 0..<40 { bytes = [0x0a, UInt8(bytes.count)] + bytes }
    let text = try Google_Protobuf_Empty(serializedBytes: bytes).textFormatString()
    #expect(text.components(separatedBy: "{").count == 11)
  }

  @Test func theDescriptionForDebuggingIsTheTextBehindTheName() {
    #expect(
      Proto3.with { $0.singleBool = true }.debugDescription
        == "GoldenCode.EveryKind_Proto3_EveryKindProto3:\nsingle_bool: true\n"
    )
  }
}
