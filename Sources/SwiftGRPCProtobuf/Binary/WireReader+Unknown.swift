extension FieldReader {
  /// Deals with a field that generated code has no case for: keeps or drops it.
  ///
  /// - Parameters:
  ///   - tag: the field's tag, which has been read.
  ///   - fieldStart: where the tag begins.
  ///   - p: the position behind the tag.
  /// - Returns: `nil` when the tag ends a group, which ends the message; the tag is then in `context`.
  @inline(never)
  public static func unknown(
    tag: UInt32, from fieldStart: UnsafeRawPointer, _ p: UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext, _ fields: inout UnknownStorage
  ) -> UnsafeRawPointer? {
    do throws(BinaryDecodingError) {
      return try WireReader.keepUnknown(tag, fieldStart, p, end, &context, &fields)
    } catch {
      return context.fail(with: error)
    }
  }
}

extension WireReader {
  /// As ``FieldReader/unknown(tag:from:_:_:_:_:)``, for decoders that throw.
  ///
  /// - Returns: true when the tag ends a group, which ends the message; the tag is then in `context.endGroupTag`.
  static func unknown(
    tag: UInt32, from fieldStart: UnsafeRawPointer, _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext, _ fields: inout UnknownStorage
  ) throws(BinaryDecodingError) -> Bool {
    guard let next = try keepUnknown(tag, fieldStart, p, end, &context, &fields) else { return true }
    p = next
    return false
  }

  static func keepUnknown(
    _ tag: UInt32, _ fieldStart: UnsafeRawPointer, _ p: UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext, _ fields: inout UnknownStorage
  ) throws(BinaryDecodingError) -> UnsafeRawPointer? {
    if tag & 7 == WireType.endGroup.rawValue {
      context.endGroupTag = tag
      return nil
    }
    let next = try skip(tag: tag, p, end, depth: context.depth)
    if !context.discardsUnknownFields {
      fields.append(UnsafeRawBufferPointer(start: fieldStart, count: next - fieldStart))
    }
    return next
  }

  /// Returns the end of the field whose tag has been read. `depth` limits groups within groups.
  static func skip(
    tag: UInt32, _ start: UnsafeRawPointer, _ end: UnsafeRawPointer, depth: Int
  ) throws(BinaryDecodingError) -> UnsafeRawPointer {
    var p = start
    guard tag >> 3 != 0, let type = WireType(rawValue: tag & 7) else { throw .malformedProtobuf }
    switch type {
    case .varint: _ = try varint(&p, end)
    case .fixed64: _ = try fixed64(&p, end)
    case .fixed32: _ = try fixed32(&p, end)
    case .lengthDelimited:
      let count = try length(&p, end)
      p += count
    case .startGroup:
      guard depth > 0 else { throw .messageDepthLimit }
      let endTag = tag & ~7 | WireType.endGroup.rawValue
      while true {
        guard p < end else { throw .truncated }
        let inner = try self.tag(&p, end)
        if inner == endTag { return p }
        p = try skip(tag: inner, p, end, depth: depth - 1)
      }
    case .endGroup: throw .malformedProtobuf
    }
    return p
  }
}
