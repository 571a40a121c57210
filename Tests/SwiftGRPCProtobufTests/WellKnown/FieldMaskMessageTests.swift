import Foundation
import GoldenCode
import SwiftGRPCProtobuf
import Testing

/// What field masks do with messages.
struct FieldMaskMessageTests {
  typealias Mask = Google_Protobuf_FieldMask
  typealias Proto2 = EveryKind_Proto2_EveryKindProto2
  typealias Proto3 = EveryKind_Proto3_EveryKindProto3
  typealias Editions = EveryKind_Editions_EveryKindEditions

  private var replacing: Mask.MergeOptions {
    var options = Mask.MergeOptions()
    options.replaceRepeatedFields = true
    return options
  }

  // MARK: Paths

  @Test(arguments: [
    "single_int32", "single_inner", "single_inner.number", "itself.itself.itself.single_inner.text", "repeated_inner",
    "to_inner", "choice_inner", "choice_inner.crc",
  ])
  func pathsOfFieldsAreValid(path: String) {
    #expect(Proto3.isPathValid(path))
  }

  @Test(arguments: [
    "", ".", "single_int", "singleInt32", "single_int32.", ".single_int32", "single_int32.x", "single_inner..number",
    "repeated_inner.number", "to_inner.number", "to_inner.key", "choice", "choice_color.x", "single_inner.single_int32",
  ])
  func otherPathsAreNot(path: String) {
    #expect(!Proto3.isPathValid(path))
    #expect(!Mask(protoPaths: "single_int32", path).isValid(for: Proto3.self))
    var mask = Mask()
    #expect(throws: FieldMaskError.invalidPath) { try mask.addPath(path, of: Proto3.self) }
    #expect(mask.paths == [])
  }

  @Test func groupsGoByTheNameOfTheirMessage() {
    #expect(Proto2.isPathValid("SingleGroup.number"))
    #expect(!Proto2.isPathValid("singlegroup"))
  }

  @Test func pathsOfAnyLengthAreFollowed() throws {
    let path = String(repeating: "itself.", count: 20_000) + "single_int32"
    #expect(Proto3.isPathValid(path))
    var message = Samples.proto3
    try message.merge(from: Samples.proto3, fieldMask: Mask(protoPaths: path))
    #expect(message == Samples.proto3)
    let isChanged = message.trim(keeping: Mask(protoPaths: path))
    #expect(isChanged)
    #expect(message == .with { $0.itself.itself = .init() })
  }

  @Test func masksAreMadeFromMessageTypes() throws {
    #expect(Mask(allFieldsOf: Google_Protobuf_Timestamp.self).paths == ["seconds", "nanos"])
    #expect(try Mask(fieldNumbers: [2, 1], of: Google_Protobuf_Timestamp.self).paths == ["nanos", "seconds"])
    #expect(throws: FieldMaskError.invalidFieldNumber) { try Mask(fieldNumbers: [1, 3], of: Google_Protobuf_Any.self) }
    #expect(throws: FieldMaskError.invalidFieldNumber) { try Mask(fieldNumbers: [.max], of: Google_Protobuf_Any.self) }
    #expect(Mask(allFieldsOf: Proto2.self).isValid(for: Proto2.self))
    var mask = Mask()
    try mask.addPath("single_inner.text", of: Proto3.self)
    #expect(mask.paths == ["single_inner.text"])
  }

  // MARK: Merging

  @Test func onlyTheFieldsOfTheMaskAreTaken() throws {
    var message = Proto3.with {
      $0.singleInt32 = 1
      $0.singleInner.number = 2
      $0.singleInner.text = "old"
    }
    let source = Proto3.with {
      $0.singleInt32 = 10
      $0.singleString = "new"
      $0.singleInner.number = 20
    }
    try message.merge(from: source, fieldMask: Mask(protoPaths: "single_inner.number"))
    #expect(message.singleInner == .with { ($0.number, $0.text) = (20, "old") })
    #expect(message.singleInt32 == 1)
    try message.merge(from: source, fieldMask: Mask(protoPaths: "single_int32", "unknown_path", "single_string.x"))
    #expect(message.singleInt32 == 10)
    #expect(message.singleString == "")
    // A message as a whole is replaced.
    try message.merge(from: source, fieldMask: Mask(protoPaths: "single_inner"))
    #expect(message.singleInner.text == "")
  }

