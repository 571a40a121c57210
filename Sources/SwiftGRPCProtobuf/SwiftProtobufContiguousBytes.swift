#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Android)
  import Android
#endif

/// A collection of bytes that lie in one piece: what messages are decoded from and encoded to.
public protocol SwiftProtobufContiguousBytes {
  /// `count` copies of a byte.
  init(repeating: UInt8, count: Int)

  /// The bytes of a sequence.
  init<S: Sequence>(_ sequence: S) where S.Element == UInt8

  /// How many bytes there are.
  var count: Int { get }

  /// Gives a closure the bytes for reading.
  func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R

  /// Gives a closure the bytes for changing.
  mutating func withUnsafeMutableBytes<R>(_ body: (UnsafeMutableRawBufferPointer) throws -> R) rethrows -> R

  /// A copy of an encoded message.
  init(encoded: EncodedBytes)
}

extension SwiftProtobufContiguousBytes {
  /// A copy of an encoded message.
  public init(encoded: EncodedBytes) {
    self.init(repeating: 0, count: encoded.count)
    withUnsafeMutableBytes { if let target = $0.baseAddress { encoded.copy(to: target) } }
  }
}

extension [UInt8]: SwiftProtobufContiguousBytes {
  /// A copy of an encoded message.
  public init(encoded: EncodedBytes) {
    if encoded.filled == nil {
      self = Array(encoded.start)  // of all ways to make a small array the one with the fewest instructions
    } else {
      self = []
      append(contentsOf: encoded)
    }
  }
}

extension Data: SwiftProtobufContiguousBytes {
  /// A copy of an encoded message.
  public init(encoded: EncodedBytes) {
    self = Data._uninitialized(count: encoded.count) { buffer in
      if let target = buffer.baseAddress { encoded.copy(to: target) }
    }
  }

  /// `count` bytes that `initialize` writes, every one of them.
  static func _uninitialized(count: Int, _ initialize: (UnsafeMutableRawBufferPointer) -> Void) -> Data {
    guard count > 14 else {  // so few bytes lie in the value itself
      return withUnsafeTemporaryAllocation(byteCount: 16, alignment: 1) { buffer in
        let bytes = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
        initialize(bytes)
        return Data(bytes)
      }
    }
    guard let memory = malloc(count) else { preconditionFailure("out of memory: \(count) bytes") }
    initialize(UnsafeMutableRawBufferPointer(start: memory, count: count))
    return Data(bytesNoCopy: memory, count: count, deallocator: .free)
  }
}
