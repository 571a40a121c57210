extension Message {
  /// Shows the fields that are set to a visitor, in the order of their numbers, then the unknown fields.
  ///
  /// - Throws: what the visitor throws.
  public func traverse<V: Visitor>(visitor: inout V) throws {
    try withUnsafePointer(to: self) { message in
      // The message stays where it is, hence its fields do.
      try Self._table.visit(Self._withFields(of: message) { $0 }, &visitor)
    }
  }
}

extension MessageTable {
  /// Shows the fields of the message whose fields lie at `message`.
  fileprivate func visit<V: Visitor>(_ message: UnsafeRawPointer, _ visitor: inout V) throws {
    let extensions = extensions(in: message) ?? ExtensionFieldValueSet()
    var next = 1
    for field in fields where field.isSet(message + field.offset) {
      let number = Int(field.number)
      try visitor.visitExtensions(extensions, in: next..<number)
      next = number + 1
      try visit(field, at: message + field.offset, &visitor)
    }
    // Extensions in message sets may have numbers that no tag can hold.
    try visitor.visitExtensions(extensions, in: next..<1 << 31)
    try unknownFields(in: message).traverse(visitor: &visitor)
  }

  /// Shows a field that is set.
  private func visit<V: Visitor>(_ field: FieldDescription, at address: UnsafeRawPointer, _ visitor: inout V) throws {
    guard let oneof = field.oneof else { return try field.visit(at: address, &visitor) }
    try oneof.withValue(at: address) { _, value in Result { try field.visit(at: value, &visitor) } }?.get()
  }
}

extension Visitor {
  fileprivate mutating func visitExtensions(_ fields: ExtensionFieldValueSet, in range: Range<Int>) throws {
    guard fields.hasFields(in: range) else { return }
    try visitExtensionFields(fields: fields, start: range.lowerBound, end: range.upperBound)
  }
}

extension ExtensionFieldValueSet {
  /// Shows the extensions whose numbers lie in `start..<end` to a visitor, each as the field that it is.
  ///
  /// - Throws: what the visitor throws.
  public func traverse<V: Visitor>(visitor: inout V, start: Int, end: Int) throws {
    for (_, value) in sorted where (start..<end).contains(value.type.fieldNumber) {
      let field = value.type._description
      try value.field._withValue { address in Result { try field.visit(at: address, &visitor) } }.get()
    }
  }
}

extension UnknownStorage {
  /// Shows the fields to a visitor, if there are any.
  ///
  /// - Throws: what the visitor throws.
  public func traverse<V: Visitor>(visitor: inout V) throws {
    if !isEmpty { try visitor.visitUnknown(bytes: data) }
  }
}
