#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// Is shown the fields of a message, each with its type: see ``Message/traverse(visitor:)``.
///
/// Only fields that are set are shown, in the order of their numbers; then the unknown ones. Whoever wants to see the
/// fields of inner messages calls `traverse` on the values that ``visitSingularMessageField(value:fieldNumber:)`` and
/// its like are given. An error that a method throws ends the walk.
///
/// Most methods have a default, which passes the value on: of a narrow integer to the method for 64 bits, of a `float`
/// to that for `double`, of a packed list to that for lists, of a list to that for one value, one after the other, of a
/// group to that for messages. What remains is to be written.
///
/// ```swift
/// struct LongestString: Visitor {
///   var characters = 0
///
///   mutating func visitSingularStringField(value: String, fieldNumber: Int) { characters = max(characters, value.count) }
///   mutating func visitSingularMessageField<M: Message>(value: M, fieldNumber: Int) throws {
///     try value.traverse(visitor: &self)
///   }
///   // … the others do nothing
/// }
/// ```
public protocol Visitor {
  // MARK: One value

  /// A `double` field.
  mutating func visitSingularDoubleField(value: Double, fieldNumber: Int) throws

  /// A `float` field.
  mutating func visitSingularFloatField(value: Float, fieldNumber: Int) throws

  /// A `int64` field.
  mutating func visitSingularInt64Field(value: Int64, fieldNumber: Int) throws

  /// A `uint64` field.
  mutating func visitSingularUInt64Field(value: UInt64, fieldNumber: Int) throws

  /// A `int32` field.
  mutating func visitSingularInt32Field(value: Int32, fieldNumber: Int) throws

  /// A `uint32` field.
  mutating func visitSingularUInt32Field(value: UInt32, fieldNumber: Int) throws

  /// A `sint64` field.
  mutating func visitSingularSInt64Field(value: Int64, fieldNumber: Int) throws

  /// A `sint32` field.
  mutating func visitSingularSInt32Field(value: Int32, fieldNumber: Int) throws

  /// A `fixed64` field.
  mutating func visitSingularFixed64Field(value: UInt64, fieldNumber: Int) throws

  /// A `fixed32` field.
  mutating func visitSingularFixed32Field(value: UInt32, fieldNumber: Int) throws

  /// A `sfixed64` field.
  mutating func visitSingularSFixed64Field(value: Int64, fieldNumber: Int) throws

  /// A `sfixed32` field.
  mutating func visitSingularSFixed32Field(value: Int32, fieldNumber: Int) throws

  /// A `bool` field.
  mutating func visitSingularBoolField(value: Bool, fieldNumber: Int) throws

  /// A `string` field.
  mutating func visitSingularStringField(value: String, fieldNumber: Int) throws

  /// A `bytes` field.
  mutating func visitSingularBytesField(value: Data, fieldNumber: Int) throws

  /// A field of an enum.
  mutating func visitSingularEnumField<E: Enum>(value: E, fieldNumber: Int) throws

  /// A field of a message type, whose fields are not shown by themselves.
  mutating func visitSingularMessageField<M: Message>(value: M, fieldNumber: Int) throws

  /// A group, which is a message that is encoded between two tags.
  mutating func visitSingularGroupField<G: Message>(value: G, fieldNumber: Int) throws

  // MARK: Lists, which are never empty

  /// A repeated `double` field that is not packed.
  mutating func visitRepeatedDoubleField(value: [Double], fieldNumber: Int) throws

  /// A repeated `float` field that is not packed.
  mutating func visitRepeatedFloatField(value: [Float], fieldNumber: Int) throws

  /// A repeated `int64` field that is not packed.
  mutating func visitRepeatedInt64Field(value: [Int64], fieldNumber: Int) throws

  /// A repeated `uint64` field that is not packed.
  mutating func visitRepeatedUInt64Field(value: [UInt64], fieldNumber: Int) throws

  /// A repeated `int32` field that is not packed.
  mutating func visitRepeatedInt32Field(value: [Int32], fieldNumber: Int) throws

  /// A repeated `uint32` field that is not packed.
  mutating func visitRepeatedUInt32Field(value: [UInt32], fieldNumber: Int) throws

  /// A repeated `sint64` field that is not packed.
  mutating func visitRepeatedSInt64Field(value: [Int64], fieldNumber: Int) throws

  /// A repeated `sint32` field that is not packed.
  mutating func visitRepeatedSInt32Field(value: [Int32], fieldNumber: Int) throws

  /// A repeated `fixed64` field that is not packed.
  mutating func visitRepeatedFixed64Field(value: [UInt64], fieldNumber: Int) throws

