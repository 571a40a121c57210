/// Writes fields whose values are messages, lists or maps, tags included. Backwards, as ``EncodingContext`` describes:
/// there is room when a field is begun, and again when it has been written.
public enum FieldWriter {
  /// A message that is there.
  @inlinable @inline(never)
  public static func message<M: Message>(
    _ value: UnsafeMutablePointer<M>, tag: UInt32, before p: UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    let sizeBehind = context.byteCount(at: p)
    var p = M._encode(value, before: p, &context)
    p = WireWriter.varint(UInt64(truncatingIfNeeded: context.byteCount(at: p) &- sizeBehind), before: p)
    return context.room(before: WireWriter.tag(tag, before: p))
  }

  /// A message that a oneof holds.
  @inlinable @inline(__always)
  public static func message<M: Message>(
    _ value: UnsafePointer<M>, tag: UInt32, before p: UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    message(UnsafeMutablePointer(mutating: value), tag: tag, before: p, &context)
  }

  /// A message field, set or not.
  @inlinable @inline(__always)
  public static func message<M: Message>(
    _ field: UnsafeMutablePointer<M?>, tag: UInt32, before p: UnsafeMutableRawPointer,
    _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    guard let value = field.payload() else { return p }
    return message(value, tag: tag, before: p, &context)
  }

  /// The messages of a repeated field.
  @inlinable @inline(__always)
  public static func messages<M: Message>(
    _ field: UnsafeMutablePointer<[M]>, tag: UInt32, before p: UnsafeMutableRawPointer,
    _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    let first = field.elements()
    var index = field.pointee.count
    var p = p
    while index > 0 {
      index -= 1
      p = message(first + index, tag: tag, before: p, &context)
    }
    return p
  }

  /// A group that is there. `tag` is the start tag; the end tag is one more.
  @inlinable @inline(__always)
  public static func group<M: Message>(
    _ value: UnsafeMutablePointer<M>, tag: UInt32, before p: UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    let contentEnd = context.room(before: WireWriter.tag(tag + 1, before: p))
    let content = M._encode(value, before: contentEnd, &context)
    return context.room(before: WireWriter.tag(tag, before: content))
  }

  /// A group that a oneof holds.
  @inlinable @inline(__always)
  public static func group<M: Message>(
    _ value: UnsafePointer<M>, tag: UInt32, before p: UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    group(UnsafeMutablePointer(mutating: value), tag: tag, before: p, &context)
  }

  /// A group field, set or not.
  @inlinable
  public static func group<M: Message>(
    _ field: UnsafeMutablePointer<M?>, tag: UInt32, before p: UnsafeMutableRawPointer,
    _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    guard let value = field.payload() else { return p }
    return group(value, tag: tag, before: p, &context)
  }

  /// The groups of a repeated field.
  @inlinable
  public static func groups<M: Message>(
    _ field: UnsafeMutablePointer<[M]>, tag: UInt32, before p: UnsafeMutableRawPointer,
    _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    let first = field.elements()
    var index = field.pointee.count
    var p = p
    while index > 0 {
      index -= 1
      p = group(first + index, tag: tag, before: p, &context)
    }
    return p
  }

  /// The values of a repeated field that is not packed.
  @inlinable @inline(never)
  public static func repeated<T: FieldType>(
    _ type: T.Type, _ field: UnsafeMutablePointer<[T.Value]>, tag: UInt32, before p: UnsafeMutableRawPointer,
    _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    let first = field.elements()
    var index = field.pointee.count
    var p = p
    while index > 0 {
      index -= 1
      p = T._encode(UnsafePointer(first + index), before: p, &context)
      p = context.room(before: WireWriter.tag(tag, before: p))
    }
    return p
  }

  /// A packed list.
  @inlinable @inline(never)
  public static func packed<T: PackableType>(
    _ type: T.Type, _ field: UnsafeMutablePointer<[T.Value]>, tag: UInt32, before p: UnsafeMutableRawPointer,
    _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    guard !field.pointee.isEmpty else { return p }
    let sizeBehind = context.byteCount(at: p)
    var p = T._encodePacked(field, before: p, &context)
    p = WireWriter.varint(UInt64(truncatingIfNeeded: context.byteCount(at: p) &- sizeBehind), before: p)
    return context.room(before: WireWriter.tag(tag, before: p))
  }

  /// The entries of a map.
  @inlinable @inline(never)
  public static func map<K: MapKeyType, V: FieldType>(
    _ keyType: K.Type, _ valueType: V.Type, _ field: UnsafeMutablePointer<[K.Value: V.Value]>, tag: UInt32,
    before p: UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer where K.Value: Hashable {
    if context.sortsMaps { return sortedMap(keyType, valueType, field.pointee, tag: tag, before: p, &context) }
    var p = p
    for (key, value) in field.pointee { p = entry(keyType, valueType, key, value, tag: tag, before: p, &context) }
    return p
  }

  /// Writes the entries in the order of their keys. Not inlinable: sorting is rare, and its code is long to repeat for
  /// every type of map.
  @usableFromInline
  static func sortedMap<K: MapKeyType, V: FieldType>(
    _ keyType: K.Type, _ valueType: V.Type, _ map: [K.Value: V.Value], tag: UInt32,
    before p: UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer where K.Value: Hashable {
    var p = p
    for (key, value) in map.sorted(by: { K.precedes($1.key, $0.key) }) {
      p = entry(keyType, valueType, key, value, tag: tag, before: p, &context)
    }
    return p
  }

  @inlinable @inline(__always)
  static func entry<K: MapKeyType, V: FieldType>(
    _ keyType: K.Type, _ valueType: V.Type, _ key: K.Value, _ value: V.Value, tag: UInt32,
    before p: UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    let sizeBehind = context.byteCount(at: p)
    var p = withUnsafePointer(to: value) { V._encode($0, before: p, &context) }
    p = context.room(before: WireWriter.tag(2 << 3 | V.wireType.rawValue, before: p))
    p = withUnsafePointer(to: key) { K._encode($0, before: p, &context) }
    p = WireWriter.tag(1 << 3 | K.wireType.rawValue, before: p)
    p = WireWriter.varint(UInt64(truncatingIfNeeded: context.byteCount(at: p) &- sizeBehind), before: p)
    return context.room(before: WireWriter.tag(tag, before: p))
  }
}

extension UnsafeMutablePointer {
  /// Where an optional's value lies, or `nil` when it has none. An optional keeps its value at its own address.
  @inlinable @inline(__always)
  func payload<Wrapped>() -> UnsafeMutablePointer<Wrapped>? where Pointee == Wrapped? {
    if case .none = pointee { return nil }
    return UnsafeMutableRawPointer(self).assumingMemoryBound(to: Wrapped.self)
  }

  /// Where an array's elements lie. They stay there as long as the array is not changed; closures that need not be
  /// trusted with that would cost a reference counted up and down.
  @inlinable @inline(__always)
  func elements<Element>() -> UnsafeMutablePointer<Element> where Pointee == [Element] {
    pointee.withUnsafeBufferPointer { elements in
      // An empty array may have no elements' address, but then it is not used.
      UnsafeMutablePointer<Element>(
        mutating: elements.baseAddress ?? UnsafePointer(bitPattern: 8).unsafelyUnwrapped)
    }
  }
}