  @Test func anUnsetFieldBecomesUnsetButAMessageStays() throws {
    var message = Samples.proto3
    let before = message
    let mask = Mask(
      protoPaths: "single_int32", "optional_int32", "single_color", "single_inner", "repeated_int64", "to_inner",
      "choice_inner", "itself.itself.single_bool")
    try message.merge(from: Proto3(), fieldMask: mask)
    #expect(message.singleInt32 == 0)
    #expect(before.hasOptionalInt32 && !message.hasOptionalInt32)
    #expect(message.singleColor == .init())
    #expect(message.singleInner == before.singleInner)
    #expect(message.repeatedInt64 == before.repeatedInt64)
    #expect(message.toInner == before.toInner)
    #expect(message.choice == before.choice)
    #expect(message.itself.hasItself && !message.itself.itself.singleBool)
    #expect(message.singleString == before.singleString)
    try message.merge(from: Proto3(), fieldMask: mask, mergeOption: replacing)
    #expect(message.repeatedInt64 == [] && message.toInner == [:])
  }

  @Test func messagesThatNeitherHasAreNotMade() throws {
    var message = Proto3()
    try message.merge(from: Proto3(), fieldMask: Mask(protoPaths: "itself.single_int32", "choice_inner.number"))
    #expect(message == Proto3())
    try message.merge(from: Samples.proto3, fieldMask: Mask(protoPaths: "itself.single_int32"))
    #expect(message == .with { $0.itself = .init() })
  }

  @Test func listsOfEveryKindAreAddedOrReplaced() throws {
    let added = Samples.proto2
    let mask = Mask(allFieldsOf: Proto2.self)
    var message = added
    try message.merge(from: added, fieldMask: mask)
    #expect(message.repeatedGroup == added.repeatedGroup + added.repeatedGroup)
    #expect(message.packedSint32 == [-1, 0, 1, -1, 0, 1])
    #expect(message.packedColor == [.red, .blue, .red, .blue])
    #expect(message.toColor == added.toColor)
    try message.merge(from: added, fieldMask: mask, mergeOption: replacing)
    #expect(message == added)
  }

  @Test func scalarsOfAllTypesAreAddedToLists() throws {
    let source = Proto3.with {
      $0.repeatedDouble = [1]
      $0.repeatedFloat = [1]
      $0.repeatedInt32 = [1]
      $0.repeatedInt64 = [1]
      $0.repeatedUint32 = [1]
      $0.repeatedUint64 = [1]
      $0.repeatedSint32 = [1]
      $0.repeatedFixed64 = [1]
      $0.repeatedBool = [true]
      $0.repeatedString = ["a"]
      $0.repeatedBytes = [Data([1])]
      $0.repeatedColor = [.green]
      $0.repeatedInner = [.with { $0.inners = [.init()] }]
      $0.byString = ["a": 1]
    }
    var message = source
    message.byString = ["a": 2, "b": 3]
    message.repeatedInner[0].unknownFields = try Proto3(serializedBytes: [0xf8, 0x3f, 1] as [UInt8]).unknownFields
    try message.merge(from: source, fieldMask: Mask(allFieldsOf: Proto3.self))
    #expect(message.repeatedDouble == [1, 1] && message.repeatedFloat == [1, 1])
    #expect(message.repeatedInt32 == [1, 1] && message.repeatedInt64 == [1, 1])
    #expect(message.repeatedUint32 == [1, 1] && message.repeatedUint64 == [1, 1])
    #expect(message.repeatedSint32 == [1, 1] && message.repeatedFixed64 == [1, 1])
    #expect(message.repeatedBool == [true, true] && message.repeatedString == ["a", "a"])
    #expect(message.repeatedBytes == [Data([1]), Data([1])] && message.repeatedColor == [.green, .green])
    #expect(message.repeatedInner.count == 2 && message.repeatedInner[1] == source.repeatedInner[0])
    #expect(message.byString == ["a": 1, "b": 3])
    var copy = Proto3()
    try copy.merge(from: message, fieldMask: Mask(protoPaths: "repeated_inner"))
    #expect(copy.repeatedInner == message.repeatedInner, "unknown fields and all")
  }

