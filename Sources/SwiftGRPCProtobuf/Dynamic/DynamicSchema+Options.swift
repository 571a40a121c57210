extension DynamicSchema {
  /// The options of a declaration, with the custom ones that the schema declares: ``DynamicMessage`` subscripts read them
  /// by their full names.
  ///
  /// ```swift
  /// if let field = schema.pool.message(named: "acme.User")?.field(named: "email") {
  ///   let isSecret = try schema.options(of: field)["[acme.sensitive]"]?.boolValue
  /// }
  /// ```
  ///
  /// - Throws: ``BinaryDecodingError`` when the bytes of a custom option do not fit its type.
  public func options(of element: some ProtoDescriptor.Element) throws -> DynamicMessage {
    try DynamicMessage(element.options, type: optionsType(of: element))
  }

  private func optionsType<Element: ProtoDescriptor.Element>(of element: Element) throws -> DynamicMessageType {
    let name = Element.Options.protoMessageName
    if let type = messageType(named: name) { return type }
    // A schema that does not import google/protobuf/descriptor.proto declares no custom options.
    guard let type = try DynamicSchema(filesOf: Element.Options.self).messageType(named: name) else {
      throw DynamicMessageError.unknownType(name)
    }
    return type
  }
}
