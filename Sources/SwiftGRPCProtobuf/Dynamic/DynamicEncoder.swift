/// Encodes dynamic messages in the binary format: backwards, as generated code does, see ``EncodingContext``.
///
/// `message` is where the message's fields lie, `address` where a field does. A value that stands alone, in a oneof or a
/// map, is passed with the shape ``FieldDescription/Shape/oneof``. Each function writes before `p`, where a field can be
/// begun, and moves it to where another one can.
enum DynamicEncoder {
  typealias Shape = FieldDescription.Shape

  /// Writes a message.
  static func encode(
    _ message: DynamicMessage, _ p: inout UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) {
    message.withFields { encode(message.type.type.layout, $0, &p, &context) }
  }

  private static func encode(
    _ layout: DynamicLayout, _ message: UnsafeRawPointer, _ p: inout UnsafeMutableRawPointer,
    _ context: inout EncodingContext
  ) {
    p = layout.table.unknownFields(in: message)._encode(before: p, &context)
    for field in layout.fields.reversed() {
      let address = message + field.offset
      switch field.shape {
      case .oneof:
        let oneof = address.assumingMemoryBound(to: DynamicOneof.Value.self)
        guard oneof.pointee.number == field.number else { continue }
        oneof.pointee.value.withAddress { encode(field, at: $0, .oneof, &p, &context) }
      case .map:
        encodeMap(field, address, &p, &context)
      default:
        if layout.usesMessageSetWireFormat, field.kind == .message, field.shape == .optional {
          encodeItem(field, address, &p, &context)
        } else {
          encode(field, at: address, field.shape, &p, &context)
        }
      }
    }
    if layout.requiredFields.contains(where: { !layout.isSet($0, in: message) }) { context.sawMissingRequired = true }
  }

  private static func encode(
    _ field: DynamicField, at address: UnsafeRawPointer, _ shape: Shape, _ p: inout UnsafeMutableRawPointer,
    _ context: inout EncodingContext
  ) {
    switch field.kind {
    case .double: encodeNumber(ProtobufDouble.self, field, address, shape, &p, &context)
    case .float: encodeNumber(ProtobufFloat.self, field, address, shape, &p, &context)
    case .int64: encodeNumber(ProtobufInt64.self, field, address, shape, &p, &context)
    case .uint64: encodeNumber(ProtobufUInt64.self, field, address, shape, &p, &context)
    case .int32, .enum: encodeNumber(ProtobufInt32.self, field, address, shape, &p, &context)
    case .fixed64: encodeNumber(ProtobufFixed64.self, field, address, shape, &p, &context)
    case .fixed32: encodeNumber(ProtobufFixed32.self, field, address, shape, &p, &context)
    case .bool: encodeNumber(ProtobufBool.self, field, address, shape, &p, &context)
    case .uint32: encodeNumber(ProtobufUInt32.self, field, address, shape, &p, &context)
    case .sfixed32: encodeNumber(ProtobufSFixed32.self, field, address, shape, &p, &context)
    case .sfixed64: encodeNumber(ProtobufSFixed64.self, field, address, shape, &p, &context)
    case .sint32: encodeNumber(ProtobufSInt32.self, field, address, shape, &p, &context)
    case .sint64: encodeNumber(ProtobufSInt64.self, field, address, shape, &p, &context)
    case .string: encodeScalar(ProtobufString.self, field, address, shape, &p, &context)
    case .bytes: encodeScalar(ProtobufBytes.self, field, address, shape, &p, &context)
    case .message, .group: forEachMessage(at: address, shape) { encode(field, $0, &p, &context) }
    }
  }

  private static func encodeScalar<Field: ScalarFieldType>(
    _ type: Field.Type, _ field: DynamicField, _ address: UnsafeRawPointer, _ shape: Shape,
    _ p: inout UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) {
    if shape == .repeated {
      p = FieldWriter.repeated(type, values(at: address), tag: field.tag, before: p, &context)
    } else if let value = value(type, address, shape) {
      let start = withUnsafePointer(to: value) { Field._encode($0, before: p, &context) }
      p = context.room(before: WireWriter.tag(field.tag, before: start))
    }
  }

