extension DynamicMessage {
  /// The message in the text format, as generated messages are printed. Required fields need not be set.
  ///
  /// What an `Any` holds is looked up in the type's schema, then among the registered types.
  /// - Parameter options: what is printed, and in which order.
  public func textFormatString(options: TextFormatEncodingOptions = TextFormatEncodingOptions()) -> String {
    var writer = TextFormatWriter(options: options, schema: type.schema)
    withFields { writer.write(type.table, at: $0) }
    return writer.buffer.string
  }

  /// Reads a message from the text format.
  ///
  /// - Parameters:
  ///   - textFormatString: the text, all of it. Required fields need not be there.
  ///   - type: what it is a message of; the schema's extensions are recognised, and its types in an `Any`.
  ///   - options: limits, and what becomes of fields that the message does not have.
  /// - Throws: ``TextFormatDecodingError`` when the text is no such message; it says where.
  public init(
    textFormatString: String, type: DynamicMessageType,
    options: TextFormatDecodingOptions = TextFormatDecodingOptions()
  ) throws {
    self.init(type)
    var text = textFormatString
    let failure = withMutableFields { fields in
      text.withUTF8 { TextFormatReader.read($0, into: fields, type.table, options, nil, schema: type.schema) }
    }
    if let failure { throw failure }
  }
}
