#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What the table's interpreters do with the values of one field. `field` is the address of the stored property, of a
/// oneof's member that of the oneof.
extension FieldDescription {
  /// The bytes that the field takes in the struct that stores it.
  var layout: (size: Int, alignment: Int) { access.layout(shape) }

  /// True when the field counts as set: present, not empty, or not the default.
  func isSet(_ field: UnsafeRawPointer) -> Bool {
    if let oneof { return oneof.withValue(at: field) { member, _ in member == number } ?? false }
    if shape == .implicit {
      // By the bits, as the encoders do: -0 is another value than the default. Spec: proto3, "Default Values".
      if kind == .float { return field.load(as: UInt32.self) != 0 }
      if kind == .double { return field.load(as: UInt64.self) != 0 }
    }
    return access.isSet(field, shape)
  }

  /// True when the fields at two addresses are equal; of a oneof, whichever member is set.
  func isEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer) -> Bool {
    if let oneof { return oneof.isEqual(left, right) }
    return access.isEqual(left, right, shape)
  }

  /// Hashes the value; of a oneof, whichever member is set.
  func hash(_ field: UnsafeRawPointer, into hasher: inout Hasher) {
    if let oneof { return oneof.hash(field, into: &hasher) }
    access.hash(field, shape, into: &hasher)
  }

  /// Makes the field unset.
  func clear(_ field: UnsafeMutableRawPointer) {
    guard let oneof else { return access.clear(field, shape) }
    if isSet(field) { oneof.clear(field) }
  }

  /// Makes the field at `target` what the one at `source` is.
  func copy(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer) {
    guard let oneof else { return access.copy(source, to: target, shape) }
    if isSet(source) { oneof.copy(source, to: target) } else { clear(target) }
  }

  /// Sets the member of a oneof to the value at an address.
  func setMember(of field: UnsafeMutableRawPointer, to value: UnsafeRawPointer) {
    oneof?.set(field, number, to: value)
  }

  /// Operations on whatever type the field has.
  private var access: any ValueAccess {
    switch content {
    case .map(let map): return map
    case .enumeration(let type): return type
    case .message(let type): return type
    case .scalar: break
    }
    switch kind {
    case .int32, .sint32, .sfixed32: return ScalarAccess<Int32>(defaultValue: 0)
    case .int64, .sint64, .sfixed64: return ScalarAccess<Int64>(defaultValue: 0)
    case .uint32, .fixed32: return ScalarAccess<UInt32>(defaultValue: 0)
    case .uint64, .fixed64: return ScalarAccess<UInt64>(defaultValue: 0)
    case .float: return ScalarAccess<Float>(defaultValue: 0)
    case .double: return ScalarAccess<Double>(defaultValue: 0)
    case .bool: return ScalarAccess<Bool>(defaultValue: false)
    case .string: return ScalarAccess<String>(defaultValue: "")
    case .bytes: return ScalarAccess<Data>(defaultValue: Data())
    case .enum, .message, .group: preconditionFailure("field \(number) has no type")
    }
  }
}
