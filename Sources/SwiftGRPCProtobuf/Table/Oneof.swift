/// The enum that holds a oneof: a case with a payload for each of its fields.
public protocol Oneof: Hashable, Sendable {
  /// Gives `body` the number of the field that is set and the address of its value.
  func _withValue<Result>(_ body: (_ number: Int32, _ value: UnsafeRawPointer) -> Result) -> Result

  /// The case of a field with the value at an address; `nil` when no such field belongs to the oneof.
  static func _make(number: Int32, from value: UnsafeRawPointer) -> Self?
}
