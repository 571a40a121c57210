import Foundation
import SwiftGRPCProtobuf

/// Encodes messages from nothing but what a visitor is shown.
struct EncodingVisitor: Visitor {
  private(set) var bytes: [UInt8] = []

  static func bytes(of message: some Message) throws -> [UInt8] {
    var visitor = EncodingVisitor()
    try message.traverse(visitor: &visitor)
    return visitor.bytes
  }

  mutating func visitSingularDoubleField(value: Double, fieldNumber: Int) { append(fieldNumber, value, .double) }
  mutating func visitSingularFloatField(value: Float, fieldNumber: Int) { append(fieldNumber, value, .float) }
  mutating func visitSingularInt64Field(value: Int64, fieldNumber: Int) { append(fieldNumber, value, .int64) }
  mutating func visitSingularUInt64Field(value: UInt64, fieldNumber: Int) { append(fieldNumber, value, .uint64) }
  mutating func visitSingularInt32Field(value: Int32, fieldNumber: Int) { append(fieldNumber, value, .int32) }
  mutating func visitSingularUInt32Field(value: UInt32, fieldNumber: Int) { append(fieldNumber, value, .uint32) }
  mutating func visitSingularSInt64Field(value: Int64, fieldNumber: Int) { append(fieldNumber, value, .sint64) }
  mutating func visitSingularSInt32Field(value: Int32, fieldNumber: Int) { append(fieldNumber, value, .sint32) }
  mutating func visitSingularFixed64Field(value: UInt64, fieldNumber: Int) { append(fieldNumber, value, .fixed64) }
  mutating func visitSingularFixed32Field(value: UInt32, fieldNumber: Int) { append(fieldNumber, value, .fixed32) }
  mutating func visitSingularSFixed64Field(value: Int64, fieldNumber: Int) { append(fieldNumber, value, .sfixed64) }
  mutating func visitSingularSFixed32Field(value: Int32, fieldNumber: Int) { append(fieldNumber, value, .sfixed32) }
  mutating func visitSingularBoolField(value: Bool, fieldNumber: Int) { append(fieldNumber, value, .bool) }
  mutating func visitSingularStringField(value: String, fieldNumber: Int) { append(fieldNumber, value, .string) }
  mutating func visitSingularBytesField(value: Data, fieldNumber: Int) { append(fieldNumber, value, .bytes) }
  mutating func visitSingularEnumField<E: Enum>(value: E, fieldNumber: Int) { append(fieldNumber, value, .enum) }

  mutating func visitPackedDoubleField(value: [Double], fieldNumber: Int) { appendList(fieldNumber, value, .double) }
  mutating func visitPackedFloatField(value: [Float], fieldNumber: Int) { appendList(fieldNumber, value, .float) }
  mutating func visitPackedInt64Field(value: [Int64], fieldNumber: Int) { appendList(fieldNumber, value, .int64) }
  mutating func visitPackedUInt64Field(value: [UInt64], fieldNumber: Int) { appendList(fieldNumber, value, .uint64) }
  mutating func visitPackedInt32Field(value: [Int32], fieldNumber: Int) { appendList(fieldNumber, value, .int32) }
  mutating func visitPackedUInt32Field(value: [UInt32], fieldNumber: Int) { appendList(fieldNumber, value, .uint32) }
  mutating func visitPackedSInt64Field(value: [Int64], fieldNumber: Int) { appendList(fieldNumber, value, .sint64) }
  mutating func visitPackedSInt32Field(value: [Int32], fieldNumber: Int) { appendList(fieldNumber, value, .sint32) }
  mutating func visitPackedFixed64Field(value: [UInt64], fieldNumber: Int) { appendList(fieldNumber, value, .fixed64) }
  mutating func visitPackedFixed32Field(value: [UInt32], fieldNumber: Int) { appendList(fieldNumber, value, .fixed32) }
  mutating func visitPackedSFixed64Field(value: [Int64], fieldNumber: Int) { appendList(fieldNumber, value, .sfixed64) }
  mutating func visitPackedSFixed32Field(value: [Int32], fieldNumber: Int) { appendList(fieldNumber, value, .sfixed32) }
  mutating func visitPackedBoolField(value: [Bool], fieldNumber: Int) { appendList(fieldNumber, value, .bool) }
  mutating func visitPackedEnumField<E: Enum>(value: [E], fieldNumber: Int) { appendList(fieldNumber, value, .enum) }

  mutating func visitSingularMessageField<M: Message>(value: M, fieldNumber: Int) throws {
    appendBytes(fieldNumber, try Self.bytes(of: value))
  }

