#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Fields: what stands behind their names.
extension TextFormatReader {
  /// Reads what follows a field's name, and stores it at the field's address.
  mutating func readField(
    _ field: UnsafePointer<FieldDescription>, at address: UnsafeMutableRawPointer,
    _ nameStart: UnsafePointer<UInt8>
  ) throws(TextFormatFault) {
    if let oneof = field.pointee.oneof, oneof.isSet(address) {
      throw fault("a field of this oneof is set before", .conflictingOneOf, at: nameStart)
    }
    switch field.pointee.kind {
    case .int32, .sint32, .sfixed32: try readScalar(Int32.self, field, at: address, nameStart)
    case .int64, .sint64, .sfixed64: try readScalar(Int64.self, field, at: address, nameStart)
    case .uint32, .fixed32: try readScalar(UInt32.self, field, at: address, nameStart)
    case .uint64, .fixed64: try readScalar(UInt64.self, field, at: address, nameStart)
    case .float: try readScalar(Float.self, field, at: address, nameStart)
    case .double: try readScalar(Double.self, field, at: address, nameStart)
    case .bool: try readScalar(Bool.self, field, at: address, nameStart)
    case .string: try readScalar(String.self, field, at: address, nameStart)
    case .bytes: try readScalar(Data.self, field, at: address, nameStart)
    case .enum, .message, .group:
      switch field.pointee.content {
      case .enumeration(let type): try readEnum(type, field, at: address, nameStart)
      case .message(let type): try readMessage(type, field, at: address, nameStart)
      case .map(let map):
        try readList { reader throws(TextFormatFault) in try reader.readEntry(of: map, into: address) }
      case .scalar: break
      }
    }
  }

  private func duplicate(_ nameStart: UnsafePointer<UInt8>) -> TextFormatFault {
    fault("the field is set before, and is not repeated", at: nameStart)
  }

  /// Reads the colon, which only messages can do without.
  @inline(__always)
  private mutating func readColon() throws(TextFormatFault) {
    guard skip(UInt8(ascii: ":")) else { throw expected("a colon", at: p) }
  }

  /// Reads one value of a repeated field, or a list of them in brackets.
  @inline(__always)
  private mutating func readList(
    _ readElement: (inout TextFormatReader) throws(TextFormatFault) -> Void
  ) throws(TextFormatFault) {
    _ = skip(UInt8(ascii: ":"))
    guard skip(UInt8(ascii: "[")) else { return try readElement(&self) }
    if skip(UInt8(ascii: "]")) { return }
    while true {
      try readElement(&self)
      if skip(UInt8(ascii: "]")) { return }
      guard skip(UInt8(ascii: ",")) else { throw expected("a comma or the end of the list", at: p) }
    }
  }

  // MARK: - Numbers, strings, enums

  private mutating func readScalar<Value: TextFormatScalar>(
    _ type: Value.Type, _ field: UnsafePointer<FieldDescription>, at address: UnsafeMutableRawPointer,
    _ nameStart: UnsafePointer<UInt8>
  ) throws(TextFormatFault) {
    guard p < end, p.pointee == UInt8(ascii: ":") else { throw expected("a colon", at: p) }
    switch field.pointee.shape {
    case .implicit, .map:
      try readColon()
      let value = address.assumingMemoryBound(to: Value.self)
      guard value.pointee.isAbsent else { throw duplicate(nameStart) }
      value.pointee = try Value.read(from: &self)
    case .optional, .required:
      try readColon()
      let value = address.assumingMemoryBound(to: Value?.self)
      guard value.pointee == nil else { throw duplicate(nameStart) }
      value.pointee = try Value.read(from: &self)
    case .oneof:
      try readColon()
      let value = try Value.read(from: &self)
      withUnsafePointer(to: value) { field.pointee.setMember(of: address, to: $0) }
    case .repeated:
      let values = address.assumingMemoryBound(to: [Value].self)
      try readList { reader throws(TextFormatFault) in values.pointee.append(try Value.read(from: &reader)) }
    }
  }

  private mutating func readEnum(
    _ type: any EnumAccess, _ field: UnsafePointer<FieldDescription>, at address: UnsafeMutableRawPointer,
    _ nameStart: UnsafePointer<UInt8>
  ) throws(TextFormatFault) {
    guard p < end, p.pointee == UInt8(ascii: ":") else { throw expected("a colon", at: p) }
    let shape = field.pointee.shape
    switch shape {
    case .repeated:
      let names = type.names
      try readList { reader throws(TextFormatFault) in
        let valueStart = reader.p
        let number = try reader.readEnumNumber(names)
        guard type.store(number, in: address, .repeated) else { throw reader.unknownEnumValue(valueStart) }
      }
      return
    case .oneof: break
    case .implicit, .optional, .required, .map:
      if type.isSet(address, shape) { throw duplicate(nameStart) }
    }
    try readColon()
    let valueStart = p
    let number = try readEnumNumber(type.names)
    let isStored =
      shape == .oneof
      ? type.withValue(number) { value in
        guard type.number(of: value) == number else { return false }
        field.pointee.setMember(of: address, to: value)
        return true
      } : type.store(number, in: address, shape)
    if !isStored { throw unknownEnumValue(valueStart) }
  }

