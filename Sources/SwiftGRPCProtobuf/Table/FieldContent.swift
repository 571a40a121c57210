/// What the values of a field are, besides what the field's kind says; made by ``FieldType/_content``.
public struct FieldContent: Sendable {
  enum Form: Sendable {
    case scalar
    case enumeration(any EnumAccess)
    case message(any MessageAccess)
    case map(any MapAccess)
  }

  let form: Form

  init(_ form: Form) { self.form = form }

  /// Numbers, strings and bytes.
  public static var scalar: FieldContent { FieldContent(.scalar) }

  /// Values of an enum.
  public static func enumeration<E: Enum>(_ type: E.Type) -> FieldContent {
    FieldContent(.enumeration(GeneratedEnum<E>()))
  }

  /// Messages, or groups.
  public static func message<M: Message>(_ type: M.Type) -> FieldContent {
    FieldContent(.message(GeneratedMessage<M>()))
  }
}