  /// A repeated `fixed32` field that is not packed.
  mutating func visitRepeatedFixed32Field(value: [UInt32], fieldNumber: Int) throws

  /// A repeated `sfixed64` field that is not packed.
  mutating func visitRepeatedSFixed64Field(value: [Int64], fieldNumber: Int) throws

  /// A repeated `sfixed32` field that is not packed.
  mutating func visitRepeatedSFixed32Field(value: [Int32], fieldNumber: Int) throws

  /// A repeated `bool` field that is not packed.
  mutating func visitRepeatedBoolField(value: [Bool], fieldNumber: Int) throws

  /// A repeated `string` field.
  mutating func visitRepeatedStringField(value: [String], fieldNumber: Int) throws

  /// A repeated `bytes` field.
  mutating func visitRepeatedBytesField(value: [Data], fieldNumber: Int) throws

  /// A repeated field of an enum that is not packed.
  mutating func visitRepeatedEnumField<E: Enum>(value: [E], fieldNumber: Int) throws

  /// A repeated field of a message type.
  mutating func visitRepeatedMessageField<M: Message>(value: [M], fieldNumber: Int) throws

  /// A repeated group.
  mutating func visitRepeatedGroupField<G: Message>(value: [G], fieldNumber: Int) throws

  // MARK: Packed lists, which are never empty

  /// A packed list of `double`.
  mutating func visitPackedDoubleField(value: [Double], fieldNumber: Int) throws

  /// A packed list of `float`.
  mutating func visitPackedFloatField(value: [Float], fieldNumber: Int) throws

  /// A packed list of `int64`.
  mutating func visitPackedInt64Field(value: [Int64], fieldNumber: Int) throws

  /// A packed list of `uint64`.
  mutating func visitPackedUInt64Field(value: [UInt64], fieldNumber: Int) throws

  /// A packed list of `int32`.
  mutating func visitPackedInt32Field(value: [Int32], fieldNumber: Int) throws

  /// A packed list of `uint32`.
  mutating func visitPackedUInt32Field(value: [UInt32], fieldNumber: Int) throws

  /// A packed list of `sint64`.
  mutating func visitPackedSInt64Field(value: [Int64], fieldNumber: Int) throws

  /// A packed list of `sint32`.
  mutating func visitPackedSInt32Field(value: [Int32], fieldNumber: Int) throws

  /// A packed list of `fixed64`.
  mutating func visitPackedFixed64Field(value: [UInt64], fieldNumber: Int) throws

  /// A packed list of `fixed32`.
  mutating func visitPackedFixed32Field(value: [UInt32], fieldNumber: Int) throws

  /// A packed list of `sfixed64`.
  mutating func visitPackedSFixed64Field(value: [Int64], fieldNumber: Int) throws

  /// A packed list of `sfixed32`.
  mutating func visitPackedSFixed32Field(value: [Int32], fieldNumber: Int) throws

  /// A packed list of `bool`.
  mutating func visitPackedBoolField(value: [Bool], fieldNumber: Int) throws

  /// A packed list of values of an enum.
  mutating func visitPackedEnumField<E: Enum>(value: [E], fieldNumber: Int) throws

  // MARK: Maps, which are never empty

  /// A map to numbers, strings or bytes.
  mutating func visitMapField<KeyType, ValueType: MapValueType>(
    fieldType: _ProtobufMap<KeyType, ValueType>.Type, value: _ProtobufMap<KeyType, ValueType>.BaseType, fieldNumber: Int
  ) throws

  /// A map to values of an enum.
  mutating func visitMapField<KeyType, ValueType>(
    fieldType: _ProtobufEnumMap<KeyType, ValueType>.Type, value: _ProtobufEnumMap<KeyType, ValueType>.BaseType,
    fieldNumber: Int
  ) throws where ValueType.RawValue == Int

  /// A map to messages.
  mutating func visitMapField<KeyType, ValueType>(
    fieldType: _ProtobufMessageMap<KeyType, ValueType>.Type, value: _ProtobufMessageMap<KeyType, ValueType>.BaseType,
    fieldNumber: Int
  ) throws

  // MARK: What the message's declaration does not name

  /// The extensions whose numbers lie in `start..<end`, those of message sets as well; there is at least one. By default
  /// each is shown as the field that it is.
  mutating func visitExtensionFields(fields: ExtensionFieldValueSet, start: Int, end: Int) throws

  /// The encoded unknown fields, if there are any.
  mutating func visitUnknown(bytes: Data) throws
}
