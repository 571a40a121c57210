/// The second pass of encoding: writes what takes more than one primitive, tags included.
public enum FieldWriter {
  /// A message that is there.
  @inlinable @inline(__always)
  public static func message<M: Message>(
    _ value: UnsafeMutablePointer<M>, tag: UInt32, _ p: UnsafeMutableRawPointer, _ sizes: inout EncodedSizes
  ) -> UnsafeMutableRawPointer {
    var p = WireWriter.tag(p, tag)
    p = WireWriter.varint(p, UInt64(truncatingIfNeeded: sizes.next()))
    return M._encode(value, p, &sizes)
  }

  /// A message that a oneof holds.
  @inlinable @inline(__always)
  public static func message<M: Message>(
    _ value: UnsafePointer<M>, tag: UInt32, _ p: UnsafeMutableRawPointer, _ sizes: inout EncodedSizes
  ) -> UnsafeMutableRawPointer {
    message(UnsafeMutablePointer(mutating: value), tag: tag, p, &sizes)
  }

  /// A message field, set or not.
  @inlinable @inline(__always)
  public static func message<M: Message>(
    _ field: UnsafeMutablePointer<M?>, tag: UInt32, _ p: UnsafeMutableRawPointer, _ sizes: inout EncodedSizes
  ) -> UnsafeMutableRawPointer {
    guard let value = field.payload() else { return p }
    return message(value, tag: tag, p, &sizes)
  }

  /// The messages of a repeated field.
  @inlinable @inline(__always)
  public static func messages<M: Message>(
    _ field: UnsafeMutablePointer<[M]>, tag: UInt32, _ p: UnsafeMutableRawPointer, _ sizes: inout EncodedSizes
  ) -> UnsafeMutableRawPointer {
    let count = field.pointee.count
    guard count > 0 else { return p }
    return field.pointee.withUnsafeBufferPointer { values in
      var p = p
      let first = UnsafeMutablePointer(mutating: values.baseAddress.unsafelyUnwrapped)
      for index in 0..<count { p = message(first + index, tag: tag, p, &sizes) }
      return p
    }
  }

  /// A group that is there. `tag` is the start tag; the end tag is one more.
  @inlinable @inline(__always)
  public static func group<M: Message>(
    _ value: UnsafeMutablePointer<M>, tag: UInt32, _ p: UnsafeMutableRawPointer, _ sizes: inout EncodedSizes
  ) -> UnsafeMutableRawPointer {
    let content = M._encode(value, WireWriter.tag(p, tag), &sizes)
    return WireWriter.tag(content, tag + 1)
  }

  /// A group that a oneof holds.
  @inlinable @inline(__always)
  public static func group<M: Message>(
    _ value: UnsafePointer<M>, tag: UInt32, _ p: UnsafeMutableRawPointer, _ sizes: inout EncodedSizes
  ) -> UnsafeMutableRawPointer {
    group(UnsafeMutablePointer(mutating: value), tag: tag, p, &sizes)
  }

  /// A group field, set or not.
  @inlinable
  public static func group<M: Message>(
    _ field: UnsafeMutablePointer<M?>, tag: UInt32, _ p: UnsafeMutableRawPointer, _ sizes: inout EncodedSizes
  ) -> UnsafeMutableRawPointer {
    guard let value = field.payload() else { return p }
    return group(value, tag: tag, p, &sizes)
  }

  /// The groups of a repeated field.
  @inlinable
  public static func groups<M: Message>(
    _ field: UnsafeMutablePointer<[M]>, tag: UInt32, _ p: UnsafeMutableRawPointer, _ sizes: inout EncodedSizes
  ) -> UnsafeMutableRawPointer {
    field.pointee.withUnsafeBufferPointer { values in
      var p = p
      for index in values.indices {
        p = group(UnsafeMutablePointer(mutating: values.baseAddress.unsafelyUnwrapped) + index, tag: tag, p, &sizes)
      }
      return p
    }
  }

  /// The values of a repeated field that is not packed.
  @inlinable
  public static func repeated<T: FieldType>(
    _ type: T.Type, _ values: [T.Value], tag: UInt32, _ p: UnsafeMutableRawPointer, _ sizes: inout EncodedSizes
  ) -> UnsafeMutableRawPointer {
    var p = p
    for value in values {
      p = WireWriter.tag(p, tag)
      p = T._encode(p, value, &sizes)
    }
    return p
  }

  /// A packed list.
  @inlinable
  public static func packed<T: PackableType>(
    _ type: T.Type, _ values: [T.Value], tag: UInt32, _ p: UnsafeMutableRawPointer, _ sizes: inout EncodedSizes
  ) -> UnsafeMutableRawPointer {
    guard !values.isEmpty else { return p }
    var p = WireWriter.tag(p, tag)
    p = WireWriter.varint(p, UInt64(truncatingIfNeeded: sizes.next()))
    return T._encodePacked(p, values)
  }

  /// The entries of a map.
  @inlinable @inline(never)
  public static func map<K: MapKeyType, V: FieldType>(
    _ keyType: K.Type, _ valueType: V.Type, _ map: [K.Value: V.Value], tag: UInt32,
    _ p: UnsafeMutableRawPointer, _ sizes: inout EncodedSizes
  ) -> UnsafeMutableRawPointer where K.Value: Hashable {
    if sizes.sortsMaps { return sortedMap(keyType, valueType, map, tag: tag, p, &sizes) }
    var p = p
    for (key, value) in map { p = entry(keyType, valueType, key, value, tag: tag, p, &sizes) }
    return p
  }

  /// Writes the entries in the order of their keys. Not inlinable: sorting is rare, and its code is long to repeat for
  /// every type of map.
  @usableFromInline
  static func sortedMap<K: MapKeyType, V: FieldType>(
    _ keyType: K.Type, _ valueType: V.Type, _ map: [K.Value: V.Value], tag: UInt32,
    _ p: UnsafeMutableRawPointer, _ sizes: inout EncodedSizes
  ) -> UnsafeMutableRawPointer where K.Value: Hashable {
    var p = p
    for (key, value) in keyType.sorted(map) { p = entry(keyType, valueType, key, value, tag: tag, p, &sizes) }
    return p
  }

  @inlinable @inline(__always)
  static func entry<K: MapKeyType, V: FieldType>(
    _ keyType: K.Type, _ valueType: V.Type, _ key: K.Value, _ value: V.Value, tag: UInt32,
    _ p: UnsafeMutableRawPointer, _ sizes: inout EncodedSizes
  ) -> UnsafeMutableRawPointer {
    var p = WireWriter.tag(p, tag)
    p = WireWriter.varint(p, UInt64(truncatingIfNeeded: sizes.next()))
    p = K.encode(WireWriter.tag(p, 1 << 3 | K.wireType.rawValue), key)
    return V._encode(WireWriter.tag(p, 2 << 3 | V.wireType.rawValue), value, &sizes)
  }
}
