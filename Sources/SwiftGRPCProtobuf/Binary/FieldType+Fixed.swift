/// `fixed32`: 4 bytes, little endian.
public enum ProtobufFixed32: MapKeyType, FixedWidthType {
  /// How one value is encoded.
  public static var wireType: WireType { .fixed32 }

  /// The type at run time.
  public static var kind: FieldKind { .fixed32 }

  /// The value of a field that is not set and states no default.
  public static var defaultValue: UInt32 { 0 }

  /// Reads one value.
  @inlinable @inline(__always)
  public static func decode(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer
  ) throws(BinaryDecodingError) -> UInt32 {
    try WireReader.fixed32(&p, end)
  }

  /// The bits of a value.
  @inlinable @inline(__always)
  public static func bits(of value: UInt32) -> UInt64 { UInt64(value) }
}

/// `fixed64`: 8 bytes, little endian.
public enum ProtobufFixed64: MapKeyType, FixedWidthType {
  /// How one value is encoded.
  public static var wireType: WireType { .fixed64 }

  /// The type at run time.
  public static var kind: FieldKind { .fixed64 }

  /// The value of a field that is not set and states no default.
  public static var defaultValue: UInt64 { 0 }

  /// Reads one value.
  @inlinable @inline(__always)
  public static func decode(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer
  ) throws(BinaryDecodingError) -> UInt64 {
    try WireReader.fixed64(&p, end)
  }

  /// The bits of a value.
  @inlinable @inline(__always)
  public static func bits(of value: UInt64) -> UInt64 { value }
}

/// `sfixed32`: 4 bytes, little endian.
public enum ProtobufSFixed32: MapKeyType, FixedWidthType {
  /// How one value is encoded.
  public static var wireType: WireType { .fixed32 }

  /// The type at run time.
  public static var kind: FieldKind { .sfixed32 }

  /// The value of a field that is not set and states no default.
  public static var defaultValue: Int32 { 0 }

  /// Reads one value.
  @inlinable @inline(__always)
  public static func decode(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer
  ) throws(BinaryDecodingError) -> Int32 {
    Int32(bitPattern: try WireReader.fixed32(&p, end))
  }

  /// The bits of a value.
  @inlinable @inline(__always)
  public static func bits(of value: Int32) -> UInt64 { UInt64(UInt32(bitPattern: value)) }
}

/// `sfixed64`: 8 bytes, little endian.
public enum ProtobufSFixed64: MapKeyType, FixedWidthType {
  /// How one value is encoded.
  public static var wireType: WireType { .fixed64 }

  /// The type at run time.
  public static var kind: FieldKind { .sfixed64 }

  /// The value of a field that is not set and states no default.
  public static var defaultValue: Int64 { 0 }

  /// Reads one value.
  @inlinable @inline(__always)
  public static func decode(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer
  ) throws(BinaryDecodingError) -> Int64 {
    Int64(bitPattern: try WireReader.fixed64(&p, end))
  }

  /// The bits of a value.
  @inlinable @inline(__always)
  public static func bits(of value: Int64) -> UInt64 { UInt64(bitPattern: value) }
}

/// `float`: 4 bytes, IEEE 754, little endian.
public enum ProtobufFloat: FixedWidthType {
  /// How one value is encoded.
  public static var wireType: WireType { .fixed32 }

  /// The type at run time.
  public static var kind: FieldKind { .float }

  /// The value of a field that is not set and states no default.
  public static var defaultValue: Float { 0 }

  /// Reads one value.
  @inlinable @inline(__always)
  public static func decode(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer
  ) throws(BinaryDecodingError) -> Float {
    Float(bitPattern: try WireReader.fixed32(&p, end))
  }

  /// The bits of a value.
  @inlinable @inline(__always)
  public static func bits(of value: Float) -> UInt64 { UInt64(value.bitPattern) }
}

/// `double`: 8 bytes, IEEE 754, little endian.
public enum ProtobufDouble: FixedWidthType {
  /// How one value is encoded.
  public static var wireType: WireType { .fixed64 }

  /// The type at run time.
  public static var kind: FieldKind { .double }

  /// The value of a field that is not set and states no default.
  public static var defaultValue: Double { 0 }

  /// Reads one value.
  @inlinable @inline(__always)
  public static func decode(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer
  ) throws(BinaryDecodingError) -> Double {
    Double(bitPattern: try WireReader.fixed64(&p, end))
  }

  /// The bits of a value.
  @inlinable @inline(__always)
  public static func bits(of value: Double) -> UInt64 { value.bitPattern }
}
