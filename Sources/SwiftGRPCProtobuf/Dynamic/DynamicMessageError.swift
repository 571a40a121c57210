/// Why a dynamic message cannot do what its type does not allow.
public enum DynamicMessageError: Error, Hashable, Sendable {
  /// The schema has no message type with this full name.
  case unknownType(String)
  /// The type has no such field.
  case unknownField(String, type: String)
  /// The field cannot have such a value.
  case valueDoesNotFit(field: String, expected: String)
}

extension DynamicMessageError: CustomStringConvertible {
  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .unknownType(let name): "no file of the schema declares message \(name)"
    case .unknownField(let field, let type): "message \(type) has no field \(field)"
    case .valueDoesNotFit(let field, let expected): "field \(field) takes \(expected), not the value given"
    }
  }
}
