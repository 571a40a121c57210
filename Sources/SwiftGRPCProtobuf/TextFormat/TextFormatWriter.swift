#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Prints messages in the text format, by their tables.
///
/// Spec: protobuf text format language specification. As swift-protobuf prints it: a line for each value, two spaces
/// for each level, packed lists in their short form.
struct TextFormatWriter: ~Copyable {
  var buffer = UTF8Buffer()
  let options: TextFormatEncodingOptions
  /// Where the types of messages in an `Any` are looked up first.
  private let schema: DynamicSchema?
  /// How many messages are open.
  private(set) var depth = 0

  /// Beyond this depth an `Any` stays packed, so that bytes made to be nested cannot use up the stack.
  private static let deepestExpandedAny = 100

  init(options: TextFormatEncodingOptions, schema: DynamicSchema? = nil) {
    self.options = options
    self.schema = schema
  }

  /// Writes the fields of the message at an address.
  mutating func write(_ table: MessageTable, at message: UnsafeRawPointer) {
    if table.isAny, writeExpandedAny(table, at: message) { return }
    var extensions = (table.extensions(in: message)?.sorted ?? [])[...]
    var openOneof = -1
    var setMember: Int32 = 0
    let fields = table.fieldList
    let names = table.textNames
    for index in fields.indices {
      let field = fields.baseAddress.unsafelyUnwrapped + index
      let number = field.pointee.number
      while let (key, value) = extensions.first, key < number {
        writeExtension(value)
        extensions.removeFirst()
      }
      let address = message + field.pointee.offset
      guard field.pointee.shape == .oneof else {
        writeField(field, names.name(at: index), at: address, field.pointee.shape)
        continue
      }
      if field.pointee.offset != openOneof {
        openOneof = field.pointee.offset
        setMember = field.pointee.oneof?.withValue(at: address) { number, _ in number } ?? 0
      }
      if setMember == number {
        field.pointee.oneof?.withValue(at: address) { writeField(field, names.name(at: index), at: $1, .oneof) }
      }
    }
    for (_, value) in extensions { writeExtension(value) }
    if options.printUnknownFields { writeUnknownFields(table.unknownFields(in: message)) }
  }

  private mutating func writeExtension(_ value: ExtensionFieldValueSet.Value) {
    let description = value.type._description
    var name = "[\(value.type.fieldName)]"
    name.withUTF8 { name in
      withUnsafePointer(to: description) { field in
        value.field._withValue { address in
          // An extension that is there is set, also to its type's default.
          let shape = field.pointee.shape == .repeated ? FieldDescription.Shape.repeated : .oneof
          writeField(field, UnsafeRawBufferPointer(name), at: address, shape)
        }
      }
    }
  }

  /// Writes a field if it is set; one of the shape ``FieldDescription/Shape/oneof`` is.
  private mutating func writeField(
    _ field: UnsafePointer<FieldDescription>, _ name: UnsafeRawBufferPointer, at address: UnsafeRawPointer,
    _ shape: FieldDescription.Shape
  ) {
    switch field.pointee.kind {
    case .int32, .sint32, .sfixed32: writeScalars(Int32.self, field, name, at: address, shape)
    case .int64, .sint64, .sfixed64: writeScalars(Int64.self, field, name, at: address, shape)
    case .uint32, .fixed32: writeScalars(UInt32.self, field, name, at: address, shape)
    case .uint64, .fixed64: writeScalars(UInt64.self, field, name, at: address, shape)
    case .float: writeScalars(Float.self, field, name, at: address, shape)
    case .double: writeScalars(Double.self, field, name, at: address, shape)
    case .bool: writeScalars(Bool.self, field, name, at: address, shape)
    case .string: writeScalars(String.self, field, name, at: address, shape)
    case .bytes: writeScalars(Data.self, field, name, at: address, shape)
    case .enum, .message, .group:
      switch field.pointee.content {
      case .enumeration(let type): writeEnums(type, field, name, at: address, shape)
      case .message(let type): writeMessages(type, name, at: address, shape)
      case .map(let map): writeMap(map, name, at: address)
      case .scalar: break
      }
    }
  }

  // MARK: - Numbers, strings, enums

  private mutating func writeScalars<Value: TextFormatScalar>(
    _ type: Value.Type, _ field: UnsafePointer<FieldDescription>, _ name: UnsafeRawBufferPointer,
    at address: UnsafeRawPointer, _ shape: FieldDescription.Shape
  ) {
    switch shape {
    case .implicit:
      let value = address.assumingMemoryBound(to: Value.self)
      if !value.pointee.isAbsent { writeLine(name, value.pointee) }
    case .oneof, .map: writeLine(name, address.assumingMemoryBound(to: Value.self).pointee)
    case .optional, .required:
      if let value = address.assumingMemoryBound(to: Value?.self).pointee { writeLine(name, value) }
    case .repeated:
      let values = address.assumingMemoryBound(to: [Value].self).pointee
      if values.isEmpty { return }
      guard field.pointee.isPacked else {
        for value in values { writeLine(name, value) }
        return
      }
      writeListStart(name)
      for value in values {
        value.write(to: &self)
        buffer.append(", ")
      }
      writeListEnd()
    }
  }

