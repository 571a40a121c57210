/// The primitives that read the binary format from memory.
///
/// Each takes the current position and the end, reads nothing at or behind the end, and moves the position. What is
/// short is inlined into generated code; what is long takes the position by value and returns it, so that it can stay
/// in a register.
public enum WireReader {
  /// Reads a field's tag. The caller has checked that there is at least one byte.
  @inlinable @inline(__always)
  public static func tag(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer
  ) throws(BinaryDecodingError) -> UInt32 {
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
    // Five bytes hold any tag, and a longer one is refused even if the rest adds nothing, as C++ does.
    let (value, next) = try longVarint(p, end)
    guard value <= UInt64(UInt32.max), next - p <= 5 else { throw .malformedProtobuf }
    p = next
    return UInt32(truncatingIfNeeded: value)
  }

  /// Reads a varint of up to ten bytes; bits above the 64th are dropped.
  @inlinable @inline(__always)
  public static func varint(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer
  ) throws(BinaryDecodingError) -> UInt64 {
    guard p < end else { throw .truncated }
    let first = p.load(as: UInt8.self)
    if first < 0x80 {
      p += 1
      return UInt64(first)
    }
    let (value, next) = try longVarint(p, end)
    p = next
    return value
  }

  /// Reads a length and checks that as many bytes are there.
  @inlinable @inline(__always)
  public static func length(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer
  ) throws(BinaryDecodingError) -> Int {
    let length = try varint(&p, end)
    guard length <= UInt64(UInt(bitPattern: end - p)) else { throw .truncated }
    return Int(truncatingIfNeeded: length)
  }

  /// Reads four bytes, little endian.
  @inlinable @inline(__always)
  public static func fixed32(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer
  ) throws(BinaryDecodingError) -> UInt32 {
    guard end - p >= 4 else { throw .truncated }
    let value = UInt32(littleEndian: p.loadUnaligned(as: UInt32.self))
    p += 4
    return value
  }

  /// Reads eight bytes, little endian.
  @inlinable @inline(__always)
  public static func fixed64(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer
  ) throws(BinaryDecodingError) -> UInt64 {
    guard end - p >= 8 else { throw .truncated }
    let value = UInt64(littleEndian: p.loadUnaligned(as: UInt64.self))
    p += 8
    return value
  }

  /// A varint of more than one byte, or one that is cut off.
  @inline(never)
  @usableFromInline static func longVarint(
    _ start: UnsafeRawPointer, _ end: UnsafeRawPointer
  ) throws(BinaryDecodingError) -> (UInt64, UnsafeRawPointer) {
    var p = start
    var value: UInt64 = 0
    var shift: UInt64 = 0
    let limit = end - p > 10 ? p + 10 : end
    while p < limit {
      let byte = p.load(as: UInt8.self)
      p += 1
      value |= UInt64(byte & 0x7f) &<< shift
      if byte < 0x80 { return (value, p) }
      shift += 7
    }
    throw shift == 70 ? .malformedProtobuf : .truncated
  }
}
