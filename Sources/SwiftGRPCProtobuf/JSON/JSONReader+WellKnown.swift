#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The messages that have a form of their own. Spec: ProtoJSON format.
extension JSONReader {
  /// Reads a message whose form is not that of ordinary messages.
  mutating func wellKnown(_ textual: TextualTable, into message: UnsafeMutableRawPointer) throws(JSONFault) {
    let field = textual.fields
    let address = message + field.pointee.offset
    switch textual.form {
    case .message: break  // read by the caller
    case .wrapper:
      if isNext("n") { throw fault(.illegalNull, "the value of a wrapper") }
      _ = try value(field, at: address)
    case .structure:
      try enter()
      try entries(field.pointee.map.unsafelyUnwrapped, into: address)
      depth += 1
    case .list:
      try enter()
      try list(field, at: address)
      depth += 1
    case .value: try anyValue(field, at: address)
    case .any: try any(url: address, value: message + field[1].offset)
    case .timestamp:
      let time = try parsed(.malformedTimestamp, "a timestamp such as \"1970-01-01T00:00:00Z\"", TimestampText.parse)
      address.assumingMemoryBound(to: Int64.self).pointee = time.seconds
      (message + field[1].offset).assumingMemoryBound(to: Int32.self).pointee = time.nanos
    case .duration:
      let time = try parsed(.malformedDuration, "a duration such as \"1.500s\"", DurationText.parse)
      address.assumingMemoryBound(to: Int64.self).pointee = time.seconds
      (message + field[1].offset).assumingMemoryBound(to: Int32.self).pointee = time.nanos
    case .fieldMask:
      let paths = try parsed(.malformedFieldMask, "paths such as \"name,homeAddress.street\"", FieldMaskText.parse)
      address.assumingMemoryBound(to: [String].self).pointee = paths
    }
  }

  /// Reads a string that stands for something.
  private mutating func parsed<Value>(
    _ code: JSONFault.Code, _ expected: StaticString, _ parse: (UnsafeRawBufferPointer) -> Value?
  ) throws(JSONFault) -> Value {
    let place = p
    guard isNext("\"") else { throw fault(code, expected) }
    let text = try quotedText()
    let value = try withUnescaped(text) { (bytes) throws(JSONFault) in parse(bytes) }
    guard let value else { throw fault(code, expected, at: place) }
    return value
  }

  /// Reads a `google.protobuf.Value`, whose oneof lies at an address.
  private mutating func anyValue(
    _ fields: UnsafePointer<TextualField>, at address: UnsafeMutableRawPointer
  ) throws(JSONFault) {
    guard p < end else { throw fault(.truncated, "a value") }
    switch p.pointee {
    case UInt8(ascii: "n"): try member(fields, of: address)
    case UInt8(ascii: "\""): try member(fields + 2, of: address)
    case UInt8(ascii: "t"), UInt8(ascii: "f"): try member(fields + 3, of: address)
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      // The Value counts as a message, and so does what it holds.
      try enter()
      try member(p.pointee == UInt8(ascii: "{") ? fields + 4 : fields + 5, of: address)
      depth += 1
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try member(fields + 1, of: address)
    default: throw fault(.failure, "a value")
    }
  }

  // MARK: - Any

  private mutating func any(
    url: UnsafeMutableRawPointer, value: UnsafeMutableRawPointer
  ) throws(JSONFault) {
    try enter()
    let object = p
    if try open("{", "}", or: .failure, "an object") {
      let members = p
      guard let place = try typeURL() else { throw fault(.emptyAnyTypeURL, "a member \"@type\"", at: object) }
      p = place
      let typeURL = try string()
      guard let name = Google_Protobuf_Any.messageName(inTypeURL: typeURL) else {
        throw fault(.invalidAnyTypeURL, "a type URL", at: place)
      }
      url.assumingMemoryBound(to: String.self).pointee = typeURL
      p = members
      if let type = Google_Protobuf_Any.packedType(named: name, in: schema) {
        value.assumingMemoryBound(to: Data.self).pointee = try packed(type, at: object)
      } else {
        try noMembers(at: place)
      }
    }
    depth += 1
  }

  /// Finds the string of the member `@type` of the object whose members start here.
  private mutating func typeURL() throws(JSONFault) -> UnsafePointer<UInt8>? {
    repeat {
      guard isNext("\"") else { throw fault(.failure, "a key in quotes") }
      let name = try string()
      try colon()
      if name == "@type" { return p }
      try skipValue()
    } while try next("}")
    return nil
  }

  /// Reads the members of an `Any` as those of a message, and returns its encoding.
  private mutating func packed(_ type: any PackedType, at object: UnsafePointer<UInt8>) throws(JSONFault) -> Data {
    let table = type.table
    let textual = table.textual
    var failure: JSONFault?
    let bytes = try? type.pack { fields in
      do throws(JSONFault) {
        if textual.form == .message {
          try members(table, textual, into: fields, isAny: true)
        } else {
          try valueMember(table, into: fields, at: object)
        }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    guard let bytes else { throw fault(.failure, "a message of up to 2 GiB", at: object) }
    return bytes
  }

  /// Reads the member `value` of an `Any` that holds a message with a form of its own.
  private mutating func valueMember(
    _ table: MessageTable, into message: UnsafeMutableRawPointer, at object: UnsafePointer<UInt8>
  ) throws(JSONFault) {
    var hasType = false
    var hasValue = false
    repeat {
      let key = p
      switch try string() {
      case "@type":
        if hasType { throw fault(.failure, "no field twice", at: key) }
        hasType = true
        try colon()
        try skipValue()
      case "value":
        if hasValue { throw fault(.failure, "no field twice", at: key) }
        hasValue = true
        try colon()
        try self.message(table, into: message)
      default:
        guard ignoresUnknown else { throw fault(.unknownField, "\"@type\" and \"value\"", at: key) }
        try colon()
        try skipValue()
      }
    } while try next("}")
    if !hasValue { throw fault(.failure, "a member \"value\"", at: object) }
  }

  /// Reads the rest of an `Any` whose type is not registered: without it, only an empty message can be understood.
  private mutating func noMembers(at typeURL: UnsafePointer<UInt8>) throws(JSONFault) {
    var count = 0
    repeat {
      count += 1
      try skipMember()
    } while try next("}")
    if count > 1 { throw fault(.failure, "the name of a registered message type", at: typeURL) }
  }

  private mutating func skipMember() throws(JSONFault) {
    _ = try string()
    try colon()
    try skipValue()
  }
}