  mutating func visitSingularGroupField<G: Message>(value: G, fieldNumber: Int) throws {
    appendVarint(UInt64(fieldNumber << 3 | 3))
    bytes += try Self.bytes(of: value)
    appendVarint(UInt64(fieldNumber << 3 | 4))
  }

  mutating func visitMapField<KeyType, ValueType: MapValueType>(
    fieldType: _ProtobufMap<KeyType, ValueType>.Type, value: _ProtobufMap<KeyType, ValueType>.BaseType, fieldNumber: Int
  ) throws {
    appendEntries(fieldNumber, KeyType.self, value) { $0.append(2, $1, ValueType.kind) }
  }

  mutating func visitMapField<KeyType, ValueType>(
    fieldType: _ProtobufEnumMap<KeyType, ValueType>.Type, value: _ProtobufEnumMap<KeyType, ValueType>.BaseType,
    fieldNumber: Int
  ) throws {
    appendEntries(fieldNumber, KeyType.self, value) { $0.append(2, $1, .enum) }
  }

  mutating func visitMapField<KeyType, ValueType>(
    fieldType: _ProtobufMessageMap<KeyType, ValueType>.Type, value: _ProtobufMessageMap<KeyType, ValueType>.BaseType,
    fieldNumber: Int
  ) throws {
    try appendEntries(fieldNumber, KeyType.self, value) { try $0.visitSingularMessageField(value: $1, fieldNumber: 2) }
  }

  mutating func visitUnknown(bytes: Data) { self.bytes += bytes }

  // MARK: Wire format

  private mutating func appendEntries<K: MapKeyType, Value>(
    _ number: Int, _ key: K.Type, _ entries: [K.Value: Value], _ append: (inout Self, Value) throws -> Void
  ) rethrows {
    for (key, value) in entries.sorted(by: { K.precedes($0.key, $1.key) }) {
      var entry = Self()
      entry.append(1, key, K.kind)
      try append(&entry, value)
      appendBytes(number, entry.bytes)
    }
  }

  private mutating func appendList<Value>(_ number: Int, _ values: [Value], _ kind: FieldKind) {
    var list = Self()
    for value in values { list.appendValue(value, kind) }
    appendBytes(number, list.bytes)
  }

  private mutating func appendBytes(_ number: Int, _ value: some Collection<UInt8>) {
    appendVarint(UInt64(number << 3 | 2))
    appendVarint(UInt64(value.count))
    bytes += value
  }

  private mutating func append(_ number: Int, _ value: Any, _ kind: FieldKind) {
    switch (kind, value) {
    case (.string, let value as String): return appendBytes(number, value.utf8)
    case (.bytes, let value as Data): return appendBytes(number, value)
    case (.double, _), (.fixed64, _), (.sfixed64, _): appendVarint(UInt64(number << 3 | 1))
    case (.float, _), (.fixed32, _), (.sfixed32, _): appendVarint(UInt64(number << 3 | 5))
    default: appendVarint(UInt64(number << 3))
    }
    appendValue(value, kind)
  }

  private mutating func appendValue(_ value: Any, _ kind: FieldKind) {
    switch (kind, value) {
    case (.double, let value as Double): appendFixed(value.bitPattern)
    case (.float, let value as Float): appendFixed(value.bitPattern)
    case (.fixed64, let value as UInt64): appendFixed(value)
    case (.fixed32, let value as UInt32): appendFixed(value)
    case (.sfixed64, let value as Int64): appendFixed(value)
    case (.sfixed32, let value as Int32): appendFixed(value)
    case (.int64, let value as Int64): appendVarint(UInt64(bitPattern: value))
    case (.int32, let value as Int32): appendVarint(UInt64(bitPattern: Int64(value)))
    case (.uint64, let value as UInt64): appendVarint(value)
    case (.uint32, let value as UInt32): appendVarint(UInt64(value))
    case (.sint64, let value as Int64): appendVarint(UInt64(bitPattern: value << 1 ^ value >> 63))
    case (.sint32, let value as Int32): appendVarint(UInt64(UInt32(bitPattern: value << 1 ^ value >> 31)))
    case (.bool, let value as Bool): appendVarint(value ? 1 : 0)
    case (.enum, let value as any Enum): appendVarint(UInt64(bitPattern: Int64(value.rawValue)))
    default: preconditionFailure("\(value) is no \(kind)")
    }
  }

  private mutating func appendFixed(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
  }

  private mutating func appendVarint(_ value: UInt64) {
    var value = value
    while value > 0x7f {
      bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
      value >>= 7
    }
    bytes.append(UInt8(value))
  }
}
