/// An enum: a varint of the sign-extended number.
public enum ProtobufEnum<Value: Enum>: PackableType {
  /// How one value is encoded.
  public static var wireType: WireType { .varint }

  /// The type at run time.
  public static var kind: FieldKind { .enum }

  /// What the values are.
  public static var _content: FieldContent { .enumeration(Value.self) }

  /// The value of a field that is not set and states no default.
  public static var defaultValue: Value { Value() }

  /// Reads the value of an open enum.
  @inlinable @inline(__always)
  public static func decode(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer
  ) throws(BinaryDecodingError) -> Value {
    let number = Int32(truncatingIfNeeded: try WireReader.varint(&p, end))
    return Value(rawValue: Int(number)) ?? Value()  // an open enum has a value for every number
  }

  /// Reads one value, for the coders of lists, maps and extensions.
  @inlinable @inline(__always)
  public static func _decode(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ context: inout DecodingContext
  ) throws(BinaryDecodingError) -> Value? {
    Value(rawValue: Int(Int32(truncatingIfNeeded: try WireReader.varint(&p, end))))
  }

  /// The size of one value, without its tag.
  @inlinable @inline(__always)
  public static func size(_ value: Value) -> Int {
    WireWriter.varintSize(UInt64(bitPattern: Int64(value.rawValue)))
  }

  /// Writes one value, without its tag.
  @inlinable @inline(__always)
  public static func encode(_ p: UnsafeMutableRawPointer, _ value: Value) -> UnsafeMutableRawPointer {
    WireWriter.varint(p, UInt64(bitPattern: Int64(value.rawValue)))
  }

  /// The size of one value, without its tag.
  @inlinable @inline(__always)
  public static func _size(_ value: Value, _ sizes: inout EncodedSizes) -> Int { size(value) }

  /// Writes one value, without its tag.
  @inlinable @inline(__always)
  public static func _encode(
    _ p: UnsafeMutableRawPointer, _ value: Value, _ sizes: inout EncodedSizes
  ) -> UnsafeMutableRawPointer {
    encode(p, value)
  }

  /// Numbers without a name in a closed enum are left out; see ``FieldReader/packedClosedEnum(into:number:_:_:_:)``.
  @inlinable @inline(never)
  public static func _decodePacked(
    into values: inout [Value], _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer
  ) throws(BinaryDecodingError) {
    let byteCount = try WireReader.length(&p, end)
    let listEnd = p + byteCount
    while p < listEnd {
      let number = Int32(truncatingIfNeeded: try WireReader.varint(&p, listEnd))
      if let value = Value(rawValue: Int(number)) { values.append(value) }
    }
  }

  /// The size of a packed list, without tag and length.
  @inlinable
  public static func _packedSize(_ values: [Value]) -> Int {
    var size = 0
    for value in values { size += self.size(value) }
    return size
  }

  /// Writes a packed list, without tag and length.
  @inlinable
  public static func _encodePacked(_ p: UnsafeMutableRawPointer, _ values: [Value]) -> UnsafeMutableRawPointer {
    var p = p
    for value in values { p = encode(p, value) }
    return p
  }
}
