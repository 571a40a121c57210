// How generated code reads fields of numbers and enums; see ``FieldReader``.

extension PackableType {
  /// Reads a packed list and appends its values; not for closed enums.
  @inlinable @inline(never)
  public static func readPacked(
    appendingTo field: inout [Value], _ start: UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext
  ) -> UnsafeRawPointer {
    do throws(BinaryDecodingError) {
      var p = start
      try _decodePacked(into: &field, &p, end)
      return p
    } catch {
      return context.fail(with: error)
    }
  }
}

// Numbers of one byte are what messages have most of: they are read in place.
extension VarintType {
  /// Reads a value into the field.
  @inlinable @inline(__always)
  public static func read(
    into field: inout Value, _ p: UnsafeRawPointer, _ end: UnsafeRawPointer, _ context: inout DecodingContext
  ) -> UnsafeRawPointer {
    if p < end {
      let first = p.load(as: UInt8.self)
      if first < 0x80 {
        field = value(ofVarint: UInt64(first))
        return p + 1
      }
    }
    return readLong(into: &field, p, end, &context)
  }

  /// Reads a value into a field with presence.
  @inlinable @inline(__always)
  public static func read(
    intoOptional field: inout Value?, _ p: UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext
  ) -> UnsafeRawPointer {
    if p < end {
      let first = p.load(as: UInt8.self)
      if first < 0x80 {
        field = value(ofVarint: UInt64(first))
        return p + 1
      }
    }
    return readLong(intoOptional: &field, p, end, &context)
  }

  /// Reads a value and appends it.
  @inlinable @inline(never)
  public static func read(
    appendingTo field: inout [Value], _ p: UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext
  ) -> UnsafeRawPointer {
    let (varint, next) = FieldReader.varint(p, end, &context)
    if next != .failed { field.append(value(ofVarint: varint)) }
    return next
  }

  @inlinable @inline(never)
  static func readLong(
    into field: inout Value, _ p: UnsafeRawPointer, _ end: UnsafeRawPointer, _ context: inout DecodingContext
  ) -> UnsafeRawPointer {
    let (varint, next) = FieldReader.longVarint(p, end, &context)
    if next != .failed { field = value(ofVarint: varint) }
    return next
  }

  @inlinable @inline(never)
  static func readLong(
    intoOptional field: inout Value?, _ p: UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext
  ) -> UnsafeRawPointer {
    let (varint, next) = FieldReader.longVarint(p, end, &context)
    if next != .failed { field = value(ofVarint: varint) }
    return next
  }
}

extension FixedWidthType {
  /// Reads a value into the field.
  @inlinable @inline(never)
  public static func read(
    into field: inout Value, _ p: UnsafeRawPointer, _ end: UnsafeRawPointer, _ context: inout DecodingContext
  ) -> UnsafeRawPointer {
    guard end - p >= MemoryLayout<Value>.size else { return context.fail(.truncated) }
    field = value(at: p)
    return p + MemoryLayout<Value>.size
  }

  /// Reads a value into a field with presence.
  @inlinable @inline(never)
  public static func read(
    intoOptional field: inout Value?, _ p: UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext
  ) -> UnsafeRawPointer {
    guard end - p >= MemoryLayout<Value>.size else { return context.fail(.truncated) }
    field = value(at: p)
    return p + MemoryLayout<Value>.size
  }

  /// Reads a value and appends it.
  @inlinable @inline(never)
  public static func read(
    appendingTo field: inout [Value], _ p: UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext
  ) -> UnsafeRawPointer {
    guard end - p >= MemoryLayout<Value>.size else { return context.fail(.truncated) }
    field.append(value(at: p))
    return p + MemoryLayout<Value>.size
  }

  /// The value whose bytes, little endian, lie at an address.
  @inlinable @inline(__always)
  static func value(at p: UnsafeRawPointer) -> Value {
    #if _endian(little)
      p.loadUnaligned(as: Value.self)
    #else
      var bytes = p
      return (try? decode(&bytes, p + MemoryLayout<Value>.size)) ?? defaultValue
    #endif
  }
}

extension ProtobufEnum {
  /// Reads a value of an open enum into the field.
  @inlinable @inline(never)
  public static func read(
    into field: inout Value, _ p: UnsafeRawPointer, _ end: UnsafeRawPointer, _ context: inout DecodingContext
  ) -> UnsafeRawPointer {
    let (varint, next) = FieldReader.varint(p, end, &context)
    if next != .failed, let value = Value(rawValue: Int(Int32(truncatingIfNeeded: varint))) { field = value }
    return next
  }

  /// Reads a value of an open enum into a field with presence.
  @inlinable @inline(never)
  public static func read(
    intoOptional field: inout Value?, _ p: UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext
  ) -> UnsafeRawPointer {
    let (varint, next) = FieldReader.varint(p, end, &context)
    if next != .failed, let value = Value(rawValue: Int(Int32(truncatingIfNeeded: varint))) { field = value }
    return next
  }

  /// Reads a value of an open enum and appends it.
  @inlinable @inline(never)
  public static func read(
    appendingTo field: inout [Value], _ p: UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext
  ) -> UnsafeRawPointer {
    let (varint, next) = FieldReader.varint(p, end, &context)
    if next != .failed, let value = Value(rawValue: Int(Int32(truncatingIfNeeded: varint))) { field.append(value) }
    return next
  }
}
