#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Writes messages as JSON, by their tables. Spec: ProtoJSON format.
///
/// Members and elements are each written with a comma before them; the first one's comma becomes the opening bracket
/// when the object or array ends.
struct JSONWriter: ~Copyable {
  var out = UTF8Buffer()
  let options: JSONEncodingOptions
  /// Where the types of messages in an `Any` are looked up before the registry.
  let schema: DynamicSchema?

  init(options: JSONEncodingOptions, schema: DynamicSchema? = nil) {
    self.options = options
    self.schema = schema
  }

  // MARK: - Messages

  /// Writes the message whose fields lie at an address.
  mutating func message(_ table: MessageTable, at message: UnsafeRawPointer) throws {
    let textual = table.textual
    switch textual.form {
    case .message:
      let start = out.count
      try members(table, textual, at: message)
      end(start, "{", "}")
    default: try wellKnown(table, textual, at: message)
    }
  }

  /// Writes the fields that are set as members of an object.
  mutating func members(_ table: MessageTable, _ textual: TextualTable, at message: UnsafeRawPointer) throws {
    let printsAll = options.alwaysPrintFieldsWithoutPresence
    var oneof = (offset: -1, number: Int32(0))  // what was asked last, and which member is set
    for position in 0..<textual.count {
      let field = textual.fields + position
      let offset = field.pointee.offset
      if let unset = field.pointee.unsetWord, (message + offset).load(as: UInt.self) == unset, !printsAll { continue }
      if let type = field.pointee.oneof {
        if oneof.offset != offset {
          oneof = (offset, type.pointee.number(message + offset))
        }
        if oneof.number == field.pointee.number { try member(field, at: message + offset) }
      } else {
        try self.field(field, at: message + offset)
      }
    }
    if let extensions = table.extensions(in: message), !extensions.isEmpty { try members(extensions) }
  }

  /// Writes extensions, whose keys are their full names in brackets.
  private mutating func members(_ extensions: ExtensionFieldValueSet) throws {
    for (_, value) in extensions.sorted {
      let description = value.type._description
      key("[\(description.name)]")
      try TextualField.withExtension(description, name: description.name) { field in
        var failure: (any Error)?
        value.field._withValue { address in
          do {
            if field.pointee.shape == .repeated {
              try list(field, at: address)
            } else {
              try self.value(field, at: address)
            }
          } catch {
            failure = error
          }
        }
        if let failure { throw failure }
      }
    }
  }

  // MARK: - Fields

  /// Writes a field with its key, if it is set or the options ask for it.
  private mutating func field(_ field: UnsafePointer<TextualField>, at address: UnsafeRawPointer) throws {
    switch field.pointee.value {
    case .int32: scalar(Int32.self, field, at: address)
    case .uint32: scalar(UInt32.self, field, at: address)
    case .int64: scalar(Int64.self, field, at: address)
    case .uint64: scalar(UInt64.self, field, at: address)
    case .float: scalar(Float.self, field, at: address)
    case .double: scalar(Double.self, field, at: address)
    case .bool: scalar(Bool.self, field, at: address)
    case .string: scalar(String.self, field, at: address)
    case .bytes: scalar(Data.self, field, at: address)
    case .enumeration: enumeration(field, at: address)
    case .message: try message(field, at: address)
    case .map: try map(field, at: address)
    }
  }

  @inline(__always)
  private mutating func scalar<Scalar: JSONScalar>(
    _ type: Scalar.Type, _ field: UnsafePointer<TextualField>, at address: UnsafeRawPointer
  ) {
    switch field.pointee.shape {
    case .implicit, .oneof, .map:
      let value = address.assumingMemoryBound(to: Scalar.self)
      if value.pointee.isDefault, !options.alwaysPrintFieldsWithoutPresence { return }
      key(field)
      value.pointee.write(to: &self)
    case .optional, .required:
      guard let value = address.assumingMemoryBound(to: Scalar?.self).pointee else { return }
      key(field)
      value.write(to: &self)
    case .repeated:
      if address.assumingMemoryBound(to: [Scalar].self).pointee.isEmpty, !options.alwaysPrintFieldsWithoutPresence {
        return
      }
      key(field)
      elements(type, at: address)
    }
  }

  @inline(__always)
  private mutating func elements<Scalar: JSONScalar>(_ type: Scalar.Type, at address: UnsafeRawPointer) {
    let start = out.count
    let values = address.assumingMemoryBound(to: [Scalar].self)
    for index in 0..<values.pointee.count {
      out.append(UInt8(ascii: ","))
      values.pointee[index].write(to: &self)
    }
    end(start, "[", "]")
  }

  private mutating func enumeration(_ field: UnsafePointer<TextualField>, at address: UnsafeRawPointer) {
    let type = field.pointee.enumeration.unsafelyUnwrapped
    switch field.pointee.shape {
    case .implicit, .oneof, .map:
      let number = type.pointee.number(of: address)
      if number == 0, !options.alwaysPrintFieldsWithoutPresence { return }
      key(field)
      name(of: number, type)
    case .optional, .required:
      guard let number = type.pointee.number(ofOptional: address) else { return }
      key(field)
      name(of: number, type)
    case .repeated:
      if MessageList.words(address).isEmpty, !options.alwaysPrintFieldsWithoutPresence { return }
      key(field)
      names(in: address, type)
    }
  }

