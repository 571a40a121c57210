/// Finds out where bytes break the rules of the binary format, by the tables of the messages.
///
/// Decoders only say what is wrong. After a failure this reads the same bytes again, and knows the fields by name.
struct BinaryFaultLocator {
  private struct Fault: Error {
    let reason: BinaryDecodingError
    let path: String
    let offset: Int
    let expected: String
  }

  private let origin: UnsafeRawPointer
  private let extensions: (any ExtensionMap)?

  /// Adds the location to an error that decoding `bytes` has thrown.
  static func locate(
    _ error: BinaryDecodingError, in bytes: UnsafeRawBufferPointer, _ table: MessageTable,
    extensions: (any ExtensionMap)?, depthLimit: Int
  ) -> BinaryDecodingError {
    guard let start = bytes.baseAddress else { return error }
    do throws(Fault) {
      let locator = BinaryFaultLocator(origin: start, extensions: extensions)
      _ = try locator.walk(table, start, start + bytes.count, depth: depthLimit, path: "", group: nil)
      return error
    } catch {
      return error.reason.at(
        DecodingLocation(
          message: table.name, fieldPath: error.path, byteOffset: error.offset, expected: error.expected))
    }
  }

  /// Reads a message, or a group up to its end tag; returns the position behind it.
  private func walk(
    _ table: MessageTable, _ start: UnsafeRawPointer, _ end: UnsafeRawPointer, depth: Int, path: String, group: UInt32?
  ) throws(Fault) -> UnsafeRawPointer {
    guard depth >= 0 else {
      throw Fault(
        reason: .messageDepthLimit, path: path, offset: start - origin, expected: "messages nested less deeply")
    }
    var p = start
    var counts: [Int32: Int] = [:]
    while p < end {
      let fieldStart = p
      let tag: UInt32
      do { tag = try WireReader.tag(&p, end) } catch {
        throw Fault(
          reason: error, path: path, offset: fieldStart - origin, expected: "expected a tag of one to five bytes")
      }
      if tag & 7 == WireType.endGroup.rawValue {
        if tag == group { return p }
        let expected = "the end of group \(tag >> 3), which is not open here"
        throw Fault(reason: .malformedProtobuf, path: path, offset: fieldStart - origin, expected: expected)
      }
      let number = Int32(bitPattern: tag >> 3)
      let field = table.field(number: number) ?? extensionField(of: table, number: number)
      var name = field.map { path.isEmpty ? $0.name : "\(path).\($0.name)" } ?? path
      if let field, field.shape == .repeated {
        let index = counts[number, default: 0]
        counts[number] = index + 1
        name += "[\(index)]"
      }
      p = try value(of: field, tag: tag, p, end, depth: depth, path: name, fieldStart)
    }
    if group != nil {
      throw Fault(reason: .truncated, path: path, offset: end - origin, expected: "expected the end of the group")
    }
    return p
  }

  private func extensionField(of table: MessageTable, number: Int32) -> FieldDescription? {
    guard let known = table.type.flatMap({ extensions?[$0, Int(number)] }) else { return nil }
    let field = known._description
    return FieldDescription(
      number, "[\(known.fieldName)]", nil, 0, field.kind, field.shape, FieldContent(field.content))
  }

