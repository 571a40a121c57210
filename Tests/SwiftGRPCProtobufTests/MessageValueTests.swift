import Foundation
import GoldenCode
import SwiftGRPCProtobuf
import Testing

private typealias Proto2 = EveryKind_Proto2_EveryKindProto2
private typealias Proto3 = EveryKind_Proto3_EveryKindProto3

struct MessageValueTests {
  @Test func changingACopyLeavesTheOriginalAlone() {
    let original = Samples.proto3
    var copy = original
    copy.singleInner.number = 7
    copy.repeatedString.append("more")
    copy.itself.itself.singleString = "deep"
    #expect(original == Samples.proto3)
    #expect(copy != original)
    #expect(original.singleInner.number == 42)
    #expect(original.itself.itself.singleString.isEmpty)
  }

  @Test func everyFieldCountsForEquality() throws {
    let changes: [(inout Proto3) -> Void] = [
      { $0.singleDouble += 1 }, { $0.singleFloat = 1 }, { $0.singleInt32 = 5 }, { $0.singleBool = true },
      { $0.singleString += "x" }, { $0.singleBytes.append(0) }, { $0.singleColor = .blue },
      { $0.singleInner.text = "" }, { $0.clearSingleInner() }, { $0.optionalInt32 = 1 }, { $0.clearOptionalInt32() },
      { $0.repeatedInt64[0] = 9 }, { $0.repeatedInner.removeLast() }, { $0.byString["key"] = 0 },
      { $0.toInner[1] = nil }, { $0.choice = nil }, { $0.choiceInner.number = 0 }, { $0.choiceString = "" },
      { $0.unknownFields = (try? Proto3(serializedBytes: [0xc8, 0x3e, 5] as [UInt8]))?.unknownFields ?? .init() },
    ]
    for change in changes {
      var message = Samples.proto3
      change(&message)
      #expect(message != Samples.proto3)
      #expect(try message == Proto3(serializedBytes: message.serializedBytes() as [UInt8]))
    }
  }

  @Test func equalMessagesHashAlikeHoweverTheyWereMade() throws {
    let decoded = try Proto3(serializedBytes: Samples.proto3.serializedBytes() as [UInt8])
    #expect(Set([Samples.proto3, decoded]).count == 1)
    var rebuilt = Proto3()
    for key in ["key", ""] { rebuilt.byString[key] = Samples.proto3.byString[key] }
    #expect(rebuilt.hashValue == Proto3.with { $0.byString = Samples.proto3.byString }.hashValue)
  }

  @Test func messagesOfDifferentTypesAreNotEqual() {
    #expect(!Google_Protobuf_Duration().isEqualTo(message: Google_Protobuf_Timestamp()))
    #expect(Google_Protobuf_Duration().isEqualTo(message: Google_Protobuf_Duration()))
  }

  @Test func presenceIsKnownForOptionalFieldsAndMessages() {
    var message = Proto3()
    #expect(!message.hasOptionalString)
    message.optionalString = ""
    #expect(message.hasOptionalString)
    message.clearOptionalString()
    #expect(!message.hasOptionalString)
    #expect(!message.hasSingleInner)
    message.singleInner.number = 0
    #expect(message.hasSingleInner)
  }

  @Test func defaultsAreThoseOfTheProtoFile() {
    var message = Proto2()
    #expect(message.defaultDouble == -1.5)
    #expect(message.defaultSint32 == -45)
    #expect(message.defaultBool)
    #expect(message.defaultString == "two\nlines \"quoted\"")
    #expect(message.defaultBytes == Data([0, 255, 0x61, 0x62]))
    #expect(message.defaultColor == .blue)
    #expect(message.shade == .dark)
    message.defaultDouble = 0
    #expect(message.hasDefaultDouble)
    message.defaultString.append("!")
    #expect(message.defaultString == "two\nlines \"quoted\"!")
  }

  @Test func aOneofHoldsOneOfItsFields() {
    var message = Proto3.with { $0.choiceInt32 = 4 }
    #expect(message.choice == .choiceInt32(4))
    message.choiceString = "now a string"
    #expect(message.choiceInt32 == 0)
    #expect(message.choice == .choiceString("now a string"))
  }

