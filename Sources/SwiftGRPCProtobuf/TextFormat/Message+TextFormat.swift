extension Message {
  /// The message in the text format. Required fields need not be set.
  ///
  /// - Parameter options: what is printed, and in which order.
  public func textFormatString(options: TextFormatEncodingOptions = TextFormatEncodingOptions()) -> String {
    withUnsafePointer(to: self) { message in
      Self._withFields(of: message) { fields in
        var writer = TextFormatWriter(options: options)
        writer.write(Self._table, at: fields)
        return writer.buffer.string
      }
    }
  }

  /// The name of the Swift type with its module, and the fields in the text format, for people who look for a fault.
  public var debugDescription: String { "\(String(reflecting: Self.self)):\n\(textFormatString())" }

  /// Reads a message from the text format.
  ///
  /// - Parameters:
  ///   - textFormatString: the text, all of it. Required fields need not be there.
  ///   - options: limits, and what becomes of fields that the message does not have.
  ///   - extensions: the extensions to recognise.
  /// - Throws: ``TextFormatDecodingError`` when the text is no such message; it says where.
  public init(
    textFormatString: String, options: TextFormatDecodingOptions = TextFormatDecodingOptions(),
    extensions: (any ExtensionMap)? = nil
  ) throws {
    self.init()
    var text = textFormatString
    let failure = _withMutableFields { fields in
      text.withUTF8 { TextFormatReader.read($0, into: fields, Self._table, options, extensions) }
    }
    if let failure { throw failure }
  }
}
