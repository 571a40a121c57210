extension ProtoDescriptor {
  /// The type of a field's values, with the number that `descriptor.proto` gives it.
  public enum FieldType: Int, CaseIterable, Sendable {
    /// A 64-bit floating-point number.
    case double = 1
    /// A 32-bit floating-point number.
    case float
    /// A signed integer, small when positive.
    case int64
    /// An unsigned integer.
    case uint64
    /// A signed integer, small when positive.
    case int32
    /// An unsigned integer in eight bytes.
    case fixed64
    /// An unsigned integer in four bytes.
    case fixed32
    /// True or false.
    case bool
    /// Text.
    case string
    /// A message between group tags.
    case group
    /// A message behind its length.
    case message
    /// Bytes.
    case bytes
    /// An unsigned integer.
    case uint32
    /// A value of an enum.
    case `enum`
    /// A signed integer in four bytes.
    case sfixed32
    /// A signed integer in eight bytes.
    case sfixed64
    /// A signed integer, small when near zero.
    case sint32
    /// A signed integer, small when near zero.
    case sint64

    /// Whether several values can be written behind one tag.
    public var isPackable: Bool {
      switch self {
      case .string, .bytes, .message, .group: false
      default: true
      }
    }

    /// Whether a map may have keys of the type.
    public var canBeMapKey: Bool {
      switch self {
      case .double, .float, .bytes, .message, .group, .enum: false
      default: true
      }
    }
  }
}
