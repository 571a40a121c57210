#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
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

  /// Writes a varint of two to ten bytes.
  @usableFromInline @inline(never)
  static func longVarint(_ value: UInt64, before p: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    inlinedLongVarint(value, before: p)
  }

  /// As ``longVarint(_:before:)``, for loops.
  @inlinable @inline(__always)
  static func inlinedLongVarint(_ value: UInt64, before p: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    if value < 1 << 14 {
      let bytes = UInt16(truncatingIfNeeded: value & 0x7f | 0x80 | (value >> 7) << 8)
      (p - 2).storeBytes(of: bytes.littleEndian, as: UInt16.self)
      return p - 2
    }
    guard value < 1 << 56 else { return longestVarint(value, before: p) }
    // The bytes behind the last group that has a bit are shifted out: what is left of the word ends at `p`, and what
    // lies in front of that is free.
    let size = varintSize(value)
    let bytes = (sevenBitGroups(value) | 0x8080_8080_8080_8080) &<< UInt64(truncatingIfNeeded: 64 - 8 * size)
    (p - 8).storeBytes(of: (bytes & 0x7fff_ffff_ffff_ffff).littleEndian, as: UInt64.self)
    return p - size
  }

  /// Writes a varint of nine or ten bytes, as negative numbers have.
  @usableFromInline @inline(never)
  static func longestVarint(_ value: UInt64, before p: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    let end = varint(value >> 56, before: p)
    let bytes = sevenBitGroups(value) | 0x8080_8080_8080_8080
    (end - 8).storeBytes(of: bytes.littleEndian, as: UInt64.self)
    return end - 8
  }

  /// The lowest eight groups of seven bits, one in each byte.
  @inlinable @inline(__always)
  static func sevenBitGroups(_ value: UInt64) -> UInt64 {
    var bytes = value & 0x0fff_ffff | (value & 0xff_ffff_f000_0000) << 4
    bytes = bytes & 0x0000_3fff_0000_3fff | (bytes & 0x0fff_c000_0fff_c000) << 2
    return bytes & 0x007f_007f_007f_007f | (bytes & 0x3f80_3f80_3f80_3f80) << 1
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
  @inline(__always)
  static func string(
    _ value: UnsafePointer<String>, before p: UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    let count = value.pointee.utf8.count
    let start: UnsafeMutableRawPointer
    if count > EncodingContext.longestCopiedTwice {
      let text = value.pointee
      start = context.writeLater(count, before: p) { copy(text, to: $0) }
    } else {
      start = context.room(for: count, before: p) - count
      copy(value.pointee, to: start)
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
  @inline(__always)
  static func bytes(
    _ value: UnsafePointer<Data>, before p: UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    let count = value.pointee.count
    let start: UnsafeMutableRawPointer
    if count > EncodingContext.longestCopiedTwice {
      let bytes = value.pointee
      start = context.writeLater(count, before: p) { target in
        bytes.withUnsafeBytes { target.copyMemory(from: $0.baseAddress.unsafelyUnwrapped, byteCount: count) }
      }
    } else {
      let end = context.room(for: count, before: p)
      start = value.pointee.withUnsafeBytes { copy($0, before: end) }
    }
    return varint(UInt64(truncatingIfNeeded: count), before: start)
  }

  /// How many bytes a varint takes.
  @inlinable @inline(__always)
  public static func varintSize(_ value: UInt64) -> Int {
    // ceil(bits / 7) without a division: 9 / 64 is close enough to 1 / 7 for 1 to 64 bits.
    ((63 - (value | 1).leadingZeroBitCount) * 9 + 73) >> 6
  }
}
