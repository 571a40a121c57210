extension VarintType {
  /// Reads a length and a packed list, and appends its values.
  @inlinable @inline(never)
  public static func _decodePacked(
    into values: inout [Value], _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer
  ) throws(BinaryDecodingError) {
    let byteCount = try WireReader.length(&p, end)
    guard byteCount > 0 else { return }
    let listEnd = p + byteCount
    guard listEnd.load(fromByteOffset: -1, as: UInt8.self) < 0x80 else { throw .truncated }
    var isMalformed = false
    withUnsafeMutablePointer(to: &isMalformed) {
      values.append(
        contentsOf: PackedVarints<Self>(
          start: p, end: listEnd, count: PackedVarints<Self>.count(p, listEnd), isMalformed: $0))
    }
    if isMalformed { throw .malformedProtobuf }
    p = listEnd
  }

  /// Writes a packed list, without tag and length.
  @inlinable
  public static func _encodePacked(
    _ field: UnsafeMutablePointer<[Value]>, before p: UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    let values = field.elements()
    var index = field.pointee.count
    var p = p
    while index > 0 {
      let rest = max(0, index - 32)  // there is room for as many, none of which is longer than ten bytes
      p = context.room(for: 320, before: p)
      while index > rest {
        index -= 1
        let varint = varint(of: values[index])
        if varint < 0x80 {
          p -= 1
          WireWriter.store(UInt8(truncatingIfNeeded: varint), at: p)
        } else {
          p = WireWriter.inlinedLongVarint(varint, before: p)
        }
      }
    }
    return p
  }
}

extension FixedWidthType {
  /// Reads a length and a packed list, and appends its values.
  @inlinable
  public static func _decodePacked(
    into values: inout [Value], _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer
  ) throws(BinaryDecodingError) {
    let byteCount = try WireReader.length(&p, end)
    let width = MemoryLayout<Value>.size
    guard byteCount % width == 0 else { throw .truncated }
    guard byteCount > 0 else { return }
    let list = UnsafeRawBufferPointer(start: p, count: byteCount)
    p += byteCount
    values.append(contentsOf: PackedFixedWidth<Self>(bytes: list))
  }

  /// Writes one value, without its tag.
  @inlinable @inline(__always)
  public static func _encode(
    _ value: UnsafePointer<Value>, before p: UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    encode(value.pointee, before: p)
  }

  @inlinable @inline(__always)
  static func encode(_ value: Value, before p: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    let start = p - MemoryLayout<Value>.size
    if MemoryLayout<Value>.size == 4 {
      start.storeBytes(of: UInt32(truncatingIfNeeded: bits(of: value)).littleEndian, as: UInt32.self)
    } else {
      start.storeBytes(of: bits(of: value).littleEndian, as: UInt64.self)
    }
    return start
  }

  /// Writes a packed list, without tag and length.
  @inlinable
  public static func _encodePacked(
    _ field: UnsafeMutablePointer<[Value]>, before p: UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    #if _endian(little)
      let byteCount = field.pointee.count * MemoryLayout<Value>.size
      if byteCount > EncodingContext.longestCopiedTwice {
        let values = field.pointee
        return context.writeLater(byteCount, before: p) { target in
          values.withUnsafeBytes { target.copyMemory(from: $0.baseAddress.unsafelyUnwrapped, byteCount: byteCount) }
        }
      }
      let end = context.room(for: byteCount, before: p)
      return WireWriter.copy(UnsafeRawBufferPointer(start: field.elements(), count: byteCount), before: end)
    #else
      var p = p
      for value in field.pointee.reversed() { p = context.room(before: encode(value, before: p)) }
      return p
    #endif
  }
}

/// The values of a packed list of fixed width, as a sequence that an array takes in one piece.
@usableFromInline
struct PackedFixedWidth<Field: FixedWidthType>: Sequence {
  @usableFromInline let bytes: UnsafeRawBufferPointer

  @inlinable
  init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  @inlinable
  var underestimatedCount: Int { bytes.count / MemoryLayout<Field.Value>.size }

  @usableFromInline
  struct Iterator: IteratorProtocol {
    @usableFromInline var p: UnsafeRawPointer
    @usableFromInline let end: UnsafeRawPointer

    @inlinable
    init(p: UnsafeRawPointer, end: UnsafeRawPointer) {
      self.p = p
      self.end = end
    }

    @inlinable
    mutating func next() -> Field.Value? { p < end ? try? Field.decode(&p, end) : nil }
  }

  @inlinable
  func makeIterator() -> Iterator {
    let start = bytes.baseAddress.unsafelyUnwrapped
    return Iterator(p: start, end: start + bytes.count)
  }

  @inlinable
  func _copyContents(
    initializing buffer: UnsafeMutableBufferPointer<Field.Value>
  ) -> (Iterator, UnsafeMutableBufferPointer<Field.Value>.Index) {
    #if _endian(little)
      UnsafeMutableRawPointer(buffer.baseAddress.unsafelyUnwrapped)
        .copyMemory(from: bytes.baseAddress.unsafelyUnwrapped, byteCount: bytes.count)
    #else
      var values = makeIterator()
      for index in 0..<underestimatedCount {
        (buffer.baseAddress.unsafelyUnwrapped + index).initialize(to: values.next().unsafelyUnwrapped)
      }
    #endif
    let end = bytes.baseAddress.unsafelyUnwrapped + bytes.count
    return (Iterator(p: end, end: end), underestimatedCount)
  }
}
