/// Decodes the binary format into dynamic messages, field by field as generated code does.
///
/// `fields` is where a message's fields lie. Functions of single fields return false, and have read nothing, when the
/// wire type is none that the field may have: it is then kept as an unknown one.
enum DynamicDecoder {
  /// Decodes fields from `[start, end)` and merges them into the message.
  ///
  /// Returns where it stopped: `end`, or just behind an end-group tag, which is then in `context`.
  static func decode(
    into message: inout DynamicMessage, _ start: UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext
  ) throws(BinaryDecodingError) -> UnsafeRawPointer {
    let layout = message.type.type.layout
    // An empty message needs no memory.
    guard start < end else {
      if !layout.requiredFields.isEmpty { context.sawMissingRequired = true }
      return start
    }
    let fields = message.mutableFields()
    var p = start
    while p < end {
      let fieldStart = p
      let tag = try WireReader.tag(&p, end)
      if let index = layout.index(number: Int32(bitPattern: tag >> 3)) {
        let field = layout.fields[index]
        if try decode(
          field, tag: tag, into: fields + field.offset, &p, end, &context, layout.table.unknownFields(in: fields))
        {
          continue
        }
      }
      if layout.usesMessageSetWireFormat, tag == MessageSetItem.startTag {
        p = try decodeItem(into: fields, layout, fieldStart, p, end, &context)
        continue
      }
      if try WireReader.unknown(
        tag: tag, from: fieldStart, &p, end, &context, &layout.table.unknownFields(in: fields).pointee)
      {
        break
      }
    }
    if layout.requiredFields.contains(where: { !layout.isSet($0, in: fields) }) { context.sawMissingRequired = true }
    return p
  }

  /// Decodes a field whose tag has been read into the memory at `address`.
  private static func decode(
    _ field: DynamicField, tag: UInt32, into address: UnsafeMutableRawPointer, _ p: inout UnsafeRawPointer,
    _ end: UnsafeRawPointer, _ context: inout DecodingContext, _ unknown: UnsafeMutablePointer<UnknownStorage>
  ) throws(BinaryDecodingError) -> Bool {
    switch field.kind {
    case .double: return try number(ProtobufDouble.self, field, tag, address, &p, end)
    case .float: return try number(ProtobufFloat.self, field, tag, address, &p, end)
    case .int64: return try number(ProtobufInt64.self, field, tag, address, &p, end)
    case .uint64: return try number(ProtobufUInt64.self, field, tag, address, &p, end)
    case .int32: return try number(ProtobufInt32.self, field, tag, address, &p, end)
    case .fixed64: return try number(ProtobufFixed64.self, field, tag, address, &p, end)
    case .fixed32: return try number(ProtobufFixed32.self, field, tag, address, &p, end)
    case .bool: return try number(ProtobufBool.self, field, tag, address, &p, end)
    case .uint32: return try number(ProtobufUInt32.self, field, tag, address, &p, end)
    case .sfixed32: return try number(ProtobufSFixed32.self, field, tag, address, &p, end)
    case .sfixed64: return try number(ProtobufSFixed64.self, field, tag, address, &p, end)
    case .sint32: return try number(ProtobufSInt32.self, field, tag, address, &p, end)
    case .sint64: return try number(ProtobufSInt64.self, field, tag, address, &p, end)
    case .string: return try scalar(ProtobufString.self, field, tag, address, &p, end)
    case .bytes: return try scalar(ProtobufBytes.self, field, tag, address, &p, end)
    case .enum: return try enumeration(field, tag, address, &p, end, &context, unknown)
    case .message, .group:
      guard tag == field.tag else { return false }
      if let map = field.map {
        try entry(of: map, field, address, &p, end, &context, unknown)
      } else if let type = field.messageType {
        try message(DynamicMessageType(type), field, address, &p, end, &context)
      }
      return true
    }
  }

  // MARK: Numbers, strings and bytes

