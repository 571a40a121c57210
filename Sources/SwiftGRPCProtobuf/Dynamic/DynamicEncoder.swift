/// Encodes dynamic messages in the binary format, in two passes as generated code does: sizes, then bytes.
///
/// `message` is where the message's fields lie, `address` where a field does. A value that stands alone, in a oneof or a
/// map, is passed with the shape ``FieldDescription/Shape/oneof``.
enum DynamicEncoder {
  typealias Shape = FieldDescription.Shape

  // MARK: First pass

  /// The encoded size. Sizes of inner messages and packed lists go to `sizes`.
  static func size(_ layout: DynamicLayout, _ message: UnsafeRawPointer, _ sizes: inout EncodedSizes) -> Int {
    var size = layout.table.unknownFields(in: message).byteCount
    for field in layout.fields {
      let address = message + field.offset
      switch field.shape {
      case .oneof:
        let oneof = address.assumingMemoryBound(to: DynamicOneof.Value.self)
        guard oneof.pointee.number == field.number else { continue }
        size += oneof.pointee.value.withAddress { self.size(field, at: $0, .oneof, &sizes) }
      case .map:
        size += mapSize(field, address, &sizes)
      default:
        if layout.usesMessageSetWireFormat, field.kind == .message, field.shape == .optional {
          size += itemSize(field, address, &sizes)
        } else {
          size += self.size(field, at: address, field.shape, &sizes)
        }
      }
    }
    if layout.requiredFields.contains(where: { !layout.isSet($0, in: message) }) { sizes.sawMissingRequired = true }
    return size
  }

  private static func size(
    _ field: DynamicField, at address: UnsafeRawPointer, _ shape: Shape, _ sizes: inout EncodedSizes
  ) -> Int {
    switch field.kind {
    case .double: return number(ProtobufDouble.self, field, address, shape, &sizes)
    case .float: return number(ProtobufFloat.self, field, address, shape, &sizes)
    case .int64: return number(ProtobufInt64.self, field, address, shape, &sizes)
    case .uint64: return number(ProtobufUInt64.self, field, address, shape, &sizes)
    case .int32, .enum: return number(ProtobufInt32.self, field, address, shape, &sizes)
    case .fixed64: return number(ProtobufFixed64.self, field, address, shape, &sizes)
    case .fixed32: return number(ProtobufFixed32.self, field, address, shape, &sizes)
    case .bool: return number(ProtobufBool.self, field, address, shape, &sizes)
    case .uint32: return number(ProtobufUInt32.self, field, address, shape, &sizes)
    case .sfixed32: return number(ProtobufSFixed32.self, field, address, shape, &sizes)
    case .sfixed64: return number(ProtobufSFixed64.self, field, address, shape, &sizes)
    case .sint32: return number(ProtobufSInt32.self, field, address, shape, &sizes)
    case .sint64: return number(ProtobufSInt64.self, field, address, shape, &sizes)
    case .string: return scalar(ProtobufString.self, field, address, shape, &sizes)
    case .bytes: return scalar(ProtobufBytes.self, field, address, shape, &sizes)
    case .message, .group:
      var size = 0
      forEachMessage(at: address, shape) { size += self.size(field, $0, &sizes) }
      return size
    }
  }

  private static func scalar<Field: ScalarFieldType>(
    _ type: Field.Type, _ field: DynamicField, _ address: UnsafeRawPointer, _ shape: Shape,
    _ sizes: inout EncodedSizes
  ) -> Int {
    if shape == .repeated {
      let values = address.assumingMemoryBound(to: [Field.Value].self).pointee
      return values.isEmpty ? 0 : FieldSizer.repeated(type, values, tagSize: field.tagSize, &sizes)
    }
    return value(type, address, shape).map { field.tagSize + Field.size($0) } ?? 0
  }

  private static func number<Field: ScalarFieldType & PackableType>(
    _ type: Field.Type, _ field: DynamicField, _ address: UnsafeRawPointer, _ shape: Shape,
    _ sizes: inout EncodedSizes
  ) -> Int {
    guard field.isPacked else { return scalar(type, field, address, shape, &sizes) }
    let values = address.assumingMemoryBound(to: [Field.Value].self).pointee
    return FieldSizer.packed(type, values, tagSize: field.tagSize, &sizes)
  }

