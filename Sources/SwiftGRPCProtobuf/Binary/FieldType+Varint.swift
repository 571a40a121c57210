extension VarintType {
  /// How one value is encoded.
  public static var wireType: WireType { .varint }

  /// Reads one value.
  @inlinable @inline(__always)
  public static func decode(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer
  ) throws(BinaryDecodingError) -> Value {
    value(ofVarint: try WireReader.varint(&p, end))
  }

  /// Writes one value, without its tag.
  @inlinable @inline(__always)
  public static func _encode(
    _ value: UnsafePointer<Value>, before p: UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    WireWriter.varint(varint(of: value.pointee), before: p)
  }
}

/// `int32`: a varint of the sign-extended value.
public enum ProtobufInt32: MapKeyType, VarintType {
  /// The type at run time.
  public static var kind: FieldKind { .int32 }

  /// The value of a field that is not set and states no default.
  public static var defaultValue: Int32 { 0 }

  /// The value that a varint stands for.
  @inlinable @inline(__always)
  public static func value(ofVarint varint: UInt64) -> Int32 {
    Int32(truncatingIfNeeded: varint)
  }

  /// The varint that stands for a value.
  @inlinable @inline(__always)
  public static func varint(of value: Int32) -> UInt64 {
    UInt64(bitPattern: Int64(value))
  }
}

/// `int64`: a varint.
public enum ProtobufInt64: MapKeyType, VarintType {
  /// The type at run time.
  public static var kind: FieldKind { .int64 }

  /// The value of a field that is not set and states no default.
  public static var defaultValue: Int64 { 0 }

  /// The value that a varint stands for.
  @inlinable @inline(__always)
  public static func value(ofVarint varint: UInt64) -> Int64 {
    Int64(bitPattern: varint)
  }

  /// The varint that stands for a value.
  @inlinable @inline(__always)
  public static func varint(of value: Int64) -> UInt64 {
    UInt64(bitPattern: value)
  }
}

/// `uint32`: a varint.
public enum ProtobufUInt32: MapKeyType, VarintType {
  /// The type at run time.
  public static var kind: FieldKind { .uint32 }

  /// The value of a field that is not set and states no default.
  public static var defaultValue: UInt32 { 0 }

  /// The value that a varint stands for.
  @inlinable @inline(__always)
  public static func value(ofVarint varint: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: varint)
  }

  /// The varint that stands for a value.
  @inlinable @inline(__always)
  public static func varint(of value: UInt32) -> UInt64 {
    UInt64(value)
  }
}

/// `uint64`: a varint.
public enum ProtobufUInt64: MapKeyType, VarintType {
  /// The type at run time.
  public static var kind: FieldKind { .uint64 }

  /// The value of a field that is not set and states no default.
  public static var defaultValue: UInt64 { 0 }

  /// The value that a varint stands for.
  @inlinable @inline(__always)
  public static func value(ofVarint varint: UInt64) -> UInt64 {
    varint
  }

  /// The varint that stands for a value.
  @inlinable @inline(__always)
  public static func varint(of value: UInt64) -> UInt64 {
    value
  }
}

/// `sint32` in zigzag form, short for small negative numbers.
public enum ProtobufSInt32: MapKeyType, VarintType {
  /// The type at run time.
  public static var kind: FieldKind { .sint32 }

  /// The value of a field that is not set and states no default.
  public static var defaultValue: Int32 { 0 }

  /// The value that a varint stands for.
  @inlinable @inline(__always)
  public static func value(ofVarint varint: UInt64) -> Int32 {
    Int32(bitPattern: UInt32(truncatingIfNeeded: varint) >> 1) ^ -Int32(truncatingIfNeeded: varint & 1)
  }

  /// The varint that stands for a value.
  @inlinable @inline(__always)
  public static func varint(of value: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: (value << 1) ^ (value >> 31)))
  }
}

/// `sint64` in zigzag form, short for small negative numbers.
public enum ProtobufSInt64: MapKeyType, VarintType {
  /// The type at run time.
  public static var kind: FieldKind { .sint64 }

  /// The value of a field that is not set and states no default.
  public static var defaultValue: Int64 { 0 }

  /// The value that a varint stands for.
  @inlinable @inline(__always)
  public static func value(ofVarint varint: UInt64) -> Int64 {
    Int64(bitPattern: varint >> 1) ^ -Int64(bitPattern: varint & 1)
  }

  /// The varint that stands for a value.
  @inlinable @inline(__always)
  public static func varint(of value: Int64) -> UInt64 {
    UInt64(bitPattern: (value << 1) ^ (value >> 63))
  }
}

/// `bool`: a varint of 0 or 1.
public enum ProtobufBool: MapKeyType, VarintType {
  /// The type at run time.
  public static var kind: FieldKind { .bool }

  /// The value of a field that is not set and states no default.
  public static var defaultValue: Bool { false }

  /// The value that a varint stands for.
  @inlinable @inline(__always)
  public static func value(ofVarint varint: UInt64) -> Bool {
    varint != 0
  }

  /// The varint that stands for a value.
  @inlinable @inline(__always)
  public static func varint(of value: Bool) -> UInt64 {
    value ? 1 : 0
  }

  /// False comes before true.
  public static func precedes(_ left: Bool, _ right: Bool) -> Bool { !left && right }
}
