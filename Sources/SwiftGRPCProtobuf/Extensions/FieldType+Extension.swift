/// Field types as extensions use them: with the field number at run time instead of constant tags.
extension FieldType {
  /// Writes a value with its tags.
  static func _encodeTagged(
    _ value: Value, number: UInt32, before p: UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    var p = p
    if wireType == .startGroup {
      p = context.room(before: WireWriter.tag(number << 3 | WireType.endGroup.rawValue, before: p))
    }
    p = withUnsafePointer(to: value) { _encode($0, before: p, &context) }
    return context.room(before: WireWriter.tag(number << 3 | wireType.rawValue, before: p))
  }

  /// Reads one occurrence: replaces a scalar, merges into a message. False: a closed enum does not name the number,
  /// which is now among the unknown fields.
  static func _merge(
    into value: inout Value, tag: UInt32, _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext, _ unknownFields: inout UnknownStorage
  ) throws(BinaryDecodingError) -> Bool {
    if var message = value as? any Message {
      value = Self.defaultValue  // so that `message` alone holds its storage
      try mergeMessage(&message, tag: tag, &p, end, &context)
      if let merged = message as? Value { value = merged }
      return true
    }
    let start = p
    if let decoded = try _decode(&p, end, &context) {
      value = decoded
      return true
    }
    keepUnknown(tag: tag, varintAt: start, end, &context, &unknownFields)
    return false
  }

  /// Reads one occurrence of a repeated field.
  static func _append(
    to values: inout [Value], tag: UInt32, _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext, _ unknownFields: inout UnknownStorage
  ) throws(BinaryDecodingError) {
    let count = values.count
    values.append(defaultValue)
    if try !_merge(into: &values[count], tag: tag, &p, end, &context, &unknownFields) { values.removeLast() }
  }

  /// Reads a packed list into a repeated field of numbers; false for types that are never packed.
  static func _appendPacked(
    to values: inout [Value], tag: UInt32, _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext, _ unknownFields: inout UnknownStorage
  ) throws(BinaryDecodingError) -> Bool {
    guard tag & 7 == WireType.lengthDelimited.rawValue, wireType != .lengthDelimited, wireType != .startGroup else {
      return false
    }
    let byteCount = try WireReader.length(&p, end)
    let listEnd = p + byteCount
    while p < listEnd {
      let elementTag = tag & ~7 | wireType.rawValue
      try _append(to: &values, tag: elementTag, &p, listEnd, &context, &unknownFields)
    }
    return true
  }

  private static func mergeMessage<M: Message>(
    _ message: inout M, tag: UInt32, _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext
  ) throws(BinaryDecodingError) {
    if wireType == .startGroup {
      p = try context.checked(FieldReader.group(into: &message, number: tag >> 3, p, end, &context))
    } else {
      p = try context.checked(FieldReader.message(into: &message, p, end, &context))
    }
  }

  private static func keepUnknown(
    tag: UInt32, varintAt start: UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext, _ unknownFields: inout UnknownStorage
  ) {
    var p = start
    guard let varint = try? WireReader.varint(&p, end) else { return }
    FieldReader.keepUnknown(tag >> 3, varint, &context, &unknownFields)
  }
}

/// A group: its fields, then an end tag.
public enum ProtobufGroup<Value: Message>: FieldType {
  /// How one value is encoded.
  public static var wireType: WireType { .startGroup }

  /// The type at run time.
  public static var kind: FieldKind { .group }

  /// What the values are.
  public static var _content: FieldContent { .message(Value.self) }

  /// The value of a field that is not set and states no default.
  public static var defaultValue: Value { Value() }

  /// Groups are read with their number, by ``FieldReader``; without it, any end tag is accepted.
  public static func _decode(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ context: inout DecodingContext
  ) throws(BinaryDecodingError) -> Value? {
    var value = Value()
    try context.enter()
    p = try context.checked(value._decode(p, end, &context))
    guard context.endGroupTag != 0 else { throw .truncated }
    context.endGroupTag = 0
    context.depth += 1
    return value
  }

  /// Writes one value, without its tags.
  public static func _encode(
    _ value: UnsafePointer<Value>, before p: UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    Value._encode(UnsafeMutablePointer(mutating: value), before: p, &context)
  }
}
