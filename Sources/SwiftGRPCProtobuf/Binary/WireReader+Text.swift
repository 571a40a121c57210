#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

extension WireReader {
  /// Reads a length and as many bytes of UTF-8.
  @inlinable @inline(__always)
  public static func string(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer
  ) throws(BinaryDecodingError) -> String {
    let (value, next) = try stringAndEnd(p, end)
    p = next
    return value
  }

  /// Reads a length and as many bytes.
  @inlinable @inline(__always)
  public static func bytes(
    _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer
  ) throws(BinaryDecodingError) -> Data {
    let (value, next) = try bytesAndEnd(p, end)
    p = next
    return value
  }

  @inline(never)
  @usableFromInline static func stringAndEnd(
    _ start: UnsafeRawPointer, _ end: UnsafeRawPointer
  ) throws(BinaryDecodingError) -> (String, UnsafeRawPointer) {
    var p = start
    let count = try length(&p, end)
    guard let value = string(validating: UnsafeRawBufferPointer(start: p, count: count)) else { throw .invalidUTF8 }
    return (value, p + count)
  }

  /// Makes a string of UTF-8, or `nil` when the bytes are none. `String(decoding:as:)` would repair them instead.
  static func string(validating bytes: UnsafeRawBufferPointer) -> String? {
    if bytes.isEmpty { return "" }
    if bytes.count <= ShortString.capacity, let string = ShortString.make(ascii: bytes) { return string }
    let characters = bytes.assumingMemoryBound(to: UInt8.self)
    if #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) {
      guard let text = try? UTF8Span(validating: Span(_unsafeElements: characters)) else { return nil }
      return String(copying: text)
    }
    return String(validating: characters, as: UTF8.self)
  }

  @inline(never)
  @usableFromInline static func bytesAndEnd(
    _ start: UnsafeRawPointer, _ end: UnsafeRawPointer
  ) throws(BinaryDecodingError) -> (Data, UnsafeRawPointer) {
    var p = start
    let count = try length(&p, end)
    guard count > 0 else { return (Data(), p) }
    return (LentMemory.data(p, count: count), p + count)
  }
}
