import Foundation
import GoldenCode
import SwiftGRPCProtobuf
import Testing

private typealias Proto3 = EveryKind_Proto3_EveryKindProto3

/// Lists, maps and repeated messages, which are read many at once.
struct TextFormatListTests {
  @Test(arguments: [
    "repeated_int64: [1, -2, 3]", "repeated_int64: [1,-2,3]", "repeated_int64: [ 1 , - 2 , 0x3 ]",
    "repeated_int64: [1, # one\n-2,\n03]", "repeated_int64: 1 repeated_int64: [-2, 3]",
    "repeated_int64: [] repeated_int64: [1] repeated_int64: -2, repeated_int64: 3",
  ])
  func integersStandInAnyFormOfList(text: String) throws {
    #expect(try Proto3(textFormatString: text).repeatedInt64 == [1, -2, 3])
  }

  @Test func listsOfAnyLengthAreReadWhole() throws {
    for count in [1, 31, 32, 33, 64, 100] {
      let numbers = (0..<count).map { Int64($0) << 55 - 1 }
      let message = Proto3.with { $0.repeatedInt64 = numbers }
      #expect(try Proto3(textFormatString: message.textFormatString()) == message)
      #expect(try Proto3(jsonString: message.jsonString()) == message)
    }
  }

  @Test(arguments: [
    "[9223372036854775808]", "[-9223372036854775809]", "[1 2]", "[1,]", "[,]", "[1", "[01, 8, 08]", "[1, 2]]", "[1.0]",
  ])
  func badListsAreRefused(list: String) {
    #expect(throws: TextFormatDecodingError.self) { try Proto3(textFormatString: "repeated_int64: \(list)") }
  }

  @Test func extremesStandInLists() throws {
    let text = "repeated_int64: [-9223372036854775808, 9223372036854775807] repeated_uint64: [18446744073709551615, 0]"
    let message = try Proto3(textFormatString: text)
    #expect(message.repeatedInt64 == [.min, .max])
    #expect(message.repeatedUint64 == [.max, 0])
    #expect(throws: TextFormatDecodingError.self) { try Proto3(textFormatString: "repeated_uint32: [4294967296]") }
    #expect(throws: TextFormatDecodingError.self) { try Proto3(textFormatString: "repeated_int32: [-2147483649]") }
  }

  @Test(arguments: [
    "by_int32 { key: 1 value: 2 } by_int32 { key: 3 value: 4 }",
    "by_int32 { key: 1 value: 2 }, by_int32: < value: 4 key: 3 >;",
    "by_int32: [{ key: 1 value: 2 }, { key: 3 value: 4 }]",
    "by_int32 { key: 1 value: 2 } by_int32 [{ key: 3 value: 4 }] by_int32: []",
    "by_int32 { key: 1 value: 9 } by_int32 { 1: 3 2: 4 } by_int32 { key: 1 value: 2 }",
  ])
  func entriesOfMapsStandTogetherOrApart(text: String) throws {
    #expect(try Proto3(textFormatString: text).byInt32 == [1: 2, 3: 4])
    let split = "single_int32: 7 \(text) single_bool: true"
    let message = try Proto3(textFormatString: split)
    #expect(message.singleInt32 == 7 && message.singleBool && message.byInt32 == [1: 2, 3: 4])
  }

  @Test func largeMapsAreReadWhole() throws {
    let message = Proto3.with { message in
      for number in 0..<100 as Range<Int32> {
        message.byInt32[number] = -number
        message.byString["name \(number)"] = number
        message.toInner[number] = .with { $0.number = number }
      }
    }
    #expect(try Proto3(textFormatString: message.textFormatString()) == message)
    #expect(try Proto3(jsonString: message.jsonString()) == message)
  }

  @Test func aKeyThatStandsTwiceInJSONIsNamed() {
    let json = #"{"byString":{"a":1,"b":2,"a":3}}"#
    #expect(throws: JSONDecodingError.self) { try Proto3(jsonString: json) }
    #expect(throws: JSONDecodingError.self) { try Proto3(jsonString: #"{"toInner":{"1":{},"2":{},"1":{}}}"#) }
  }

  @Test func mapsAreWrittenInTheOrderOfTheirKeys() {
    let message = Proto3.with {
      $0.byInt32 = [3: 1, -7: 2, 20: 3, 0: 4]
      $0.byString = ["b": 1, "": 2, "ab": 3, "a": 4]
    }
    let keys = message.textFormatString().split(separator: "\n").filter { $0.contains("key:") }
    #expect(keys.map { $0.trimmingPrefix("  key: ") } == ["-7", "0", "3", "20", #""""#, #""a""#, #""ab""#, #""b""#])
  }

  @Test(arguments: [
    "repeated_inner { number: 1 } repeated_inner { number: 2 } repeated_inner { number: 3 }",
    "repeated_inner: [{ number: 1 }, { number: 2 }] repeated_inner < number: 3 >",
    "repeated_inner { number: 1 }; repeated_inner: { number: 2 } single_int32: 0 repeated_inner { number: 3 }",
    "repeated_inner [{ number: 1 }] repeated_inner: [] repeated_inner { number: 2 } repeated_inner [{ number: 3 }]",
  ])
  func messagesStandTogetherOrApart(text: String) throws {
    #expect(try Proto3(textFormatString: text).repeatedInner.map(\.number) == [1, 2, 3])
  }

  @Test func stringsWithEscapesInARowAreOne() throws {
    let long = String(repeating: "long text ", count: 50)
    let text = #"single_string: "a\n\303\251" 'b\u00e9\x21' "\#(long)\101""# + "\n  '' \"\""
    #expect(try Proto3(textFormatString: text).singleString == "a\né" + "bé!" + long + "A")
    #expect(try Proto3(textFormatString: #"single_bytes: "\377\0\n" "x""#).singleBytes == Data([255, 0, 10, 120]))
  }
}
