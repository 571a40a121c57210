/// A oneof of a dynamic type.
struct DynamicOneof: OneofAccess {
  /// What is stored: the member that is set, and its value, of an enum the number as an `int32`.
  struct Value: Hashable, Sendable {
    /// Zero when no member is set.
    var number: Int32 = 0
    var value: DynamicValue = .bool(false)
  }

  private let kinds: [Int32: FieldKind]

  init(_ oneof: ProtoDescriptor.Oneof) {
    kinds = Dictionary(
      oneof.fields.map { ($0.number, FieldKind(rawValue: UInt8($0.type.rawValue)) ?? .bytes) },
      uniquingKeysWith: { first, _ in first })
  }

  var layout: (size: Int, alignment: Int) { (MemoryLayout<Value>.size, MemoryLayout<Value>.alignment) }

  func withValue<Result>(at field: UnsafeRawPointer, _ body: (Int32, UnsafeRawPointer) -> Result) -> Result? {
    let stored = field.assumingMemoryBound(to: Value.self).pointee
    return stored.number == 0 ? nil : stored.value.withAddress { body(stored.number, $0) }
  }

  func number(_ field: UnsafeRawPointer) -> Int32 { field.assumingMemoryBound(to: Value.self).pointee.number }

  func isEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer) -> Bool {
    left.assumingMemoryBound(to: Value.self).pointee == right.assumingMemoryBound(to: Value.self).pointee
  }

  func hash(_ field: UnsafeRawPointer, into hasher: inout Hasher) {
    field.assumingMemoryBound(to: Value.self).pointee.hash(into: &hasher)
  }

  func isSet(_ field: UnsafeRawPointer) -> Bool { field.assumingMemoryBound(to: Value.self).pointee.number != 0 }

  func clear(_ field: UnsafeMutableRawPointer) { field.assumingMemoryBound(to: Value.self).pointee = Value() }

  func copy(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer) {
    target.assumingMemoryBound(to: Value.self).pointee = source.assumingMemoryBound(to: Value.self).pointee
  }

  func set(_ field: UnsafeMutableRawPointer, _ number: Int32, to value: UnsafeRawPointer) {
    guard let kind = kinds[number] else { return clear(field) }
    field.assumingMemoryBound(to: Value.self).pointee = Value(number: number, value: DynamicValue(kind, at: value))
  }
}
