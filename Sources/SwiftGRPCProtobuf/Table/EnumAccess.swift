/// How the values of one enum lie in fields, and what their numbers and names are.
protocol EnumAccess: ValueAccess {
  /// The names and numbers that the `.proto` file declares.
  var names: EnumNames { get }

  /// True for `google.protobuf.NullValue`, which is `null` in JSON.
  var isNullValue: Bool { get }

  /// The number of the value at an address.
  func number(of value: UnsafeRawPointer) -> Int32

  /// The number of the optional value at `field`, or `nil` when there is none.
  func number(ofOptional field: UnsafeRawPointer) -> Int32?

  /// The numbers of the values in the array at `field`.
  func numbers(in field: UnsafeRawPointer) -> [Int32]

  /// Sets the field, or appends to it when it is repeated.
  ///
  /// - Returns: false when the enum is closed and has no value of this number; the field is then as before.
  func store(_ number: Int32, in field: UnsafeMutableRawPointer, _ shape: FieldDescription.Shape) -> Bool

  /// Gives `body` the address of a value that has this number, or of the default value when a closed enum has none.
  func withValue<Result>(_ number: Int32, _ body: (_ value: UnsafeRawPointer) -> Result) -> Result
}

/// Values of a generated enum.
struct GeneratedEnum<E: Enum>: EnumAccess {
  var names: EnumNames { E._protobuf_names }

  var isNullValue: Bool { E.self == Google_Protobuf_NullValue.self }

  func number(of value: UnsafeRawPointer) -> Int32 {
    Int32(truncatingIfNeeded: value.assumingMemoryBound(to: E.self).pointee.rawValue)
  }

  func number(ofOptional field: UnsafeRawPointer) -> Int32? {
    field.assumingMemoryBound(to: E?.self).pointee.map { Int32(truncatingIfNeeded: $0.rawValue) }
  }

  func numbers(in field: UnsafeRawPointer) -> [Int32] {
    field.assumingMemoryBound(to: [E].self).pointee.map { Int32(truncatingIfNeeded: $0.rawValue) }
  }

  func store(_ number: Int32, in field: UnsafeMutableRawPointer, _ shape: FieldDescription.Shape) -> Bool {
    guard let value = E(rawValue: Int(number)) else { return false }
    switch shape {
    case .repeated: field.assumingMemoryBound(to: [E].self).pointee.append(value)
    case .optional, .required: field.assumingMemoryBound(to: E?.self).pointee = value
    case .implicit, .map, .oneof: field.assumingMemoryBound(to: E.self).pointee = value
    }
    return true
  }

  func withValue<Result>(_ number: Int32, _ body: (_ value: UnsafeRawPointer) -> Result) -> Result {
    withUnsafePointer(to: E(rawValue: Int(number)) ?? E()) { body($0) }
  }

  func layout(_ shape: FieldDescription.Shape) -> (size: Int, alignment: Int) { StoredValues<E>.layout(shape) }

  func isSet(_ field: UnsafeRawPointer, _ shape: FieldDescription.Shape) -> Bool {
    StoredValues<E>.isSet(field, shape, default: E())
  }

  func isEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ shape: FieldDescription.Shape) -> Bool {
    StoredValues<E>.isEqual(left, right, shape)
  }

  func hash(_ field: UnsafeRawPointer, _ shape: FieldDescription.Shape, into hasher: inout Hasher) {
    StoredValues<E>.hash(field, shape, into: &hasher)
  }

  func clear(_ field: UnsafeMutableRawPointer, _ shape: FieldDescription.Shape) {
    StoredValues<E>.clear(field, shape, default: E())
  }

  func copy(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, _ shape: FieldDescription.Shape) {
    StoredValues<E>.copy(source, to: target, shape)
  }
}
