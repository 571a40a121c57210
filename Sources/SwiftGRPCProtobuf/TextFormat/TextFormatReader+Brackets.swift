/// Names in brackets: extensions, and the types of messages in an `Any`.
extension TextFormatReader {
  /// Reads an extension: its full name in brackets, and its value.
  mutating func readExtension(
    of table: MessageTable, into message: UnsafeMutableRawPointer
  ) throws(TextFormatFault) {
    let nameStart = p
    let name = try bracketedName(isTypeURL: false)
    if let index = table.extensionField(named: name) {
      let field = table.textual.fields + index
      return try readField(field, at: message + field.pointee.offset, nameStart)
    }
    guard let type = table.type, let values = table.extensions(in: message),
      let number = extensions?.fieldNumberForProto(messageType: type, protoFieldName: name),
      let known = extensions?[type, number]
    else {
      guard options.ignoreUnknownExtensionFields || table.isReserved(name) else {
        throw expected("the name of a known extension", .unknownField, at: nameStart)
      }
      return try skipValue()
    }
    let description = known._description
    var value = values.pointee[number] ?? .init(type: known, field: known._makeField())
    if values.pointee[number] != nil, description.shape != .repeated {
      throw fault("the extension is set before, and is not repeated", at: nameStart)
    }
    values.pointee[number] = nil  // so that `value` alone holds its array
    let isSet = try TextualField.withExtension(description, name: name) { (field) throws(TextFormatFault) in
      try merge(field, into: &value.field, nameStart)
    }
    if isSet { values.pointee[number] = value }
  }

  /// Reads the value of an extension; false when it is an empty list.
  private mutating func merge(
    _ field: UnsafePointer<TextualField>, into value: inout any AnyExtensionField, _ nameStart: UnsafePointer<UInt8>
  ) throws(TextFormatFault) -> Bool {
    let result = value._withMutableValue { address -> Result<Bool, TextFormatFault> in
      do throws(TextFormatFault) {
        try readField(field, at: address, nameStart)
        return .success(field.pointee.shape != .repeated || !MessageList.words(address).isEmpty)
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// Reads the message in an `Any`: a type URL in brackets, and the fields. Nothing else may stand in that `Any`.
  mutating func readExpandedAny(
    _ table: MessageTable, into message: UnsafeMutableRawPointer
  ) throws(TextFormatFault) {
    let nameStart = p
    if let (typeURL, value) = table.anyContent(at: message), !typeURL.isEmpty || !value.isEmpty {
      throw fault("the Any holds something before", at: nameStart)
    }
    let typeURL = try bracketedName(isTypeURL: true)
    guard let type = Google_Protobuf_Any.packedType(forTypeURL: typeURL, in: schema) else {
      throw expected("the type URL of a registered message", at: nameStart)
    }
    _ = skip(UInt8(ascii: ":"))
    try readExpanded(type, typeURL, table, into: message)
    skipSeparator()
    if p < end, p.pointee != UInt8(ascii: "}"), p.pointee != UInt8(ascii: ">") {
      throw expected("the end of the Any", at: p)
    }
  }

  private mutating func readExpanded(
    _ type: any PackedType, _ typeURL: String, _ table: MessageTable, into message: UnsafeMutableRawPointer
  ) throws(TextFormatFault) {
    let contentStart = p
    var failure: TextFormatFault?
    let value = try? type.pack { fields in
      do throws(TextFormatFault) { try readMessage(of: type.table.textual.view, into: fields) } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    guard let value else { throw fault("the message is too large", at: contentStart) }
    table.setAny(at: message, typeURL: typeURL, value: value)
  }

  /// Reads a name in brackets, in which space and comments may stand between any two characters, as the conformance suite
  /// has it.
  ///
  /// Spec: "Field Names": an extension has a type's name; a type URL has a domain, a slash and a type's name.
  mutating func bracketedName(isTypeURL: Bool) throws(TextFormatFault) -> String {
    let nameStart = p
    p += 1
    skipSpace()
    var name: [UInt8] = []
    while p < end, p.pointee != UInt8(ascii: "]") {
      guard Self.isPartOfName(p.pointee, isTypeURL: isTypeURL) else { throw expected("a name and ]", at: p) }
      if p.pointee == UInt8(ascii: "%") {
        guard end - p >= 3, Self.hexDigit(p[1]) != nil, Self.hexDigit(p[2]) != nil else {
          throw expected("two hexadecimal digits behind %", at: p)
        }
      }
      name.append(p.pointee)
      p += 1
      skipSpace()
    }
    guard p < end else { throw expected("]", at: p) }
    guard let first = name.first, isTypeURL ? first != UInt8(ascii: "/") : Self.startsIdentifier(first) else {
      throw expected("a name in brackets", at: nameStart)
    }
    p += 1
    skipSpace()
    return String(decoding: name, as: UTF8.self)
  }

  private static func isPartOfName(_ byte: UInt8, isTypeURL: Bool) -> Bool {
    if continuesIdentifier(byte) || byte == UInt8(ascii: ".") { return true }
    guard isTypeURL else { return false }
    switch byte {
    case UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "~"), UInt8(ascii: "!"), UInt8(ascii: "$"),
      UInt8(ascii: "&"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "+"),
      UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "="), UInt8(ascii: "%"):
      return true
    default: return false
    }
  }
}
