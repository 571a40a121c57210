import Foundation
import GoldenCode
import SwiftGRPCProtobuf
import Testing

private typealias Proto2 = EveryKind_Proto2_EveryKindProto2
private typealias Proto3 = EveryKind_Proto3_EveryKindProto3

struct BinaryFormatTests {
  @Test func anEmptyMessageTakesNoBytes() throws {
    #expect(try Proto3().serializedBytes() == [UInt8]())
    #expect(try Proto3(serializedBytes: [UInt8]()) == Proto3())
  }

  @Test func samplesSurviveARoundTripAsBytesAndAsData() throws {
    let bytes: [UInt8] = try Samples.proto3.serializedBytes()
    #expect(try Proto3(serializedBytes: bytes) == Samples.proto3)
    #expect(try Proto3(serializedBytes: Samples.proto3.serializedData()) == Samples.proto3)
    let extensions = EveryKind_Proto2_EveryKindProto2_Extensions
    let proto2: [UInt8] = try Samples.proto2.serializedBytes()
    #expect(try Proto2(serializedBytes: proto2, extensions: extensions) == Samples.proto2)
  }

  @Test func encodingFillsExactlyTheMemoryThatItAskedFor() throws {
    var memory = [UInt8]()
    try Samples.proto3.encode { count in
      memory = [UInt8](repeating: 0xaa, count: count)
      return memory.withUnsafeMutableBytes { $0 }
    }
    #expect(try Samples.proto3.serializedBytes() == memory)
  }

  @Test func laterScalarsReplaceMessagesMergeAndListsGrow() throws {
    var message = Proto3.with {
      $0.singleInt32 = 1; $0.singleInner.number = 1; $0.repeatedInt32 = [1]
    }
    let other = Proto3.with {
      $0.singleInt32 = 2; $0.singleInner.text = "two"; $0.repeatedInt32 = [2]
    }
    try message.merge(serializedBytes: other.serializedBytes() as [UInt8])
    #expect(message.singleInt32 == 2)
    #expect(message.singleInner.number == 1)
    #expect(message.singleInner.text == "two")
    #expect(message.repeatedInt32 == [1, 2])
  }

  @Test func packedAndUnpackedListsAreBothRead() throws {
    let packed = try Proto3(serializedBytes: [0x92, 0x05, 3, 1, 0x96, 0x01] as [UInt8])  // field 82: unknown here
    #expect(!packed.unknownFields.isEmpty)
    let field: [UInt8] = [0xf2, 0x03, 3, 1, 0x96, 0x01, 0xf0, 0x03, 7]  // field 62, packed and then not
    #expect(try Proto3(serializedBytes: field).repeatedInt32 == [1, 150, 7])
  }

  @Test func unknownFieldsAreKeptInOrderUnlessTheyAreNotWanted() throws {
    let unknown: [UInt8] = [0xc8, 0x3e, 5, 0xd2, 0x3e, 2, 0x61, 0x62, 0xdb, 0x3e, 0x08, 1, 0xdc, 0x3e]  // 1001…1003
    let message = try Proto3(serializedBytes: unknown + [0x18, 9])
    #expect(message.singleInt32 == 9)
    #expect(message.unknownFields.data == Data(unknown))
    #expect(try message.serializedBytes() == [0x18, 9] + unknown)
    var options = BinaryDecodingOptions()
    options.discardUnknownFields = true
    #expect(try Proto3(serializedBytes: unknown + [0x18, 9], options: options).unknownFields.isEmpty)
  }

  @Test func aNumberThatAClosedEnumDoesNotNameIsKeptAmongTheUnknownFields() throws {
    let message = try Proto2(serializedBytes: [0x80, 0x01, 77] as [UInt8])
    #expect(!message.hasSingleColor)
    #expect(message.unknownFields.data == Data([0x80, 0x01, 77]))
    let open = try Proto3(serializedBytes: [0x80, 0x01, 77] as [UInt8])
    #expect(open.singleColor == .UNRECOGNIZED(77))
  }

  @Test func negativeZeroIsWrittenAndZeroIsNot() throws {
    #expect(try Proto3.with { $0.singleDouble = 0 }.serializedBytes() == [UInt8]())
    #expect(try Proto3.with { $0.singleDouble = -0.0 }.serializedBytes() == [9, 0, 0, 0, 0, 0, 0, 0, 0x80] as [UInt8])
  }

  @Test func deterministicOutputListsMapsByKey() throws {
    let message = Proto3.with { message in
      for key in (0..<50).shuffled() { message.byString["\(key)"] = Int32(key) }
      for key in (0..<50).shuffled() { message.toInner[Int32(key - 25)] = .with { $0.number = Int32(key) } }
    }
    var options = BinaryEncodingOptions()
    options.useDeterministicOrdering = true
    let bytes: [UInt8] = try message.serializedBytes(options: options)
    let copy = try Proto3(serializedBytes: bytes)
    #expect(try copy.serializedBytes(options: options) == bytes)
    #expect(bytes.starts(with: [0x9a, 0x08, 5, 0x0a, 1, UInt8(ascii: "0"), 0x10, 0, 0x9a, 0x08, 5]) == true)
  }

