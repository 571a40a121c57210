import GoldenCode
import SwiftGRPCProtobuf
import Testing

@Suite struct EnumTests {
  @Test(arguments: [
    (Fixtures_Enums_Plain.unspecified, 0), (.first, 1), (.large, 2_147_483_647), (.negative, -1),
    (.lowest, -2_147_483_648), (.UNRECOGNIZED(77), 77),
  ])
  func numberAndCaseBelongTogether(value: Fixtures_Enums_Plain, number: Int) {
    #expect(value.rawValue == number)
    #expect(Fixtures_Enums_Plain(rawValue: number) == value)
  }

  @Test func openEnumListsItsDeclaredValues() {
    #expect(Fixtures_Enums_Plain.allCases == [.unspecified, .first, .large, .negative, .lowest])
    #expect(Fixtures_Enums_Plain() == .unspecified)
  }

  @Test func closedEnumKnowsItsValuesOnlyAndStartsWithTheFirst() {
    #expect(Fixtures_Proto2_Suit() == .hearts)
    #expect(Fixtures_Proto2_Suit(rawValue: 2) == nil)
    #expect(Fixtures_Proto2_Suit.allCases == [.hearts, .spades, .clubs])
    #expect(Fixtures_Editions_Closed(rawValue: 1) == .one)
  }

  @Test func aliasesAreTheSameValue() {
    #expect(Fixtures_Enums_Aliased.running == .started)
    #expect(Fixtures_Enums_Aliased.allCases == [.unknown, .started, .done])
    #expect(Fixtures_Enums_Aliased(name: "ALIASED_RUNNING") == .started)
    #expect(Fixtures_Enums_Aliased(name: "STARTED") == .started)
    #expect(Fixtures_Enums_Aliased.started.name == "ALIASED_STARTED")
  }

  @Test func namesOfTheProtoFileAreKnown() {
    #expect(Fixtures_Enums_HTTPStatus.httpStatus500.name == "HTTP_STATUS_500")
    #expect(Fixtures_Enums_HTTPStatus(name: "HTTPSTATUS_NOT_FOUND") == .notFound)
    #expect(Fixtures_Enums_HTTPStatus(name: "NOT_FOUND") == nil)
    #expect(Fixtures_Enums_HTTPStatus.UNRECOGNIZED(1).name == nil)
    #expect(
      Fixtures_Enums_Plain.allCases.map(\.name) == [
        "PLAIN_UNSPECIFIED", "PLAIN_FIRST", "PLAIN_LARGE", "PLAIN_NEGATIVE", "PLAIN_LOWEST",
      ])
  }

  @Test func unknownNumberOfAClosedEnumStaysAmongTheUnknownFields() throws {
    let bytes: [UInt8] = [0x10, 9, 0x18, 1, 0x18, 9]
    let message = try Fixtures_Editions_Enums(serializedBytes: bytes)
    #expect(!message.hasClosed && message.closedList == [.one])
    #expect(try message.serializedBytes() as [UInt8] == [0x18, 1, 0x10, 9, 0x18, 9])
  }

  @Test func unknownNumberOfAnOpenEnumStaysInItsField() throws {
    let message = try Fixtures_Editions_Enums(serializedBytes: [0x08, 9] as [UInt8])
    #expect(message.open == .UNRECOGNIZED(9))
  }
}
