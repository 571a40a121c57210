/// An enum of a schema. Its values are stored as their numbers.
final class DynamicEnum: EnumAccess {
  private typealias Values = StoredValues<Int32>

  let descriptor: ProtoDescriptor.Enum
  let names: EnumNames
  let isNullValue: Bool
  let isClosed: Bool
  /// The number of a field that is not set and states no default.
  let defaultNumber: Int32

  init(_ descriptor: ProtoDescriptor.Enum) {
    self.descriptor = descriptor
    names = EnumNames(descriptor.values.lazy.map { ($0.name, $0.number) })
    isNullValue = descriptor.fullName == "google.protobuf.NullValue"
    isClosed = descriptor.isClosed
    defaultNumber = descriptor.defaultValue.number
  }

  /// Whether fields may have this number.
  func contains(_ number: Int32) -> Bool { !isClosed || names.name(of: number) != nil }

  func number(of value: UnsafeRawPointer) -> Int32 { value.assumingMemoryBound(to: Int32.self).pointee }

  func number(ofOptional field: UnsafeRawPointer) -> Int32? { field.assumingMemoryBound(to: Int32?.self).pointee }

  func numbers(in field: UnsafeRawPointer) -> [Int32] { field.assumingMemoryBound(to: [Int32].self).pointee }

  func store(_ number: Int32, in field: UnsafeMutableRawPointer, _ shape: FieldDescription.Shape) -> Bool {
    guard contains(number) else { return false }
    switch shape {
    case .repeated: field.assumingMemoryBound(to: [Int32].self).pointee.append(number)
    case .optional, .required: field.assumingMemoryBound(to: Int32?.self).pointee = number
    case .implicit, .map, .oneof: field.assumingMemoryBound(to: Int32.self).pointee = number
    }
    return true
  }

  func withValue<Result>(_ number: Int32, _ body: (_ value: UnsafeRawPointer) -> Result) -> Result {
    withUnsafePointer(to: contains(number) ? number : defaultNumber) { body($0) }
  }

  func layout(_ shape: FieldDescription.Shape) -> (size: Int, alignment: Int) { Values.layout(shape) }

  func isSet(_ field: UnsafeRawPointer, _ shape: FieldDescription.Shape) -> Bool {
    Values.isSet(field, shape, default: defaultNumber)
  }

  func isEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ shape: FieldDescription.Shape) -> Bool {
    Values.isEqual(left, right, shape)
  }

  func hash(_ field: UnsafeRawPointer, _ shape: FieldDescription.Shape, into hasher: inout Hasher) {
    Values.hash(field, shape, into: &hasher)
  }

  func clear(_ field: UnsafeMutableRawPointer, _ shape: FieldDescription.Shape) {
    Values.clear(field, shape, default: defaultNumber)
  }

  func copy(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, _ shape: FieldDescription.Shape) {
    Values.copy(source, to: target, shape)
  }
}
