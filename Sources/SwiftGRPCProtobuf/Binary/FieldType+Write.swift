#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

// How generated code writes fields of numbers, enums, strings and bytes: value and tag, before a position. Fields
// without presence are not written when they have their default. Numbers take of the room that there is; strings and
// bytes leave as much as they found.

extension VarintType {
  /// Writes a field without presence.
  @inlinable @inline(__always)
  public static func write(
    _ value: Value, tag: UInt32, before p: UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer {
    let varint = varint(of: value)
    return varint == 0 ? p : WireWriter.tag(tag, before: WireWriter.varint(varint, before: p))
  }

  /// Writes a field with presence.
  @inlinable @inline(__always)
  public static func write(
    ifSet value: Value?, tag: UInt32, before p: UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer {
    guard let value else { return p }
    return write(set: value, tag: tag, before: p)
  }

  /// Writes a value that is set.
  @inlinable @inline(__always)
  public static func write(
    set value: Value, tag: UInt32, before p: UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer {
    WireWriter.tag(tag, before: WireWriter.varint(varint(of: value), before: p))
  }
}

extension FixedWidthType {
  /// Writes a field without presence. -0.0 is not the default.
  @inlinable @inline(__always)
  public static func write(
    _ value: Value, tag: UInt32, before p: UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer {
    bits(of: value) == 0 ? p : write(set: value, tag: tag, before: p)
  }

  /// Writes a field with presence.
  @inlinable @inline(__always)
  public static func write(
    ifSet value: Value?, tag: UInt32, before p: UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer {
    guard let value else { return p }
    return write(set: value, tag: tag, before: p)
  }

  /// Writes a value that is set.
  @inlinable @inline(__always)
  public static func write(
    set value: Value, tag: UInt32, before p: UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer {
    WireWriter.tag(tag, before: encode(value, before: p))
  }
}

extension ProtobufEnum {
  /// Writes a field without presence.
  @inlinable @inline(never)
  public static func write(
    _ value: Value, tag: UInt32, before p: UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer {
    let number = value.rawValue
    return number == 0 ? p : WireWriter.tag(tag, before: WireWriter.varint(varint(of: number), before: p))
  }

  /// Writes a field with presence.
  @inlinable @inline(__always)
  public static func write(
    ifSet value: Value?, tag: UInt32, before p: UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer {
    guard let value else { return p }
    return write(set: value, tag: tag, before: p)
  }

  /// Writes a value that is set.
  @inlinable @inline(never)
  public static func write(
    set value: Value, tag: UInt32, before p: UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer {
    WireWriter.tag(tag, before: WireWriter.varint(varint(of: value.rawValue), before: p))
  }
}

extension ProtobufString {
  /// Writes a field without presence.
  @inline(never)
  public static func write(
    _ field: UnsafeMutablePointer<String>, tag: UInt32, before p: UnsafeMutableRawPointer,
    _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    field.pointee.isEmpty ? p : write(set: UnsafePointer(field), tag: tag, before: p, &context)
  }

  /// Writes a field with presence.
  @inlinable @inline(__always)
  public static func write(
    ifSet field: UnsafeMutablePointer<String?>, tag: UInt32, before p: UnsafeMutableRawPointer,
    _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    guard let value = field.payload() else { return p }
    return write(set: UnsafePointer(value), tag: tag, before: p, &context)
  }

  /// Writes a value that is set.
  @inline(never)
  public static func write(
    set value: UnsafePointer<String>, tag: UInt32, before p: UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    let start = WireWriter.string(value, before: p, &context)
    return context.room(before: WireWriter.varint(UInt64(tag), before: start))
  }
}

extension ProtobufBytes {
  /// Writes a field without presence.
  @inline(never)
  public static func write(
    _ field: UnsafeMutablePointer<Data>, tag: UInt32, before p: UnsafeMutableRawPointer,
    _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    field.pointee.isEmpty ? p : write(set: UnsafePointer(field), tag: tag, before: p, &context)
  }

  /// Writes a field with presence.
  @inlinable @inline(__always)
  public static func write(
    ifSet field: UnsafeMutablePointer<Data?>, tag: UInt32, before p: UnsafeMutableRawPointer,
    _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    guard let value = field.payload() else { return p }
    return write(set: UnsafePointer(value), tag: tag, before: p, &context)
  }

  /// Writes a value that is set.
  @inline(never)
  public static func write(
    set value: UnsafePointer<Data>, tag: UInt32, before p: UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    let start = WireWriter.bytes(value, before: p, &context)
    return context.room(before: WireWriter.varint(UInt64(tag), before: start))
  }
}
