#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// `string`: a length and UTF-8.
public enum ProtobufString: MapKeyType {
  public static var wireType: WireType { .lengthDelimited }
  public static var kind: FieldKind { .string }
  public static var defaultValue: String { "" }

  @inlinable @inline(__always)
  public static func decode(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer
  ) throws(BinaryDecodingError) -> String {
    try WireReader.string(&p, end)
  }

  @inlinable @inline(__always)
  public static func size(_ value: String) -> Int { WireWriter.lengthDelimitedSize(value.utf8.count) }

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
  public static var wireType: WireType { .lengthDelimited }
  public static var kind: FieldKind { .bytes }
  public static var defaultValue: Data { Data() }

  @inlinable @inline(__always)
  public static func decode(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer
  ) throws(BinaryDecodingError) -> Data {
    try WireReader.bytes(&p, end)
  }

  @inlinable @inline(__always)
  public static func size(_ value: Data) -> Int { WireWriter.lengthDelimitedSize(value.count) }

  @inlinable @inline(__always)
  public static func encode(_ p: UnsafeMutableRawPointer, _ value: Data) -> UnsafeMutableRawPointer {
    WireWriter.bytes(p, value)
  }
}
