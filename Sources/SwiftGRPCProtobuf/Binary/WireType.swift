/// How the bytes after a tag are laid out. Spec: protobuf encoding, "Message structure".
public enum WireType: UInt32, Sendable {
  /// One to ten bytes of seven bits each.
  case varint = 0
  /// Eight bytes, little endian.
  case fixed64 = 1
  /// A varint with the number of bytes that follow.
  case lengthDelimited = 2
  /// A group's fields follow, up to the matching end tag.
  case startGroup = 3
  /// The end of a group.
  case endGroup = 4
  /// Four bytes, little endian.
  case fixed32 = 5
}
