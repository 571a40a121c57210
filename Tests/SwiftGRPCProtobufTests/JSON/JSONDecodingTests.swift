import Foundation
import GoldenCode
import SwiftGRPCProtobuf
import Testing

@Suite struct JSONDecodingTests {
  typealias Proto3 = EveryKind_Proto3_EveryKindProto3

  // MARK: - What is accepted

  @Test(arguments: [
    (" { } ", Proto3()),
    (
      "\t{\r\n\"singleInt32\" : 1 ,\n\"singleBool\":true}\n",
      .with {
        $0.singleInt32 = 1; $0.singleBool = true
      }
    ),
    // Both names, in any order; keys with escapes.
    (
      #"{"single_bool":true,"single_int32":1}"#,
      .with {
        $0.singleInt32 = 1; $0.singleBool = true
      }
    ),
    (#"{"single\u0049nt32":1}"#, .with { $0.singleInt32 = 1 }),
    // Integers in all forms that stand for integers.
    (#"{"singleInt32":"-5"}"#, .with { $0.singleInt32 = -5 }),
    (#"{"singleInt32":1.0}"#, .with { $0.singleInt32 = 1 }),
    (#"{"singleInt32":1e3}"#, .with { $0.singleInt32 = 1_000 }),
    (#"{"singleInt32":"1E+3"}"#, .with { $0.singleInt32 = 1_000 }),
    (#"{"singleInt32":12300e-2}"#, .with { $0.singleInt32 = 123 }),
    (#"{"singleInt32":1.23e2}"#, .with { $0.singleInt32 = 123 }),
    (#"{"singleInt32":-0}"#, Proto3()),
    (#"{"singleUint32":-0.0}"#, Proto3()),
    (#"{"singleInt32":"\u0031"}"#, .with { $0.singleInt32 = 1 }),
    (#"{"singleInt32":-2147483648}"#, .with { $0.singleInt32 = .min }),
    (#"{"singleInt64":-9223372036854775808}"#, .with { $0.singleInt64 = .min }),
    (#"{"singleInt64":9223372036854775807.00000000000000000000000}"#, .with { $0.singleInt64 = .max }),
    (#"{"singleInt64":9.223372036854775807e18}"#, .with { $0.singleInt64 = .max }),
    (#"{"singleUint64":18446744073709551615}"#, .with { $0.singleUint64 = .max }),
    (#"{"singleUint64":"18446744073709551615"}"#, .with { $0.singleUint64 = .max }),
    (#"{"singleUint64":1844674407370955161.5e1}"#, .with { $0.singleUint64 = .max }),
    (#"{"singleUint64":0e999999999999}"#, Proto3()),
    // Floating point, also in quotes.
    (#"{"singleDouble":"1.5"}"#, .with { $0.singleDouble = 1.5 }),
    (#"{"singleDouble":1}"#, .with { $0.singleDouble = 1 }),
    (#"{"singleDouble":"-Infinity"}"#, .with { $0.singleDouble = -.infinity }),
    (#"{"singleDouble":1e-400}"#, Proto3()),
    (#"{"singleDouble":1.7976931348623157e308}"#, .with { $0.singleDouble = .greatestFiniteMagnitude }),
    (#"{"singleDouble":9007199254740993}"#, .with { $0.singleDouble = 9_007_199_254_740_992 }),
    (
      #"{"singleDouble":9007199254740993.0000000000000000000000000001}"#,
      .with { $0.singleDouble = 9_007_199_254_740_994 }
    ),
    (#"{"singleFloat":3.4028235e+38}"#, .with { $0.singleFloat = .greatestFiniteMagnitude }),
    // Halfway between two floats, and just above: rounding to a double first would make it halfway.
    (#"{"singleFloat":1.000000059604644775390625}"#, .with { $0.singleFloat = 1 }),
    (#"{"singleFloat":1.0000000596046448}"#, .with { $0.singleFloat = 1 + .ulpOfOne }),
    // Strings.
    (#"{"singleString":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"}"#, .with { $0.singleString = "\"\\/\u{8}\u{c}\n\r\té😀" }),
    (#"{"singleString":"é€😀"}"#, .with { $0.singleString = "é€😀" }),
    // Bytes in both alphabets, padded or not.
    (#"{"singleBytes":"-_-_"}"#, .with { $0.singleBytes = Data([0xfb, 0xff, 0xbf]) }),
    (#"{"singleBytes":"+/+/"}"#, .with { $0.singleBytes = Data([0xfb, 0xff, 0xbf]) }),
    (#"{"singleBytes":"+\/+\/"}"#, .with { $0.singleBytes = Data([0xfb, 0xff, 0xbf]) }),
    (#"{"singleBytes":"AQ"}"#, .with { $0.singleBytes = Data([1]) }),
    (#"{"singleBytes":"AQ=="}"#, .with { $0.singleBytes = Data([1]) }),
    (#"{"singleBytes":"AQI"}"#, .with { $0.singleBytes = Data([1, 2]) }),
    (#"{"singleBytes":""}"#, Proto3()),
    // Enums.
    (#"{"singleColor":"INFRARED"}"#, .with { $0.singleColor = .infrared }),
    (#"{"singleColor":300}"#, .with { $0.singleColor = .ultraviolet }),
    (#"{"singleColor":12345}"#, .with { $0.singleColor = .UNRECOGNIZED(12345) }),
    // Null is absence.
    (#"{"singleInt32":null,"singleInner":null,"repeatedInt32":null,"byInt32":null,"choiceInt32":null}"#, Proto3()),
    (#"{"choiceInt32":null,"choiceString":"a"}"#, .with { $0.choiceString = "a" }),
    (#"{"choiceString":"a","choiceInt32":null}"#, .with { $0.choiceString = "a" }),
    (#"{"optionalInt32":null}"#, Proto3()),
    // Maps.
    (#"{"byBool":{"true":1,"false":2}}"#, .with { $0.byBool = [true: 1, false: 2] }),
    (#"{"byInt64":{"-5":1}}"#, .with { $0.byInt64 = [-5: 1] }),
    (#"{"toColor":{"1":"BLUE","2":1}}"#, .with { $0.toColor = [1: .blue, 2: .green] }),
  ])
  func soundTextIsRead(json: String, message: Proto3) throws {
    #expect(try Proto3(jsonString: json) == message)
  }

  @Test func theBitsOfDoublesAreThoseOfTheStandardLibrary() throws {
    var random = RandomMutations(seed: 5)
    for _ in 0..<5_000 {
      let digits = Int.random(in: 1...25, using: &random)
      var text = String(Int.random(in: 1...9, using: &random))
      for _ in 1..<digits + 1 { text += String(Int.random(in: 0...9, using: &random)) }
      if Bool.random(using: &random) { text.insert(".", at: text.index(text.startIndex, offsetBy: 1)) }
      if Bool.random(using: &random) { text += "e\(Int.random(in: -40...30, using: &random))" }
      let message = try Proto3(jsonString: #"{"singleDouble":\#(text)}"#)
      #expect(message.singleDouble.bitPattern == Double(text)?.bitPattern, "\(text)")
      guard let float = Float(text), float.isFinite else { continue }
      #expect(
        try Proto3(jsonString: #"{"singleFloat":\#(text)}"#).singleFloat.bitPattern == float.bitPattern, "\(text)")
    }
  }

  @Test func lateFieldsAreFoundByNameToo() throws {
    let json = #"{"threeBytes":"t","far":1,"betweenChoices":"b","toInner":{"7":{"crc":1}},"singleDouble":2}"#
    let message = Proto3.with {
      $0.threeBytes = "t"
      $0.far = 1
      $0.betweenChoices = "b"
      $0.toInner = [7: .with { $0.crc = 1 }]
      $0.singleDouble = 2
    }
    #expect(try Proto3(jsonString: json) == message)
  }

  // MARK: - What is refused

  @Test(
    arguments: [
      ("", JSONDecodingError.truncated), ("  ", .truncated), ("{", .truncated), (#"{"singleInt32""#, .truncated),
      (#"{"singleInt32":"#, .truncated), (#"{"singleInt32":1"#, .truncated), (#"{"singleString":"a"#, .truncated),
      (#"{"singleString":"a\"#, .truncated), (#"{"singleBool":tru"#, .malformedBool), ("null", .failure),
      ("[]", .failure), ("1", .failure), (#"{"singleInt32":1,}"#, .failure), (#"{,}"#, .failure),
      (#"{"singleInt32":1 "singleBool":true}"#, .failure), ("{singleInt32:1}", .failure),
      (#"{"singleInt32" 1}"#, .failure),
      ("{}{}", .trailingGarbage), ("{} x", .trailingGarbage), ("{}\u{0}", .trailingGarbage),
      (#"{"singleInt32":01}"#, .leadingZero), (#"{"singleInt32":-01}"#, .leadingZero),
      (#"{"singleInt32":"01"}"#, .leadingZero), (#"{"singleInt32":+1}"#, .malformedNumber),
      (#"{"singleInt32":.5}"#, .malformedNumber), (#"{"singleInt32":1.}"#, .malformedNumber),
      (#"{"singleInt32":1e}"#, .malformedNumber), (#"{"singleInt32":" 1"}"#, .malformedNumber),
      (#"{"singleInt32":"1 "}"#, .malformedNumber), (#"{"singleInt32":"12abc"}"#, .malformedNumber),
      (#"{"singleInt32":""}"#, .malformedNumber), (#"{"singleInt32":true}"#, .malformedNumber),
      (#"{"singleInt32":1.5}"#, .numberRange), (#"{"singleInt32":1e-1}"#, .numberRange),
      (#"{"singleInt32":2147483648}"#, .numberRange), (#"{"singleInt32":-2147483649}"#, .numberRange),
      (#"{"singleUint32":-1}"#, .numberRange), (#"{"singleUint32":4294967296}"#, .numberRange),
      (#"{"singleInt64":9223372036854775808}"#, .numberRange), (#"{"singleInt64":-9223372036854775809}"#, .numberRange),
      (#"{"singleUint64":18446744073709551616}"#, .numberRange), (#"{"singleUint64":1e20}"#, .numberRange),
      (#"{"singleUint64":1e999999999999}"#, .numberRange),
      (#"{"singleInt32":1.00000000000000000000001}"#, .numberRange),
      (#"{"singleDouble":1e309}"#, .numberRange), (#"{"singleDouble":-1.8e308}"#, .numberRange),
      (#"{"singleFloat":3.5e38}"#, .numberRange), (#"{"singleDouble":NaN}"#, .malformedNumber),
      (#"{"singleDouble":Infinity}"#, .malformedNumber), (#"{"singleDouble":"inf"}"#, .malformedNumber),
      (#"{"singleDouble":"nan"}"#, .malformedNumber), (#"{"singleDouble":"NaNs"}"#, .malformedNumber),
      (#"{"singleBool":"true"}"#, .malformedBool), (#"{"singleBool":1}"#, .malformedBool),
      (#"{"singleString":1}"#, .malformedString), (#"{"singleString":"\x"}"#, .malformedString),
      (#"{"singleString":"\u12"}"#, .malformedString), (#"{"singleString":"\ud800"}"#, .malformedString),
      (#"{"singleString":"\ude00\ud83d"}"#, .malformedString), (#"{"singleString":"\ud83dx"}"#, .malformedString),
      (#"{"singleString":"\ud83d\n"}"#, .malformedString), ("{\"singleString\":\"a\nb\"}", .malformedString),
      ("{\"singleString\":\"\u{1}\"}", .malformedString), (#"{"singleBytes":"A"}"#, .malformedString),
      (#"{"singleBytes":"AQ="}"#, .malformedString), (#"{"singleBytes":"A*=="}"#, .malformedString),
      (#"{"singleBytes":"===="}"#, .malformedString), (#"{"singleColor":"PINK"}"#, .unrecognizedEnumValue),
      (#"{"singleColor":1.5}"#, .numberRange), (#"{"repeatedInt32":[null]}"#, .illegalNull),
      (#"{"repeatedInner":[null]}"#, .illegalNull), (#"{"byInt32":{"1":null}}"#, .illegalNull),
      (#"{"repeatedInt32":[1,]}"#, .malformedNumber), (#"{"repeatedInt32":[1 2]}"#, .failure),
      (#"{"repeatedInt32":1}"#, .failure), (#"{"byInt32":[]}"#, .malformedMap),
      (#"{"byInt32":{1:1}}"#, .unquotedMapKey),
      (#"{"byInt32":{"1":1,"1":2}}"#, .malformedMap), (#"{"byBool":{"1":1}}"#, .malformedMap),
      (#"{"byInt32":{"a":1}}"#, .malformedNumber), (#"{"singleInner":1}"#, .failure),
      (#"{"singleInt32":1,"singleInt32":1}"#, .failure), (#"{"singleInt32":1,"single_int32":1}"#, .failure),
      (#"{"far":1,"far":1}"#, .failure), (#"{"choiceInt32":1,"choiceString":"a"}"#, .conflictingOneOf),
      (#"{"pink":1}"#, .unknownField("pink")), (#"{"p\u0069nk":1}"#, .unknownField("pink")),
      (#"{"[acme.pink]":1}"#, .unknownField("[acme.pink]")), (#"{"SingleInt32":1}"#, .unknownField("SingleInt32")),
    ] as [(String, JSONDecodingError)])
  func unsoundTextIsRefused(json: String, expected: JSONDecodingError) throws {
    let error = #expect(throws: JSONDecodingError.self) { try Proto3(jsonString: json) }
    #expect(error == expected, "\(json)")
    #expect(error?.location != nil)
  }

  @Test(arguments: ["[]", "null", "[1]"])
  func extensionsAreRefusedTwice(value: String) throws {
    let key = #""[fixtures.extensions.expanded_numbers]""#
    #expect(throws: JSONDecodingError.failure) {
      try Fixtures_Extensions_Extensible(
        jsonString: "{\(key):\(value),\(key):[2]}", extensions: Fixtures_Extensions_Extensions_Extensions)
    }
  }

  @Test func invalidUTF8IsRefusedEverywhere() throws {
    let broken: [[UInt8]] = [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80], [0xf5, 0x80, 0x80, 0x80]]
    var options = JSONDecodingOptions()
    options.ignoreUnknownFields = true
    for bytes in broken {
      for (before, behind) in [(#"{"singleString":""#, #""}"#), (#"{"pink":""#, #""}"#), (#"{""#, #"":1}"#)] {
        let json = Array(before.utf8) + bytes + Array(behind.utf8)
        let error = #expect(throws: JSONDecodingError.self) { try Proto3(jsonUTF8Bytes: json, options: options) }
        #expect(error == .invalidUTF8)
      }
    }
  }

  @Test func closedEnumsRefuseNumbersWithoutNames() throws {
    typealias Lists = Fixtures_Proto2_Lists
    #expect(try Lists(jsonString: #"{"suits":[1,"SUIT_CLUBS"]}"#).suits == [.spades, .clubs])
    #expect(throws: JSONDecodingError.unrecognizedEnumValue) { try Lists(jsonString: #"{"suits":[7]}"#) }
    var options = JSONDecodingOptions()
    options.ignoreUnknownFields = true
    #expect(try Lists(jsonString: #"{"suits":[7,1]}"#, options: options).suits == [.spades])
  }

  // MARK: - Unknown fields

  @Test(arguments: [
    #"7"#, #"null"#, #"-1.5e+3"#, #""a\n\ud83d\ude00""#, #"[]"#, #"[[1,[true,false,null]],{}]"#, #"{"a":{"b":[{}]}}"#,
  ])
  func unknownFieldsAreSkippedIfAskedFor(value: String) throws {
    var options = JSONDecodingOptions()
    options.ignoreUnknownFields = true
    let json = #"{"pink":\#(value),"singleInt32":1,"[acme.pink]": \#(value) }"#
    #expect(try Proto3(jsonString: json, options: options) == .with { $0.singleInt32 = 1 })
    #expect(throws: JSONDecodingError.unknownField("pink")) { try Proto3(jsonString: json) }
  }

  @Test(arguments: [
    "1e999", "\"a", "qqq", "[}", "{]}", "]", "nulll", "nul", "True", "nan", "Infinity", "{1,2}", "1.2.3", "-.4", "-19.",
    "9e+", "1 2", "{true}", "[,1]", "[1,]", "[1 2]", "\"\\u12\"", "01", "--1", "{\"a\"}", "{\"a\":}",
  ])
  func unknownFieldsMustBeSound(value: String) throws {
    var options = JSONDecodingOptions()
    options.ignoreUnknownFields = true
    #expect(throws: JSONDecodingError.self) { try Proto3(jsonString: #"{"pink":\#(value)}"#, options: options) }
  }

  @Test func unknownEnumNamesAreIgnoredWithUnknownFields() throws {
    var options = JSONDecodingOptions()
    options.ignoreUnknownFields = true
    let json =
      #"{"singleColor":"PINK","repeatedColor":["RED","PINK","BLUE"],"toColor":{"1":"PINK","2":"RED"},"#
      + #""optionalColor":"PINK","choiceColor":"PINK"}"#
    let message = try Proto3(jsonString: json, options: options)
    #expect(
      message
        == .with {
          $0.repeatedColor = [.red, .blue]; $0.toColor = [2: .red]
        })
  }

  // MARK: - Depth

  @Test(arguments: [#"{"inners":[{"inners":[{}]}]}"#, #"{"x":{"x":{"z":1}}}"#, #"{"x":[[]]}"#])
  func depthIsLimited(json: String) throws {
    var options = JSONDecodingOptions()
    options.ignoreUnknownFields = true
    for (limit, isDeepEnough) in [(1, false), (2, false), (3, true), (4, true)] {
      options.messageDepthLimit = limit
      if isDeepEnough {
        _ = try EveryKind_Proto3_Inner(jsonString: json, options: options)
      } else {
        #expect(throws: JSONDecodingError.messageDepthLimit) {
          try EveryKind_Proto3_Inner(jsonString: json, options: options)
        }
      }
    }
  }

  @Test func deepTextEndsWithAnError() throws {
    var options = JSONDecodingOptions()
    options.ignoreUnknownFields = true
    for opening in [#"{"itself":"#, #"{"x":"#, "[", #"{"x":["#, #"{"x":{"x":"#] {
      let json = String(repeating: opening, count: 100_000)
      #expect(throws: JSONDecodingError.self) { try Proto3(jsonString: json, options: options) }
      #expect(throws: JSONDecodingError.self) { try Google_Protobuf_Value(jsonString: json, options: options) }
    }
  }

  // MARK: - Where

  @Test func errorsSayWhere() throws {
    let json = """
      {
        "itself": {
          "repeatedInner": [{}, {"number": 1, "text":
            12}]
        }
      }
      """
    let error = #expect(throws: JSONDecodingError.self) { try Proto3(jsonString: json) }
    let location = try #require(error?.location)
    #expect(error == .malformedString)
    #expect(location.line == 4)
    #expect(location.column == 7)
    #expect(location.fieldPath == "itself.repeatedInner[1].text")
    #expect(location.message == "every_kind.proto3.EveryKindProto3")
    #expect(
      "\(error.unsafelyUnwrapped)"
        == "line 4, column 7, field itself.repeatedInner[1].text of every_kind.proto3.EveryKindProto3: "
        + "expected a string, found 12")
  }

  @Test func unknownFieldsSayWhere() throws {
    do {
      _ = try Proto3(jsonString: #"{"singleInner":{"pink":1}}"#)
      Issue.record("read")
    } catch JSONDecodingError.unknownField(let name) {
      #expect(name == "pink")
      #expect("\(name)" == "pink")
      #expect(name.location?.fieldPath == "singleInner")
      #expect(name.location?.byteOffset == 16)
    }
  }

  @Test func patternsNeedNotNameLocations() throws {
    do {
      _ = try Proto3(jsonString: #"{"repeatedInt32":[null]}"#)
      Issue.record("read")
    } catch JSONDecodingError.illegalNull {
      // as programs catch it
    }
  }

  @Test func damagedTextNeverCrashes() throws {
    var random = RandomMutations(seed: 21)
    let seeds: [[UInt8]] = [
      try Samples.proto3.jsonUTF8Bytes(),
      Array(#"{"singleDouble":1.2345678901234567890e-5,"singleBytes":"AQI=","byString":{"a":1},"itself":{}}"#.utf8),
    ]
    var options = JSONDecodingOptions()
    for round in 0..<2_000 {
      let json = random.damage(seeds[round % seeds.count])
      options.ignoreUnknownFields = round % 3 == 0
      guard let message = try? Proto3(jsonUTF8Bytes: json, options: options) else { continue }
      #expect(try Proto3(jsonString: message.jsonString()) == message || message != message)
    }
  }
}
