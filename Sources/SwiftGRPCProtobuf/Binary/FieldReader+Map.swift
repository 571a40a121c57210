extension FieldReader {
  /// Reads an entry of a map and those that follow it, and sets them.
  ///
  /// A missing key or value has its type's default. An entry whose value is a closed enum's number without a name goes
  /// to the unknown fields as a whole.
  @inlinable @inline(never)
  public static func mapEntry<K: MapKeyType, V: FieldType>(
    _ keyType: K.Type, _ valueType: V.Type, into map: inout [K.Value: V.Value], number: UInt32,
    _ start: UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext, _ unknownFields: inout UnknownStorage
  ) -> UnsafeRawPointer where K.Value: Hashable {
    let tag = number << 3 | WireType.lengthDelimited.rawValue
    if map.count == map.capacity { map.reserveCapacity(map.count + run(of: tag, start, end)) }
    do throws(BinaryDecodingError) {
      var p = start
      repeat {
        try readMapEntry(keyType, valueType, into: &map, number: number, &p, end, &context, &unknownFields)
      } while moves(past: tag, &p, end)
      return p
    } catch {
      return context.fail(with: error)
    }
  }

  @inlinable @inline(__always)
  static func readMapEntry<K: MapKeyType, V: FieldType>(
    _ keyType: K.Type, _ valueType: V.Type, into map: inout [K.Value: V.Value], number: UInt32,
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext, _ unknownFields: inout UnknownStorage
  ) throws(BinaryDecodingError) where K.Value: Hashable {
    let length = try WireReader.length(&p, end)
    let entryStart = p
    let entryEnd = p + length
    var key: K.Value?
    var value: V.Value?
    var isUnknown = false
    try context.enter()
    while p < entryEnd {
      let tag = try WireReader.tag(&p, entryEnd)
      if tag == 1 << 3 | K.wireType.rawValue {
        key = try K.decode(&p, entryEnd)
      } else if tag == 2 << 3 | V.wireType.rawValue {
        value = try V._decode(&p, entryEnd, &context)
        isUnknown = value == nil
      } else {
        p = try WireReader.skipField(tag: tag, p, entryEnd, &context)
      }
    }
    context.depth += 1
    if isUnknown {
      keepUnknownEntry(number, UnsafeRawBufferPointer(start: entryStart, count: length), &context, &unknownFields)
    } else {
      map[key ?? K.defaultValue] = value ?? V.defaultValue
    }
  }

  @inline(never)
  @usableFromInline static func keepUnknownEntry(
    _ number: UInt32, _ entry: UnsafeRawBufferPointer, _ context: inout DecodingContext,
    _ unknownFields: inout UnknownStorage
  ) {
    if context.discardsUnknownFields { return }
    unknownFields.append(tag: number << 3 | WireType.lengthDelimited.rawValue, varint: UInt64(entry.count))
    unknownFields.append(entry)
  }
}

extension WireReader {
  /// Skips a field that nobody keeps.
  @inline(never)
  @usableFromInline static func skipField(
    tag: UInt32, _ p: UnsafeRawPointer, _ end: UnsafeRawPointer, _ context: inout DecodingContext
  ) throws(BinaryDecodingError) -> UnsafeRawPointer {
    try skip(tag: tag, p, end, depth: context.depth)
  }
}
