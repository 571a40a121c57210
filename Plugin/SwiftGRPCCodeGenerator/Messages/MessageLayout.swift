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
}

/// The layouts of messages, each worked out once.
final class MessageLayouts {
  private let containment: ContainmentTable
  private var layouts: [MessageDescriptor: MessageLayout] = [:]

  init(_ containment: ContainmentTable) {
    self.containment = containment
  }

  func layout(of message: MessageDescriptor) -> MessageLayout {
    if let known = layouts[message] { return known }
    let content = containment[message].isRecursiveInline ? Int.max : contentSize(of: message)
    let isBoxed = content > MessageLayout.largestInlineSize
    let layout = MessageLayout(isBoxed: isBoxed, size: isBoxed ? 8 : content)
    layouts[message] = layout
    return layout
  }

  /// The size of the struct that holds the fields.
  private func contentSize(of message: MessageDescriptor) -> Int {
    var size = 8  // the unknown fields
    if message.isExtensible { size += 8 }
    func add(_ bytes: Int) {
      let alignment = bytes >= 8 ? 8 : bytes >= 4 ? 4 : 1
      size = (size + alignment - 1) / alignment * alignment + bytes
    }
    for field in message.fields where field.realOneof == nil { add(storedSize(of: field)) }
    for oneof in message.realOneofs { add((oneof.fields.map { valueSize(of: $0) }.max() ?? 0) + 1) }
    return size
  }

  private func storedSize(of field: FieldDescriptor) -> Int {
    if field.isRepeated { return 8 }
    let value = valueSize(of: field)
    switch field.type {
    case .string, .bytes, .message, .group, .bool: return value  // `nil` is a pattern that values do not use
    default: return field.hasPresence ? value + 1 : value
    }
  }

  private func valueSize(of field: FieldDescriptor) -> Int {
    switch field.type {
    case .bool: 1
    case .int32, .sint32, .sfixed32, .uint32, .fixed32, .float: 4
    case .int64, .sint64, .sfixed64, .uint64, .fixed64, .double: 8
    case .string, .bytes: 16
    case .enum: field.enumType?.isClosed == true ? 1 : 9
    case .message, .group: field.messageType.map { layout(of: $0).size } ?? 8
    }
  }
}
