import SwiftGRPCProtobuf

/// How messages are stored: inline, as a struct of their fields, or in a box that copies share until one changes.
///
/// Inline storage is cheapest for small messages, but makes the copies of large ones dear and cannot hold a message that
/// contains itself. The sizes are estimates of `MemoryLayout` on 64-bit platforms; they need only be the same in every
/// file that uses the message.
struct MessageLayout {
  /// The largest message that is stored inline, in bytes.
  static let largestInlineSize = 128

  let isBoxed: Bool
  /// The bytes that a field of this type takes.
  let size: Int

  init(of message: MessageDescriptor, _ containment: ContainmentTable) {
    let content =
      containment[message].isRecursiveInline ? Int.max : Self.contentSize(of: message, containment)
    isBoxed = content > Self.largestInlineSize
    size = isBoxed ? 8 : content
  }

  /// The size of the struct that holds the fields.
  private static func contentSize(of message: MessageDescriptor, _ containment: ContainmentTable) -> Int {
    var size = 8  // the unknown fields
    if message.isExtensible { size += 8 }
    func add(_ bytes: Int) {
      let alignment = bytes >= 8 ? 8 : bytes >= 4 ? 4 : 1
      size = (size + alignment - 1) / alignment * alignment + bytes
    }
    for field in message.fields where field.realOneof == nil { add(storedSize(of: field, containment)) }
    for oneof in message.realOneofs { add((oneof.fields.map { valueSize(of: $0, containment) }.max() ?? 0) + 1) }
    return size
  }

  private static func storedSize(of field: FieldDescriptor, _ containment: ContainmentTable) -> Int {
    if field.isRepeated { return 8 }
    let value = valueSize(of: field, containment)
    switch field.type {
    case .string, .bytes, .message, .group, .bool: return value  // `nil` is a pattern that values do not use
    default: return field.hasPresence ? value + 1 : value
    }
  }

  private static func valueSize(of field: FieldDescriptor, _ containment: ContainmentTable) -> Int {
    switch field.type {
    case .bool: 1
    case .int32, .sint32, .sfixed32, .uint32, .fixed32, .float: 4
    case .int64, .sint64, .sfixed64, .uint64, .fixed64, .double: 8
    case .string, .bytes: 16
    case .enum: field.enumType?.isClosed == true ? 1 : 9
    case .message, .group: field.messageType.map { MessageLayout(of: $0, containment).size } ?? 8
    }
  }
}
