/// The wire format of messages with `option message_set_wire_format = true`, whose extensions are groups of this form:
///
/// ```
/// repeated group Item = 1 { required uint32 type_id = 2; required bytes message = 3; }
/// ```
///
/// `type_id` is the number of the extension, which may be larger than a tag can hold; `message` is its encoded value.
/// Spec: descriptor.proto, `MessageOptions.message_set_wire_format`.
enum MessageSetItem {
  static let startTag = 1 << 3 | WireType.startGroup.rawValue
  static let endTag = 1 << 3 | WireType.endGroup.rawValue
  static let typeTag = 2 << 3 | WireType.varint.rawValue
  static let messageNumber: UInt32 = 3
  static let messageTag = messageNumber << 3 | WireType.lengthDelimited.rawValue

  /// Writes what stands in an item before its message: the start tag and the number.
  static func writeStart(
    number: UInt64, before p: UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    let type = WireWriter.tag(typeTag, before: WireWriter.varint(number, before: p))
    return context.room(before: WireWriter.tag(startTag, before: type))
  }

  /// The number in an item, and where its message, length first, lies; `nil` when the item lacks one of them.
  typealias Content = (number: UInt32, message: UnsafeRawPointer, messageEnd: UnsafeRawPointer)

  /// Reads an item whose start tag has been read, and moves behind its end tag.
  ///
  /// The two fields may come in any order. As in C++, the first of several counts, and others are skipped.
  static func read(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer, depth: Int
  ) throws(BinaryDecodingError) -> Content? {
    var number: UInt32?
    var message: (start: UnsafeRawPointer, end: UnsafeRawPointer)?
    while p < end {
      let tag = try WireReader.tag(&p, end)
      switch tag {
      case typeTag:
        let value = try WireReader.varint(&p, end)
        number = number ?? UInt32(truncatingIfNeeded: value)
      case messageTag:
        let start = p
        let count = try WireReader.length(&p, end)
        p += count
        message = message ?? (start, p)
      case endTag:
        guard let number, let message else { return nil }
        return (number, message.start, message.end)
      default: p = try WireReader.skip(tag: tag, p, end, depth: depth)
      }
    }
    throw .truncated
  }
}

extension FieldReader {
  /// Reads a field of a message set: an item whose extension is known is decoded, another one is kept as it came.
  ///
  /// An extension may also come as a field of its own, as in every other message; parameters and result are those of
  /// ``unknown(tag:from:_:_:_:_:_:of:)``.
  @inline(never)
  public static func messageSetItem<M: ExtensibleMessage>(
    tag: UInt32, from fieldStart: UnsafeRawPointer, _ start: UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext, _ fields: inout UnknownStorage,
    _ values: inout ExtensionFieldValueSet, of message: M.Type
  ) -> UnsafeRawPointer? {
    guard tag == MessageSetItem.startTag else {
      return unknown(tag: tag, from: fieldStart, start, end, &context, &fields, &values, of: message)
    }
    do throws(BinaryDecodingError) {
      var p = start
      guard let item = try MessageSetItem.read(&p, end, depth: context.depth) else { return p }
      var value = item.message
      let isKnown = try values._merge(
        Int(item.number), tag: MessageSetItem.messageTag, &value, item.messageEnd, &context, &fields, of: message)
      if !isKnown, !context.discardsUnknownFields {
        fields.append(UnsafeRawBufferPointer(start: fieldStart, count: p - fieldStart))
      }
      return p
    } catch {
      return context.fail(with: error)
    }
  }
}

extension ExtensionFieldValueSet {
  /// Writes the extensions as items of a message set.
  public func _encodeMessageSet(
    before p: UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    var p = p
    for (number, value) in sorted.reversed() {
      p = context.room(before: WireWriter.tag(MessageSetItem.endTag, before: p))
      p = value.field._encode(number: MessageSetItem.messageNumber, before: p, &context)
      p = MessageSetItem.writeStart(number: UInt64(number), before: p, &context)
    }
    return p
  }
}