  private static func scalar<Field: ScalarFieldType>(
    _ type: Field.Type, _ field: DynamicField, _ tag: UInt32, _ address: UnsafeMutableRawPointer,
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer
  ) throws(BinaryDecodingError) -> Bool where Field.Value: DynamicStorable {
    guard tag == field.tag else { return false }
    store(try Field.decode(&p, end), field, address)
    return true
  }

  private static func number<Field: ScalarFieldType & PackableType>(
    _ type: Field.Type, _ field: DynamicField, _ tag: UInt32, _ address: UnsafeMutableRawPointer,
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer
  ) throws(BinaryDecodingError) -> Bool where Field.Value: DynamicStorable {
    if tag == field.packedTag {
      try Field._decodePacked(into: &address.assumingMemoryBound(to: [Field.Value].self).pointee, &p, end)
      return true
    }
    return try scalar(type, field, tag, address, &p, end)
  }

  private static func store<Value: DynamicStorable>(
    _ value: Value, _ field: DynamicField, _ address: UnsafeMutableRawPointer
  ) {
    switch field.shape {
    case .repeated: address.assumingMemoryBound(to: [Value].self).pointee.append(value)
    case .optional, .required: address.assumingMemoryBound(to: Value?.self).pointee = value
    case .implicit: address.assumingMemoryBound(to: Value.self).pointee = value
    case .oneof:
      address.assumingMemoryBound(to: DynamicOneof.Value.self).pointee =
        DynamicOneof.Value(number: field.number, value: value.dynamicValue)
    case .map: break  // entries have their own way
    }
  }

  private static func enumeration(
    _ field: DynamicField, _ tag: UInt32, _ address: UnsafeMutableRawPointer, _ p: inout UnsafeRawPointer,
    _ end: UnsafeRawPointer, _ context: inout DecodingContext, _ unknown: UnsafeMutablePointer<UnknownStorage>
  ) throws(BinaryDecodingError) -> Bool {
    var listEnd = end
    if tag == field.packedTag {
      let byteCount = try WireReader.length(&p, end)
      listEnd = p + byteCount
      if byteCount == 0 { return true }
    } else if tag != field.tag {
      return false
    }
    repeat {
      let varint = try WireReader.varint(&p, listEnd)
      let number = Int32(truncatingIfNeeded: varint)
      if field.enumeration?.contains(number) == true {
        store(number, field, address)
      } else {
        FieldReader.keepUnknown(UInt32(bitPattern: field.number), varint, &context, &unknown.pointee)
      }
    } while tag == field.packedTag && p < listEnd
    return true
  }

  // MARK: Messages

  private static func message(
    _ type: DynamicMessageType, _ field: DynamicField, _ address: UnsafeMutableRawPointer,
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ context: inout DecodingContext
  ) throws(BinaryDecodingError) {
    switch field.shape {
    case .repeated:
      var value = DynamicMessage(type)
      try content(of: &value, field, &p, end, &context)
      address.assumingMemoryBound(to: [DynamicMessage].self).pointee.append(value)
    case .oneof:
      let oneof = address.assumingMemoryBound(to: DynamicOneof.Value.self)
      var value = DynamicMessage(type)
      if oneof.pointee.number == field.number, case .message(let current) = oneof.pointee.value { value = current }
      oneof.pointee = DynamicOneof.Value()  // so that `value` alone holds its storage
      try content(of: &value, field, &p, end, &context)
      oneof.pointee = DynamicOneof.Value(number: field.number, value: .message(value))
    case .optional, .required, .implicit, .map:
      let optional = address.assumingMemoryBound(to: DynamicMessage?.self)
      if optional.pointee == nil { optional.pointee = DynamicMessage(type) }
      if let value = optional.payload() { try content(of: &value.pointee, field, &p, end, &context) }
    }
  }

