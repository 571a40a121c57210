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

  /// Writes one value, without its tag.
  @inline(never)
  public static func _encode(
    _ value: UnsafePointer<String>, before p: UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    WireWriter.string(value, before: p, &context)
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

  /// Writes one value, without its tag.
  @inline(never)
  public static func _encode(
    _ value: UnsafePointer<Data>, before p: UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    WireWriter.bytes(value, before: p, &context)
  }
}

// How generated code reads fields of these types. Not generic, so that the runtime has the one copy of the code.

extension ProtobufString {
  /// Reads a value into the field.
  @inline(never)
  public static func read(
    into field: inout String, _ p: UnsafeRawPointer, _ end: UnsafeRawPointer, _ context: inout DecodingContext
  ) -> UnsafeRawPointer {
    let (value, next) = read(p, end, &context)
    if next != .failed { field = value }
    return next
  }

  /// Reads a value into a field with presence.
  @inline(never)
  public static func read(
    intoOptional field: inout String?, _ p: UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext
  ) -> UnsafeRawPointer {
    let (value, next) = read(p, end, &context)
    if next != .failed { field = value }
    return next
  }

  /// Reads a value and those that follow it in the same field, and appends them.
  @inline(never)
  public static func read(
    appendingTo field: inout [String], tag: UInt32, _ start: UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext
  ) -> UnsafeRawPointer {
    FieldReader.reserve(in: &field, forRunOf: tag, start, end)
    var p = start
    repeat {
      let (value, next) = read(p, end, &context)
      p = next
      if p == .failed { break }
      field.append(value)
    } while FieldReader.moves(past: tag, &p, end)
    return p
  }

  @inline(__always)
  private static func read(
    _ p: UnsafeRawPointer, _ end: UnsafeRawPointer, _ context: inout DecodingContext
  ) -> (String, UnsafeRawPointer) {
    let (start, textEnd) = FieldReader.length(p, end, &context)
    guard let value = WireReader.string(validating: UnsafeRawBufferPointer(start: start, count: textEnd - start)) else {
      return ("", context.fail(.invalidUTF8))
    }
    return (value, textEnd)
  }
}

extension ProtobufBytes {
  /// Reads a value into the field.
  @inline(never)
  public static func read(
    into field: inout Data, _ p: UnsafeRawPointer, _ end: UnsafeRawPointer, _ context: inout DecodingContext
  ) -> UnsafeRawPointer {
    let (start, bytesEnd) = FieldReader.length(p, end, &context)
    if start != .failed { field = LentMemory.data(start, count: bytesEnd - start) }
    return bytesEnd
  }

  /// Reads a value into a field with presence.
  @inline(never)
  public static func read(
    intoOptional field: inout Data?, _ p: UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext
  ) -> UnsafeRawPointer {
    let (start, bytesEnd) = FieldReader.length(p, end, &context)
    if start != .failed { field = LentMemory.data(start, count: bytesEnd - start) }
    return bytesEnd
  }

  /// Reads a value and those that follow it in the same field, and appends them.
  @inline(never)
  public static func read(
    appendingTo field: inout [Data], tag: UInt32, _ start: UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext
  ) -> UnsafeRawPointer {
    FieldReader.reserve(in: &field, forRunOf: tag, start, end)
    var p = start
    repeat {
      let (start, bytesEnd) = FieldReader.length(p, end, &context)
      p = bytesEnd
      if p == .failed { break }
      field.append(LentMemory.data(start, count: bytesEnd - start))
    } while FieldReader.moves(past: tag, &p, end)
    return p
  }
}
