import Foundation
import GoldenCode
import SwiftGRPCProtobuf
import Testing

private typealias Proto3 = EveryKind_Proto3_EveryKindProto3

/// What decoders read in one go, beside the same bytes one field after the other.
struct BinaryDecodingTests {
  /// Fields of lists and maps, each encoded alone.
  static let fields: [[UInt8]] = {
    let texts = [0, 1, 15, 127, 128, 300].map { String(repeating: "é", count: $0 / 2) }
    var fields = texts.flatMap { text in
      [
        Proto3.with { $0.repeatedString = [text] },
        Proto3.with { $0.repeatedBytes = [Data(text.utf8)] },
        Proto3.with { $0.repeatedInner = [.with { $0.text = text }] },
        Proto3.with { $0.byString = [text: Int32(text.count)] },
      ]
    }
    fields += (0..<3).map { number in Proto3.with { $0.byInt32 = [number: number] } }
    fields += (0..<3).map { number in Proto3.with { $0.repeatedInt32 = [number, -number] } }
    fields.append(Proto3.with { $0.singleString = "between" })
    fields.append(Proto3.with { $0.repeatedBytes = [Data(count: 1 << 14)] })  // its length takes three bytes
    return fields.compactMap { try? $0.serializedBytes() }
  }()

  @Test(arguments: 0..<20 as Range<UInt64>)
  func runsOfFieldsAreReadAsFieldByField(seed: UInt64) throws {
    var random = RandomMutations(seed: seed)
    // Runs of random lengths, which also come back after others.
    let chosen = (0..<30).flatMap { _ in
      Array(repeating: Self.fields.randomElement(using: &random) ?? [], count: .random(in: 1...5, using: &random))
    }
    var oneByOne = Proto3()
    for field in chosen { try oneByOne.merge(serializedBytes: field) }
    #expect(try Proto3(serializedBytes: chosen.flatMap(\.self)) == oneByOne)
  }

  @Test func aRunThatIsCutOffIsRefusedUnlessItIsCutBetweenFields() throws {
    let fields = Self.fields.filter { $0.count < 20 }.flatMap { [$0, $0] }
    let bytes = fields.flatMap(\.self)
    var ends: [Int: Proto3] = [0: Proto3()]
    var message = Proto3()
    for (index, field) in fields.enumerated() {
      try message.merge(serializedBytes: field)
      ends[fields[...index].map(\.count).reduce(0, +)] = message
    }
    for count in 0...bytes.count {
      let decoded = try? Proto3(serializedBytes: Array(bytes[..<count]))
      #expect(decoded == ends[count], "cut after \(count) bytes")
    }
  }

  @Test func shortTagsAndLongOnesHaveRuns() throws {
    let file = Google_Protobuf_FileDescriptorProto.with {
      $0.dependency = ["a", "b", "c"]
      $0.messageType = (0..<5).map { number in .with { $0.name = "M\(number)" } }
    }
    #expect(try Google_Protobuf_FileDescriptorProto(serializedBytes: file.serializedBytes() as [UInt8]) == file)
  }

  /// A varint of so many bytes, needlessly long where the value needs fewer.
  static func varint(_ value: UInt64, byteCount: Int) -> [UInt8] {
    (0..<byteCount).map { index in
      let bits = index < 10 ? UInt8(truncatingIfNeeded: value >> UInt64(7 * index)) & 0x7f : 0
      return index == byteCount - 1 ? bits : bits | 0x80
    }
  }

  @Test(arguments: 1...10)
  func varintsOfEveryLengthAreReadWhereverTheyEnd(byteCount: Int) throws {
    let value: UInt64 = 0x0102_0304_0506_0708 & (byteCount >= 9 ? .max : 1 << UInt64(7 * byteCount) - 1)
    let number = Self.varint(value, byteCount: byteCount)
    let field = [0x30] + number  // single_uint64
    for rest in 0...6 {
      // Behind it lie nothing or fields of another kind; or it ends an inner message first.
      let behind = Array(repeating: [0x68, 1] as [UInt8], count: rest).flatMap(\.self)  // single_bool
      #expect(try Proto3(serializedBytes: field + behind).singleUint64 == value)
      let inner = [0x92, 0x01, UInt8(field.count)] + field  // itself
      let message = try Proto3(serializedBytes: inner + behind)
      #expect(message.itself.singleUint64 == value)
      #expect(message.singleBool == (rest > 0))
    }
  }

  @Test(arguments: 2...10)
  func aVarintThatGoesOnBehindItsMessageIsCutOff(byteCount: Int) throws {
    for cut in 1..<byteCount {
      let inner = [0x92, 0x01, UInt8(1 + cut), 0x30] + Self.varint(1, byteCount: byteCount)
      for rest in 0...6 {
        let behind = Array(repeating: [0x68, 1] as [UInt8], count: rest).flatMap(\.self)
        #expect(throws: BinaryDecodingError.truncated) { try Proto3(serializedBytes: inner + behind) }
      }
    }
  }

  @Test(arguments: 0..<60 as Range<UInt64>)
  func packedListsAreReadAsTheirValuesOneByOne(seed: UInt64) throws {
    var random = RandomMutations(seed: seed)
    let longest = Int.random(in: 1...10, using: &random)
    let values = (0..<Int(seed)).map { _ in
      Self.varint(.random(in: 0 ... .max, using: &random), byteCount: .random(in: 1...longest, using: &random))
    }
    for tag in [62, 63, 64, 65, 66, 67, 72] as [UInt32] {
      let packed = Self.varint(UInt64(tag << 3 | 2), byteCount: 2)
      let list = values.flatMap(\.self)
      let whole = packed + Self.varint(UInt64(list.count), byteCount: 2) + list
      let apart = values.flatMap { Self.varint(UInt64(tag << 3), byteCount: 2) + $0 }
      #expect(try Proto3(serializedBytes: whole) == Proto3(serializedBytes: apart))
      // A varint of eleven bytes among them.
      let long = packed + Self.varint(UInt64(list.count + 11), byteCount: 2) + list + Self.varint(1, byteCount: 11)
      #expect(throws: BinaryDecodingError.malformedProtobuf) { try Proto3(serializedBytes: long) }
    }
  }
}
