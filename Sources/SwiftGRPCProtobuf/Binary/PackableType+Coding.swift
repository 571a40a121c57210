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

  /// The size of a packed list, without tag and length.
  @inlinable
  public static func _packedSize(_ values: [Value]) -> Int {
    var size = 0
    for value in values { size += WireWriter.varintSize(varint(of: value)) }
    return size
  }

  /// Writes a packed list, without tag and length.
  @inlinable
  public static func _encodePacked(_ p: UnsafeMutableRawPointer, _ values: [Value]) -> UnsafeMutableRawPointer {
    var p = p
    for value in values { p = WireWriter.inlinedVarint(p, varint(of: value)) }
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

  /// The size of a packed list, without tag and length.
  @inlinable
  public static func _packedSize(_ values: [Value]) -> Int { values.count * MemoryLayout<Value>.size }

  /// Writes a packed list, without tag and length.
  @inlinable
  public static func _encodePacked(_ p: UnsafeMutableRawPointer, _ values: [Value]) -> UnsafeMutableRawPointer {
    #if _endian(little)
      values.withUnsafeBytes { bytes in
        if let source = bytes.baseAddress { p.copyMemory(from: source, byteCount: bytes.count) }
        return p + bytes.count
      }
    #else
      var p = p
      for value in values { p = encode(p, value) }
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
