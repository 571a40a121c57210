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
///
/// Not specialised for the type, as ``GeneratedMessage``, and made like it.
struct GeneratedEnum<E: Enum>: EnumAccess {
  private let optional: any OptionalEnum.Type = E?.self
  private let array: any EnumArray.Type = [E].self
  private let defaultNumber = Int32(truncatingIfNeeded: E().rawValue)

  var names: EnumNames { E._protobuf_names }

  var isNullValue: Bool { E.self == Google_Protobuf_NullValue.self }

  func number(of value: UnsafeRawPointer) -> Int32 {
    Int32(truncatingIfNeeded: value.assumingMemoryBound(to: E.self).pointee.rawValue)
  }

  func number(ofOptional field: UnsafeRawPointer) -> Int32? { optional.number(at: field) }

  func numbers(in field: UnsafeRawPointer) -> [Int32] { array.numbers(at: field) }

  func store(_ number: Int32, in field: UnsafeMutableRawPointer, _ shape: FieldDescription.Shape) -> Bool {
    switch shape {
    case .repeated:
      // The array's own code would have to look for the type of the optional that makes a value of a number.
      withUnsafeTemporaryAllocation(byteCount: MemoryLayout<E>.size, alignment: MemoryLayout<E>.alignment) { memory in
        let value = memory.baseAddress.unsafelyUnwrapped
        guard optional.initialize(value, number) else { return false }
        array.append(taking: value, to: field)
        return true
      }
    case .optional, .required: optional.set(number, at: field)
    case .implicit, .map, .oneof: optional.setWrapped(number, at: field)
    }
  }

  func withValue<Result>(_ number: Int32, _ body: (_ value: UnsafeRawPointer) -> Result) -> Result {
    withUnsafePointer(to: E(rawValue: Int(number)) ?? E()) { body($0) }
  }

  func layout(_ shape: FieldDescription.Shape) -> (size: Int, alignment: Int) { StoredValues<E>.layout(shape) }

  func isSet(_ field: UnsafeRawPointer, _ shape: FieldDescription.Shape) -> Bool {
    switch shape {
    case .repeated: array.isSet(at: field)
    case .optional, .required: optional.number(at: field) != nil
    case .implicit, .map, .oneof: number(of: field) != defaultNumber
    }
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

/// An optional value of an enum. See ``OptionalMessage``.
private protocol OptionalEnum: Sendable {
  /// The number of the value at `field`, or `nil` when there is none.
  static func number(at field: UnsafeRawPointer) -> Int32?

  /// Sets the optional at `field`; false when the enum has no such number.
  static func set(_ number: Int32, at field: UnsafeMutableRawPointer) -> Bool

  /// Initializes a value, which is no optional; false when the enum has no such number.
  static func initialize(_ value: UnsafeMutableRawPointer, _ number: Int32) -> Bool

  /// Sets the value at `field`, which is no optional; false when the enum has no such number.
  static func setWrapped(_ number: Int32, at field: UnsafeMutableRawPointer) -> Bool
}

extension Optional: OptionalEnum where Wrapped: Enum {
  @inline(__always)
  fileprivate static func number(at field: UnsafeRawPointer) -> Int32? {
    guard let value = field.assumingMemoryBound(to: Self.self).pointee else { return nil }
    return Int32(truncatingIfNeeded: value.rawValue)
  }

  @inline(__always)
  fileprivate static func set(_ number: Int32, at field: UnsafeMutableRawPointer) -> Bool {
    guard let value = Wrapped(rawValue: Int(number)) else { return false }
    field.assumingMemoryBound(to: Self.self).pointee = value
    return true
  }

  @inline(__always)
  fileprivate static func initialize(_ memory: UnsafeMutableRawPointer, _ number: Int32) -> Bool {
    guard let value = Wrapped(rawValue: Int(number)) else { return false }
    memory.assumingMemoryBound(to: Wrapped.self).initialize(to: value)
    return true
  }

  @inline(__always)
  fileprivate static func setWrapped(_ number: Int32, at field: UnsafeMutableRawPointer) -> Bool {
    guard let value = Wrapped(rawValue: Int(number)) else { return false }
    field.assumingMemoryBound(to: Wrapped.self).pointee = value
    return true
  }
}

/// An array of values of an enum.
private protocol EnumArray: Sendable {
  /// True when the array at `field` is not empty.
  static func isSet(at field: UnsafeRawPointer) -> Bool

  /// The numbers of the values in the array at `field`.
  static func numbers(at field: UnsafeRawPointer) -> [Int32]

  /// Moves a value to the end of the array at `field`.
  static func append(taking value: UnsafeMutableRawPointer, to field: UnsafeMutableRawPointer)
}

extension Array: EnumArray where Element: Enum {
  @inline(__always)
  fileprivate static func isSet(at field: UnsafeRawPointer) -> Bool {
    !field.assumingMemoryBound(to: Self.self).pointee.isEmpty
  }

  @inline(__always)
  fileprivate static func numbers(at field: UnsafeRawPointer) -> [Int32] {
    let values = field.assumingMemoryBound(to: Self.self)
    var numbers: [Int32] = []
    numbers.reserveCapacity(values.pointee.count)
    for index in values.pointee.indices {
      numbers.append(Int32(truncatingIfNeeded: values.pointee[index].rawValue))
    }
    return numbers
  }

  @inline(__always)
  fileprivate static func append(taking value: UnsafeMutableRawPointer, to field: UnsafeMutableRawPointer) {
    let array = field.assumingMemoryBound(to: Self.self)
    array.pointee.reserveFirst()
    array.pointee.append(value.assumingMemoryBound(to: Element.self).move())
  }
}
