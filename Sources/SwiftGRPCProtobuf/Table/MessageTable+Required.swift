extension MessageTable {
  /// True when every required field is set, in the messages that it holds as well.
  func isInitialized(_ message: UnsafeRawPointer) -> Bool { missingField(in: message) == nil }

  /// The path of the first required field that is not set, such as `shelf.books[2].title`.
  func missingField(in message: UnsafeRawPointer) -> String? {
    for field in fields {
      let address = message + field.offset
      if let oneof = field.oneof {
        guard !field.isRepeatedOneofMember else { continue }
        let missing = oneof.withValue(at: address) { number, value -> String? in
          guard let member = self.field(number: number), case .message(let type) = member.content else { return nil }
          return type.table.missingField(in: type.fields(of: value)).map { "\(member.name).\($0)" }
        }
        if let missing, let missing { return missing }
      } else if let missing = field.missingField(at: address) {
        return missing
      }
    }
    return extensions(in: message)?.missingField
  }
}

extension FieldDescription {
  /// The path of the first required field that is not set in this field, which is no member of a oneof.
  func missingField(at address: UnsafeRawPointer) -> String? {
    switch content {
    case .scalar, .enumeration:
      return shape == .required && !isSet(address) ? name : nil
    case .message(let type):
      switch shape {
      case .repeated:
        let list = type.list(address)
        for index in 0..<list.count {
          if let missing = type.table.missingField(in: list[index]) { return "\(name)[\(index)].\(missing)" }
        }
        return nil
      case .optional, .required:
        guard let fields = type.fields(ofOptional: address) else { return shape == .required ? name : nil }
        return type.table.missingField(in: fields).map { "\(name).\($0)" }
      case .implicit, .map, .oneof:
        return type.table.missingField(in: type.fields(of: address)).map { "\(name).\($0)" }
      }
    case .map(let map):
      guard case .message = map.value.content else { return nil }
      var result: String?
      map.forEach(in: address, sorted: false) { _, value in
        result = map.value.missingField(at: value).map { "\(name).\($0)" }
        return result == nil
      }
      return result
    }
  }
}

extension Message {
  /// What generated code of a message with required fields, or with messages that have some, answers ``isInitialized``
  /// with.
  public var _hasRequiredFields: Bool {
    withUnsafePointer(to: self) { message in Self._withFields(of: message) { Self._table.isInitialized($0) } }
  }
}