  /// Reads what follows a tag.
  private func value(
    of field: FieldDescription?, tag: UInt32, _ start: UnsafeRawPointer, _ end: UnsafeRawPointer, depth: Int,
    path: String, _ fieldStart: UnsafeRawPointer
  ) throws(Fault) -> UnsafeRawPointer {
    guard tag >> 3 != 0, let wireType = WireType(rawValue: tag & 7) else {
      let expected = "tag \(tag) has no field number, or the unknown wire type \(tag & 7)"
      throw Fault(reason: .malformedProtobuf, path: path, offset: fieldStart - origin, expected: expected)
    }
    if wireType == .startGroup, let field, field.kind == .group, case .message(let type) = field.content {
      return try walk(type.table, start, end, depth: depth - 1, path: path, group: tag + 1)
    }
    guard wireType == .lengthDelimited else {
      do { return try WireReader.skip(tag: tag, start, end, depth: depth) } catch {
        throw Fault(reason: error, path: path, offset: start - origin, expected: "expected \(wireType.inWords)")
      }
    }
    var p = start
    let count: Int
    do { count = try WireReader.length(&p, end) } catch {
      let expected = "expected a length of at most the \(end - p) bytes that follow"
      // No bytes that might still come make a length possible that no message can have.
      var p = start
      let isTooLarge = (try? WireReader.varint(&p, end)).map { $0 > UInt64(maximumMessageBytes) } ?? false
      let reason = isTooLarge ? .malformedProtobuf : error
      throw Fault(reason: reason, path: path, offset: start - origin, expected: expected)
    }
    guard let field else { return p + count }
    try content(of: field, p, p + count, depth: depth, path: path)
    return p + count
  }

  /// Reads a length-delimited value.
  private func content(
    of field: FieldDescription, _ start: UnsafeRawPointer, _ end: UnsafeRawPointer, depth: Int, path: String
  ) throws(Fault) {
    switch field.content {
    case .message(let type) where field.kind == .message:
      _ = try walk(type.table, start, end, depth: depth - 1, path: path, group: nil)
    case .map(let map): try entry(map, start, end, depth: depth - 1, path: path)
    case .scalar where field.kind == .string:
      guard WireReader.string(validating: UnsafeRawBufferPointer(start: start, count: end - start)) != nil else {
        throw Fault(reason: .invalidUTF8, path: path, offset: start - origin, expected: "expected UTF-8")
      }
    case .scalar where field.kind != .bytes, .enumeration: try packed(field.kind, start, end, path: path)
    case .scalar, .message: break
    }
  }

  private func entry(
    _ map: any MapAccess, _ start: UnsafeRawPointer, _ end: UnsafeRawPointer, depth: Int, path: String
  ) throws(Fault) {
    var p = start
    while p < end {
      let fieldStart = p
      let tag: UInt32
      do { tag = try WireReader.tag(&p, end) } catch {
        throw Fault(reason: error, path: path, offset: fieldStart - origin, expected: "expected a tag")
      }
      let field = tag >> 3 == 1 ? map.key : tag >> 3 == 2 ? map.value : nil
      let name = field.map { "\(path).\($0.name)" } ?? path
      p = try value(of: field, tag: tag, p, end, depth: depth, path: name, fieldStart)
    }
  }

  private func packed(
    _ kind: FieldKind, _ start: UnsafeRawPointer, _ end: UnsafeRawPointer, path: String
  ) throws(Fault) {
    if let width = kind.fixedWidth {
      guard (end - start) % width == 0 else {
        let expected = "expected a packed list of \(width) bytes a value, found \(end - start) bytes"
        throw Fault(reason: .truncated, path: path, offset: start - origin, expected: expected)
      }
      return
    }
    var p = start
    while p < end {
      let position = p
      do { _ = try WireReader.varint(&p, end) } catch {
        throw Fault(
          reason: error, path: path, offset: position - origin, expected: "expected \(WireType.varint.inWords)")
      }
    }
  }
}

extension WireType {
  fileprivate var inWords: String {
    switch self {
    case .varint: "a varint of one to ten bytes"
    case .fixed64: "eight bytes"
    case .fixed32: "four bytes"
    case .lengthDelimited: "a length"
    case .startGroup: "the fields of a group and its end"
    case .endGroup: "the end of a group"
    }
  }
}

extension FieldKind {
  /// The bytes of a value, where all take as many.
  var fixedWidth: Int? {
    switch self {
    case .double, .fixed64, .sfixed64: 8
    case .float, .fixed32, .sfixed32: 4
    default: nil
    }
  }
}
