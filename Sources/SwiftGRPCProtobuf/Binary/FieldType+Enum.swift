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

  /// The varint that stands for a number.
  @inlinable @inline(__always)
  static func varint(of number: Int) -> UInt64 { UInt64(bitPattern: Int64(number)) }

  /// Writes one value, without its tag.
  @inlinable @inline(__always)
  public static func _encode(
    _ value: UnsafePointer<Value>, before p: UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    WireWriter.varint(varint(of: value.pointee.rawValue), before: p)
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

  /// Writes a packed list, without tag and length.
  @inlinable
  public static func _encodePacked(
    _ field: UnsafeMutablePointer<[Value]>, before p: UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    let values = field.elements()
    var index = field.pointee.count
    var p = p
    while index > 0 {
      index -= 1
      p = context.room(before: WireWriter.varint(varint(of: values[index].rawValue), before: p))
    }
    return p
  }
}