  @inline(__always)
  private mutating func writeLine<Value: TextFormatScalar>(
    _ name: UnsafeRawBufferPointer, _ value: Value
  ) {
    writeName(name)
    buffer.append(": ")
    value.write(to: &self)
    buffer.append(UInt8(ascii: "\n"))
  }

  private mutating func writeEnums(
    _ type: any EnumAccess, _ field: UnsafePointer<FieldDescription>, _ name: UnsafeRawBufferPointer,
    at address: UnsafeRawPointer, _ shape: FieldDescription.Shape
  ) {
    switch shape {
    case .implicit:
      if type.isSet(address, .implicit) { writeLine(name, type.number(of: address), type.names) }
    case .oneof, .map: writeLine(name, type.number(of: address), type.names)
    case .optional, .required:
      if let number = type.number(ofOptional: address) { writeLine(name, number, type.names) }
    case .repeated:
      let numbers = type.numbers(in: address)
      if numbers.isEmpty { return }
      let names = type.names
      guard field.pointee.isPacked else {
        for number in numbers { writeLine(name, number, names) }
        return
      }
      writeListStart(name)
      for number in numbers {
        writeEnum(number, names)
        buffer.append(", ")
      }
      writeListEnd()
    }
  }

  private mutating func writeLine(
    _ name: UnsafeRawBufferPointer, _ number: Int32, _ names: EnumNames
  ) {
    writeName(name)
    buffer.append(": ")
    writeEnum(number, names)
    buffer.append(UInt8(ascii: "\n"))
  }

  /// Writes an enum's value: its name, or its number when it has none.
  private mutating func writeEnum(_ number: Int32, _ names: EnumNames) {
    if let name = names.name(of: number) { buffer.append(name) } else { buffer.append(Int64(number)) }
  }

  private mutating func writeListStart(_ name: UnsafeRawBufferPointer) {
    writeName(name)
    buffer.append(": [")
  }

  /// Replaces the separator behind the last value by the end.
  private mutating func writeListEnd() {
    buffer.removeLast(2)
    buffer.append("]\n")
  }

  // MARK: - Messages

  private mutating func writeMessages(
    _ type: any MessageAccess, _ name: UnsafeRawBufferPointer, at address: UnsafeRawPointer,
    _ shape: FieldDescription.Shape
  ) {
    switch shape {
    case .implicit, .oneof, .map: writeMessage(type.table, name, at: type.fields(of: address))
    case .optional, .required:
      if let fields = type.fields(ofOptional: address) { writeMessage(type.table, name, at: fields) }
    case .repeated:
      let list = type.list(address)
      if list.count == 0 { return }
      let table = type.table
      for index in 0..<list.count { writeMessage(table, name, at: list[index]) }
    }
  }

  private mutating func writeMessage(
    _ table: MessageTable, _ name: UnsafeRawBufferPointer, at fields: UnsafeRawPointer
  ) {
    writeName(name)
    openMessage()
    write(table, at: fields)
    closeMessage()
  }

  private mutating func writeMap(
    _ map: any MapAccess, _ name: UnsafeRawBufferPointer, at address: UnsafeRawPointer
  ) {
    if map.count(address) == 0 { return }
    let key = map.key
    let value = map.value
    withUnsafePointer(to: key) { keyField in
      withUnsafePointer(to: value) { valueField in
        map.forEach(in: address, sorted: options.useDeterministicOrdering) { key, value in
          writeName(name)
          openMessage()
          writeField(keyField, Self.bytes("key"), at: key, .map)
          writeField(valueField, Self.bytes("value"), at: value, .map)
          closeMessage()
          return true
        }
      }
    }
  }

  /// Writes an `Any` as the message that it holds, when the type is registered and the bytes are such a message.
  private mutating func writeExpandedAny(_ table: MessageTable, at message: UnsafeRawPointer) -> Bool {
    guard depth < Self.deepestExpandedAny, let (typeURL, value) = table.anyContent(at: message),
      let type = Google_Protobuf_Any.packedType(forTypeURL: typeURL, in: schema)
    else { return false }
    do {
      try type.unpack(value) { fields in
        writeIndentation()
        buffer.append(UInt8(ascii: "["))
        buffer.append(typeURL)
        buffer.append(UInt8(ascii: "]"))
        openMessage()
        write(type.table, at: fields)
        closeMessage()
      }
      return true
    } catch {
      return false
    }
  }

  // MARK: - Lines

  mutating func writeIndentation() {
    buffer.reserve(2 * depth + 8)
    var p = UnsafeMutableRawPointer(buffer.next)
    buffer.next += 2 * depth
    while p < buffer.next {
      p.storeBytes(of: 0x2020_2020_2020_2020, as: UInt64.self)  // what is too many is overwritten
      p += 8
    }
  }

  private mutating func writeName(_ name: UnsafeRawBufferPointer) {
    writeIndentation()
    buffer.append(name)
  }

  private static func bytes(_ text: StaticString) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
  }

  mutating func openMessage() {
    buffer.append(" {\n")
    depth += 1
  }

  mutating func closeMessage() {
    depth -= 1
    writeIndentation()
    buffer.append("}\n")
  }
}
