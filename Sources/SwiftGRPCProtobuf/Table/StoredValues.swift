/// How values of one Swift type lie in the fields of messages: alone, as an optional or in an array.
///
/// `field` is the address of the stored property, whose type follows from the field's shape.
enum StoredValues<Value: Hashable> {
  /// The bytes that a field takes.
  static func layout(_ shape: FieldDescription.Shape) -> (size: Int, alignment: Int) {
    switch shape {
    case .repeated: (MemoryLayout<[Value]>.size, MemoryLayout<[Value]>.alignment)
    case .optional, .required: (MemoryLayout<Value?>.size, MemoryLayout<Value?>.alignment)
    case .implicit, .map, .oneof: (MemoryLayout<Value>.size, MemoryLayout<Value>.alignment)
    }
  }

  /// True when the field counts as set: present, not empty, or another value than `defaultValue`.
  static func isSet(
    _ field: UnsafeRawPointer, _ shape: FieldDescription.Shape, default defaultValue: @autoclosure () -> Value
  ) -> Bool {
    switch shape {
    case .repeated: !field.assumingMemoryBound(to: [Value].self).pointee.isEmpty
    case .optional, .required: field.assumingMemoryBound(to: Value?.self).pointee != nil
    case .implicit, .map, .oneof: field.assumingMemoryBound(to: Value.self).pointee != defaultValue()
    }
  }

  /// True when the fields at two addresses are equal.
  static func isEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ shape: FieldDescription.Shape) -> Bool {
    switch shape {
    case .repeated:
      left.assumingMemoryBound(to: [Value].self).pointee == right.assumingMemoryBound(to: [Value].self).pointee
    case .optional, .required:
      left.assumingMemoryBound(to: Value?.self).pointee == right.assumingMemoryBound(to: Value?.self).pointee
    case .implicit, .map, .oneof:
      left.assumingMemoryBound(to: Value.self).pointee == right.assumingMemoryBound(to: Value.self).pointee
    }
  }

  /// Hashes the field.
  static func hash(_ field: UnsafeRawPointer, _ shape: FieldDescription.Shape, into hasher: inout Hasher) {
    switch shape {
    case .repeated: hasher.combine(field.assumingMemoryBound(to: [Value].self).pointee)
    case .optional, .required: hasher.combine(field.assumingMemoryBound(to: Value?.self).pointee)
    case .implicit, .map, .oneof: hasher.combine(field.assumingMemoryBound(to: Value.self).pointee)
    }
  }

  /// Makes the field unset.
  static func clear(_ field: UnsafeMutableRawPointer, _ shape: FieldDescription.Shape, default value: Value) {
    switch shape {
    case .repeated: field.assumingMemoryBound(to: [Value].self).pointee = []
    case .optional, .required: field.assumingMemoryBound(to: Value?.self).pointee = nil
    case .implicit, .map, .oneof: field.assumingMemoryBound(to: Value.self).pointee = value
    }
  }

  /// Makes the field at `target` what the one at `source` is.
  static func copy(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, _ shape: FieldDescription.Shape) {
    switch shape {
    case .repeated:
      target.assumingMemoryBound(to: [Value].self).pointee = source.assumingMemoryBound(to: [Value].self).pointee
    case .optional, .required:
      target.assumingMemoryBound(to: Value?.self).pointee = source.assumingMemoryBound(to: Value?.self).pointee
    case .implicit, .map, .oneof:
      target.assumingMemoryBound(to: Value.self).pointee = source.assumingMemoryBound(to: Value.self).pointee
    }
  }
}
