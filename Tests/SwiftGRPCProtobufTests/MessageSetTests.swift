import Foundation
import GoldenCode
import SwiftGRPCProtobuf
import Testing

/// Messages whose extensions are written as the items of a message set.
struct MessageSetTests {
  private typealias Set = EveryKind_Proto2_KindSet
  private let extensions = EveryKind_Proto2_EveryKindProto2_Extensions

  private func decode(_ bytes: [UInt8], _ options: BinaryDecodingOptions = .init()) throws -> Set {
    try Set(serializedBytes: bytes, extensions: extensions, options: options)
  }

  private let number: EveryKind_Proto2_SetNumber = .with { $0.number = 7 }

  @Test func extensionsAreWrittenAsItemsInTheOrderOfTheirNumbers() throws {
    var set = Set()
    set.EveryKind_Proto2_SetRequired_messageSetExtension = .with { $0.needed = 1 }
    set.EveryKind_Proto2_SetNumber_messageSetExtension = number
    let bytes: [UInt8] = try set.serializedBytes()
    #expect(
      bytes == [
        0x0b, 0x10, 0x04, 0x1a, 0x02, 0x08, 0x07, 0x0c,
        0x0b, 0x10, 0xff, 0xff, 0xff, 0xff, 0x01, 0x1a, 0x02, 0x08, 0x01, 0x0c,
      ])
    #expect(try decode(bytes) == set)
  }

  @Test(arguments: [
    [0x0b, 0x10, 0x04, 0x1a, 0x02, 0x08, 0x07, 0x0c] as [UInt8],  // the number first, as it is written
    [0x0b, 0x1a, 0x02, 0x08, 0x07, 0x10, 0x04, 0x0c],  // the message first
    [0x0b, 0x28, 0x01, 0x10, 0x04, 0x33, 0x34, 0x1a, 0x02, 0x08, 0x07, 0x28, 0x02, 0x0c],  // foreign fields around
    [0x0b, 0x10, 0x04, 0x1a, 0x02, 0x08, 0x07, 0x10, 0x05, 0x1a, 0x02, 0x08, 0x08, 0x0c],  // the first of each counts
    [0x22, 0x02, 0x08, 0x07],  // a field of its own
  ])
  func itemIsReadInAllItsForms(bytes: [UInt8]) throws {
    let set = try decode(bytes)
    #expect(set.EveryKind_Proto2_SetNumber_messageSetExtension == number)
    #expect(set.unknownFields.isEmpty)
  }

  @Test func numbersThatNoTagCanHoldAreReadAndWritten() throws {
    var set = Set()
    set.EveryKind_Proto2_SetRequired_kinds.singleInt32 = 1
    let bytes: [UInt8] = try set.serializedBytes(partial: true)
    #expect(bytes.starts(with: [0x0b, 0x10, 0xfe, 0xff, 0xff, 0xff, 0x07, 0x1a]))
    let decoded = try decode(bytes)
    #expect(decoded == set)
    #expect(decoded.unknownFields.isEmpty)
  }

  @Test func itemsOfOneTypeAreMerged() throws {
    let set = try decode([
      0x0b, 0x10, 0x04, 0x1a, 0x03, 0x12, 0x01, 0x61, 0x0c, 0x22, 0x02, 0x08, 0x07,
      0x0b, 0x1a, 0x03, 0x12, 0x01, 0x62, 0x10, 0x04, 0x0c,
    ])
    let merged = set.EveryKind_Proto2_SetNumber_messageSetExtension
    #expect(merged.number == 7)
    #expect(merged.words == ["a", "b"])
  }

  @Test(arguments: [
    [0x0b, 0x10, 0x05, 0x1a, 0x02, 0x08, 0x07, 0x0c] as [UInt8],
    [0x0b, 0x1a, 0x02, 0x08, 0x07, 0x10, 0x05, 0x0c],
    [0x0b, 0x1a, 0x82, 0x00, 0x08, 0x07, 0x10, 0x85, 0x80, 0x00, 0x0c],
    [0x2a, 0x01, 0x00],
  ])
  func unknownItemsAreKeptAsTheyCame(bytes: [UInt8]) throws {
    let set = try decode(bytes)
    #expect(set.unknownFields.data == Data(bytes))
    #expect(try set.serializedBytes() == bytes)
    var options = BinaryDecodingOptions()
    options.discardUnknownFields = true
    #expect(try decode(bytes, options) == Set())
  }

  @Test(arguments: [[0x0b, 0x0c], [0x0b, 0x10, 0x04, 0x0c], [0x0b, 0x1a, 0x00, 0x0c]] as [[UInt8]])
  func itemWithoutNumberOrMessageIsNothing(bytes: [UInt8]) throws {
    #expect(try decode(bytes) == Set())
  }

  @Test(
    arguments: [
      [0x0b], [0x0b, 0x10], [0x0b, 0x10, 0x04, 0x1a, 0x02, 0x08, 0x07],
      [0x0b, 0x10, 0x04, 0x1a, 0x03, 0x08, 0x07, 0x0c],
      [0x0b, 0x10, 0x04, 0x1a, 0x02, 0x08, 0x07, 0x14], [0x0c], [0x0b, 0x10, 0x04, 0x1a, 0x01, 0x08, 0x0c],
      [0x0b, 0x10, 0x04, 0x1a, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x0c], [0x0b, 0x00, 0x00, 0x0c],
      [0x0b, 0x10, 0x04, 0x1a, 0x01, 0x0c, 0x0c],
    ] as [[UInt8]])
  func brokenItemsAreRefused(bytes: [UInt8]) {
    #expect(throws: BinaryDecodingError.self) { try decode(bytes) }
  }

  @Test func depthIsLimitedInsideOfItems() throws {
    var bytes: [UInt8] = try number.serializedBytes()
    func wrapped() -> [UInt8] {
      // field 3 of SetNumber holds a message set with a SetNumber
      let length = { (count: Int) in
        count < 128 ? [UInt8(count)] : [UInt8(count & 0x7f | 0x80), UInt8(count >> 7)]
      }
      let item = [0x0b, 0x10, 0x04, 0x1a] + length(bytes.count) + bytes + [0x0c]
      return [0x1a] + length(item.count) + item
    }
    for _ in 0..<49 { bytes = wrapped() }
    #expect(try EveryKind_Proto2_SetNumber(serializedBytes: bytes, extensions: extensions).hasInside)
    bytes = wrapped()
    #expect(throws: BinaryDecodingError.self) {
      try EveryKind_Proto2_SetNumber(serializedBytes: bytes, extensions: extensions)
    }
  }

  @Test func requiredFieldsInsideOfItemsAreMissed() throws {
    let bytes: [UInt8] = [0x0b, 0x10, 0xff, 0xff, 0xff, 0xff, 0x01, 0x1a, 0x00, 0x0c]
    #expect(throws: BinaryDecodingError.self) { try decode(bytes) }
    let set = try Set(serializedBytes: bytes, extensions: extensions, partial: true)
    #expect(!set.isInitialized)
  }
}
