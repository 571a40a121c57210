#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Messages and their fields.
extension JSONReader {
  /// Reads a message into the fields at an address. They are those of a new message.
  mutating func message(_ table: MessageTable, into message: UnsafeMutableRawPointer) throws(JSONFault) {
    let textual = table.textual
    switch textual.form {
    case .message:
      try enter()
      if try open("{", "}", or: .failure, "an object") { try members(table, textual, into: message) }
      depth += 1
    default: try wellKnown(textual, into: message)
    }
  }

  /// Reads the members of an object up to its end.
  ///
  /// - Parameter isAny: the object is that of an `Any`, whose `@type` has been read already.
  mutating func members(
    _ table: MessageTable, _ textual: TextualTable, into message: UnsafeMutableRawPointer, isAny: Bool = false
  ) throws(JSONFault) {
    var seen = SeenFields()
    var seenExtensions: Set<Int> = []
    var guess = 0
    repeat {
      let key = p
      let position = try field(textual, guess: guess)
      guard position >= 0 else {
        try unknownMember(table, key, into: message, &seenExtensions, isAny: isAny)
        continue
      }
      guess = position + 1
      try colon()
      if seen.insert(position) { throw fault(.failure, "no field twice", at: key) }
      let field = textual.fields + position
      try self.field(field, key, at: message + field.pointee.offset)
    } while try next("}")
  }

  /// Reads a key, and returns the position of its field; -1 when there is no such field.
  ///
  /// Most writers follow the order of the numbers and leave some fields out, so that the guess or one of the next fields
  /// is right often; then nothing is looked up.
  @inline(__always)
  private mutating func field(_ textual: TextualTable, guess: Int) throws(JSONFault) -> Int {
    if p < end {
      let first = TextualName.firstWord(p, end)
      var guess = guess
      let last = min(guess + 3, textual.count - 1)
      while guess <= last {
        let field = textual.fields + guess
        if field.pointee.jsonName.isNext(first, p, end) {
          p += field.pointee.jsonName.count
          return guess
        }
        guess += 1
      }
    }
    return try lookUp(textual)
  }

  @inline(never)
  private mutating func lookUp(_ textual: TextualTable) throws(JSONFault) -> Int {
    guard isNext("\"") else { throw fault(.failure, "a key in quotes") }
    let name = try quotedText()
    guard name.hasEscapes else { return textual.field(named: name.bytes) ?? -1 }
    return try withUnescaped(name) { (bytes) throws(JSONFault) in textual.field(named: bytes) ?? -1 }
  }

  /// Reads the member of an extension, or one that nobody knows; `key` is where its key starts, whose end was read.
  @inline(never)
  private mutating func unknownMember(
    _ table: MessageTable, _ key: UnsafePointer<UInt8>, into message: UnsafeMutableRawPointer, _ seen: inout Set<Int>,
    isAny: Bool
  ) throws(JSONFault) {
    let keyEnd = p
    p = key
    let name = try string()
    p = keyEnd
    if isAny, name == "@type" {
      try colon()
      return try skipValue()
    }
    if name.hasPrefix("["), name.hasSuffix("]"), let type = table.type, let extensions,
      let values: UnsafeMutablePointer<ExtensionFieldValueSet> = table.extensions(in: message),
      let number = extensions.fieldNumberForProto(
        messageType: type, protoFieldName: String(name.dropFirst().dropLast())),
      let known = extensions[type, number]
    {
      if !seen.insert(number).inserted { throw fault(.failure, "no field twice", at: key) }
      try colon()
      return try extensionField(known, values)
    }
    guard ignoresUnknown else { throw fault(.unknownField, "a field of the message", at: key) }
    try colon()
    try skipValue()
  }

