#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// The encoded fields of a message that its program does not know.
///
/// They are kept in the order in which they came, tags included, and written again when the message is encoded. One
/// word wide, so that a message without such fields pays little for it.
public struct UnknownStorage: Sendable {
  @usableFromInline var bytes: [UInt8]?

  /// No unknown fields.
  @inlinable
  public init() { bytes = nil }

  /// True when there are no unknown fields.
  @inlinable
  public var isEmpty: Bool { bytes == nil }

  /// The encoded fields, tags included.
  public var data: Data { bytes.map { Data($0) } ?? Data() }

  /// How many bytes the fields take.
  @inlinable
  public var byteCount: Int { bytes?.count ?? 0 }

  /// Adds encoded fields, tags included.
  @inline(never)
  public mutating func append(_ fields: UnsafeRawBufferPointer) {
    if bytes == nil { bytes = [] }
    bytes?.append(contentsOf: fields)
  }

  /// Adds a varint field.
  mutating func append(fieldNumber: UInt32, varint: UInt64) {
    withUnsafeTemporaryAllocation(byteCount: 16, alignment: 1) { buffer in
      let start = buffer.baseAddress.unsafelyUnwrapped
      var p = WireWriter.varint(start, UInt64(fieldNumber << 3))
      p = WireWriter.varint(p, varint)
      append(UnsafeRawBufferPointer(start: start, count: p - start))
    }
  }

  /// Writes the fields, and returns the end of what it wrote.
  @inlinable @inline(__always)
  public func _encode(_ p: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    guard let bytes else { return p }
    bytes.withUnsafeBytes { p.copyMemory(from: $0.baseAddress.unsafelyUnwrapped, byteCount: $0.count) }
    return p + bytes.count
  }
}

extension UnknownStorage: Hashable {
  /// Equal when the bytes are.
  public static func == (left: UnknownStorage, right: UnknownStorage) -> Bool {
    left.isEmpty && right.isEmpty || left.bytes == right.bytes
  }
}
