#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Fields: what stands behind their names.
extension TextFormatReader {
  /// Reads what follows a field's name, and stores it at the field's address.
  mutating func readField(
    _ field: UnsafePointer<TextualField>, at address: UnsafeMutableRawPointer, _ nameStart: UnsafePointer<UInt8>
  ) throws(TextFormatFault) {
    if let oneof = field.pointee.oneof, oneof.pointee.isSet(address) {
      throw fault("a field of this oneof is set before", .conflictingOneOf, at: nameStart)
    }
    switch field.pointee.value {
    case .int32: try readScalar(Int32.self, field, at: address, nameStart)
    case .uint32: try readScalar(UInt32.self, field, at: address, nameStart)
    case .int64: try readScalar(Int64.self, field, at: address, nameStart)
    case .uint64: try readScalar(UInt64.self, field, at: address, nameStart)
    case .float: try readScalar(Float.self, field, at: address, nameStart)
    case .double: try readScalar(Double.self, field, at: address, nameStart)
    case .bool: try readScalar(Bool.self, field, at: address, nameStart)
    case .string: try readScalar(String.self, field, at: address, nameStart)
    case .bytes: try readScalar(Data.self, field, at: address, nameStart)
    case .enumeration: try readEnum(field, at: address, nameStart)
    case .message: try readMessage(field, at: address)
    case .map: try readMap(field, at: address)
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

  /// Goes on to the next element of a list; false when the list ends.
  @inline(__always)
  private mutating func hasNextElement() throws(TextFormatFault) -> Bool {
    if skip(UInt8(ascii: "]")) { return false }
    guard skip(UInt8(ascii: ",")) else { throw expected("a comma or the end of the list", at: p) }
    return true
  }

  // MARK: - Numbers, strings, enums

  @inline(__always)
  private mutating func readScalar<Value: TextFormatScalar>(
    _ type: Value.Type, _ field: UnsafePointer<TextualField>, at address: UnsafeMutableRawPointer,
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
      withUnsafePointer(to: value) { field.pointee.oneof?.pointee.set(address, field.pointee.number, to: $0) }
    case .repeated:
      try readColon()
      let values = address.assumingMemoryBound(to: [Value].self)
      values.pointee.reserveFirst()
      guard skip(UInt8(ascii: "[")) else { return values.pointee.append(try Value.read(from: &self)) }
      if skip(UInt8(ascii: "]")) { return }
      while !Value.readPlainList(from: &self, into: &values.pointee) {
        values.pointee.append(try Value.read(from: &self))
        if try !hasNextElement() { return }
      }
    }
  }

  private mutating func readEnum(
    _ field: UnsafePointer<TextualField>, at address: UnsafeMutableRawPointer, _ nameStart: UnsafePointer<UInt8>
  ) throws(TextFormatFault) {
    guard p < end, p.pointee == UInt8(ascii: ":") else { throw expected("a colon", at: p) }
    let type = field.pointee.enumeration.unsafelyUnwrapped
    let shape = field.pointee.shape
    switch shape {
    case .repeated:
      try readColon()
      let isList = skip(UInt8(ascii: "["))
      if isList, skip(UInt8(ascii: "]")) { return }
      repeat {
        let valueStart = p
        let number = try readEnumNumber(type)
        guard type.pointee.store(number, in: address, .repeated) else { throw unknownEnumValue(valueStart) }
      } while isList ? try hasNextElement() : false
      return
    case .oneof: break
    case .implicit, .optional, .required, .map:
      if type.pointee.isSet(address, shape) { throw duplicate(nameStart) }
    }
    try readColon()
    let valueStart = p
    let number = try readEnumNumber(type)
    let isStored =
      shape == .oneof
      ? type.pointee.withValue(number) { value in
        guard type.pointee.number(of: value) == number else { return false }
        field.pointee.oneof?.pointee.set(address, field.pointee.number, to: value)
        return true
      } : type.pointee.store(number, in: address, shape)
    if !isStored { throw unknownEnumValue(valueStart) }
  }

  private mutating func readEnumNumber(_ type: UnsafeMutablePointer<TextualEnum>) throws(TextFormatFault) -> Int32 {
    guard p < end, Self.startsIdentifier(p.pointee) else { return try Int32.read(from: &self) }
    let nameStart = p
    guard let number = type.pointee.names.number(of: identifier()) else { throw unknownEnumValue(nameStart) }
    return number
  }

  private func unknownEnumValue(_ position: UnsafePointer<UInt8>) -> TextFormatFault {
    expected("a name or number of the enum", .unrecognizedEnumValue, at: position)
  }

  // MARK: - Messages and maps

  private mutating func readMessage(
    _ field: UnsafePointer<TextualField>, at address: UnsafeMutableRawPointer
  ) throws(TextFormatFault) {
    let type = field.pointee.message.unsafelyUnwrapped
    switch field.pointee.shape {
    case .repeated:
      _ = skip(UInt8(ascii: ":"))
      let isList = skip(UInt8(ascii: "["))
      if isList, skip(UInt8(ascii: "]")) { return }
      // Only what starts a message adds one.
      try expectMessage()
      let view = type.pointee.view
      var failure: TextFormatFault?
      type.pointee.append(to: address) { fields in
        do throws(TextFormatFault) {
          try readMessage(of: view, into: fields)
          return try hasNextMessage(field, isList: isList)
        } catch {
          failure = error
          return false
        }
      }
      if let failure { throw failure }
    case .optional, .required:
      // A message that is there already is merged with, as in the binary format; C++ refuses it, but the conformance
      // suite's performance cases ask for it.
      _ = skip(UInt8(ascii: ":"))
      try expectMessage()
      try readMessage(of: type.pointee.view, into: type.pointee.mutableFields(ofOptional: address))
    case .implicit, .map:
      _ = skip(UInt8(ascii: ":"))
      try readMessage(of: type.pointee.view, into: type.pointee.mutableFields(of: address))
    case .oneof:
      _ = skip(UInt8(ascii: ":"))
      let failure = type.pointee.withNewMessage { value -> TextFormatFault? in
        do throws(TextFormatFault) {
          try readMessage(of: type.pointee.view, into: type.pointee.mutableFields(of: value))
          field.pointee.oneof?.pointee.set(address, field.pointee.number, to: value)
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

  /// Reads the entries of a map: a list of them, or one, and those that follow under the same name.
  private mutating func readMap(
    _ field: UnsafePointer<TextualField>, at address: UnsafeMutableRawPointer
  ) throws(TextFormatFault) {
    let map = field.pointee.map.unsafelyUnwrapped
    _ = skip(UInt8(ascii: ":"))
    let isList = skip(UInt8(ascii: "["))
    if isList, skip(UInt8(ascii: "]")) { return }
    var isFirst = true
    var failure: TextFormatFault?
    _ = map.pointee.insert(into: address) { key, value in
      do throws(TextFormatFault) {
        if !isFirst, try !hasNextMessage(field, isList: isList) { return .end }
        isFirst = false
        let terminator = try openMessage()
        try readEntry(of: map, key, value, until: terminator)
        closeMessage()
        return .stored
      } catch {
        failure = error
        return .end
      }
    }
    if let failure { throw failure }
  }

  /// Goes on to the next message of a list, or to one that follows under the name of its field; false, where the last one
  /// ended, when there is none.
  private mutating func hasNextMessage(
    _ field: UnsafePointer<TextualField>, isList: Bool
  ) throws(TextFormatFault) -> Bool {
    if isList { return try hasNextElement() }
    let last = p
    skipSeparator()
    if p < end, skipName(of: field, TextualName.firstWord(p, end)) {
      _ = skip(UInt8(ascii: ":"))
      if p < end, p.pointee != UInt8(ascii: "[") { return true }
    }
    p = last
    return false
  }

  private mutating func readEntry(
    of map: UnsafeMutablePointer<TextualMap>, _ key: UnsafeMutableRawPointer, _ value: UnsafeMutableRawPointer,
    until terminator: UInt8
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
      let first = TextualName.firstWord(p, end)
      let isKey = !hasKey && skipName(of: map.pointee.key, first)
      let isValue = !isKey && !hasValue && skipName(of: map.pointee.value, first)
      if isKey || isValue || Self.continuesIdentifier(p.pointee) {
        let other = isKey || isValue ? nil : identifier()
        if isKey || other.map({ Self.isEqual($0, "key") || Self.isEqual($0, "1") }) == true {
          if hasKey { throw duplicate(nameStart) }
          hasKey = true
          try readField(map.pointee.key, at: key, nameStart)
        } else if isValue || other.map({ Self.isEqual($0, "value") || Self.isEqual($0, "2") }) == true {
          if hasValue { throw duplicate(nameStart) }
          hasValue = true
          try readField(map.pointee.value, at: value, nameStart)
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