  private mutating func extensionField(
    _ known: any AnyMessageExtension, _ values: UnsafeMutablePointer<ExtensionFieldValueSet>
  ) throws(JSONFault) {
    let description = known._description
    let result = TextualField.withExtension(description, name: description.name) {
      (field) -> Result<Bool, JSONFault> in
      if isNext("n"), field.pointee.shape == .repeated || !field.pointee.hasNullValue {
        do throws(JSONFault) {
          try null()
          return .success(false)
        } catch {
          return .failure(error)
        }
      }
      var value = known._makeField()
      let result = value._withMutableValue { address -> Result<Bool, JSONFault> in
        do throws(JSONFault) {
          guard field.pointee.shape == .repeated else { return .success(try self.value(field, at: address)) }
          try list(field, at: address)
          return .success(!MessageList.words(address).isEmpty)
        } catch {
          return .failure(error)
        }
      }
      if case .success(true) = result { values.pointee[known.fieldNumber] = .init(type: known, field: value) }
      return result
    }
    _ = try result.get()
  }

  // MARK: - Fields

  /// Reads the value of a field; `key` is where its key starts.
  private mutating func field(
    _ field: UnsafePointer<TextualField>, _ key: UnsafePointer<UInt8>, at address: UnsafeMutableRawPointer
  ) throws(JSONFault) {
    // A field that is null is not set, unless null is one of its values. Spec: ProtoJSON format, "Null values".
    if isNext("n") {
      let shape = field.pointee.shape
      if shape == .repeated || shape == .map || !field.pointee.hasNullValue { return try null() }
    }
    switch field.pointee.shape {
    case .implicit: _ = try value(field, at: address)
    case .optional, .required: try optional(field, at: address)
    case .repeated: try list(field, at: address)
    case .map: try entries(field.pointee.map.unsafelyUnwrapped, into: address)
    case .oneof:
      if let oneof = field.pointee.oneof, oneof.pointee.isSet(address) {
        throw fault(.conflictingOneOf, "one member of a oneof, of which another is set", at: key)
      }
      try member(field, of: address)
    }
  }

  mutating func null() throws(JSONFault) { try word("null", or: .failure, "a value") }

  /// Reads a value that lies alone; false when it is the name of an enum's value that is unknown, and to be ignored.
  mutating func value(
    _ field: UnsafePointer<TextualField>, at address: UnsafeMutableRawPointer
  ) throws(JSONFault) -> Bool {
    switch field.pointee.value {
    case .int32: address.assumingMemoryBound(to: Int32.self).pointee = try integer()
    case .uint32: address.assumingMemoryBound(to: UInt32.self).pointee = try integer()
    case .int64: address.assumingMemoryBound(to: Int64.self).pointee = try integer()
    case .uint64: address.assumingMemoryBound(to: UInt64.self).pointee = try integer()
    case .float: address.assumingMemoryBound(to: Float.self).pointee = try float()
    case .double: address.assumingMemoryBound(to: Double.self).pointee = try float()
    case .bool: address.assumingMemoryBound(to: Bool.self).pointee = try bool()
    case .string: address.assumingMemoryBound(to: String.self).pointee = try string()
    case .bytes: address.assumingMemoryBound(to: Data.self).pointee = try bytes()
    case .enumeration: return try enumeration(field.pointee.enumeration.unsafelyUnwrapped, at: address, .implicit)
    case .message:
      let type = field.pointee.message.unsafelyUnwrapped
      try message(type.pointee.table, into: type.pointee.mutableFields(of: address))
    case .map: break  // maps do not lie alone
    }
    return true
  }

  private mutating func optional(
    _ field: UnsafePointer<TextualField>, at address: UnsafeMutableRawPointer
  ) throws(JSONFault) {
    switch field.pointee.value {
    case .int32: address.assumingMemoryBound(to: Int32?.self).pointee = try integer() as Int32
    case .uint32: address.assumingMemoryBound(to: UInt32?.self).pointee = try integer() as UInt32
    case .int64: address.assumingMemoryBound(to: Int64?.self).pointee = try integer() as Int64
    case .uint64: address.assumingMemoryBound(to: UInt64?.self).pointee = try integer() as UInt64
    case .float: address.assumingMemoryBound(to: Float?.self).pointee = try float() as Float
    case .double: address.assumingMemoryBound(to: Double?.self).pointee = try float() as Double
    case .bool: address.assumingMemoryBound(to: Bool?.self).pointee = try bool()
    case .string: address.assumingMemoryBound(to: String?.self).pointee = try string()
    case .bytes: address.assumingMemoryBound(to: Data?.self).pointee = try bytes()
    case .enumeration: _ = try enumeration(field.pointee.enumeration.unsafelyUnwrapped, at: address, .optional)
    case .message:
      let type = field.pointee.message.unsafelyUnwrapped
      try message(type.pointee.table, into: type.pointee.mutableFields(ofOptional: address))
    case .map: break  // maps are not optional
    }
  }

