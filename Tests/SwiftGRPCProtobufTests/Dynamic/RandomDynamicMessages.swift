import Foundation
import SwiftGRPCProtobuf

/// Random messages of a type that is known at run time, so of any type.
struct RandomDynamicMessages {
  var random: RandomMutations

  init(seed: UInt64) { random = RandomMutations(seed: seed) }

  mutating func message(_ type: DynamicMessageType, depth: Int = 3) throws -> DynamicMessage {
    var message = DynamicMessage(type)
    for field in type.fields where field.isRequired || chance(3) {
      if !field.isRequired, field.isMessageOrGroup, depth == 0 { continue }
      try message.set(try value(of: field, depth: depth), for: field)
    }
    return message
  }

  private mutating func chance(_ oneIn: Int) -> Bool { Int.random(in: 0..<oneIn, using: &random) == 0 }

  private mutating func value(of field: ProtoDescriptor.Field, depth: Int) throws -> DynamicValue {
    if let (key, value) = field.mapEntry {
      var entries: [DynamicValue: DynamicValue] = [:]
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        entries[try single(key, depth: depth)] = try single(value, depth: depth)
      }
      return .map(entries)
    }
    guard field.isRepeated else { return try single(field, depth: depth) }
    var values: [DynamicValue] = []
    for _ in 0..<Int.random(in: 0...4, using: &random) { values.append(try single(field, depth: depth)) }
    return .list(values)
  }

  private mutating func single(_ field: ProtoDescriptor.Field, depth: Int) throws -> DynamicValue {
    switch field.type {
    case .int32, .sint32, .sfixed32: return .int32(integer(Int32.self))
    case .int64, .sint64, .sfixed64: return .int64(integer(Int64.self))
    case .uint32, .fixed32: return .uint32(integer(UInt32.self))
    case .uint64, .fixed64: return .uint64(integer(UInt64.self))
    case .float: return .float([0, -0.0, 1.5, .infinity, 3e38].randomElement(using: &random) ?? 0)
    case .double: return .double([0, -0.0, 0.1, -.infinity, 2e-308].randomElement(using: &random) ?? 0)
    case .bool: return .bool(chance(2))
    case .string:
      let texts = ["", "a", "Grüße", String(repeating: "long ", count: 40)]
      return .string(texts.randomElement(using: &random) ?? "")
    case .bytes: return .bytes(Data((0..<Int.random(in: 0...20, using: &random)).map { UInt8($0 * 13 & 0xff) }))
    case .enum:
      let value = field.enumType?.values.randomElement(using: &random)
      return .enumeration(DynamicEnumValue(number: value?.number ?? 0, name: value?.name))
    case .message, .group:
      guard let type = field.messageType else { return .bool(false) }
      return .message(try message(try GoldenSchema.shared.get().messageType(type), depth: depth - 1))
    }
  }

  private mutating func integer<Value: FixedWidthInteger>(_ type: Value.Type) -> Value {
    let shift = Value(Int.random(in: 0..<Value.bitWidth, using: &random))
    let number = Value(truncatingIfNeeded: random.next() as UInt64) >> shift
    return [0, 1, .max, .min, number].randomElement(using: &random) ?? 0
  }
}
