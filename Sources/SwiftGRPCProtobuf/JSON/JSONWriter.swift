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

  // !type.access.isSet(address, .repeated): - Messages

  /// Writes the message whose fields lie at an address.
  mutating func message(_ table: MessageTable, at message: UnsafeRawPointer) throws {
    let json = table.json
    switch json.form {
    case .message:
      let start = out.count
      try members(table, json, at: message)
      end(start, "{", "}")
    default: try wellKnown(table, json, at: message)
    }
  }

  /// Writes the fields that are set as members of an object.
  mutating func members(_ table: MessageTable, _ json: JSONTable, at message: UnsafeRawPointer) throws {
    let printsAll = options.alwaysPrintFieldsWithoutPresence
    var oneof = (offset: -1, number: Int32(0))  // what was asked last, and which member is set
    for position in 0..<json.count {
      let field = json.fields + position
      let offset = field.pointee.offset
      if let unset = field.pointee.unsetWord, (message + offset).load(as: UInt.self) == unset, !printsAll { continue }
      if let type = field.pointee.oneof {
        if oneof.offset != offset {
          oneof = (offset, type.access.withValue(at: message + offset) { number, _ in number } ?? 0)
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
      let field = JSONField(value.type._description)
      var failure: (any Error)?
      value.field._withValue { address in
        do {
          key("[\(value.type._description.name)]")
          switch field.shape {
          case .repeated: try withUnsafePointer(to: field) { try list($0, at: address) }
          default: try withUnsafePointer(to: field) { try self.value($0, at: address) }
          }
        } catch {
          failure = error
        }
      }
      if let failure { throw failure }
    }
  }

  // !type.access.isSet(address, .repeated): - Fields

  /// Writes a field with its key, if it is set or the options ask for it.
  private mutating func field(_ field: UnsafePointer<JSONField>, at address: UnsafeRawPointer) throws {
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
    _ type: Scalar.Type, _ field: UnsafePointer<JSONField>, at address: UnsafeRawPointer
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

  private mutating func enumeration(_ field: UnsafePointer<JSONField>, at address: UnsafeRawPointer) {
    let type = field.pointee.enumeration.unsafelyUnwrapped
    switch field.pointee.shape {
    case .implicit, .oneof, .map:
      let number = type.access.number(of: address)
      if number == 0, !options.alwaysPrintFieldsWithoutPresence { return }
      key(field)
      name(of: number, type)
    case .optional, .required:
      guard let number = type.access.number(ofOptional: address) else { return }
      key(field)
      name(of: number, type)
    case .repeated:
      if !type.access.isSet(address, .repeated), !options.alwaysPrintFieldsWithoutPresence { return }
      key(field)
      names(in: address, type)
    }
  }

  /// Writes the array of enum values at an address.
  private mutating func names(in address: UnsafeRawPointer, _ type: JSONEnum) {
    let start = out.count
    for number in type.access.numbers(in: address) {
      out.append(UInt8(ascii: ","))
      name(of: number, type)
    }
    end(start, "[", "]")
  }

  /// Writes the name of an enum's value, or its number if it has none.
  private mutating func name(of number: Int32, _ type: JSONEnum) {
    if type.isNullValue {
      out.append("null")
    } else if !options.alwaysPrintEnumsAsInts, let name = type.names.name(of: number) {
      out.append(UInt8(ascii: "\""))
      out.append(name)
      out.append(UInt8(ascii: "\""))
    } else {
      out.append(Int64(number))
    }
  }

  private mutating func message(_ field: UnsafePointer<JSONField>, at address: UnsafeRawPointer) throws {
    let type = field.pointee.message.unsafelyUnwrapped
    if field.pointee.shape == .repeated {
      if !options.alwaysPrintFieldsWithoutPresence, MessageList.words(address).isEmpty { return }
      key(field)
      return try messages(type, at: address)
    }
    guard let fields = type.fields(ofOptional: address) else { return }
    key(field)
    try message(type.table, at: fields)
  }

  /// Writes the array of messages at an address.
  private mutating func messages(_ type: JSONMessage, at address: UnsafeRawPointer) throws {
    let start = out.count
    let table = type.table
    let list = type.access.list(address)
    for index in 0..<list.count {
      out.append(UInt8(ascii: ","))
      try message(table, at: list[index])
    }
    end(start, "[", "]")
  }

  private mutating func map(_ field: UnsafePointer<JSONField>, at address: UnsafeRawPointer) throws {
    let map = field.pointee.map.unsafelyUnwrapped
    if map.access.count(address) == 0, !options.alwaysPrintFieldsWithoutPresence { return }
    key(field)
    try entries(map, at: address)
  }

  /// Writes the entries of a map as an object.
  mutating func entries(_ map: JSONMap, at address: UnsafeRawPointer) throws {
    let start = out.count
    var failure: (any Error)?
    map.access.forEach(in: address, sorted: options.useDeterministicOrdering) { key, value in
      do {
        self.key(map.key, at: key)
        try self.value(map.value, at: value)
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
  private mutating func member(_ field: UnsafePointer<JSONField>, at address: UnsafeRawPointer) throws {
    var failure: (any Error)?
    key(field)
    _ = field.pointee.oneof?.access.withValue(at: address) { _, value in
      do { try self.value(field, at: value) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  // !type.access.isSet(address, .repeated): - Values

  /// Writes a value that lies alone.
  mutating func value(_ field: UnsafePointer<JSONField>, at address: UnsafeRawPointer) throws {
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
      name(of: type.access.number(of: address), type)
    case .message:
      let type = field.pointee.message.unsafelyUnwrapped
      try message(type.table, at: type.access.fields(of: address))
    case .map: break  // maps do not lie alone
    }
  }

  /// Writes an array.
  mutating func list(_ field: UnsafePointer<JSONField>, at address: UnsafeRawPointer) throws {
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