  private static func encodeNumber<Field: ScalarFieldType & PackableType>(
    _ type: Field.Type, _ field: DynamicField, _ address: UnsafeRawPointer, _ shape: Shape,
    _ p: inout UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) {
    guard field.isPacked else { return encodeScalar(type, field, address, shape, &p, &context) }
    let tag = field.tag & ~7 | WireType.lengthDelimited.rawValue
    p = FieldWriter.packed(type, values(at: address), tag: tag, before: p, &context)
  }

  private static func values<Value>(at address: UnsafeRawPointer) -> UnsafeMutablePointer<[Value]> {
    UnsafeMutablePointer(mutating: address.assumingMemoryBound(to: [Value].self))
  }

  private static func encode(
    _ field: DynamicField, _ message: DynamicMessage, _ p: inout UnsafeMutableRawPointer,
    _ context: inout EncodingContext
  ) {
    if field.kind == .group {
      p = context.room(before: WireWriter.tag(field.tag & ~7 | WireType.endGroup.rawValue, before: p))
      encode(message, &p, &context)
    } else {
      encodeLengthDelimited(&p, &context) { p, context in encode(message, &p, &context) }
    }
    p = context.room(before: WireWriter.tag(field.tag, before: p))
  }

  /// Writes what a closure writes, and its length.
  private static func encodeLengthDelimited(
    _ p: inout UnsafeMutableRawPointer, _ context: inout EncodingContext,
    _ content: (inout UnsafeMutableRawPointer, inout EncodingContext) -> Void
  ) {
    let sizeBehind = context.byteCount(at: p)
    content(&p, &context)
    p = WireWriter.varint(UInt64(context.byteCount(at: p) - sizeBehind), before: p)
  }

  private static func encodeMap(
    _ field: DynamicField, _ address: UnsafeRawPointer, _ p: inout UnsafeMutableRawPointer,
    _ context: inout EncodingContext
  ) {
    guard let map = field.map else { return }
    map.forEachBackwards(in: address, sorted: context.sortsMaps) { key, value in
      encodeLengthDelimited(&p, &context) { p, context in
        encode(map.valueField, at: value, .oneof, &p, &context)
        encode(map.keyField, at: key, .oneof, &p, &context)
      }
      p = context.room(before: WireWriter.tag(field.tag, before: p))
    }
  }

  private static func encodeItem(
    _ field: DynamicField, _ address: UnsafeRawPointer, _ p: inout UnsafeMutableRawPointer,
    _ context: inout EncodingContext
  ) {
    forEachMessage(at: address, field.shape) { message in
      p = context.room(before: WireWriter.tag(MessageSetItem.endTag, before: p))
      encodeLengthDelimited(&p, &context) { p, context in encode(message, &p, &context) }
      p = WireWriter.tag(MessageSetItem.messageTag, before: p)
      p = MessageSetItem.writeStart(number: UInt64(field.number), before: p, &context)
    }
  }

  /// The value of a field that is not repeated; `nil` when it is not set.
  private static func value<Field: ScalarFieldType>(
    _ type: Field.Type, _ address: UnsafeRawPointer, _ shape: Shape
  ) -> Field.Value? {
    switch shape {
    case .optional, .required: return address.assumingMemoryBound(to: Field.Value?.self).pointee
    case .implicit:
      let value = address.assumingMemoryBound(to: Field.Value.self).pointee
      return isZero(value) ? nil : value
    case .oneof, .repeated, .map: return address.assumingMemoryBound(to: Field.Value.self).pointee
    }
    func isZero(_ value: Field.Value) -> Bool {
      // Minus zero equals zero, but is not the default.
      if let value = value as? Double { return value.bitPattern == 0 }
      if let value = value as? Float { return value.bitPattern == 0 }
      return value == Field.defaultValue
    }
  }

  /// Visits the messages of a field, the last one first.
  private static func forEachMessage(
    at address: UnsafeRawPointer, _ shape: Shape, _ body: (DynamicMessage) -> Void
  ) {
    switch shape {
    case .repeated:
      for message in address.assumingMemoryBound(to: [DynamicMessage].self).pointee.reversed() { body(message) }
    case .optional, .required:
      if let message = address.assumingMemoryBound(to: DynamicMessage?.self).pointee { body(message) }
    case .oneof, .implicit, .map: body(address.assumingMemoryBound(to: DynamicMessage.self).pointee)
    }
  }
}