  private mutating func readEnumNumber(_ names: EnumNames) throws(TextFormatFault) -> Int32 {
    guard p < end, Self.startsIdentifier(p.pointee) else { return try Int32.read(from: &self) }
    let nameStart = p
    let name = String(decoding: identifier(), as: UTF8.self)
    guard let number = names.number(of: name) else { throw unknownEnumValue(nameStart) }
    return number
  }

  private func unknownEnumValue(_ position: UnsafePointer<UInt8>) -> TextFormatFault {
    expected("a name or number of the enum", .unrecognizedEnumValue, at: position)
  }

  // MARK: - Messages and maps

  private mutating func readMessage(
    _ type: any MessageAccess, _ field: UnsafePointer<FieldDescription>, at address: UnsafeMutableRawPointer,
    _ nameStart: UnsafePointer<UInt8>
  ) throws(TextFormatFault) {
    switch field.pointee.shape {
    case .repeated:
      let table = type.table
      try readList { reader throws(TextFormatFault) in
        // Only what starts a message adds one.
        try reader.expectMessage()
        try reader.readMessage(of: table, into: type.append(to: address))
      }
      return
    case .optional, .required:
      // A message that is there already is merged with, as in the binary format; C++ refuses it, but the conformance
      // suite's performance cases ask for it.
      _ = skip(UInt8(ascii: ":"))
      try expectMessage()
      try readMessage(of: type.table, into: type.mutableFields(ofOptional: address))
    case .implicit, .map:
      _ = skip(UInt8(ascii: ":"))
      try readMessage(of: type.table, into: type.mutableFields(of: address))
    case .oneof:
      _ = skip(UInt8(ascii: ":"))
      let failure = type.withNewMessage { value -> TextFormatFault? in
        do throws(TextFormatFault) {
          try readMessage(of: type.table, into: type.mutableFields(of: value))
          field.pointee.setMember(of: address, to: value)
          return nil
        } catch {
          return error
        }
      }
      if let failure { throw failure }
    }
  }

  private func expectMessage() throws(TextFormatFault) {
    guard p < end, p.pointee == UInt8(ascii: "{") || p.pointee == UInt8(ascii: "<") else {
      throw expected("{ and a message", at: p)
    }
  }

  private mutating func readEntry(
    of map: any MapAccess, into address: UnsafeMutableRawPointer
  ) throws(TextFormatFault) {
    let terminator = try openMessage()
    var failure: TextFormatFault?
    map.insert(into: address) { key, value in
      do throws(TextFormatFault) {
        try readEntry(of: map, key, value, until: terminator)
        return true
      } catch {
        failure = error
        return false
      }
    }
    if let failure { throw failure }
    closeMessage()
  }

  private mutating func readEntry(
    of map: any MapAccess, _ key: UnsafeMutableRawPointer, _ value: UnsafeMutableRawPointer, until terminator: UInt8
  ) throws(TextFormatFault) {
    var hasKey = false
    var hasValue = false
    while true {
      guard p < end else { throw expected("a field or the end of the map's entry", at: p) }
      if p.pointee == terminator {
        p += 1
        return
      }
      let nameStart = p
      if Self.continuesIdentifier(p.pointee) {
        let name = identifier()
        if name.elementsEqual("key".utf8) || name.elementsEqual("1".utf8) {
          if hasKey { throw duplicate(nameStart) }
          hasKey = true
          try withUnsafePointer(to: map.key) { field throws(TextFormatFault) in
            try readField(field, at: key, nameStart)
          }
        } else if name.elementsEqual("value".utf8) || name.elementsEqual("2".utf8) {
          if hasValue { throw duplicate(nameStart) }
          hasValue = true
          try withUnsafePointer(to: map.value) { field throws(TextFormatFault) in
            try readField(field, at: value, nameStart)
          }
        } else {
          guard options.ignoreUnknownFields else { throw expected("key or value", .unknownField, at: nameStart) }
          try skipValue()
        }
      } else if p.pointee == UInt8(ascii: "["), options.ignoreUnknownExtensionFields {
        _ = try bracketedName(isTypeURL: false)
        try skipValue()
      } else {
        throw expected("key or value", p.pointee == UInt8(ascii: "[") ? .unknownField : .malformedText, at: p)
      }
      skipSeparator()
    }
  }
}