  /// Reads a message behind its length, or a group.
  private static func content(
    of value: inout DynamicMessage, _ field: DynamicField, _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext
  ) throws(BinaryDecodingError) {
    if field.kind == .group {
      try context.enter()
      p = try decode(into: &value, p, end, &context)
      guard context.endGroupTag == field.tag & ~7 | WireType.endGroup.rawValue else {
        throw context.endGroupTag == 0 ? .truncated : .malformedProtobuf
      }
      context.endGroupTag = 0
    } else {
      let length = try WireReader.length(&p, end)
      let messageEnd = p + length
      try context.enter()
      p = try decode(into: &value, p, messageEnd, &context)
      // A group's end tag may not end a message, not even as its last field.
      guard p == messageEnd, context.endGroupTag == 0 else { throw .malformedProtobuf }
    }
    context.depth += 1
  }

  // MARK: Maps

  /// Reads one entry and sets it. Spec: protobuf encoding, "Maps".
  ///
  /// A missing key or value has its type's default. An entry whose value is a closed enum's number without a name goes
  /// to the unknown fields as a whole.
  private static func entry(
    of map: DynamicMap, _ field: DynamicField, _ address: UnsafeMutableRawPointer, _ p: inout UnsafeRawPointer,
    _ end: UnsafeRawPointer, _ context: inout DecodingContext, _ unknown: UnsafeMutablePointer<UnknownStorage>
  ) throws(BinaryDecodingError) {
    let length = try WireReader.length(&p, end)
    let entryStart = p
    let entryEnd = p + length
    var key = DynamicOneof.Value()
    var value = DynamicOneof.Value()
    var isUnknown = false
    try context.enter()
    while p < entryEnd {
      let tag = try WireReader.tag(&p, entryEnd)
      if tag == map.keyField.tag {
        try decode(map.keyField, tag: tag, into: &key, &p, entryEnd, &context)
      } else if tag == map.valueField.tag {
        value = DynamicOneof.Value()  // the last value counts alone
        try decode(map.valueField, tag: tag, into: &value, &p, entryEnd, &context)
        isUnknown = value.number == 0
      } else {
        p = try WireReader.skipField(tag: tag, p, entryEnd, &context)
      }
    }
    context.depth += 1
    if isUnknown {
      FieldReader.keepUnknownEntry(
        UInt32(bitPattern: field.number), UnsafeRawBufferPointer(start: entryStart, count: length), &context,
        &unknown.pointee)
    } else {
      address.assumingMemoryBound(to: DynamicMap.Entries.self).pointee[
        key.number == 0 ? map.keyField.zero : key.value] = value.number == 0 ? map.valueField.zero : value.value
    }
  }

  /// Reads a key or value as the member of a oneof; none is set when a closed enum does not name the number.
  private static func decode(
    _ field: DynamicField, tag: UInt32, into value: inout DynamicOneof.Value, _ p: inout UnsafeRawPointer,
    _ end: UnsafeRawPointer, _ context: inout DecodingContext
  ) throws(BinaryDecodingError) {
    var unknown = UnknownStorage()
    _ = try withUnsafeMutablePointer(to: &value) { value throws(BinaryDecodingError) in
      try decode(field, tag: tag, into: UnsafeMutableRawPointer(value), &p, end, &context, &unknown)
    }
  }

  // MARK: Message sets

  /// Reads an item of a message set, whose start tag has been read.
  private static func decodeItem(
    into fields: UnsafeMutableRawPointer, _ layout: DynamicLayout, _ itemStart: UnsafeRawPointer,
    _ start: UnsafeRawPointer, _ end: UnsafeRawPointer, _ context: inout DecodingContext
  ) throws(BinaryDecodingError) -> UnsafeRawPointer {
    var p = start
    guard let item = try MessageSetItem.read(&p, end, depth: context.depth) else { return p }
    if let index = layout.index(number: Int32(bitPattern: item.number)),
      case let field = layout.fields[index], field.kind == .message, let type = field.messageType
    {
      var content = item.message
      try message(DynamicMessageType(type), field, fields + field.offset, &content, item.messageEnd, &context)
    } else if !context.discardsUnknownFields {
      layout.table.unknownFields(in: fields).pointee
        .append(UnsafeRawBufferPointer(start: itemStart, count: p - itemStart))
    }
    return p
  }
}