  /// Reads an array and appends its elements.
  mutating func list(_ field: UnsafePointer<TextualField>, at address: UnsafeMutableRawPointer) throws(JSONFault) {
    guard try open("[", "]", or: .failure, "a list") else { return }
    switch field.pointee.value {
    case .int32: try elements(Int32.self, at: address)
    case .uint32: try elements(UInt32.self, at: address)
    case .int64: try elements(Int64.self, at: address)
    case .uint64: try elements(UInt64.self, at: address)
    case .float: try elements(Float.self, at: address)
    case .double: try elements(Double.self, at: address)
    case .bool: try elements(Bool.self, at: address)
    case .string: try elements(String.self, at: address)
    case .bytes: try elements(Data.self, at: address)
    case .enumeration:
      let type = field.pointee.enumeration.unsafelyUnwrapped
      repeat {
        if !type.pointee.isNullValue { try refuseNull() }
        _ = try enumeration(type, at: address, .repeated)
      } while try next("]")
    case .message:
      let type = field.pointee.message.unsafelyUnwrapped
      let table = type.pointee.table
      let hasNull = table.textual.form == .value
      var failure: JSONFault?
      type.pointee.append(to: address) { fields in
        do throws(JSONFault) {
          if !hasNull { try refuseNull() }
          try message(table, into: fields)
          return try next("]")
        } catch {
          failure = error
          return false
        }
      }
      if let failure { throw failure }
    case .map: break  // maps are not repeated
    }
  }

  @inline(__always)
  private mutating func elements<Scalar: JSONScalar>(
    _ type: Scalar.Type, at address: UnsafeMutableRawPointer
  ) throws(JSONFault) {
    let values = address.assumingMemoryBound(to: [Scalar].self)
    values.pointee.reserveFirst()
    repeat {
      try refuseNull()
      values.pointee.append(try Scalar.read(from: &self))
    } while try next("]")
  }

  /// Spec: ProtoJSON format: `null` is no element of a list.
  @inline(__always)
  private func refuseNull() throws(JSONFault) {
    if isNext("n") { throw fault(.illegalNull, "a value other than null") }
  }

  // MARK: - Enums

  /// Reads an enum's value; false when it is unknown, and to be ignored.
  private mutating func enumeration(
    _ type: UnsafeMutablePointer<TextualEnum>, at address: UnsafeMutableRawPointer, _ shape: FieldDescription.Shape
  ) throws(JSONFault) -> Bool {
    let place = p
    guard let number = try enumNumber(type) else { return false }
    if type.pointee.store(number, in: address, shape) || ignoresUnknown && shape == .repeated { return true }
    guard ignoresUnknown else { throw fault(.unrecognizedEnumValue, "a value of the enum", at: place) }
    return false
  }

  /// Reads the name or the number of an enum's value; `nil` when the name is unknown, and to be ignored.
  private mutating func enumNumber(_ type: UnsafeMutablePointer<TextualEnum>) throws(JSONFault) -> Int32? {
    let place = p
    guard isNext("\"") else {
      guard isNext("n"), type.pointee.isNullValue else { return try integer() }
      try null()
      return 0
    }
    let text = try quotedText()
    if !text.hasEscapes {
      if let number = type.pointee.names.number(of: text.bytes) { return number }
    } else if let number = type.pointee.names.number(of: try string(text)) {
      return number
    }
    guard ignoresUnknown else { throw fault(.unrecognizedEnumValue, "the name of a value of the enum", at: place) }
    return nil
  }

  // MARK: - Oneofs

