import Foundation
import GoldenCode
import SwiftGRPCProtobuf

/// Messages with random values in random fields.
enum RandomMessages {
  static func proto3(_ random: inout RandomMutations, depth: Int) -> EveryKind_Proto3_EveryKindProto3 {
    var message = EveryKind_Proto3_EveryKindProto3()
    for _ in 0..<Int.random(in: 0...12, using: &random) { change(&message, &random, depth) }
    return message
  }

  private static func change(
    _ message: inout EveryKind_Proto3_EveryKindProto3, _ random: inout RandomMutations, _ depth: Int
  ) {
    switch Int.random(in: 0..<30, using: &random) {
    case 0: message.singleDouble = double(&random)
    case 1: message.singleFloat = Float(bitPattern: UInt32.random(in: 0...0x7f7f_ffff, using: &random))
    case 2: message.singleInt32 = integer(&random)
    case 3: message.singleInt64 = integer(&random)
    case 4: message.singleUint32 = integer(&random)
    case 5: message.singleUint64 = integer(&random)
    case 6: message.singleString = text(&random)
    case 7: message.singleBytes = bytes(&random)
    case 8: message.singleColor = .init(rawValue: Int(integer(&random) as Int32)) ?? .red
    case 9: message.optionalSint32 = integer(&random)
    case 10: message.optionalFixed64 = integer(&random)
    case 11: message.optionalDouble = double(&random)
    case 12: message.optionalBool = Bool.random(using: &random)
    case 13: message.repeatedInt32 = (0..<size(&random)).map { _ in integer(&random) }
    case 14: message.repeatedUint64 = (0..<size(&random)).map { _ in integer(&random) }
    case 15: message.repeatedDouble = (0..<size(&random)).map { _ in double(&random) }
    case 16: message.repeatedString = (0..<size(&random)).map { _ in text(&random) }
    case 17: message.repeatedBytes = (0..<size(&random)).map { _ in bytes(&random) }
    case 18: message.repeatedInner = (0..<size(&random)).map { _ in inner(&random, depth) }
    case 19: for _ in 0..<size(&random) { message.byString[text(&random)] = integer(&random) }
    case 20: for _ in 0..<size(&random) { message.bySint64[integer(&random)] = integer(&random) }
    case 21: for _ in 0..<size(&random) { message.toInner[integer(&random)] = inner(&random, depth) }
    case 22: for _ in 0..<size(&random) { message.toBytes[text(&random)] = bytes(&random) }
    case 23: message.choiceDouble = double(&random)
    case 24: message.choiceBytes = bytes(&random)
    case 25: message.choiceInner = inner(&random, depth)
    case 26: message.choiceSfixed64 = integer(&random)
    case 27: message.far = integer(&random)
    case 28: message.repeatedBool = (0..<size(&random)).map { _ in Bool.random(using: &random) }
    default: if depth > 0 { message.itself = proto3(&random, depth: depth - 1) }
    }
  }

  private static func size(_ random: inout RandomMutations) -> Int { Int.random(in: 0...5, using: &random) }

  private static func integer<Value: FixedWidthInteger>(_ random: inout RandomMutations) -> Value {
    Value(truncatingIfNeeded: random.next()) >> Value.random(in: 0...Value(Value.bitWidth - 1), using: &random)
  }

  private static func double(_ random: inout RandomMutations) -> Double {
    let value = Double(bitPattern: random.next())
    return value.isNaN || Bool.random(using: &random) ? Double(integer(&random) as Int32) / 1_000 : value
  }

  static func text(_ random: inout RandomMutations) -> String {
    let letters: [Character] = ["a", "b", "\"", "\\", "\n", "\u{1}", "é", "€", "😀", "/", " ", "\u{85}", "0", "z"]
    return String(
      (0..<Int.random(in: 0...20, using: &random)).compactMap { _ in letters.randomElement(using: &random) })
  }

  private static func bytes(_ random: inout RandomMutations) -> Data {
    Data((0..<Int.random(in: 0...20, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) })
  }

  private static func inner(_ random: inout RandomMutations, _ depth: Int) -> EveryKind_Proto3_Inner {
    .with {
      $0.number = integer(&random)
      if Bool.random(using: &random) { $0.text = text(&random) }
      if depth > 0 { $0.inners = (0..<2).map { _ in inner(&random, depth - 1) } }
    }
  }
}
