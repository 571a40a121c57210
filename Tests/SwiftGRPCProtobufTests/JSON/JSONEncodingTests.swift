import Foundation
import GoldenCode
import SwiftGRPCProtobuf
import Testing

@Suite struct JSONEncodingTests {
  typealias Proto3 = EveryKind_Proto3_EveryKindProto3

  @Test func anEmptyMessageIsAnEmptyObject() throws {
    #expect(try Proto3().jsonString() == "{}")
  }

  @Test(arguments: [
    (Proto3.with { $0.singleInt32 = -7 }, #"{"singleInt32":-7}"#),
    (.with { $0.singleInt32 = .min }, #"{"singleInt32":-2147483648}"#),
    (.with { $0.singleUint32 = .max }, #"{"singleUint32":4294967295}"#),
    (.with { $0.singleInt64 = .min }, #"{"singleInt64":"-9223372036854775808"}"#),
    (.with { $0.singleUint64 = .max }, #"{"singleUint64":"18446744073709551615"}"#),
    (.with { $0.singleSint32 = 10 }, #"{"singleSint32":10}"#),
    (.with { $0.singleSint64 = 100 }, #"{"singleSint64":"100"}"#),
    (.with { $0.singleFixed32 = 99 }, #"{"singleFixed32":99}"#),
    (.with { $0.singleFixed64 = 1_000_000_007 }, #"{"singleFixed64":"1000000007"}"#),
    (.with { $0.singleSfixed32 = -1 }, #"{"singleSfixed32":-1}"#),
    (.with { $0.singleSfixed64 = -1 }, #"{"singleSfixed64":"-1"}"#),
    (.with { $0.singleBool = true }, #"{"singleBool":true}"#),
    (.with { $0.singleString = "a" }, #"{"singleString":"a"}"#),
    (.with { $0.singleBytes = Data([0xfb, 0xff, 0xfe]) }, #"{"singleBytes":"+//+"}"#),
    (.with { $0.singleBytes = Data([0]) }, #"{"singleBytes":"AA=="}"#),
    (.with { $0.singleBytes = Data([0, 1]) }, #"{"singleBytes":"AAE="}"#),
    (.with { $0.singleColor = .ultraviolet }, #"{"singleColor":"ULTRAVIOLET"}"#),
    (.with { $0.singleColor = .UNRECOGNIZED(7) }, #"{"singleColor":7}"#),
    (.with { $0.singleInner = .init() }, #"{"singleInner":{}}"#),
    (.with { $0.itself.itself.singleBool = true }, #"{"itself":{"itself":{"singleBool":true}}}"#),
    (.with { $0.optionalInt32 = 0 }, #"{"optionalInt32":0}"#),
    (.with { $0.optionalString = "" }, #"{"optionalString":""}"#),
    (.with { $0.optionalColor = .red }, #"{"optionalColor":"RED"}"#),
    (.with { $0.repeatedInt64 = [0, -1] }, #"{"repeatedInt64":["0","-1"]}"#),
    (.with { $0.repeatedString = ["", "b"] }, #"{"repeatedString":["","b"]}"#),
    (.with { $0.repeatedBool = [true, false] }, #"{"repeatedBool":[true,false]}"#),
    (.with { $0.repeatedColor = [.green, .UNRECOGNIZED(9)] }, #"{"repeatedColor":["GREEN",9]}"#),
    (
      .with { $0.repeatedInner = [.with { $0.number = 1 }, .init()] }, #"{"repeatedInner":[{"number":1},{}]}"#
    ),
    (.with { $0.byInt32 = [-1: 2] }, #"{"byInt32":{"-1":2}}"#),
    (.with { $0.byUint64 = [.max: 2] }, #"{"byUint64":{"18446744073709551615":2}}"#),
    (.with { $0.byBool = [true: 2] }, #"{"byBool":{"true":2}}"#),
    (.with { $0.byString = ["\n": 2] }, #"{"byString":{"\n":2}}"#),
    (.with { $0.toColor = [1: .blue] }, #"{"toColor":{"1":"BLUE"}}"#),
    (.with { $0.toInner = [1: .init()] }, #"{"toInner":{"1":{}}}"#),
    (.with { $0.choiceInt32 = 0 }, #"{"choiceInt32":0}"#),
    (.with { $0.choiceString = "" }, #"{"choiceString":""}"#),
    (.with { $0.choiceInner = .init() }, #"{"choiceInner":{}}"#),
    (.with { $0.choiceColor = .red }, #"{"choiceColor":"RED"}"#),
    (
      .with {
        $0.choiceSint64 = 1; $0.betweenChoices = "b"
      }, #"{"betweenChoices":"b","choiceSint64":"1"}"#
    ),
    (
      .with {
        $0.choiceInt32 = 1; $0.betweenChoices = "b"
      }, #"{"choiceInt32":1,"betweenChoices":"b"}"#
    ),
  ])
  func eachKindHasItsForm(message: Proto3, json: String) throws {
    #expect(try message.jsonString() == json)
    #expect(try message.jsonUTF8Data() == Data(json.utf8))
    #expect(try message.jsonUTF8Bytes() as [UInt8] == Array(json.utf8))
    #expect(try Proto3(jsonString: json) == message)
    #expect(try Proto3(jsonUTF8Data: Data(json.utf8)) == message)
  }

  @Test(arguments: [
    (0.1, "0.1"), (1, "1.0"), (-2.5, "-2.5"), (1e15, "1000000000000000.0"), (1e16, "1e+16"),
    (9_007_199_254_740_992, "9007199254740992.0"), (123456.789, "123456.789"), (1e-4, "0.0001"), (1e-5, "1e-05"),
    (-0.0, "-0.0"), (.leastNonzeroMagnitude, "5e-324"), (.greatestFiniteMagnitude, "1.7976931348623157e+308"),
    (0.30000000000000004, "0.30000000000000004"), (.infinity, "\"Infinity\""), (-.infinity, "\"-Infinity\""),
    (1.0 / 3, "0.3333333333333333"), (100.5, "100.5"), (99.99999999, "99.99999999"),
  ])
  func doublesArePrintedWithTheFewestDigits(value: Double, text: String) throws {
    let message = Proto3.with { $0.optionalDouble = value }
    #expect(try message.jsonString() == #"{"optionalDouble":\#(text)}"#)
    let read = try Proto3(jsonString: message.jsonString()).optionalDouble
    #expect(read.bitPattern == value.bitPattern)
  }

  @Test(
    arguments: [
      (0.1, "0.1"), (1, "1.0"), (16_777_216, "16777216.0"), (3.4028235e38, "3.4028235e+38"),
      (.leastNormalMagnitude, "1.1754944e-38"),
      (-0.5, "-0.5"), (.infinity, "\"Infinity\""), (0.33333334, "0.33333334"), (12345.678, "12345.678"),
    ] as [(Float, String)])
  func floatsArePrintedWithTheFewestDigits(value: Float, text: String) throws {
    let message = Proto3.with { $0.optionalFloat = value }
    #expect(try message.jsonString() == #"{"optionalFloat":\#(text)}"#)
    #expect(try Proto3(jsonString: message.jsonString()).optionalFloat.bitPattern == value.bitPattern)
  }

  @Test func manyDoublesArePrintedAsSwiftPrintsThem() throws {
    var random = RandomMutations(seed: 4)
    for _ in 0..<2_000 {
      let digits = Double(Int64.random(in: -10_000_000...10_000_000, using: &random))
      let value = [
        Double(bitPattern: random.next()), digits, digits / 100, digits / 1e7,
        Double(Int64(truncatingIfNeeded: random.next()) >> 8), digits * 1e9,
      ].randomElement(using: &random).unsafelyUnwrapped
      guard value.isFinite else { continue }
      #expect(try Proto3.with { $0.optionalDouble = value }.jsonString() == #"{"optionalDouble":\#(value)}"#)
      #expect(try Proto3(jsonString: #"{"optionalDouble":\#(value)}"#).optionalDouble.bitPattern == value.bitPattern)
      let float = Float(value)
      guard float.isFinite else { continue }
      #expect(try Proto3.with { $0.optionalFloat = float }.jsonString() == #"{"optionalFloat":\#(float)}"#)
      #expect(try Proto3(jsonString: #"{"optionalFloat":\#(float)}"#).optionalFloat.bitPattern == float.bitPattern)
    }
  }

  @Test func notANumberIsAString() throws {
    let json = try Proto3.with {
      $0.singleDouble = .nan; $0.singleFloat = .nan
    }.jsonString()
    #expect(json == #"{"singleDouble":"NaN","singleFloat":"NaN"}"#)
    #expect(try Proto3(jsonString: json).singleDouble.isNaN)
  }

  @Test func stringsAreEscapedWhereJSONAsksForIt() throws {
    let text = "\u{0}\u{1f}\u{8}\t\n\u{c}\r\"\\/<é€😀\u{7f}\u{80}\u{9f}\u{a0} and plain text behind"
    let json = try Proto3.with { $0.singleString = text }.jsonString()
    #expect(
      json == #"{"singleString":"\u0000\u001F\b\t\n\f\r\"\\/<é€😀\u007F\u0080\u009F"# + "\u{a0} and plain text behind\"}"
    )
    #expect(try Proto3(jsonString: json).singleString == text)
  }

  @Test func longTextsOutgrowTheBuffer() throws {
    let text = String(repeating: "\"\\\n", count: 5_000) + String(repeating: "plain ", count: 5_000)
    let message = Proto3.with {
      $0.repeatedString = [text, text]
      $0.repeatedBytes = [Data(repeating: 7, count: 100_000)]
      $0.repeatedInt32 = Array(0..<10_000)
    }
    #expect(try Proto3(jsonString: message.jsonString()) == message)
  }

  // MARK: - Options

  @Test func optionsChangeTheText() throws {
    let message = Proto3.with {
      $0.singleInt64 = 5
      $0.singleColor = .green
      $0.byInt64 = [3: 1, -1: 2, 20: 3]
    }
    var options = JSONEncodingOptions()
    options.useDeterministicOrdering = true
    #expect(
      try message.jsonString(options: options)
        == #"{"singleInt64":"5","singleColor":"GREEN","byInt64":{"-1":2,"3":1,"20":3}}"#)
    options.alwaysPrintInt64sAsNumbers = true
    options.alwaysPrintEnumsAsInts = true
    options.preserveProtoFieldNames = true
    let json = try message.jsonString(options: options)
    #expect(json == #"{"single_int64":5,"single_color":1,"by_int64":{"-1":2,"3":1,"20":3}}"#)
    #expect(try Proto3(jsonString: json) == message)
  }

  @Test func fieldsWithoutPresenceAreAlwaysPrintedIfAskedFor() throws {
    var options = JSONEncodingOptions()
    options.alwaysPrintFieldsWithoutPresence = true
    #expect(try EveryKind_Proto3_Inner().jsonString(options: options) == #"{"number":0,"text":"","inners":[],"crc":0}"#)
    let json = try Proto3().jsonString(options: options)
    #expect(json.contains(#""singleColor":"RED","repeatedDouble":[]"#))
    #expect(json.contains(#""byString":{}"#))
    #expect(!json.contains("optional"))
    #expect(!json.contains("choiceInt32"))
    #expect(!json.contains("singleInner"))
    #expect(try Proto3(jsonString: json) == Proto3())
  }

  // MARK: - Names, groups, extensions

  @Test func groupsAreNamedInLowerCase() throws {
    let message = Fixtures_Proto2_Groups.with {
      $0.header.version = 3
      $0.resultLine = [
        .with {
          $0.text = "t"; $0.inner.deep = true
        }
      ]
      $0.picked.number = 1
    }
    let json = #"{"header":{"version":3},"resultline":[{"text":"t","inner":{"deep":true}}],"picked":{"number":"1"}}"#
    #expect(try message.jsonString() == json)
    var options = JSONEncodingOptions()
    options.preserveProtoFieldNames = true
    #expect(try message.jsonString(options: options) == json)
    #expect(try Fixtures_Proto2_Groups(jsonString: json) == message)
  }

  @Test func extensionsHaveTheirFullNamesInBrackets() throws {
    let message = Fixtures_Extensions_Extensible.with {
      $0.own = 1
      $0.Fixtures_Extensions_number = 0
      $0.Fixtures_Extensions_packedNumbers = [1, -1]
      $0.Fixtures_Extensions_rank = .high
      $0.Fixtures_Extensions_section.title = "t"
      $0.Fixtures_Extensions_Note_notes = [.with { $0.text = "n" }]
    }
    let json = try message.jsonString()
    #expect(
      json == #"{"own":1,"[fixtures.extensions.number]":0,"[fixtures.extensions.packed_numbers]":["1","-1"],"#
        + #""[fixtures.extensions.rank]":"RANK_HIGH","[fixtures.extensions.section]":{"title":"t"},"#
        + #""[fixtures.extensions.Note.notes]":[{"text":"n"}]}"#)
    let read = try Fixtures_Extensions_Extensible(
      jsonString: json, extensions: Fixtures_Extensions_Extensions_Extensions)
    #expect(read == message)
  }

  // MARK: - Arrays

  @Test func messagesMakeAnArray() throws {
    let messages: [EveryKind_Proto3_Inner] = [.with { $0.number = 1 }, .init()]
    let json = try EveryKind_Proto3_Inner.jsonString(from: messages)
    #expect(json == #"[{"number":1},{}]"#)
    #expect(try EveryKind_Proto3_Inner.jsonUTF8Data(from: messages) == Data(json.utf8))
    #expect(try EveryKind_Proto3_Inner.array(fromJSONString: " [ {\"number\":1} , {} ] ") == messages)
    #expect(try EveryKind_Proto3_Inner.array(fromJSONUTF8Data: Data(json.utf8)) == messages)
    #expect(try EveryKind_Proto3_Inner.array(fromJSONString: "[]") == [])
    #expect(try EveryKind_Proto3_Inner.jsonString(from: []) == "[]")
  }

  // MARK: - Round trips

  @Test func samplesComeBack() throws {
    #expect(try Proto3(jsonString: Samples.proto3.jsonString()) == Samples.proto3)
    let proto2 = try EveryKind_Proto2_EveryKindProto2(
      jsonString: Samples.proto2.jsonString(), extensions: EveryKind_Proto2_EveryKindProto2_Extensions)
    #expect(proto2 == Samples.proto2)
    let editions = try EveryKind_Editions_EveryKindEditions(
      jsonString: Samples.editions.jsonString(), extensions: EveryKind_Editions_EveryKindEditions_Extensions)
    #expect(editions == Samples.editions)
    #expect(try Google_Protobuf_FileDescriptorProto(jsonString: Samples.descriptor.jsonString()) == Samples.descriptor)
  }

  @Test func randomMessagesComeBack() throws {
    var random = RandomMutations(seed: 11)
    for _ in 0..<300 {
      let message = RandomMessages.proto3(&random, depth: 2)
      for preserves in [false, true] {
        var options = JSONEncodingOptions()
        options.preserveProtoFieldNames = preserves
        options.alwaysPrintEnumsAsInts = preserves
        options.alwaysPrintInt64sAsNumbers = preserves
        options.alwaysPrintFieldsWithoutPresence = preserves
        let json: [UInt8] = try message.jsonUTF8Bytes(options: options)
        #expect(try Proto3(jsonUTF8Bytes: json) == message)
      }
    }
  }
}
