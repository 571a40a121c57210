/// A oneof where a message keeps it, reached without knowing its type at compile time; `field` is its address.
protocol OneofAccess: Sendable {
  /// The bytes that the oneof takes.
  var layout: (size: Int, alignment: Int) { get }

  /// Gives `body` the number of the member that is set and the address of its value; `nil` when none is.
  func withValue<Result>(at field: UnsafeRawPointer, _ body: (Int32, UnsafeRawPointer) -> Result) -> Result?

  /// The number of the member that is set; 0 when none is.
  func number(_ field: UnsafeRawPointer) -> Int32

  /// True when the same member is set to the same value.
  func isEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer) -> Bool

  /// Hashes the member that is set and its value.
  func hash(_ field: UnsafeRawPointer, into hasher: inout Hasher)

  /// True when a member is set.
  func isSet(_ field: UnsafeRawPointer) -> Bool

  /// Makes all members unset.
  func clear(_ field: UnsafeMutableRawPointer)

  /// Makes the oneof at `target` what the one at `source` is.
  func copy(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer)

  /// Sets the member with this number to the value at an address.
  func set(_ field: UnsafeMutableRawPointer, _ number: Int32, to value: UnsafeRawPointer)
}

/// A oneof of generated code, which is an optional enum.
struct GeneratedOneof<O: Oneof>: OneofAccess {
  private let optional: any OptionalOneof.Type = O?.self

  var layout: (size: Int, alignment: Int) { (MemoryLayout<O?>.size, MemoryLayout<O?>.alignment) }

  func withValue<Result>(at field: UnsafeRawPointer, _ body: (Int32, UnsafeRawPointer) -> Result) -> Result? {
    optional.withValue(at: field, body)
  }

  func number(_ field: UnsafeRawPointer) -> Int32 { optional.number(field) }

  func isEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer) -> Bool {
    left.assumingMemoryBound(to: O?.self).pointee == right.assumingMemoryBound(to: O?.self).pointee
  }

  func hash(_ field: UnsafeRawPointer, into hasher: inout Hasher) {
    field.assumingMemoryBound(to: O?.self).pointee?.hash(into: &hasher)
  }

  func isSet(_ field: UnsafeRawPointer) -> Bool {
    optional.isSet(field)
  }

  func clear(_ field: UnsafeMutableRawPointer) {
    field.assumingMemoryBound(to: O?.self).pointee = nil
  }

  func copy(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer) {
    target.assumingMemoryBound(to: O?.self).pointee = source.assumingMemoryBound(to: O?.self).pointee
  }

  func set(_ field: UnsafeMutableRawPointer, _ number: Int32, to value: UnsafeRawPointer) {
    optional.set(field, number, to: value)
  }
}

/// An optional oneof. See ``OptionalMessage``.
private protocol OptionalOneof: Sendable {
  static func withValue<Result>(at field: UnsafeRawPointer, _ body: (Int32, UnsafeRawPointer) -> Result) -> Result?

  static func number(_ field: UnsafeRawPointer) -> Int32

  static func isSet(_ field: UnsafeRawPointer) -> Bool

  static func set(_ field: UnsafeMutableRawPointer, _ number: Int32, to value: UnsafeRawPointer)
}

extension Optional: OptionalOneof where Wrapped: Oneof {
  @inline(__always)
  fileprivate static func withValue<Result>(at field: UnsafeRawPointer, _ body: (Int32, UnsafeRawPointer) -> Result)
    -> Result?
  {
    field.assumingMemoryBound(to: Self.self).pointee?._withValue(body)
  }

  @inline(__always)
  fileprivate static func number(_ field: UnsafeRawPointer) -> Int32 {
    guard case .some(let oneof) = field.assumingMemoryBound(to: Self.self).pointee else { return 0 }
    return oneof._withValue { number, _ in number }
  }

  @inline(__always)
  fileprivate static func isSet(_ field: UnsafeRawPointer) -> Bool {
    if case .none = field.assumingMemoryBound(to: Self.self).pointee { return false }
    return true
  }

  @inline(__always)
  fileprivate static func set(_ field: UnsafeMutableRawPointer, _ number: Int32, to value: UnsafeRawPointer) {
    field.assumingMemoryBound(to: Self.self).pointee = Wrapped._make(number: number, from: value)
  }
}
