/// One of protobuf's field types: how a value of it is stored in Swift, and how it is read and written.
///
/// The types that conform are never instantiated: generated code and the generic coders for repeated fields, maps and
/// extensions name them as type parameters.
public protocol FieldType: Sendable {
  /// How a value is stored.
  associatedtype Value: Hashable & Sendable

  /// The wire type of one value outside a packed list.
  static var wireType: WireType { get }

  /// What the field-independent coders need to know at run time.
  static var kind: FieldKind { get }

  /// What the values are, for the coders that run on tables.
  static var _content: FieldContent { get }

  /// The value of a field that is not set and declares no default, and of a missing key or value in a map's entry.
  static var defaultValue: Value { get }

  /// Reads one value. `nil` is a closed enum's number without a name: the position is behind it.
  static func _decode(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ context: inout DecodingContext
  ) throws(BinaryDecodingError) -> Value?

  /// Writes one value, without its tag, before a position where a field can be begun. It leaves at least 32 bytes of
  /// room for what comes before it; see ``EncodingContext``.
  static func _encode(
    _ value: UnsafePointer<Value>, before p: UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer

  /// Shows the entries of a map to values of this type to a visitor.
  static func _visitMap<K: MapKeyType, V: Visitor>(
    _ entries: [K.Value: Value], key: K.Type, fieldNumber: Int, _ visitor: inout V
  ) throws
}

/// A field type of a map's values that are neither messages nor of an enum.
public protocol MapValueType: FieldType {}

/// A field type whose values stand alone: a number, a string or bytes.
public protocol ScalarFieldType: MapValueType {
  /// Reads one value.
  static func decode(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer
  ) throws(BinaryDecodingError) -> Value
}

extension ScalarFieldType {
  /// What the values are.
  public static var _content: FieldContent { .scalar }

  /// Reads one value, for the coders of lists, maps and extensions.
  @inlinable @inline(__always)
  public static func _decode(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ context: inout DecodingContext
  ) throws(BinaryDecodingError) -> Value? {
    try decode(&p, end)
  }
}

/// A field type that may be a map's key.
public protocol MapKeyType: ScalarFieldType {
  /// The order in which deterministic output lists the entries.
  static func precedes(_ left: Value, _ right: Value) -> Bool
}

extension MapKeyType where Value: Comparable {
  /// The order in which deterministic output lists the entries.
  public static func precedes(_ left: Value, _ right: Value) -> Bool { left < right }
}

/// A field type that repeated fields may pack: a number or an enum.
public protocol PackableType: FieldType {
  /// Reads a length and a packed list, and appends its values.
  static func _decodePacked(
    into values: inout [Value], _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer
  ) throws(BinaryDecodingError)

  /// Writes a packed list, without tag and length, and leaves room as ``FieldType/_encode(_:before:_:)`` does.
  static func _encodePacked(
    _ field: UnsafeMutablePointer<[Value]>, before p: UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer
}

/// A number encoded as a varint.
public protocol VarintType: ScalarFieldType, PackableType {
  /// The value that a varint stands for.
  static func value(ofVarint varint: UInt64) -> Value

  /// The varint that stands for a value.
  static func varint(of value: Value) -> UInt64
}

/// A number encoded in four or eight bytes, little endian, which is also how `Value` lies in memory.
public protocol FixedWidthType: ScalarFieldType, PackableType where Value: BitwiseCopyable {
  /// The bits of a value, the lowest of the number.
  static func bits(of value: Value) -> UInt64
}

/// Protobuf's field types at run time. The raw values are those of `FieldDescriptorProto.Type`.
public enum FieldKind: UInt8, Sendable {
  case double = 1
  case float = 2
  case int64 = 3
  case uint64 = 4
  case int32 = 5
  case fixed64 = 6
  case fixed32 = 7
  case bool = 8
  case string = 9
  case group = 10
  case message = 11
  case bytes = 12
  case uint32 = 13
  case `enum` = 14
  case sfixed32 = 15
  case sfixed64 = 16
  case sint32 = 17
  case sint64 = 18
}
