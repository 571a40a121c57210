/// The enum that holds a oneof: a case with a payload for each of its fields.
public protocol Oneof: Hashable, Sendable {
  /// Gives `body` the number of the field that is set and the address of its value.
  func _withValue<Result>(_ body: (_ number: Int32, _ value: UnsafeRawPointer) -> Result) -> Result

  /// The case of a field with the value at an address; `nil` when no such field belongs to the oneof.
  static func _make(number: Int32, from value: UnsafeRawPointer) -> Self?
}

/// A oneof where a message keeps it: `field` is the address of the optional enum.
extension Oneof {
  /// The bytes that the optional enum takes.
  static var layout: (size: Int, alignment: Int) { (MemoryLayout<Self?>.size, MemoryLayout<Self?>.alignment) }

  /// Gives `body` the number and value of the field that is set; `nil` when none is.
  static func withValue<Result>(at field: UnsafeRawPointer, _ body: (Int32, UnsafeRawPointer) -> Result) -> Result? {
    field.assumingMemoryBound(to: Self?.self).pointee?._withValue(body)
  }

  static func isEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer) -> Bool {
    left.assumingMemoryBound(to: Self?.self).pointee == right.assumingMemoryBound(to: Self?.self).pointee
  }

  static func hash(_ field: UnsafeRawPointer, into hasher: inout Hasher) {
    field.assumingMemoryBound(to: Self?.self).pointee?.hash(into: &hasher)
  }

  static func isSet(_ field: UnsafeRawPointer) -> Bool {
    field.assumingMemoryBound(to: Self?.self).pointee != nil
  }

  static func clear(_ field: UnsafeMutableRawPointer) {
    field.assumingMemoryBound(to: Self?.self).pointee = nil
  }

  static func copy(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer) {
    target.assumingMemoryBound(to: Self?.self).pointee = source.assumingMemoryBound(to: Self?.self).pointee
  }

  /// Sets the field with this number to the value at an address.
  static func set(_ field: UnsafeMutableRawPointer, _ number: Int32, to value: UnsafeRawPointer) {
    field.assumingMemoryBound(to: Self?.self).pointee = _make(number: number, from: value)
  }
}
