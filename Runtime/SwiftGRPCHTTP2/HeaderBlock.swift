/// A header list as it was received: immutable, one allocation, bytes until somebody asks for text.
public struct HeaderBlock: Sendable {
  /// The number of fields.
  public var count: Int { 0 }

  /// The size as HTTP/2 counts it: name, value and 32 for each field. Spec: RFC 9113, section 6.5.2.
  public var byteSize: Int { 0 }

  /// Calls `body` with the bytes of each field's name and value, in the order of arrival. They are valid during the call.
  @inlinable
  public func forEach<E: Error>(
    _ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws(E) -> Void
  ) throws(E) {
  }

  /// Calls `body` with the name and value at `index`, which must be below ``count``.
  @inlinable
  public func withField<R, E: Error>(
    at index: Int, _ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    preconditionFailure()
  }

  /// Calls `body` with the value of the first field of this name (lower case), or returns `nil` if there is none.
  @inlinable
  public func withFirst<R, E: Error>(
    named name: StaticString, _ body: (_ value: UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R? {
    nil
  }

  /// The value of the first field of this name (lower case), as text; bytes that are not UTF-8 are replaced.
  public func first(named name: StaticString) -> String? { nil }

  /// `:status` as a number, or `nil` if there is none.
  public var status: Int? { nil }

  /// A block for tests and in-process transports, made from text.
  public init(_ fields: [(name: String, value: String)]) {}
}
