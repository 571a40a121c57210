/// What has to be done with the memory of a field when a message comes and goes.
protocol FieldSlot: Sendable {
  var byteCount: Int { get }
  var alignment: Int { get }

  /// True when copying the bytes copies the value, and nothing is to be released.
  var isTrivial: Bool { get }

  /// Makes the value of a field that is not set.
  func initialize(_ field: UnsafeMutableRawPointer)

  /// Makes a copy of the value at another address.
  func initialize(_ field: UnsafeMutableRawPointer, from source: UnsafeRawPointer)

  /// Ends the value's life.
  func deinitialize(_ field: UnsafeMutableRawPointer)
}

/// The memory of a value of a Swift type.
struct TypedSlot<Value: Sendable>: FieldSlot {
  /// The value of a field that is not set.
  let initial: Value

  var byteCount: Int { MemoryLayout<Value>.size }

  var alignment: Int { MemoryLayout<Value>.alignment }

  var isTrivial: Bool { _isPOD(Value.self) }

  func initialize(_ field: UnsafeMutableRawPointer) {
    field.initializeMemory(as: Value.self, to: initial)
  }

  func initialize(_ field: UnsafeMutableRawPointer, from source: UnsafeRawPointer) {
    field.initializeMemory(as: Value.self, to: source.assumingMemoryBound(to: Value.self).pointee)
  }

  func deinitialize(_ field: UnsafeMutableRawPointer) {
    field.assumingMemoryBound(to: Value.self).deinitialize(count: 1)
  }
}
