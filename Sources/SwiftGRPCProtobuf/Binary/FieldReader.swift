/// Reads fields into the stored properties of messages, for generated code.
///
/// Each function takes the position and returns the one behind what it read. A fault is noted in the context and the
/// position becomes one behind every end, so that the loop over the fields stops; generated code, which there is much
/// of, has no branch for it. What is not a number is one call: functions that depend on a type are specialised once for
/// each type of a module, not for each field.
public enum FieldReader {
  /// Reads a field's tag, and moves the position. The caller has checked that there is at least one byte.
  ///
  /// - Returns: 0, which is no tag, for a malformed one.
  @inlinable @inline(__always)
  public static func tag(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ context: inout DecodingContext
  ) -> UInt32 {
    let first = p.load(as: UInt8.self)
    if first < 0x80 {
      p += 1
      return UInt32(first)
    }
    if end - p >= 2 {
      let second = p.load(fromByteOffset: 1, as: UInt8.self)
      if second < 0x80 {
        p += 2
        return UInt32(first & 0x7f) | UInt32(second) << 7
      }
    }
    let tag: UInt32
    (tag, p) = longTag(p, end, &context)
    return tag
  }

  @inline(never)
  @usableFromInline static func longTag(
    _ start: UnsafeRawPointer, _ end: UnsafeRawPointer, _ context: inout DecodingContext
  ) -> (UInt32, UnsafeRawPointer) {
    do throws(BinaryDecodingError) {
      var p = start
      let tag = try WireReader.tag(&p, end)
      return (tag, p)
    } catch {
      return (0, context.fail(with: error))
    }
  }

  // MARK: Messages

  /// Reads a message and merges it into one that is there.
  @inlinable @inline(__always)
  public static func message<M: Message>(
    into value: inout M, _ start: UnsafeRawPointer, _ end: UnsafeRawPointer, _ context: inout DecodingContext
  ) -> UnsafeRawPointer {
    // Where there is no message, both positions are the one of failure, which the decoder returns as it is.
    let (content, contentEnd) = enter(start, end, &context)
    let next = value._decode(content, contentEnd, &context)
    // A group's end tag may not end a message, not even as its last field.
    guard next == contentEnd, context.endGroupTag == 0 else { return context.fail(.malformedProtobuf) }
    context.depth += 1
    return next
  }

  /// Reads a message and merges it into the field, which is set when it was not.
  @inlinable @inline(never)
  public static func message<M: Message>(
    intoOptional field: inout M?, _ p: UnsafeRawPointer, _ end: UnsafeRawPointer, _ context: inout DecodingContext
  ) -> UnsafeRawPointer {
    if field == nil { field = M() }
    return message(into: &field!, p, end, &context)
  }

  /// Reads a message and those that follow it in the same field, and appends them.
  @inlinable @inline(never)
  public static func message<M: Message>(
    appendingTo field: inout [M], tag: UInt32, _ start: UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext
  ) -> UnsafeRawPointer {
    reserve(in: &field, forRunOf: tag, start, end)
    var p = start
    repeat {
      var value = M()
      p = message(into: &value, p, end, &context)
      if p == .failed { break }
      field.append(consume value)
    } while moves(past: tag, &p, end)
    return p
  }

  /// Reads the length of a message and opens it; returns where its content begins and ends.
  @inlinable @inline(__always)
  static func enter(
    _ p: UnsafeRawPointer, _ end: UnsafeRawPointer, _ context: inout DecodingContext
  ) -> (UnsafeRawPointer, UnsafeRawPointer) {
    if p < end {
      let length = p.load(as: UInt8.self)
      if length < 0x80, Int(length) < end - p, context.depth > 0 {
        context.depth -= 1
        return (p + 1, p + 1 + Int(length))
      }
    }
    return enterLong(p, end, &context)
  }

  @inline(never)
  @usableFromInline static func enterLong(
    _ start: UnsafeRawPointer, _ end: UnsafeRawPointer, _ context: inout DecodingContext
  ) -> (UnsafeRawPointer, UnsafeRawPointer) {
    let (content, contentEnd) = length(start, end, &context)
    if content == .failed { return (content, contentEnd) }
    guard context.depth > 0 else { return (context.fail(.messageDepthLimit), .failed) }
    context.depth -= 1
    return (content, contentEnd)
  }

  // MARK: Groups

  /// Reads a group with this field number and merges it into one that is there.
  @inlinable @inline(__always)
  public static func group<M: Message>(
    into value: inout M, number: UInt32, _ p: UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext
  ) -> UnsafeRawPointer {
    context.depth -= 1
    guard context.depth >= 0 else { return context.fail(.messageDepthLimit) }
    let next = value._decode(p, end, &context)
    guard context.endGroupTag == number << 3 | WireType.endGroup.rawValue else {
      return context.fail(context.endGroupTag == 0 ? .truncated : .malformedProtobuf)
    }
    context.endGroupTag = 0
    context.depth += 1
    return next
  }