  private static func size(_ field: DynamicField, _ message: DynamicMessage, _ sizes: inout EncodedSizes) -> Int {
    if field.kind == .group { return 2 * field.tagSize + size(of: message, &sizes) }
    let index = sizes.reserve()
    let size = size(of: message, &sizes)
    sizes.set(size, at: index)
    return field.tagSize + WireWriter.lengthDelimitedSize(size)
  }

  static func size(of message: DynamicMessage, _ sizes: inout EncodedSizes) -> Int {
    message.withFields { size(message.type.type.layout, $0, &sizes) }
  }

  private static func mapSize(
    _ field: DynamicField, _ address: UnsafeRawPointer, _ sizes: inout EncodedSizes
  ) -> Int {
    guard let map = field.map else { return 0 }
    var size = map.count(address) * field.tagSize
    map.forEach(in: address, sorted: sizes.sortsMaps) { key, value in
      let index = sizes.reserve()
      let entrySize =
        self.size(map.keyField, at: key, .oneof, &sizes) + self.size(map.valueField, at: value, .oneof, &sizes)
      sizes.set(entrySize, at: index)
      size += WireWriter.lengthDelimitedSize(entrySize)
      return true
    }
    return size
  }

  /// Start, type, message and end tag of an item take a byte each.
  private static func itemSize(
    _ field: DynamicField, _ address: UnsafeRawPointer, _ sizes: inout EncodedSizes
  ) -> Int {
    var size = 0
    forEachMessage(at: address, field.shape) { message in
      let index = sizes.reserve()
      let messageSize = self.size(of: message, &sizes)
      sizes.set(messageSize, at: index)
      size += 4 + ProtobufInt32.size(field.number) + WireWriter.lengthDelimitedSize(messageSize)
    }
    return size
  }

  // MARK: Second pass

  /// Writes the message to `start`, taking sizes from `sizes`, and returns the end of what it wrote.
  static func encode(
    _ layout: DynamicLayout, _ message: UnsafeRawPointer, _ start: UnsafeMutableRawPointer,
    _ sizes: inout EncodedSizes
  ) -> UnsafeMutableRawPointer {
    var p = start
    for field in layout.fields {
      let address = message + field.offset
      switch field.shape {
      case .oneof:
        let oneof = address.assumingMemoryBound(to: DynamicOneof.Value.self)
        guard oneof.pointee.number == field.number else { continue }
        oneof.pointee.value.withAddress { encode(field, at: $0, .oneof, &p, &sizes) }
      case .map:
        encodeMap(field, address, &p, &sizes)
      default:
        if layout.usesMessageSetWireFormat, field.kind == .message, field.shape == .optional {
          encodeItem(field, address, &p, &sizes)
        } else {
          encode(field, at: address, field.shape, &p, &sizes)
        }
      }
    }
    return layout.table.unknownFields(in: message)._encode(p)
  }

  private static func encode(
    _ field: DynamicField, at address: UnsafeRawPointer, _ shape: Shape, _ p: inout UnsafeMutableRawPointer,
    _ sizes: inout EncodedSizes
  ) {
    switch field.kind {
    case .double: encodeNumber(ProtobufDouble.self, field, address, shape, &p, &sizes)
    case .float: encodeNumber(ProtobufFloat.self, field, address, shape, &p, &sizes)
    case .int64: encodeNumber(ProtobufInt64.self, field, address, shape, &p, &sizes)
    case .uint64: encodeNumber(ProtobufUInt64.self, field, address, shape, &p, &sizes)
    case .int32, .enum: encodeNumber(ProtobufInt32.self, field, address, shape, &p, &sizes)
    case .fixed64: encodeNumber(ProtobufFixed64.self, field, address, shape, &p, &sizes)
    case .fixed32: encodeNumber(ProtobufFixed32.self, field, address, shape, &p, &sizes)
    case .bool: encodeNumber(ProtobufBool.self, field, address, shape, &p, &sizes)
    case .uint32: encodeNumber(ProtobufUInt32.self, field, address, shape, &p, &sizes)
    case .sfixed32: encodeNumber(ProtobufSFixed32.self, field, address, shape, &p, &sizes)
    case .sfixed64: encodeNumber(ProtobufSFixed64.self, field, address, shape, &p, &sizes)
    case .sint32: encodeNumber(ProtobufSInt32.self, field, address, shape, &p, &sizes)
    case .sint64: encodeNumber(ProtobufSInt64.self, field, address, shape, &p, &sizes)
    case .string: encodeScalar(ProtobufString.self, field, address, shape, &p, &sizes)
    case .bytes: encodeScalar(ProtobufBytes.self, field, address, shape, &p, &sizes)
    case .message, .group: forEachMessage(at: address, shape) { encode(field, $0, &p, &sizes) }
    }
  }