  @Test func membersOfAOneofTakeTheirPlaces() throws {
    var message = Proto3.with { $0.choiceInner.number = 1 }
    let source = Proto3.with { $0.choiceInner = .with { ($0.number, $0.text) = (2, "two") } }
    try message.merge(from: source, fieldMask: Mask(protoPaths: "choice_inner.text"))
    #expect(message.choiceInner == .with { ($0.number, $0.text) = (1, "two") })
    // Unset in the source, and another member set here: nothing to clear.
    try message.merge(from: source, fieldMask: Mask(protoPaths: "choice_string"))
    #expect(message.choiceInner.number == 1)
    try message.merge(from: .with { $0.choiceString = "s" }, fieldMask: Mask(protoPaths: "choice_string"))
    #expect(message.choice == .choiceString("s"))
    try message.merge(from: source, fieldMask: Mask(protoPaths: "choice_inner.number"))
    #expect(message.choice == .choiceInner(.with { $0.number = 2 }))
  }

  @Test func groupsAreWalkedInto() throws {
    var message = Proto2()
    try message.merge(from: Samples.proto2, fieldMask: Mask(protoPaths: "SingleGroup.number"))
    #expect(message == .with { $0.singleGroup.number = 5 })
  }

  @Test func theSourceKeepsItsValue() throws {
    let source = Samples.proto3
    var message = source
    try message.merge(
      from: Proto3(), fieldMask: Mask(protoPaths: "itself.itself.single_bool"), mergeOption: replacing)
    #expect(source.itself.itself.singleBool)
    #expect(!message.itself.itself.singleBool)
  }

  // MARK: Trimming

  @Test func trimmingKeepsWhatTheMaskHas() {
    var message = Samples.proto3
    let mask = Mask(protoPaths: "single_int32", "single_inner.number", "choice_inner.number", "repeated_inner")
    var isChanged = message.trim(keeping: mask)
    #expect(isChanged)
    #expect(
      message
        == .with {
          $0.singleInt32 = Samples.proto3.singleInt32
          $0.singleInner.number = Samples.proto3.singleInner.number
          $0.choiceInner.number = Samples.proto3.choiceInner.number
          $0.repeatedInner = Samples.proto3.repeatedInner
        })
    isChanged = message.trim(keeping: mask)
    #expect(!isChanged, "nothing more to clear")
  }

  @Test func trimmingMakesNoMessages() {
    var message = Proto3.with { $0.singleInt32 = 1 }
    let isChanged = message.trim(keeping: Mask(protoPaths: "itself.single_int32", "choice_inner.number"))
    #expect(isChanged)
    #expect(message == Proto3())
  }

  @Test func emptyAndInvalidMasksTrimNothing() {
    var message = Samples.proto3
    var isChanged = message.trim(keeping: Mask())
    #expect(!isChanged)
    isChanged = message.trim(keeping: Mask(protoPaths: "single_int32", "no_such_path"))
    #expect(!isChanged)
    #expect(message == Samples.proto3)
  }

  @Test func extensionsAndUnknownFieldsStayWhenTrimming() throws {
    var message = Samples.proto2
    message.unknownFields = try Google_Protobuf_Empty(serializedBytes: [8, 1] as [UInt8]).unknownFields
    let isChanged = message.trim(keeping: Mask(protoPaths: "single_string"))
    #expect(isChanged)
    #expect(message.singleString == "proto2" && !message.hasSingleInt32)
    #expect(message.EveryKind_Proto2_extendedString == "extended")
    #expect(message.unknownFields.data == Data([8, 1]))
  }

  @Test func aMaskOfAllFieldsKeepsAll() {
    var message = Samples.editions
    let isChanged = message.trim(keeping: Mask(allFieldsOf: Editions.self))
    #expect(!isChanged)
    #expect(message == Samples.editions)
  }
}
