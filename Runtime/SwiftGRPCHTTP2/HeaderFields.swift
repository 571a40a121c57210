/// A header list to send. Static names and values are not copied; all others lie in one buffer that `removeAll` keeps.
///
/// Names must be lower case and pseudo-header fields come first. Spec: RFC 9113, section 8.2 and 8.3.
public struct HeaderFields: Sendable {
  /// How a field is compressed. Spec: RFC 7541, section 6.2.
  public enum Indexing: UInt8, Sendable {
    /// May enter the compression table: for values that come again.
    case allowed
    /// Never enters a table, here or at an intermediary: for secrets and for values that never come again.
    case never
  }

  /// An empty list.
  public init() {}

  /// The number of fields.
  public var count: Int { 0 }

  /// The size as HTTP/2 counts it: name, value and 32 for each field. Spec: RFC 9113, section 6.5.2.
  public private(set) var byteSize: Int = 0

  /// Adds a field of which nothing is copied.
  public mutating func add(_ name: StaticString, _ value: StaticString, indexing: Indexing = .allowed) {}

  /// Adds a field with a static name; the value is copied.
  public mutating func add(_ name: StaticString, bytes value: UnsafeRawBufferPointer, indexing: Indexing = .allowed) {}

  /// Adds a field with a static name; the value is copied.
  public mutating func add(_ name: StaticString, _ value: String, indexing: Indexing = .allowed) {}

  /// Adds a field; name and value are copied.
  public mutating func add(name: String, value: String, indexing: Indexing = .allowed) {}

  /// Adds a field; name and value are copied.
  public mutating func add(
    nameBytes name: UnsafeRawBufferPointer, valueBytes value: UnsafeRawBufferPointer, indexing: Indexing = .allowed
  ) {}

  /// Adds a field with a static name and a value of `byteCount` bytes that `write` puts in place.
  @inlinable
  public mutating func add<E: Error>(
    _ name: StaticString, byteCount: Int, indexing: Indexing = .allowed,
    _ write: (UnsafeMutableRawBufferPointer) throws(E) -> Void
  ) throws(E) {}

  /// Empties the list and keeps its memory.
  public mutating func removeAll() {}
}
