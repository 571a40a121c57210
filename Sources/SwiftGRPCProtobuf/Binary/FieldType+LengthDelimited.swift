#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// `string`: a length and UTF-8.
public enum ProtobufString: MapKeyType {
  /// How one value is encoded.
  public static var wireType: WireType { .lengthDelimited }

  /// The type at run time.
  public static var kind: FieldKind { .string }

  /// The value of a field that is not set and states no default.
  public static var defaultValue: String { "" }

  /// Reads one value.
  @inlinable @inline(__always)
  public static func decode(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer
  ) throws(BinaryDecodingError) -> String {
    try WireReader.string(&p, end)
  }

  /// The size of one value, without its tag.
  @inlinable @inline(__always)
  public static func size(_ value: String) -> Int { WireWriter.lengthDelimitedSize(value.utf8.count) }

  /// Writes one value, without its tag.
  @inlinable @inline(__always)
  public static func encode(_ p: UnsafeMutableRawPointer, _ value: String) -> UnsafeMutableRawPointer {
    WireWriter.string(p, value)
  }

  /// The order of the bytes, as in other languages; Swift's own order of strings is another one.
  public static func precedes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }
}

/// `bytes`: a length and as many bytes.
public enum ProtobufBytes: ScalarFieldType {
  /// How one value is encoded.
  public static var wireType: WireType { .lengthDelimited }

  /// The type at run time.
  public static var kind: FieldKind { .bytes }

  /// The value of a field that is not set and states no default.
  public static var defaultValue: Data { Data() }

  /// Reads one value.
  @inlinable @inline(__always)
  public static func decode(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer
  ) throws(BinaryDecodingError) -> Data {
    try WireReader.bytes(&p, end)
  }

  /// The size of one value, without its tag.
  @inlinable @inline(__always)
  public static func size(_ value: Data) -> Int { WireWriter.lengthDelimitedSize(value.count) }

  /// Writes one value, without its tag.
  @inlinable @inline(__always)
  public static func encode(_ p: UnsafeMutableRawPointer, _ value: Data) -> UnsafeMutableRawPointer {
    WireWriter.bytes(p, value)
  }
}
