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
  let oneof: (any OneofAccess)?
  /// The binary format packs the values, and the text format writes them as one list.
  let isPacked: Bool
  /// The name in the `.proto` file, of a group that of its message; of an extension the full name.
  public let name: String
  /// The name in JSON: that of the option `json_name`, or the name in lower camel case.
  public let jsonName: String

  init(
    _ number: Int32, _ name: String, _ json: String?, _ offset: Int, _ kind: FieldKind, _ shape: Shape,
    _ content: FieldContent, isPacked: Bool = false, oneof: (any OneofAccess)? = nil,
    isRepeatedOneofMember: Bool = false
  ) {
    self.number = number
    self.kind = kind
    self.shape = shape
    self.offset = offset
    self.content = content.form
    self.isPacked = isPacked
    self.oneof = oneof
    self.isRepeatedOneofMember = isRepeatedOneofMember
    self.name = name
    jsonName = json ?? Self.lowerCamelCase(name)
  }

  /// The same field at an offset.
  func at(_ offset: Int) -> FieldDescription {
    FieldDescription(
      number, name, jsonName, offset, kind, shape, FieldContent(content), isPacked: isPacked, oneof: oneof,
      isRepeatedOneofMember: isRepeatedOneofMember)
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