  @Test func moreThan128InnerMessagesAreSizedAndWritten() throws {
    let message = Proto3.with { message in
      message.repeatedInner = (0..<1000).map { n in .with { $0.inners = [.with { $0.number = Int32(n) }] } }
    }
    #expect(try Proto3(serializedBytes: message.serializedBytes() as [UInt8]) == message)
  }
}

struct BinaryDecodingErrorTests {
  @Test(
    arguments: [
      ([0x18], BinaryDecodingError.truncated),  // a tag without its varint
      ([0x18, 0x80], .truncated),
      ([0x09, 1, 2, 3], .truncated),
      ([0x72, 5, 0x61], .truncated),  // a string shorter than its length
      ([0x72, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], .malformedProtobuf),  // a length of 2^64 - 1
      ([0x18] + [UInt8](repeating: 0xff, count: 10) + [1], .malformedProtobuf),  // eleven bytes
      ([0xf2, 0x03, 11] + [UInt8](repeating: 0xff, count: 10) + [1], .malformedProtobuf),  // … in a packed list
      ([0xf2, 0x03, 2, 0x01, 0x80], .truncated),  // a packed list that ends in a varint
      ([0xa2, 0x04, 3, 1, 2, 3], .truncated),  // a packed list of fixed width, cut
      ([0x00], .malformedProtobuf),  // field number 0
      ([0x0f], .malformedProtobuf),  // wire type 7
      ([0x1c], .malformedProtobuf),  // the end of a group that has not begun
      ([0xdb, 0x3e, 0x08, 1], .truncated),  // a group without its end
      ([0xdb, 0x3e, 0xe4, 0x3e], .malformedProtobuf),  // … with another's
      ([0x8a, 0x01, 1, 0x0c], .malformedProtobuf),  // an end tag as the last byte of a message
      ([0x72, 2, 0xc3, 0x28], .invalidUTF8),
      ([0x72, 3, 0xed, 0xa0, 0x80], .invalidUTF8),  // a surrogate
      ([0xff, 0xff, 0xff, 0xff, 0x7f, 0], .malformedProtobuf),  // a tag of more than 32 bits
    ] as [([UInt8], BinaryDecodingError)])
  func badBytesAreRefusedWithTheirReason(bytes: [UInt8], error: BinaryDecodingError) {
    #expect(throws: error) { try Proto3(serializedBytes: bytes) }
  }

  @Test func nestingIsLimitedAndTheLimitCanBeSet() throws {
    var nested = Proto3()
    for _ in 0..<99 { nested = .with { [nested] in $0.itself = nested } }
    let bytes: [UInt8] = try nested.serializedBytes()
    #expect(try Proto3(serializedBytes: bytes) == nested)
    let tooDeep: [UInt8] = try Proto3.with { $0.itself = nested }.serializedBytes()
    #expect(throws: BinaryDecodingError.messageDepthLimit) { try Proto3(serializedBytes: tooDeep) }
    var options = BinaryDecodingOptions()
    options.messageDepthLimit = 3
    #expect(throws: BinaryDecodingError.messageDepthLimit) { try Proto3(serializedBytes: bytes, options: options) }
  }

  @Test func unknownGroupsCountAsNesting() {
    let bytes = [[UInt8]](repeating: [0xdb, 0x3e], count: 5000).flatMap { $0 }
    #expect(throws: BinaryDecodingError.messageDepthLimit) { try Proto3(serializedBytes: bytes) }
  }

  @Test func missingRequiredFieldsAreAnErrorUnlessTheMessageMayBePartial() throws {
    typealias Required = EveryKind_Proto2_RequiredFields
    let partial = Required.with { $0.number = 1 }
    #expect(!partial.isInitialized)
    #expect(throws: BinaryEncodingError.missingRequiredFields) { try partial.serializedBytes() as [UInt8] }
    let bytes: [UInt8] = try partial.serializedBytes(partial: true)
    #expect(throws: BinaryDecodingError.missingRequiredFields) { try Required(serializedBytes: bytes) }
    #expect(throws: BinaryDecodingError.missingRequiredFields) { try Required(serializedBytes: [UInt8]()) }
    #expect(try Required(serializedBytes: bytes, partial: true) == partial)
  }

  @Test func requiredFieldsAreCheckedInListsMapsAndOneofs() {
    typealias Required = EveryKind_Proto2_RequiredFields
    let whole = Required.with {
      $0.number = 1; $0.text = "whole"
    }
    #expect(whole.isInitialized)
    for change: (inout Required) -> Void in [
      { $0.itself = .init() }, { $0.list = [.init()] }, { $0.byNumber = [1: .init()] }, { $0.chosen = .init() },
    ] {
      var message = whole
      change(&message)
      #expect(!message.isInitialized)
      #expect(throws: BinaryEncodingError.missingRequiredFields) { try message.serializedBytes() as [UInt8] }
    }
  }

  @Test func aRequiredFieldMayComeInASecondPieceOfTheSameMessage() throws {
    typealias Required = EveryKind_Proto2_RequiredFields
    // `itself` twice: first with the number, then with the text.
    let bytes: [UInt8] = [8, 1, 0x1a, 1, 0x61, 0x12, 2, 8, 1, 0x12, 3, 0x1a, 1, 0x62]
    #expect(try Required(serializedBytes: bytes).itself.text == "b")
  }
}
