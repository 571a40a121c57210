/// Reads what takes more than one primitive: inner messages, groups, maps and closed enums.
public enum FieldReader {
  /// Reads a message and merges it into one that is there.
  @inlinable @inline(__always)
  public static func message<M: Message>(
    into value: inout M, _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ context: inout DecodingContext
  ) throws(BinaryDecodingError) {
    let length = try WireReader.length(&p, end)
    let messageEnd = p + length
    try context.enter()
    p = try value._decode(p, messageEnd, &context)
    // A group's end tag may not end a message, not even as its last field.
    guard p == messageEnd, context.endGroupTag == 0 else { throw .malformedProtobuf }
    context.depth += 1
  }

  /// Reads a message and merges it into the field, which is set when it was not.
  @inlinable @inline(__always)
  public static func message<M: Message>(
    into field: inout M?, _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ context: inout DecodingContext
  ) throws(BinaryDecodingError) {
    if field == nil { field = M() }
    try message(into: &field!, &p, end, &context)
  }

  /// Reads a message and appends it.
  @inlinable @inline(__always)
  public static func message<M: Message>(
    appendingTo field: inout [M], _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext
  ) throws(BinaryDecodingError) {
    var value = M()
    try message(into: &value, &p, end, &context)
    field.append(value)
  }

  /// Reads a group with this field number and merges it into one that is there.
  @inlinable
  public static func group<M: Message>(
    into value: inout M, number: UInt32, _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext
  ) throws(BinaryDecodingError) {
    try context.enter()
    p = try value._decode(p, end, &context)
    guard context.endGroupTag == number << 3 | WireType.endGroup.rawValue else {
      throw context.endGroupTag == 0 ? .truncated : .malformedProtobuf
    }
    context.endGroupTag = 0
    context.depth += 1
  }

  /// Reads a group and merges it into the field, which is set when it was not.
  @inlinable
  public static func group<M: Message>(
    into field: inout M?, number: UInt32, _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext
  ) throws(BinaryDecodingError) {
    if field == nil { field = M() }
    try group(into: &field!, number: number, &p, end, &context)
  }

  /// Reads a group and appends it.
  @inlinable
  public static func group<M: Message>(
    appendingTo field: inout [M], number: UInt32, _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext
  ) throws(BinaryDecodingError) {
    var value = M()
    try group(into: &value, number: number, &p, end, &context)
    field.append(value)
  }

  /// Reads a closed enum. `nil` means that the number has no name and is now among the unknown fields.
  @inlinable
  public static func closedEnum<E: Enum>(
    _ type: E.Type, number: UInt32, _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext, _ unknownFields: inout UnknownStorage
  ) throws(BinaryDecodingError) -> E? {
    let varint = try WireReader.varint(&p, end)
    if let value = E(rawValue: Int(Int32(truncatingIfNeeded: varint))) { return value }
    keepUnknown(number, varint, &context, &unknownFields)
    return nil
  }

  /// Reads a packed list of a closed enum; numbers without a name go to the unknown fields.
  @inlinable
  public static func packedClosedEnum<E: Enum>(
    into values: inout [E], number: UInt32, _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext, _ unknownFields: inout UnknownStorage
  ) throws(BinaryDecodingError) {
    let byteCount = try WireReader.length(&p, end)
    let listEnd = p + byteCount
    while p < listEnd {
      if let value = try closedEnum(E.self, number: number, &p, listEnd, &context, &unknownFields) {
        values.append(value)
      }
    }
  }

  @inline(never)
  @usableFromInline static func keepUnknown(
    _ number: UInt32, _ varint: UInt64, _ context: inout DecodingContext, _ unknownFields: inout UnknownStorage
  ) {
    if context.discardsUnknownFields { return }
    unknownFields.append(fieldNumber: number, varint: varint)
  }

  /// Reads one entry of a map and sets it.
  ///
  /// A missing key or value has its type's default. An entry whose value is a closed enum's number without a name goes
  /// to the unknown fields as a whole.
  @inlinable @inline(never)
  public static func mapEntry<K: MapKeyType, V: FieldType>(
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
    withUnsafeTemporaryAllocation(byteCount: 16, alignment: 1) { buffer in
      let start = buffer.baseAddress.unsafelyUnwrapped
      var p = WireWriter.varint(start, UInt64(number << 3 | WireType.lengthDelimited.rawValue))
      p = WireWriter.varint(p, UInt64(entry.count))
      unknownFields.append(UnsafeRawBufferPointer(start: start, count: p - start))
    }
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
