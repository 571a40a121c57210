/// One field of a message as the ``MessageTable`` describes it.
public struct FieldDescription: Sendable {
  /// How a field is stored.
  public enum Shape: UInt8, Sendable {
    /// The value itself; set when it is not the type's default.
    case implicit
    /// An optional.
    case optional
    /// An optional that must be set.
    case required
    /// An array.
    case repeated
    /// A dictionary.
    case map
    /// A case of an optional enum; the message's other fields of the same oneof share the offset.
    case oneof
  }

  /// What a value of the field is, besides what its kind says.
  enum Content: Sendable {
    case scalar
    case enumeration(any Enum.Type)
    case message(any Message.Type)
    case map(any MapField.Type)
  }

  /// The field number.
  public let number: Int32
  /// The type, of a map's field that of its entries: message.
  public let kind: FieldKind
  /// How the field is stored.
  public let shape: Shape
  /// The oneof member is not the first of its oneof: what concerns the oneof as a whole skips it.
  let isRepeatedOneofMember: Bool
  /// Where the field lies in the struct that stores the message's fields.
  let offset: Int
  let content: Content
  let oneof: (any Oneof.Type)?
  private let protoName: StaticString
  private let explicitJSONName: StaticString?

  /// The name in the `.proto` file.
  public var name: String { protoName.description }

  /// The name in JSON: that of the option `json_name`, or the name in lower camel case.
  public var jsonName: String { explicitJSONName?.description ?? Self.lowerCamelCase(protoName.description) }

  init(
    _ number: Int32, _ name: StaticString, _ json: StaticString?, _ offset: Int, _ kind: FieldKind, _ shape: Shape,
    _ content: Content, oneof: (any Oneof.Type)? = nil, isRepeatedOneofMember: Bool = false
  ) {
    self.number = number
    self.kind = kind
    self.shape = shape
    self.offset = offset
    self.content = content
    self.oneof = oneof
    self.isRepeatedOneofMember = isRepeatedOneofMember
    protoName = name
    explicitJSONName = json
  }

  /// A number, string or bytes.
  public init(
    _ number: Int32, _ name: StaticString, json: StaticString? = nil, at offset: Int?, _ kind: FieldKind,
    _ shape: Shape
  ) {
    self.init(number, name, json, Self.checked(offset), kind, shape, .scalar)
  }

  /// An enum.
  public init(
    _ number: Int32, _ name: StaticString, json: StaticString? = nil, at offset: Int?, _ type: any Enum.Type,
    _ shape: Shape
  ) {
    self.init(number, name, json, Self.checked(offset), .enum, shape, .enumeration(type))
  }

  /// A message, or a group.
  public init(
    _ number: Int32, _ name: StaticString, json: StaticString? = nil, at offset: Int?, _ type: any Message.Type,
    _ shape: Shape, isGroup: Bool = false
  ) {
    self.init(number, name, json, Self.checked(offset), isGroup ? .group : .message, shape, .message(type))
  }

  /// A map.
  public init<K: MapKeyType, V: FieldType>(
    _ number: Int32, _ name: StaticString, json: StaticString? = nil, at offset: Int?, map key: K.Type,
    _ value: V.Type
  ) where K.Value: Hashable {
    self.init(number, name, json, Self.checked(offset), .message, .map, .map(MapFieldOf<K, V>.self))
  }

  /// A member of a oneof; `first` says that it is the oneof's first member in the table.
  public init(
    oneof: any Oneof.Type, first: Bool = false, _ field: FieldDescription
  ) {
    self.init(
      field.number, field.protoName, field.explicitJSONName, field.offset, field.kind, .oneof, field.content,
      oneof: oneof, isRepeatedOneofMember: !first)
  }

  /// Stored properties have an offset; generated code asks for no others.
  private static func checked(_ offset: Int?) -> Int {
    guard let offset else { preconditionFailure("a field that is not stored in its message") }
    return offset
  }

  /// `foo_bar` to `fooBar`, as protobuf defines the default JSON name.
  static func lowerCamelCase(_ name: String) -> String {
    var result = ""
    var startsWord = false
    for character in name {
      if character == "_" {
        startsWord = true
      } else {
        result.append(startsWord ? Character(character.uppercased()) : character)
        startsWord = false
      }
    }
    return result
  }
}
