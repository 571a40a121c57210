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

  /// A oneof that was asked for its member, by its offset, and the number of that member.
  private typealias KnownOneof = (offset: Int, member: Int32)

  init(options: TextFormatEncodingOptions, schema: DynamicSchema? = nil) {
    self.options = options
    self.schema = schema
  }

  /// Writes the fields of the message at an address.
  mutating func write(_ table: MessageTable, at message: UnsafeRawPointer) {
    let textual = table.textual
    if textual.form == .any, writeExpandedAny(table, at: message) { return }
    var oneof: KnownOneof = (-1, 0)
    if let extensions = table.extensions(in: message), !extensions.isEmpty {
      var others = extensions.sorted[...]
      for position in 0..<textual.count {
        let field = textual.fields + position
        while let (number, value) = others.first, number < field.pointee.number {
          writeExtension(value)
          others.removeFirst()
        }
        writeField(field, in: message, &oneof)
      }
      for (_, value) in others { writeExtension(value) }
    } else {
      for position in 0..<textual.count { writeField(textual.fields + position, in: message, &oneof) }
    }
    if options.printUnknownFields, table.hasUnknownFields(in: message) {
      writeUnknownFields(table.unknownFields(in: message))
    }
  }

  private mutating func writeExtension(_ value: ExtensionFieldValueSet.Value) {
    let description = value.type._description
    TextualField.withExtension(description, name: value.type.fieldName) { field in
      value.field._withValue { address in
        // An extension that is there is set, also to its type's default.
        if field.pointee.shape == .repeated {
          writeField(field, at: address)
        } else {
          writeValue(field, at: address)
        }
      }
    }
  }

  // MARK: - Fields

  /// Writes a field of a message if it is set.
  @inline(__always)
  private mutating func writeField(
    _ field: UnsafePointer<TextualField>, in message: UnsafeRawPointer, _ oneof: inout KnownOneof
  ) {
    let address = message + field.pointee.offset
    if let unset = field.pointee.unsetWord, address.load(as: UInt.self) == unset { return }
    guard let type = field.pointee.oneof else { return writeField(field, at: address) }
    if oneof.offset != field.pointee.offset { oneof = (field.pointee.offset, type.pointee.number(address)) }
    if oneof.member == field.pointee.number {
      _ = type.pointee.withValue(at: address) { _, value in writeValue(field, at: value) }
    }
  }

  /// Writes a field if it is set.
  private mutating func writeField(_ field: UnsafePointer<TextualField>, at address: UnsafeRawPointer) {
    switch field.pointee.value {
    case .int32: writeScalars(Int32.self, field, at: address)
    case .uint32: writeScalars(UInt32.self, field, at: address)
    case .int64: writeScalars(Int64.self, field, at: address)
    case .uint64: writeScalars(UInt64.self, field, at: address)
    case .float: writeScalars(Float.self, field, at: address)
    case .double: writeScalars(Double.self, field, at: address)
    case .bool: writeScalars(Bool.self, field, at: address)
    case .string: writeScalars(String.self, field, at: address)
    case .bytes: writeScalars(Data.self, field, at: address)
    case .enumeration: writeEnums(field, at: address)
    case .message: writeMessages(field, at: address)
    case .map: writeMap(field, at: address)
    }
  }

  /// Writes a value that lies alone, whatever it is.
  private mutating func writeValue(_ field: UnsafePointer<TextualField>, at address: UnsafeRawPointer) {
    switch field.pointee.value {
    case .int32: writeLine(field, address.assumingMemoryBound(to: Int32.self))
    case .uint32: writeLine(field, address.assumingMemoryBound(to: UInt32.self))
    case .int64: writeLine(field, address.assumingMemoryBound(to: Int64.self))
    case .uint64: writeLine(field, address.assumingMemoryBound(to: UInt64.self))
    case .float: writeLine(field, address.assumingMemoryBound(to: Float.self))
    case .double: writeLine(field, address.assumingMemoryBound(to: Double.self))
    case .bool: writeLine(field, address.assumingMemoryBound(to: Bool.self))
    case .string: writeLine(field, address.assumingMemoryBound(to: String.self))
    case .bytes: writeLine(field, address.assumingMemoryBound(to: Data.self))
    case .enumeration:
      let type = field.pointee.enumeration.unsafelyUnwrapped
      writeLine(field, type.pointee.number(of: address), type)
    case .message:
      let type = field.pointee.message.unsafelyUnwrapped
      writeMessage(field, type.pointee.table, at: type.pointee.fields(of: address))
    case .map: break  // maps do not lie alone
    }
  }

  // MARK: - Numbers, strings, enums

  @inline(__always)
  private mutating func writeScalars<Value: TextFormatScalar>(
    _ type: Value.Type, _ field: UnsafePointer<TextualField>, at address: UnsafeRawPointer
  ) {
    switch field.pointee.shape {
    case .implicit:
      let value = address.assumingMemoryBound(to: Value.self)
      if !value.pointee.isAbsent { writeLine(field, value) }
    case .oneof, .map: writeLine(field, address.assumingMemoryBound(to: Value.self))
    case .optional, .required:
      guard let value = address.assumingMemoryBound(to: Value?.self).pointee else { return }
      writeKey(field)
      value.write(to: &self)
      buffer.append(UInt8(ascii: "\n"))
    case .repeated:
      let values = address.assumingMemoryBound(to: [Value].self)
      let count = values.pointee.count
      if count == 0 { return }
      guard field.pointee.isPacked else {
        for index in 0..<count {
          writeKey(field)
          values.pointee[index].write(to: &self)
          buffer.append(UInt8(ascii: "\n"))
        }
        return
      }
      writeListStart(field)
      for index in 0..<count {
        values.pointee[index].write(to: &self)
        writeSeparator()
      }
      writeListEnd()
    }
  }

  @inline(__always)
  private mutating func writeLine<Value: TextFormatScalar>(
    _ field: UnsafePointer<TextualField>, _ value: UnsafePointer<Value>
  ) {
    writeKey(field)
    value.pointee.write(to: &self)
    buffer.append(UInt8(ascii: "\n"))
  }

  private mutating func writeEnums(_ field: UnsafePointer<TextualField>, at address: UnsafeRawPointer) {
    let type = field.pointee.enumeration.unsafelyUnwrapped
    switch field.pointee.shape {
    case .implicit:
      if type.pointee.isSet(address, .implicit) { writeLine(field, type.pointee.number(of: address), type) }
    case .oneof, .map: writeLine(field, type.pointee.number(of: address), type)
    case .optional, .required:
      if let number = type.pointee.number(ofOptional: address) { writeLine(field, number, type) }
    case .repeated:
      if MessageList.words(address).isEmpty { return }
      guard field.pointee.isPacked else {
        return type.pointee.forEachNumber(in: address) { number in writeLine(field, number, type) }
      }
      writeListStart(field)
      type.pointee.forEachNumber(in: address) { number in
        writeEnum(number, type)
        writeSeparator()
      }
      writeListEnd()
    }
  }

  private mutating func writeLine(
    _ field: UnsafePointer<TextualField>, _ number: Int32, _ type: UnsafeMutablePointer<TextualEnum>
  ) {
    writeKey(field)
    writeEnum(number, type)
    buffer.append(UInt8(ascii: "\n"))
  }

  /// Writes an enum's value: its name, or its number when it has none.
  private mutating func writeEnum(_ number: Int32, _ type: UnsafeMutablePointer<TextualEnum>) {
    if let name = type.pointee.names.bytes(of: number) {
      buffer.appendPadded(name)
    } else {
      buffer.append(Int64(number))
    }
  }

  private mutating func writeListStart(_ field: UnsafePointer<TextualField>) {
    writeKey(field)
    buffer.append(UInt8(ascii: "["))
  }

  @inline(__always)
  private mutating func writeSeparator() {
    buffer.reserve(2)
    buffer.next[0] = UInt8(ascii: ",")
    buffer.next[1] = UInt8(ascii: " ")
    buffer.next += 2
  }

  /// Replaces the separator behind the last value by the end.
  private mutating func writeListEnd() {
    buffer.removeLast(2)
    buffer.append("]\n")
  }

  // MARK: - Messages

  private mutating func writeMessages(_ field: UnsafePointer<TextualField>, at address: UnsafeRawPointer) {
    let type = field.pointee.message.unsafelyUnwrapped
    switch field.pointee.shape {
    case .implicit, .oneof, .map: writeMessage(field, type.pointee.table, at: type.pointee.fields(of: address))
    case .optional, .required:
      if let fields = type.pointee.fields(ofOptional: address) { writeMessage(field, type.pointee.table, at: fields) }
    case .repeated:
      if MessageList.words(address).isEmpty { return }
      let table = type.pointee.table
      let list = type.pointee.list(address)
      for index in 0..<list.count { writeMessage(field, table, at: list[index]) }
    }
  }

  private mutating func writeMessage(
    _ field: UnsafePointer<TextualField>, _ table: MessageTable, at fields: UnsafeRawPointer
  ) {
    writeKey(field)
    depth += 1
    write(table, at: fields)
    closeMessage()
  }

  private mutating func writeMap(_ field: UnsafePointer<TextualField>, at address: UnsafeRawPointer) {
    let map = field.pointee.map.unsafelyUnwrapped
    if map.pointee.count(address) == 0 { return }
    map.pointee.forEach(in: address, sorted: options.useDeterministicOrdering) { key, value in
      writeKey(field)
      depth += 1
      writeValue(map.pointee.key, at: key)
      writeValue(map.pointee.value, at: value)
      closeMessage()
      return true
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

  @inline(__always)
  mutating func writeIndentation() {
    buffer.reserve(2 * depth + 16)
    var p = UnsafeMutableRawPointer(buffer.next)
    buffer.next += 2 * depth
    while p < buffer.next {
      // What is too many is overwritten.
      p.storeBytes(of: SIMD16<UInt8>(repeating: UInt8(ascii: " ")), as: SIMD16<UInt8>.self)
      p += 16
    }
  }

  /// Starts a line with a field's name and what follows it.
  private mutating func writeKey(_ field: UnsafePointer<TextualField>) {
    writeIndentation()
    buffer.appendPadded(UnsafeRawBufferPointer(field.pointee.textKey))
  }

  mutating func openMessage() {
    buffer.append(" {\n")
    depth += 1
  }

  mutating func closeMessage() {
    depth -= 1
    writeIndentation()
    buffer.reserve(2)
    buffer.next[0] = UInt8(ascii: "}")
    buffer.next[1] = UInt8(ascii: "\n")
    buffer.next += 2
  }
}
