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
  /// What the values are.
  let content: FieldContent.Form
  /// The oneof that the field is a member of.
  let oneof: (any Oneof.Type)?
  /// The name in the `.proto` file, of a group that of its message; of an extension the full name.
  public let name: String
  /// The name in JSON: that of the option `json_name`, or the name in lower camel case.
  public let jsonName: String

  init(
    _ number: Int32, _ name: String, _ json: String?, _ offset: Int, _ kind: FieldKind, _ shape: Shape,
    _ content: FieldContent, oneof: (any Oneof.Type)? = nil, isRepeatedOneofMember: Bool = false
  ) {
    self.number = number
    self.kind = kind
    self.shape = shape
    self.offset = offset
    self.content = content.form
    self.oneof = oneof
    self.isRepeatedOneofMember = isRepeatedOneofMember
    self.name = name
    jsonName = json ?? Self.lowerCamelCase(name)
  }

  /// A number, string or bytes.
  public init(
    _ number: Int32, _ name: String, json: String? = nil, at offset: Int?, _ kind: FieldKind, _ shape: Shape
  ) {
    self.init(number, name, json, Self.checked(offset), kind, shape, .scalar)
  }

  /// An enum.
  public init<E: Enum>(
    _ number: Int32, _ name: String, json: String? = nil, at offset: Int?, _ type: E.Type, _ shape: Shape
  ) {
    self.init(number, name, json, Self.checked(offset), .enum, shape, .enumeration(type))
  }

  /// A message, or a group.
  public init<M: Message>(
    _ number: Int32, _ name: String, json: String? = nil, at offset: Int?, _ type: M.Type, _ shape: Shape,
    isGroup: Bool = false
  ) {
    self.init(number, name, json, Self.checked(offset), isGroup ? .group : .message, shape, .message(type))
  }

  /// A map.
  public init<K: MapKeyType, V: FieldType>(
    _ number: Int32, _ name: String, json: String? = nil, at offset: Int?, map key: K.Type, _ value: V.Type
  ) where K.Value: Hashable {
    self.init(number, name, json, Self.checked(offset), .message, .map, FieldContent(.map(GeneratedMap<K, V>())))
  }

  /// A member of a oneof; `first` says that it is the oneof's first member in the table.
  public init(oneof: any Oneof.Type, first: Bool = false, _ field: FieldDescription) {
    self.init(
      field.number, field.name, field.jsonName, field.offset, field.kind, .oneof, FieldContent(field.content),
      oneof: oneof, isRepeatedOneofMember: !first)
  }

  /// Stored properties have an offset; generated code asks for no others.
  private static func checked(_ offset: Int?) -> Int {
    guard let offset else { preconditionFailure("a field that is not stored in its message") }
    return offset
  }

  /// `foo_bar` to `fooBar`, as protobuf defines the default JSON name.
  static func lowerCamelCase(_ name: String) -> String {
    guard name.utf8.contains(UInt8(ascii: "_")) else { return name }
    var result: [UInt8] = []
    var startsWord = false
    for byte in name.utf8 {
      if byte == UInt8(ascii: "_") {
        startsWord = true
      } else {
        let isLower = UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
        result.append(startsWord && isLower ? byte - 32 : byte)
        startsWord = false
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
