#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// The primitives that write the binary format to memory.
///
/// The first pass has made sure that there is room; each returns the position behind what it wrote.
public enum WireWriter {
  /// Writes a tag, which generated code knows as a constant.
  @inlinable @inline(__always)
  public static func tag(_ p: UnsafeMutableRawPointer, _ tag: UInt32) -> UnsafeMutableRawPointer {
    if tag < 1 << 7 {
      store(p, UInt8(truncatingIfNeeded: tag))
      return p + 1
    }
    if tag < 1 << 14 {
      store(p, UInt8(truncatingIfNeeded: tag) | 0x80)
      store(p + 1, UInt8(truncatingIfNeeded: tag >> 7))
      return p + 2
    }
    return longVarint(p, UInt64(tag))
  }

  /// Writes a varint of one to ten bytes. Only the shortest is written in place: what is inlined for every field takes
  /// long to compile.
  @inlinable @inline(__always)
  public static func varint(_ p: UnsafeMutableRawPointer, _ value: UInt64) -> UnsafeMutableRawPointer {
    if value < 0x80 {
      store(p, UInt8(truncatingIfNeeded: value))
      return p + 1
    }
    return longVarint(p, value)
  }

  /// Writes a varint of any length, but for values below 128 as ``varint(_:_:)`` would.
  @usableFromInline @inline(never)
  static func longVarint(_ p: UnsafeMutableRawPointer, _ value: UInt64) -> UnsafeMutableRawPointer {
    inlinedVarint(p, value)
  }

  /// As ``varint(_:_:)``, for loops.
  @inlinable @inline(__always)
  static func inlinedVarint(_ start: UnsafeMutableRawPointer, _ value: UInt64) -> UnsafeMutableRawPointer {
    var p = start
    var rest = value
    while rest >= 0x80 {
      store(p, UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
      p += 1
    }
    store(p, UInt8(truncatingIfNeeded: rest))
    return p + 1
  }

  /// Writes a byte. The pointer's own method for this is long where it is inlined.
  @inlinable @inline(__always)
  static func store(_ p: UnsafeMutableRawPointer, _ byte: UInt8) {
    p.assumingMemoryBound(to: UInt8.self).pointee = byte
  }

  /// Writes four bytes, little endian.
  @inlinable @inline(__always)
  public static func fixed32(_ p: UnsafeMutableRawPointer, _ value: UInt32) -> UnsafeMutableRawPointer {
    p.storeBytes(of: value.littleEndian, as: UInt32.self)
    return p + 4
  }

  /// Writes eight bytes, little endian.
  @inlinable @inline(__always)
  public static func fixed64(_ p: UnsafeMutableRawPointer, _ value: UInt64) -> UnsafeMutableRawPointer {
    p.storeBytes(of: value.littleEndian, as: UInt64.self)
    return p + 8
  }

  /// Writes a length and a string's UTF-8.
  @inline(never)
  public static func string(_ p: UnsafeMutableRawPointer, _ value: String) -> UnsafeMutableRawPointer {
    let written = value.utf8.withContiguousStorageIfAvailable { text in
      let start = varint(p, UInt64(text.count))
      if let source = text.baseAddress { start.copyMemory(from: source, byteCount: text.count) }
      return start + text.count
    }
    if let written { return written }
    var next = varint(p, UInt64(value.utf8.count))  // a string bridged from Objective-C
    for byte in value.utf8 {
      next.storeBytes(of: byte, as: UInt8.self)
      next += 1
    }
    return next
  }

  /// Writes a length and the bytes.
  @inline(never)
  public static func bytes(_ p: UnsafeMutableRawPointer, _ value: Data) -> UnsafeMutableRawPointer {
    value.withUnsafeBytes { bytes in
      let start = varint(p, UInt64(bytes.count))
      if let source = bytes.baseAddress { start.copyMemory(from: source, byteCount: bytes.count) }
      return start + bytes.count
    }
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
