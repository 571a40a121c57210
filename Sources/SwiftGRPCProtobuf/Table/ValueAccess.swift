/// What the table's interpreters do with a field whatever its type is; `field` is the address of the stored property.
protocol ValueAccess: Sendable {
  /// The bytes that a field takes.
  func layout(_ shape: FieldDescription.Shape) -> (size: Int, alignment: Int)

  /// True when the field counts as set: present, not empty, or not the default.
  func isSet(_ field: UnsafeRawPointer, _ shape: FieldDescription.Shape) -> Bool

  /// True when the fields at two addresses are equal.
  func isEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ shape: FieldDescription.Shape) -> Bool

  /// Hashes the field.
  func hash(_ field: UnsafeRawPointer, _ shape: FieldDescription.Shape, into hasher: inout Hasher)

  /// Makes the field unset.
  func clear(_ field: UnsafeMutableRawPointer, _ shape: FieldDescription.Shape)

  /// Makes the field at `target` what the one at `source` is.
  func copy(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, _ shape: FieldDescription.Shape)
}

/// Numbers, strings and bytes.
struct ScalarAccess<Value: Hashable & Sendable>: ValueAccess {
  /// The default of a field that states none.
  let defaultValue: Value

  func layout(_ shape: FieldDescription.Shape) -> (size: Int, alignment: Int) { StoredValues<Value>.layout(shape) }

  func isSet(_ field: UnsafeRawPointer, _ shape: FieldDescription.Shape) -> Bool {
    StoredValues<Value>.isSet(field, shape, default: defaultValue)
  }

  func isEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ shape: FieldDescription.Shape) -> Bool {
    StoredValues<Value>.isEqual(left, right, shape)
  }

  func hash(_ field: UnsafeRawPointer, _ shape: FieldDescription.Shape, into hasher: inout Hasher) {
    StoredValues<Value>.hash(field, shape, into: &hasher)
  }

  func clear(_ field: UnsafeMutableRawPointer, _ shape: FieldDescription.Shape) {
    StoredValues<Value>.clear(field, shape, default: defaultValue)
  }

  func copy(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, _ shape: FieldDescription.Shape) {
    StoredValues<Value>.copy(source, to: target, shape)
  }
}