  @Test func aOneofsMessageMergesWithTheOneBefore() throws {
    let first = Proto3.with { $0.choiceInner.number = 1 }
    let second = Proto3.with { $0.choiceInner.text = "two" }
    let bytes: [UInt8] = try first.serializedBytes() + second.serializedBytes()
    let merged = try Proto3(serializedBytes: bytes)
    #expect(merged.choiceInner.number == 1)
    #expect(merged.choiceInner.text == "two")
  }

  @Test func theDescriptionForDebuggingShowsWhatIsSet() {
    let message = Proto3.with {
      $0.singleString = "text"
      $0.singleColor = .green
      $0.repeatedInner = [.with { $0.number = 1 }]
      $0.byString = ["k": 2]
      $0.choiceBool = true
    }
    #expect(
      message.debugDescription == """
        GoldenCode.EveryKind_Proto3_EveryKindProto3:
        single_string: "text"
        single_color: GREEN
        repeated_inner {
          number: 1
        }
        by_string {
          key: "k"
          value: 2
        }
        choice_bool: true

        """)
  }

  @Test func enumsKnowTheirNames() {
    #expect(EveryKind_Proto3_Color.infrared.name == "INFRARED")
    #expect(EveryKind_Proto3_Color(name: "ULTRAVIOLET") == .ultraviolet)
    #expect(EveryKind_Proto3_Color.UNRECOGNIZED(9).name == nil)
    #expect(EveryKind_Proto3_Color(name: "PINK") == nil)
    #expect(EveryKind_Proto3_Color(rawValue: 300) == .ultraviolet)
    #expect(EveryKind_Proto2_Color(rawValue: 9) == nil)
  }
}

struct ExtensionTests {
  private let extensions = EveryKind_Proto2_EveryKindProto2_Extensions

  @Test func extensionsAreUnknownFieldsToADecoderThatIsNotGivenThem() throws {
    let bytes: [UInt8] = try Samples.proto2.serializedBytes()
    let without = try Proto2(serializedBytes: bytes)
    #expect(!without.hasEveryKind_Proto2_extendedString)
    #expect(!without.unknownFields.isEmpty)
    let again = try Proto2(serializedBytes: without.serializedBytes() as [UInt8], extensions: extensions)
    #expect(again == Samples.proto2)
  }

  @Test func extensionsCanBeSetReadAndRemoved() {
    var message = Proto2()
    #expect(message.EveryKind_Proto2_extendedInt32 == 0)
    message.EveryKind_Proto2_extendedInt32 = 0
    #expect(message.hasEveryKind_Proto2_extendedInt32)
    #expect(message != Proto2())
    message.clearEveryKind_Proto2_extendedInt32()
    #expect(message == Proto2())
  }

  @Test func theMapFindsExtensionsByNumberAndByName() {
    #expect(extensions[Proto2.self, 1002]?.fieldName == "every_kind.proto2.extended_int32")
    #expect(extensions[Proto2.self, 5] == nil)
    #expect(extensions[Proto3.self, 1002] == nil)
    let name = "every_kind.proto2.extended_int32"
    #expect(extensions.fieldNumberForProto(messageType: Proto2.self, protoFieldName: name) == 1002)
    #expect(SimpleExtensionMap().union(extensions)[Proto2.self, 1002] != nil)
  }

  @Test func anEnumNumberWithoutANameLeavesTheExtensionUnset() throws {
    let bytes: [UInt8] = [0xf8, 0x3e, 77]  // field 1007 would be sint64 77
    #expect(try Proto2(serializedBytes: bytes, extensions: extensions).hasEveryKind_Proto2_extendedSint64)
    let color: [UInt8] = [0xf8, 0x3e + 0, 1, 0xf8, 0x3e, 3]
    #expect(try Proto2(serializedBytes: color, extensions: extensions).EveryKind_Proto2_extendedSint64 == -2)
    let unnamed: [UInt8] = [0xb8, 0x3f, 77]  // field 1015: the color
    let message = try Proto2(serializedBytes: unnamed, extensions: extensions)
    #expect(!message.hasEveryKind_Proto2_extendedColor)
    #expect(message.unknownFields.data == Data(unnamed))
  }
}
