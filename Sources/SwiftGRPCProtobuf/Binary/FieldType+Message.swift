/// A message: a length and its fields.
public enum ProtobufMessage<Value: Message>: FieldType {
  public static var wireType: WireType { .lengthDelimited }
  public static var kind: FieldKind { .message }
  public static var defaultValue: Value { Value() }

  @inlinable
  public static func _decode(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ context: inout DecodingContext
  ) throws(BinaryDecodingError) -> Value? {
    var value = Value()
    try FieldReader.message(into: &value, &p, end, &context)
    return value
  }

  @inlinable
  public static func _size(_ value: Value, _ sizes: inout EncodedSizes) -> Int {
    withUnsafePointer(to: value) { FieldSizer.message($0, tagSize: 0, &sizes) }
  }

  @inlinable
  public static func _encode(
    _ p: UnsafeMutableRawPointer, _ value: Value, _ sizes: inout EncodedSizes
  ) -> UnsafeMutableRawPointer {
    withUnsafePointer(to: value) { value in
      let start = WireWriter.varint(p, UInt64(sizes.next()))
      return Value._encode(UnsafeMutablePointer(mutating: value), start, &sizes)
    }
  }
}
