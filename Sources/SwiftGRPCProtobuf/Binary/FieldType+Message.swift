/// A message: a length and its fields.
public enum ProtobufMessage<Value: Message>: FieldType {
  /// How one value is encoded.
  public static var wireType: WireType { .lengthDelimited }

  /// The type at run time.
  public static var kind: FieldKind { .message }

  /// What the values are.
  public static var _content: FieldContent { .message(Value.self) }

  /// The value of a field that is not set and states no default.
  public static var defaultValue: Value { Value() }

  /// Reads one value, for the coders of lists, maps and extensions.
  @inlinable
  public static func _decode(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ context: inout DecodingContext
  ) throws(BinaryDecodingError) -> Value? {
    var value = Value()
    p = try context.checked(FieldReader.message(into: &value, p, end, &context))
    return value
  }

  /// Writes one value, without its tag.
  @inlinable
  public static func _encode(
    _ value: UnsafePointer<Value>, before p: UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    let sizeBehind = context.byteCount(at: p)
    let start = Value._encode(UnsafeMutablePointer(mutating: value), before: p, &context)
    return WireWriter.varint(UInt64(truncatingIfNeeded: context.byteCount(at: start) &- sizeBehind), before: start)
  }
}