  /// Reads a value and makes it the member of the oneof at an address.
  mutating func member(
    _ field: UnsafePointer<TextualField>, of address: UnsafeMutableRawPointer
  ) throws(JSONFault) {
    switch field.pointee.value {
    case .int32: set(field, of: address, to: try integer() as Int32)
    case .uint32: set(field, of: address, to: try integer() as UInt32)
    case .int64: set(field, of: address, to: try integer() as Int64)
    case .uint64: set(field, of: address, to: try integer() as UInt64)
    case .float: set(field, of: address, to: try float() as Float)
    case .double: set(field, of: address, to: try float() as Double)
    case .bool: set(field, of: address, to: try bool())
    case .string: set(field, of: address, to: try string())
    case .bytes: set(field, of: address, to: try bytes())
    case .enumeration:
      let place = p
      let type = field.pointee.enumeration.unsafelyUnwrapped
      guard let number = try enumNumber(type) else { return }
      let isKnown = type.pointee.withValue(number) { value in
        guard type.pointee.number(of: value) == number else { return false }
        field.pointee.oneof?.pointee.set(address, field.pointee.number, to: value)
        return true
      }
      if !isKnown, !ignoresUnknown { throw fault(.unrecognizedEnumValue, "a value of the enum", at: place) }
    case .message:
      let type = field.pointee.message.unsafelyUnwrapped
      let failure: JSONFault? = type.pointee.withNewMessage { value in
        do throws(JSONFault) {
          try message(type.pointee.table, into: type.pointee.mutableFields(of: value))
          field.pointee.oneof?.pointee.set(address, field.pointee.number, to: value)
          return nil
        } catch {
          return error
        }
      }
      if let failure { throw failure }
    case .map: break  // maps are no members of oneofs
    }
  }

  @inline(__always)
  private func set<Scalar>(
    _ field: UnsafePointer<TextualField>, of address: UnsafeMutableRawPointer, to value: Scalar
  ) {
    withUnsafePointer(to: value) { field.pointee.oneof?.pointee.set(address, field.pointee.number, to: $0) }
  }

  // MARK: - Maps

  /// Reads an object into a map.
  mutating func entries(_ map: UnsafeMutablePointer<TextualMap>, into address: UnsafeMutableRawPointer)
    throws(JSONFault)
  {
    guard try open("{", "}", or: .malformedMap, "an object") else { return }
    var places: [UnsafePointer<UInt8>] = []
    var isFirst = true
    var failure: JSONFault?
    let duplicate = map.pointee.insert(into: address) { key, value in
      do throws(JSONFault) {
        if !isFirst, try !next("}") { return .end }
        isFirst = false
        let place = p
        try mapKey(map.pointee.key, at: key)
        try colon()
        if isNext("n"), !map.pointee.value.pointee.hasNullValue { try refuseNull() }
        guard try self.value(map.pointee.value, at: value) else { return .leftOut }
        places.append(place)
        return .stored
      } catch {
        failure = error
        return .end
      }
    }
    if let failure { throw failure }
    if let duplicate { throw fault(.malformedMap, "no key twice", at: places[duplicate]) }
  }

  /// Reads a map's key, which is a string whatever its type.
  private mutating func mapKey(
    _ field: UnsafePointer<TextualField>, at address: UnsafeMutableRawPointer
  ) throws(JSONFault) {
    guard isNext("\"") else { throw fault(.unquotedMapKey, "a key in quotes") }
    guard field.pointee.value == .bool else {
      _ = try value(field, at: address)
      return
    }
    let place = p
    switch try string() {
    case "true": address.assumingMemoryBound(to: Bool.self).pointee = true
    case "false": address.assumingMemoryBound(to: Bool.self).pointee = false
    default: throw fault(.malformedMap, "true or false in quotes", at: place)
    }
  }
}

/// The positions of the fields that an object has had.
struct SeenFields {
  private var first: UInt64 = 0
  private var others: [UInt64] = []

  /// Notes a field; true when it was noted before.
  @inline(__always)
  mutating func insert(_ position: Int) -> Bool {
    guard position < 64 else { return insertFurther(position) }
    let bit: UInt64 = 1 << UInt64(position)
    defer { first |= bit }
    return first & bit != 0
  }

  @inline(never)
  private mutating func insertFurther(_ position: Int) -> Bool {
    let word = position / 64 - 1
    while others.count <= word { others.append(0) }
    let bit: UInt64 = 1 << UInt64(position % 64)
    defer { others[word] |= bit }
    return others[word] & bit != 0
  }
}
