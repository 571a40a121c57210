extension VarintType {
  public static var wireType: WireType { .varint }

  @inlinable @inline(__always)
  public static func decode(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer
  ) throws(BinaryDecodingError) -> Value {
    value(ofVarint: try WireReader.varint(&p, end))
  }

  @inlinable @inline(__always)
  public static func size(_ value: Value) -> Int { WireWriter.varintSize(varint(of: value)) }

  @inlinable @inline(__always)
  public static func encode(_ p: UnsafeMutableRawPointer, _ value: Value) -> UnsafeMutableRawPointer {
    WireWriter.varint(p, varint(of: value))
  }
}

/// `int32`: a varint of the sign-extended value.
public enum ProtobufInt32: MapKeyType, VarintType {
  public static var kind: FieldKind { .int32 }
  public static var defaultValue: Int32 { 0 }

  @inlinable @inline(__always)
  public static func value(ofVarint varint: UInt64) -> Int32 {
    Int32(truncatingIfNeeded: varint)
  }

  @inlinable @inline(__always)
  public static func varint(of value: Int32) -> UInt64 {
    UInt64(bitPattern: Int64(value))
  }
}

/// `int64`: a varint.
public enum ProtobufInt64: MapKeyType, VarintType {
  public static var kind: FieldKind { .int64 }
  public static var defaultValue: Int64 { 0 }

  @inlinable @inline(__always)
  public static func value(ofVarint varint: UInt64) -> Int64 {
    Int64(bitPattern: varint)
  }

  @inlinable @inline(__always)
  public static func varint(of value: Int64) -> UInt64 {
    UInt64(bitPattern: value)
  }
}

/// `uint32`: a varint.
public enum ProtobufUInt32: MapKeyType, VarintType {
  public static var kind: FieldKind { .uint32 }
  public static var defaultValue: UInt32 { 0 }

  @inlinable @inline(__always)
  public static func value(ofVarint varint: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: varint)
  }

  @inlinable @inline(__always)
  public static func varint(of value: UInt32) -> UInt64 {
    UInt64(value)
  }
}

/// `uint64`: a varint.
public enum ProtobufUInt64: MapKeyType, VarintType {
  public static var kind: FieldKind { .uint64 }
  public static var defaultValue: UInt64 { 0 }

  @inlinable @inline(__always)
  public static func value(ofVarint varint: UInt64) -> UInt64 {
    varint
  }

  @inlinable @inline(__always)
  public static func varint(of value: UInt64) -> UInt64 {
    value
  }
}

/// `sint32` in zigzag form, short for small negative numbers.
public enum ProtobufSInt32: MapKeyType, VarintType {
  public static var kind: FieldKind { .sint32 }
  public static var defaultValue: Int32 { 0 }

  @inlinable @inline(__always)
  public static func value(ofVarint varint: UInt64) -> Int32 {
    Int32(bitPattern: UInt32(truncatingIfNeeded: varint) >> 1) ^ -Int32(truncatingIfNeeded: varint & 1)
  }

  @inlinable @inline(__always)
  public static func varint(of value: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: (value << 1) ^ (value >> 31)))
  }
}

/// `sint64` in zigzag form, short for small negative numbers.
public enum ProtobufSInt64: MapKeyType, VarintType {
  public static var kind: FieldKind { .sint64 }
  public static var defaultValue: Int64 { 0 }

  @inlinable @inline(__always)
  public static func value(ofVarint varint: UInt64) -> Int64 {
    Int64(bitPattern: varint >> 1) ^ -Int64(bitPattern: varint & 1)
  }

  @inlinable @inline(__always)
  public static func varint(of value: Int64) -> UInt64 {
    UInt64(bitPattern: (value << 1) ^ (value >> 63))
  }
}

/// `bool`: a varint of 0 or 1.
public enum ProtobufBool: MapKeyType, VarintType {
  public static var kind: FieldKind { .bool }
  public static var defaultValue: Bool { false }

  @inlinable @inline(__always)
  public static func value(ofVarint varint: UInt64) -> Bool {
    varint != 0
  }

  @inlinable @inline(__always)
  public static func varint(of value: Bool) -> UInt64 {
    value ? 1 : 0
  }

  /// False comes before true.
  public static func precedes(_ left: Bool, _ right: Bool) -> Bool { !left && right }
}