  /// Writes the array of enum values at an address.
  private mutating func names(in address: UnsafeRawPointer, _ type: UnsafeMutablePointer<TextualEnum>) {
    let start = out.count
    type.pointee.forEachNumber(in: address) { number in
      out.append(UInt8(ascii: ","))
      name(of: number, type)
    }
    end(start, "[", "]")
  }

  /// Writes the name of an enum's value, or its number if it has none.
  private mutating func name(of number: Int32, _ type: UnsafeMutablePointer<TextualEnum>) {
    if type.pointee.isNullValue {
      out.append("null")
    } else if !options.alwaysPrintEnumsAsInts, let name = type.pointee.names.bytes(of: number) {
      out.append(UInt8(ascii: "\""))
      out.appendPadded(name)
      out.append(UInt8(ascii: "\""))
    } else {
      out.append(Int64(number))
    }
  }

  private mutating func message(_ field: UnsafePointer<TextualField>, at address: UnsafeRawPointer) throws {
    let type = field.pointee.message.unsafelyUnwrapped
    if field.pointee.shape == .repeated {
      if !options.alwaysPrintFieldsWithoutPresence, MessageList.words(address).isEmpty { return }
      key(field)
      return try messages(type, at: address)
    }
    guard let fields = type.pointee.fields(ofOptional: address) else { return }
    key(field)
    try message(type.pointee.table, at: fields)
  }

  /// Writes the array of messages at an address.
  private mutating func messages(_ type: UnsafeMutablePointer<TextualMessage>, at address: UnsafeRawPointer) throws {
    let start = out.count
    let table = type.pointee.table
    let list = type.pointee.list(address)
    for index in 0..<list.count {
      out.append(UInt8(ascii: ","))
      try message(table, at: list[index])
    }
    end(start, "[", "]")
  }

  private mutating func map(_ field: UnsafePointer<TextualField>, at address: UnsafeRawPointer) throws {
    let map = field.pointee.map.unsafelyUnwrapped
    if map.pointee.count(address) == 0, !options.alwaysPrintFieldsWithoutPresence { return }
    key(field)
    try entries(map, at: address)
  }

  /// Writes the entries of a map as an object.
  mutating func entries(_ map: UnsafeMutablePointer<TextualMap>, at address: UnsafeRawPointer) throws {
    let start = out.count
    var failure: (any Error)?
    map.pointee.forEach(in: address, sorted: options.useDeterministicOrdering) { key, value in
      do {
        self.key(map.pointee.key, at: key)
        try self.value(map.pointee.value, at: value)
        return true
      } catch {
        failure = error
        return false
      }
    }
    if let failure { throw failure }
    end(start, "{", "}")
  }

  /// Writes the member of a oneof that is set.
  private mutating func member(_ field: UnsafePointer<TextualField>, at address: UnsafeRawPointer) throws {
    var failure: (any Error)?
    key(field)
    _ = field.pointee.oneof?.pointee.withValue(at: address) { _, value in
      do { try self.value(field, at: value) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  // MARK: - Values

  /// Writes a value that lies alone.
  mutating func value(_ field: UnsafePointer<TextualField>, at address: UnsafeRawPointer) throws {
    switch field.pointee.value {
    case .int32: address.assumingMemoryBound(to: Int32.self).pointee.write(to: &self)
    case .uint32: address.assumingMemoryBound(to: UInt32.self).pointee.write(to: &self)
    case .int64: address.assumingMemoryBound(to: Int64.self).pointee.write(to: &self)
    case .uint64: address.assumingMemoryBound(to: UInt64.self).pointee.write(to: &self)
    case .float: address.assumingMemoryBound(to: Float.self).pointee.write(to: &self)
    case .double: address.assumingMemoryBound(to: Double.self).pointee.write(to: &self)
    case .bool: address.assumingMemoryBound(to: Bool.self).pointee.write(to: &self)
    case .string: address.assumingMemoryBound(to: String.self).pointee.write(to: &self)
    case .bytes: address.assumingMemoryBound(to: Data.self).pointee.write(to: &self)
    case .enumeration:
      let type = field.pointee.enumeration.unsafelyUnwrapped
      name(of: type.pointee.number(of: address), type)
    case .message:
      let type = field.pointee.message.unsafelyUnwrapped
      try message(type.pointee.table, at: type.pointee.fields(of: address))
    case .map: break  // maps do not lie alone
    }
  }

  /// Writes an array.
  mutating func list(_ field: UnsafePointer<TextualField>, at address: UnsafeRawPointer) throws {
    switch field.pointee.value {
    case .int32: elements(Int32.self, at: address)
    case .uint32: elements(UInt32.self, at: address)
    case .int64: elements(Int64.self, at: address)
    case .uint64: elements(UInt64.self, at: address)
    case .float: elements(Float.self, at: address)
    case .double: elements(Double.self, at: address)
    case .bool: elements(Bool.self, at: address)
    case .string: elements(String.self, at: address)
    case .bytes: elements(Data.self, at: address)
    case .enumeration: names(in: address, field.pointee.enumeration.unsafelyUnwrapped)
    case .message: try messages(field.pointee.message.unsafelyUnwrapped, at: address)
    case .map: break  // maps are not repeated
    }
  }
}