  private static func encodeScalar<Field: ScalarFieldType>(
    _ type: Field.Type, _ field: DynamicField, _ address: UnsafeRawPointer, _ shape: Shape,
    _ p: inout UnsafeMutableRawPointer, _ sizes: inout EncodedSizes
  ) {
    if shape == .repeated {
      let values = address.assumingMemoryBound(to: [Field.Value].self).pointee
      p = FieldWriter.repeated(type, values, tag: field.tag, p, &sizes)
    } else if let value = value(type, address, shape) {
      p = Field.encode(WireWriter.tag(p, field.tag), value)
    }
  }

  private static func encodeNumber<Field: ScalarFieldType & PackableType>(
    _ type: Field.Type, _ field: DynamicField, _ address: UnsafeRawPointer, _ shape: Shape,
    _ p: inout UnsafeMutableRawPointer, _ sizes: inout EncodedSizes
  ) {
    guard field.isPacked else { return encodeScalar(type, field, address, shape, &p, &sizes) }
    let values = address.assumingMemoryBound(to: [Field.Value].self).pointee
    p = FieldWriter.packed(type, values, tag: field.tag & ~7 | WireType.lengthDelimited.rawValue, p, &sizes)
  }

  private static func encode(
    _ field: DynamicField, _ message: DynamicMessage, _ p: inout UnsafeMutableRawPointer,
    _ sizes: inout EncodedSizes
  ) {
    p = WireWriter.tag(p, field.tag)
    if field.kind == .message { p = WireWriter.varint(p, UInt64(truncatingIfNeeded: sizes.next())) }
    p = encode(message, p, &sizes)
    if field.kind == .group { p = WireWriter.tag(p, field.tag & ~7 | WireType.endGroup.rawValue) }
  }

  static func encode(
    _ message: DynamicMessage, _ p: UnsafeMutableRawPointer, _ sizes: inout EncodedSizes
  ) -> UnsafeMutableRawPointer {
    message.withFields { encode(message.type.type.layout, $0, p, &sizes) }
  }

  private static func encodeMap(
    _ field: DynamicField, _ address: UnsafeRawPointer, _ p: inout UnsafeMutableRawPointer,
    _ sizes: inout EncodedSizes
  ) {
    field.map?.forEach(in: address, sorted: sizes.sortsMaps) { key, value in
      p = WireWriter.tag(p, field.tag)
      p = WireWriter.varint(p, UInt64(truncatingIfNeeded: sizes.next()))
      guard let map = field.map else { return false }
      encode(map.keyField, at: key, .oneof, &p, &sizes)
      encode(map.valueField, at: value, .oneof, &p, &sizes)
      return true
    }
  }

  private static func encodeItem(
    _ field: DynamicField, _ address: UnsafeRawPointer, _ p: inout UnsafeMutableRawPointer,
    _ sizes: inout EncodedSizes
  ) {
    forEachMessage(at: address, field.shape) { message in
      p = WireWriter.tag(p, MessageSetItem.startTag)
      p = ProtobufInt32.encode(WireWriter.tag(p, MessageSetItem.typeTag), field.number)
      p = WireWriter.varint(WireWriter.tag(p, MessageSetItem.messageTag), UInt64(truncatingIfNeeded: sizes.next()))
      p = encode(message, p, &sizes)
      p = WireWriter.tag(p, MessageSetItem.endTag)
    }
  }

  // MARK: Both passes

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

  private static func forEachMessage(
    at address: UnsafeRawPointer, _ shape: Shape, _ body: (DynamicMessage) -> Void
  ) {
    switch shape {
    case .repeated: for message in address.assumingMemoryBound(to: [DynamicMessage].self).pointee { body(message) }
    case .optional, .required:
      if let message = address.assumingMemoryBound(to: DynamicMessage?.self).pointee { body(message) }
    case .oneof, .implicit, .map: body(address.assumingMemoryBound(to: DynamicMessage.self).pointee)
    }
  }
}
