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

  /// Adds a tag and a varint: a number, or the length of what is added next.
  mutating func append(tag: UInt32, varint: UInt64) {
    withUnsafeTemporaryAllocation(byteCount: 32, alignment: 1) { buffer in
      let end = buffer.baseAddress.unsafelyUnwrapped + buffer.count
      let start = WireWriter.varint(UInt64(tag), before: WireWriter.varint(varint, before: end))
      append(UnsafeRawBufferPointer(start: start, count: end - start))
    }
  }

  /// Writes the fields before a position, and leaves as much room as there is when a field is begun.
  @inlinable @inline(__always)
  public func _encode(
    before p: UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    guard let bytes else { return p }
    return Self.encode(bytes, before: p, &context)
  }

  @usableFromInline @inline(never)
  static func encode(
    _ bytes: [UInt8], before p: UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    if bytes.count > EncodingContext.longestCopiedTwice {
      return context.writeLater(bytes.count, before: p) { target in
        bytes.withUnsafeBytes { target.copyMemory(from: $0.baseAddress.unsafelyUnwrapped, byteCount: $0.count) }
      }
    }
    let end = context.room(for: bytes.count, before: p)
    return bytes.withUnsafeBytes { WireWriter.copy($0, before: end) }
  }
}

extension UnknownStorage: Hashable {
  /// Equal when the bytes are.
  public static func == (left: UnknownStorage, right: UnknownStorage) -> Bool {
    left.isEmpty && right.isEmpty || left.bytes == right.bytes
  }
}
