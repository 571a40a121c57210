#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Memory with an encoded message that what is decoded from it may keep, instead of copying from it.
///
/// A `bytes` field copies its value, since the memory that it is decoded from usually goes away or is used again. Who decodes a long
/// message from memory of its own lends it for the length of a call:
/// ```swift
/// let message = try LentMemory.$current.withValue(LentMemory(bytes, owner: block)) { try Payload(decoding: bytes) }
/// ```
/// Values that are long, and at least half of the memory, then refer to it and keep its owner: so nothing holds more than twice what it
/// is itself, and what the owner has beside the message. The message is decoded once, and nobody else reads or changes its bytes any
/// more: `Data` that is the only one to refer to its bytes changes them where they are.
package struct LentMemory: @unchecked Sendable {
  // Sendable: each byte belongs to the one value that refers to it, and the owner is only kept.
  private let bytes: UnsafeRawBufferPointer
  private let owner: any AnyObject & Sendable

  /// What decoding in this task may keep.
  @TaskLocal package static var current: LentMemory?

  /// A shorter value is copied.
  static var leastBytes: Int { 8192 }

  /// - Parameters:
  ///   - bytes: The encoded message.
  ///   - owner: Frees them when nobody refers to it any more, on any thread.
  package init(_ bytes: UnsafeRawBufferPointer, owner: any AnyObject & Sendable) {
    self.bytes = bytes
    self.owner = owner
  }

  /// The value of a `bytes` field: a copy, or what lies there if that may be kept.
  @inline(__always)
  static func data(_ start: UnsafeRawPointer, count: Int) -> Data {
    count < leastBytes ? Data(bytes: start, count: count) : longData(start, count: count)
  }

  @inline(never)
  private static func longData(_ start: UnsafeRawPointer, count: Int) -> Data {
    guard let lent = current, count >= lent.bytes.count / 2, let base = lent.bytes.baseAddress, start >= base,
      start + count <= base + lent.bytes.count
    else { return Data(bytes: start, count: count) }
    let owner = lent.owner
    return Data(
      bytesNoCopy: UnsafeMutableRawPointer(mutating: start), count: count,
      deallocator: .custom { _, _ in withExtendedLifetime(owner) {} })
  }
}
