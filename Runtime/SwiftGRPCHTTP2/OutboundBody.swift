/// The bytes of one stream's body that wait to be sent: a queue in one contiguous region.
public struct OutboundBody: ~Copyable {
  /// How many bytes wait.
  public var count: Int { 0 }

  /// An empty queue; takes no memory until the first append.
  public init() {}

  /// Appends `byteCount` bytes that `write` puts straight into the queue; all of them must be written.
  @inlinable
  public mutating func append<E: Error>(
    byteCount: Int, _ write: (UnsafeMutableRawBufferPointer) throws(E) -> Void
  ) throws(E) {
  }

  /// Appends a copy of `bytes`.
  public mutating func append(copying bytes: UnsafeRawBufferPointer) {
  }
}
