#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// The primitives that write the binary format to memory, backwards: each writes what ends at a position, and returns
/// where that begins. ``EncodingContext`` says how it is known that there is room.
public enum WireWriter {
  /// Writes a tag, which generated code knows as a constant.
  @inlinable @inline(__always)
  public static func tag(_ tag: UInt32, before p: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    if tag < 1 << 7 {
      store(UInt8(truncatingIfNeeded: tag), at: p - 1)
      return p - 1
    }
    if tag < 1 << 14 {
      let bytes = UInt16(truncatingIfNeeded: tag & 0x7f | 0x80 | (tag & 0x3f80) << 1)
      (p - 2).storeBytes(of: bytes.littleEndian, as: UInt16.self)
      return p - 2
    }
    return longVarint(UInt64(tag), before: p)
  }

  /// Writes a varint of one to ten bytes. Only the shortest is written in place: what is inlined for every field takes
  /// long to compile.
  @inlinable @inline(__always)
  public static func varint(_ value: UInt64, before p: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    if value < 0x80 {
      store(UInt8(truncatingIfNeeded: value), at: p - 1)
      return p - 1
    }
    return longVarint(value, before: p)
  }

  /// Writes a varint of any length, but for values below 128 as ``varint(_:before:)`` would.
  @usableFromInline @inline(never)
  static func longVarint(_ value: UInt64, before p: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    inlinedVarint(value, before: p)
  }

  /// As ``varint(_:before:)``, for loops.
  @inlinable @inline(__always)
  static func inlinedVarint(_ value: UInt64, before p: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    if value < 1 << 7 {
      store(UInt8(truncatingIfNeeded: value), at: p - 1)
      return p - 1
    }
    if value < 1 << 14 {
      let bytes = UInt16(truncatingIfNeeded: value & 0x7f | 0x80 | (value >> 7) << 8)
      (p - 2).storeBytes(of: bytes.littleEndian, as: UInt16.self)
      return p - 2
    }
    guard value < 1 << 56 else { return longestVarint(value, before: p) }
    // Eight groups of seven bits are spread to eight bytes. Those behind the last group that has a bit are shifted out:
    // what is left lies before `p`, and the bytes before that are free.
    var bytes = value & 0x0fff_ffff | (value & 0xff_ffff_f000_0000) << 4
    bytes = bytes & 0x0000_3fff_0000_3fff | (bytes & 0x0fff_c000_0fff_c000) << 2
    bytes = bytes & 0x007f_007f_007f_007f | (bytes & 0x3f80_3f80_3f80_3f80) << 1
    let size = varintSize(value)
    let unused = UInt64(truncatingIfNeeded: 64 - 8 * size)
    bytes = ((bytes | 0x8080_8080_8080_8080) &<< unused) & 0x7fff_ffff_ffff_ffff
    (p - 8).storeBytes(of: bytes.littleEndian, as: UInt64.self)
    return p - size
  }

  /// Writes a varint byte by byte: nine or ten of them, and what the fast way must agree with.
  @usableFromInline @inline(never)
  static func longestVarint(_ value: UInt64, before p: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    let start = p - varintSize(value)
    var next = start
    var rest = value
    while rest >= 0x80 {
      store(UInt8(truncatingIfNeeded: rest) | 0x80, at: next)
      rest >>= 7
      next += 1
    }
    store(UInt8(truncatingIfNeeded: rest), at: next)
    return start
  }

  /// Writes a byte. The pointer's own method for this is long where it is inlined.
  @inlinable @inline(__always)
  static func store(_ byte: UInt8, at p: UnsafeMutableRawPointer) {
    p.assumingMemoryBound(to: UInt8.self).pointee = byte
  }

  /// Writes bytes, for which there is room.
  @inlinable @inline(__always)
  static func copy(_ bytes: UnsafeRawBufferPointer, before p: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    let start = p - bytes.count
    if let source = bytes.baseAddress { start.copyMemory(from: source, byteCount: bytes.count) }
    return start
  }

  /// Writes a length and a string's UTF-8.
  @inline(never)
  public static func string(
    _ value: String, before p: UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    let count = value.utf8.count
    let start: UnsafeMutableRawPointer
    if count > EncodingContext.longestCopiedTwice {
      start = context.writeLater(count, before: p) { copy(value, to: $0) }
    } else {
      start = context.room(for: count, before: p) - count
      copy(value, to: start)
    }
    return varint(UInt64(truncatingIfNeeded: count), before: start)
  }

  @inline(__always)
  private static func copy(_ value: String, to target: UnsafeMutableRawPointer) {
    let copied: Void? = value.utf8.withContiguousStorageIfAvailable { text in
      if let source = text.baseAddress { target.copyMemory(from: source, byteCount: text.count) }
    }
    if copied != nil { return }
    for (offset, byte) in value.utf8.enumerated() { store(byte, at: target + offset) }  // bridged from Objective-C
  }

  /// Writes a length and the bytes.
  @inline(never)
  public static func bytes(
    _ value: Data, before p: UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    let count = value.count
    let start: UnsafeMutableRawPointer
    if count > EncodingContext.longestCopiedTwice {
      start = context.writeLater(count, before: p) { target in
        value.withUnsafeBytes { target.copyMemory(from: $0.baseAddress.unsafelyUnwrapped, byteCount: count) }
      }
    } else {
      let end = context.room(for: count, before: p)
      start = value.withUnsafeBytes { copy($0, before: end) }
    }
    return varint(UInt64(truncatingIfNeeded: count), before: start)
  }

  /// How many bytes a varint takes.
  @inlinable @inline(__always)
  public static func varintSize(_ value: UInt64) -> Int {
    // ceil(bits / 7) without a division: 9 / 64 is close enough to 1 / 7 for 1 to 64 bits.
    ((63 - (value | 1).leadingZeroBitCount) * 9 + 73) >> 6
  }

  /// How many bytes a length and as many bytes take.
  @inlinable @inline(__always)
  public static func lengthDelimitedSize(_ count: Int) -> Int {
    varintSize(UInt64(truncatingIfNeeded: count)) + count
  }
}