  /// Reads a group and merges it into the field, which is set when it was not.
  @inlinable @inline(never)
  public static func group<M: Message>(
    intoOptional field: inout M?, number: UInt32, _ p: UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext
  ) -> UnsafeRawPointer {
    if field == nil { field = M() }
    return group(into: &field!, number: number, p, end, &context)
  }

  /// Reads a group and appends it.
  @inlinable @inline(never)
  public static func group<M: Message>(
    appendingTo field: inout [M], number: UInt32, _ p: UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext
  ) -> UnsafeRawPointer {
    var value = M()
    let next = group(into: &value, number: number, p, end, &context)
    if next != .failed { field.append(consume value) }
    return next
  }

  // MARK: Closed enums

  /// Reads a closed enum; a number without a name leaves the field as it is and goes to the unknown fields.
  @inlinable @inline(never)
  public static func closedEnum<E: Enum>(
    intoOptional field: inout E?, number: UInt32, _ p: UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext, _ unknownFields: inout UnknownStorage
  ) -> UnsafeRawPointer {
    let (varint, next) = varint(p, end, &context)
    if next == .failed { return next }
    if let value = E(rawValue: Int(Int32(truncatingIfNeeded: varint))) {
      field = value
    } else {
      keepUnknown(number, varint, &context, &unknownFields)
    }
    return next
  }

  /// Reads a closed enum and appends it; a number without a name goes to the unknown fields.
  @inlinable @inline(never)
  public static func closedEnum<E: Enum>(
    appendingTo field: inout [E], number: UInt32, _ p: UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext, _ unknownFields: inout UnknownStorage
  ) -> UnsafeRawPointer {
    let (varint, next) = varint(p, end, &context)
    if next == .failed { return next }
    if let value = E(rawValue: Int(Int32(truncatingIfNeeded: varint))) {
      field.append(value)
    } else {
      keepUnknown(number, varint, &context, &unknownFields)
    }
    return next
  }

  /// Reads a packed list of a closed enum; numbers without a name go to the unknown fields.
  @inlinable @inline(never)
  public static func packedClosedEnum<E: Enum>(
    appendingTo field: inout [E], number: UInt32, _ start: UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext, _ unknownFields: inout UnknownStorage
  ) -> UnsafeRawPointer {
    var (p, listEnd) = length(start, end, &context)
    while p < listEnd {
      p = closedEnum(appendingTo: &field, number: number, p, listEnd, &context, &unknownFields)
    }
    return p
  }

  /// Reads a length; returns where what it counts begins and ends.
  @inlinable @inline(__always)
  static func length(
    _ p: UnsafeRawPointer, _ end: UnsafeRawPointer, _ context: inout DecodingContext
  ) -> (UnsafeRawPointer, UnsafeRawPointer) {
    let (length, start) = varint(p, end, &context)
    if start == .failed { return (start, start) }
    guard length <= UInt64(UInt(bitPattern: end - start)) else { return (context.fail(.truncated), .failed) }
    return (start, start + Int(truncatingIfNeeded: length))
  }

  /// Reads a varint.
  @inlinable @inline(__always)
  static func varint(
    _ p: UnsafeRawPointer, _ end: UnsafeRawPointer, _ context: inout DecodingContext
  ) -> (UInt64, UnsafeRawPointer) {
    if p < end {
      let first = p.load(as: UInt8.self)
      if first < 0x80 { return (UInt64(first), p + 1) }
    }
    return longVarint(p, end, &context)
  }

  @inline(never)
  @usableFromInline static func longVarint(
    _ p: UnsafeRawPointer, _ end: UnsafeRawPointer, _ context: inout DecodingContext
  ) -> (UInt64, UnsafeRawPointer) {
    if p < end, end - p >= 2 {
      let second = p.load(fromByteOffset: 1, as: UInt8.self)
      if second < 0x80 { return (UInt64(p.load(as: UInt8.self) & 0x7f) | UInt64(second) << 7, p + 2) }
      // Bytes behind the end of an inner message may be looked at together with it.
      if let (value, next) = WireReader.varintInWords(p, context.wordsEnd), next <= end { return (value, next) }
    }
    return varintByBytes(p, end, &context)
  }

  /// A varint of nine or ten bytes that ends the outermost message, or a malformed one.
  @inline(never)
  private static func varintByBytes(
    _ p: UnsafeRawPointer, _ end: UnsafeRawPointer, _ context: inout DecodingContext
  ) -> (UInt64, UnsafeRawPointer) {
    do throws(BinaryDecodingError) {
      return try WireReader.varintByBytes(p, end)
    } catch {
      return (0, context.fail(with: error))
    }
  }

  @inline(never)
  @usableFromInline static func keepUnknown(
    _ number: UInt32, _ varint: UInt64, _ context: inout DecodingContext, _ unknownFields: inout UnknownStorage
  ) {
    if context.discardsUnknownFields { return }
    unknownFields.append(tag: number << 3, varint: varint)
  }
}
