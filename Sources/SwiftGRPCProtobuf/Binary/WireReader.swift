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
    _ p: UnsafeRawPointer, _ end: UnsafeRawPointer
  ) throws(BinaryDecodingError) -> (UInt64, UnsafeRawPointer) {
    if p < end, end - p >= 8, let (value, next) = varintInWords(p, end) { return (value, next) }
    return try varintByBytes(p, end)
  }

  /// A varint that need not be read byte by byte. There are eight bytes or more before `end`, not all of them behind `p`;
  /// a varint that is cut off there seems to end behind `end`, or is `nil`.
  @inline(__always)
  static func varintInWords(_ p: UnsafeRawPointer, _ end: UnsafeRawPointer) -> (UInt64, UnsafeRawPointer)? {
    let count = end - p
    guard count > 0 else { return nil }
    let word =
      count >= 8
      ? UInt64(littleEndian: p.loadUnaligned(as: UInt64.self))
      : UInt64(littleEndian: (end - 8).loadUnaligned(as: UInt64.self)) >> UInt64(8 * (8 - count))
    let terminators = ~word & 0x8080_8080_8080_8080
    if terminators == 0, count < 10 { return nil }
    return wordVarint(p, word, terminators)
  }

  /// A varint of which `word` has the first eight bytes, of which `terminators` has the top bit of each that ends one;
  /// `nil` when it does not end within ten bytes. Two more bytes are there when none of the eight ends it.
  @inlinable @inline(__always)
  static func wordVarint(
    _ p: UnsafeRawPointer, _ word: UInt64, _ terminators: UInt64
  ) -> (UInt64, UnsafeRawPointer)? {
    if terminators != 0 {
      // The lowest terminator and all bits below it.
      let bytes = word & (terminators ^ (terminators &- 1))
      return (joinSevenBits(of: bytes), p + (terminators.trailingZeroBitCount >> 3 + 1))
    }
    let ninth = UInt64(p.load(fromByteOffset: 8, as: UInt8.self))
    let value = joinSevenBits(of: word) | (ninth & 0x7f) << 56
    if ninth < 0x80 { return (value, p + 9) }
    let tenth = UInt64(p.load(fromByteOffset: 9, as: UInt8.self))
    return tenth < 0x80 ? (value | tenth << 63, p + 10) : nil
  }

  /// Joins the low seven bits of eight bytes: pairs, then fours, then all. Moving the upper half of a part down is
  /// taking away what it is too high by.
  @inlinable @inline(__always)
  static func joinSevenBits(of bytes: UInt64) -> UInt64 {
    var x = bytes & 0x7f7f_7f7f_7f7f_7f7f
    x &-= (x & 0x7f00_7f00_7f00_7f00) >> 1
    x &-= (x & 0x3fff_0000_3fff_0000) >> 2 &* 3
    return x & 0xffff_ffff | (x >> 32) << 28
  }

  /// A varint, one byte after the other.
  @inline(never)
  static func varintByBytes(
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
