import Foundation
import GoldenCode
import SwiftGRPCProtobuf
import Testing

private typealias Proto3 = EveryKind_Proto3_EveryKindProto3

/// Messages are encoded backwards, in memory that is replaced when it is full; ``EncodingVisitor`` is the plain way.
struct BinaryEncodingTests {
  /// Sizes around those at which the memory ends or a value is copied in another way.
  static let sizes =
    [0, 1, 127, 128, 129, 700] + Array(880...900) + [1023, 1024, 1025, 4095, 4096, 4097, 4100]
    + [16_300, 16_384, 16_500, 65_400, 65_536, 66_000, 200_000]

  @Test(arguments: sizes)
  func valuesOfEverySizeAreEncodedAsThePlainWayDoes(size: Int) throws {
    let text = String(repeating: "a", count: size)
    let ways: [(inout Proto3) -> Void] = [
      { $0.singleString = text },
      { $0.singleBytes = Data(text.utf8) },
      { $0.optionalString = text },
      { $0.optionalBytes = Data(text.utf8) },
      { $0.choice = .choiceString(text) },
      { $0.choice = .choiceBytes(Data(text.utf8)) },
      { $0.repeatedString = ["before", text, "behind"] },
      { $0.repeatedBytes = [Data(text.utf8), Data()] },
      { $0.repeatedDouble = (0..<size / 8).map(Double.init) },
      { $0.repeatedFixed32 = (0..<size / 4).map(UInt32.init) },
      { $0.repeatedInt64 = (0..<size / 2).map { Int64($0) << ($0 % 60) } },
      { $0.repeatedBool = (0..<size).map { $0 % 3 == 0 } },
      { $0.repeatedColor = (0..<size / 2).map { $0 % 2 == 0 ? .ultraviolet : .infrared } },
      { $0.byString = [text: 7] },
      { $0.singleInner.text = text },
      { $0.repeatedInner = (0..<size / 8).map { number in .with { $0.number = Int32(number) } } },
      { $0.unknownFields.append(fieldNumber: 5000, text) },
    ]
    for fill in ways {
      let message = Proto3.with {
        $0.singleDouble = 1
        fill(&$0)
        $0.itself.itself.singleInt32 = -1
        $0.itself.itself.byBool = [true: 2]
      }
      let bytes: [UInt8] = try message.serializedBytes()
      #expect(try bytes == EncodingVisitor.bytes(of: message))
      #expect(try message.serializedData() == Data(bytes))
      #expect(try Proto3(serializedBytes: bytes) == message)
    }
  }

  @Test func varintsOfEveryLengthAreEncodedAsThePlainWayDoes() throws {
    let powers = (0..<64).map { UInt64(1) << $0 }
    let values = powers + powers.map { $0 - 1 } + powers.map { $0 | $0 >> 7 | $0 >> 21 } + [.max]
    for value in values {
      let message = Proto3.with {
        $0.singleUint64 = value
        $0.singleSint64 = Int64(bitPattern: value)
        $0.optionalInt64 = Int64(bitPattern: value)
        $0.singleInt32 = Int32(truncatingIfNeeded: value)
        $0.choice = .choiceInt32(Int32(truncatingIfNeeded: value))
        $0.repeatedUint64 = [value, 1, value]
      }
      #expect(try message.serializedBytes() == EncodingVisitor.bytes(of: message))
    }
  }

  @Test func deepAndWideMessagesAreEncodedAsThePlainWayDoes() throws {
    var deep = EveryKind_Proto3_Inner.with { $0.text = "innermost" }
    for depth in 0..<90 {
      deep = .with {
        $0.number = Int32(depth)
        $0.inners = [deep, .init(), .with { $0.text = String(repeating: "x", count: 40 * depth) }]
      }
    }
    #expect(try deep.serializedBytes() == EncodingVisitor.bytes(of: deep))
  }

  @Test func aMessageOfMoreThanTwoGibibytesIsRefusedWithoutTakingTheMemory() throws {
    let part = Data(count: 1 << 29)  // zeroed pages, which nobody touches
    let message = Proto3.with {
      $0.repeatedBytes = Array(repeating: part, count: 4)
      $0.singleString = "written after the others"
    }
    #expect(throws: BinaryEncodingError.tooLarge) { try message.serializedBytes() as [UInt8] }
    let inner = Proto3.with { $0.itself = message }
    #expect(throws: BinaryEncodingError.tooLarge) { try inner.serializedData() }
  }
}

extension UnknownStorage {
  fileprivate mutating func append(fieldNumber: Int, _ text: String) {
    var field = EncodingVisitor()
    field.visitSingularStringField(value: text, fieldNumber: fieldNumber)
    field.bytes.withUnsafeBytes { append($0) }
  }
}
