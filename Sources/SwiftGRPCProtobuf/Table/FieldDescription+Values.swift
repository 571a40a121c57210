#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What the table's interpreter does with the values of one field. `field` is the address of the stored property.
extension FieldDescription {
  /// True when the field counts as set: present, not empty, or not the default.
  func isSet(_ field: UnsafeRawPointer) -> Bool { visit(IsSet(field: field)) }

  /// True when the fields at two addresses are equal.
  func isEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer) -> Bool {
    visit(IsEqual(left: left, right: right))
  }

  /// Hashes the value.
  func hash(_ field: UnsafeRawPointer, into hasher: inout Hasher) {
    hasher = visit(Hashing(field: field, hasher: hasher))
  }

  /// True when the messages in the field have their required fields; of a oneof, `field` is the value that is set.
  func isInitialized(_ field: UnsafeRawPointer) -> Bool {
    switch content {
    case .scalar, .enumeration: return true
    case .map(let map): return map.isInitialized(field)
    case .message(let type):
      switch shape {
      case .repeated: return type.areAllInitialized(field)
      case .oneof: return type.isInitialized(field)
      case .implicit, .optional, .required, .map: return type.isInitialized(optional: field)
      }
    }
  }

  /// The values of a field that is set and no map: one, or those of the list.
  func values(at field: UnsafeRawPointer) -> [Any] { visit(Values(field: field)) }

  /// The value of a oneof's member.
  func value(at value: UnsafeRawPointer) -> Any { visit(Payload(value: value), asMember: true) }

  /// Calls the visitor for the type that the field is stored as.
  private func visit<Visitor: FieldVisitor>(_ visitor: Visitor, asMember: Bool = false) -> Visitor.Result {
    if let oneof, !asMember { return visitor.oneof(oneof) }
    switch content {
    case .map(let map): return visitor.map(map)
    case .enumeration(let type): return visitor.open(type, shape)
    case .message(let type): return visitor.open(type, shape)
    case .scalar: break
    }
    switch kind {
    case .int32, .sint32, .sfixed32: return visitor.stored(Int32.self, shape, default: 0)
    case .int64, .sint64, .sfixed64: return visitor.stored(Int64.self, shape, default: 0)
    case .uint32, .fixed32: return visitor.stored(UInt32.self, shape, default: 0)
    case .uint64, .fixed64: return visitor.stored(UInt64.self, shape, default: 0)
    case .float: return visitor.stored(Float.self, shape, default: 0)
    case .double: return visitor.stored(Double.self, shape, default: 0)
    case .bool: return visitor.stored(Bool.self, shape, default: false)
    case .string: return visitor.stored(String.self, shape, default: "")
    case .bytes: return visitor.stored(Data.self, shape, default: Data())
    case .enum, .message, .group: preconditionFailure("field \(number) has no type")
    }
  }
}

/// One operation over the types that fields are stored as.
private protocol FieldVisitor {
  associatedtype Result
  /// `Value`, `Value?` or `[Value]`, as the shape says.
  func stored<Value: Hashable>(
    _ type: Value.Type, _ shape: FieldDescription.Shape, default value: @autoclosure () -> Value
  ) -> Result
  func map(_ type: any MapField.Type) -> Result
  func oneof(_ type: any Oneof.Type) -> Result
}

extension FieldVisitor {
  func open<E: Enum>(_ type: E.Type, _ shape: FieldDescription.Shape) -> Result {
    stored(type, shape, default: E())
  }

  func open<M: Message>(_ type: M.Type, _ shape: FieldDescription.Shape) -> Result {
    stored(type, shape, default: M())
  }
}

private struct IsSet: FieldVisitor {
  let field: UnsafeRawPointer

  @inline(__always)
  func stored<Value: Hashable>(
    _ type: Value.Type, _ shape: FieldDescription.Shape, default value: @autoclosure () -> Value
  ) -> Bool {
    switch shape {
    case .repeated: !field.assumingMemoryBound(to: [Value].self).pointee.isEmpty
    case .optional, .required: field.assumingMemoryBound(to: Value?.self).pointee != nil
    case .implicit, .map, .oneof: field.assumingMemoryBound(to: Value.self).pointee != value()
    }
  }

  func map(_ type: any MapField.Type) -> Bool { type.count(at: field) > 0 }
  func oneof(_ type: any Oneof.Type) -> Bool { type.isSet(field) }
}

private struct IsEqual: FieldVisitor {
  let left: UnsafeRawPointer
  let right: UnsafeRawPointer

  @inline(__always)
  func stored<Value: Hashable>(
    _ type: Value.Type, _ shape: FieldDescription.Shape, default value: @autoclosure () -> Value
  ) -> Bool {
    switch shape {
    case .repeated:
      left.assumingMemoryBound(to: [Value].self).pointee == right.assumingMemoryBound(to: [Value].self).pointee
    case .optional, .required:
      left.assumingMemoryBound(to: Value?.self).pointee == right.assumingMemoryBound(to: Value?.self).pointee
    case .implicit, .map, .oneof:
      left.assumingMemoryBound(to: Value.self).pointee == right.assumingMemoryBound(to: Value.self).pointee
    }
  }

  func map(_ type: any MapField.Type) -> Bool { type.isEqual(left, right) }
  func oneof(_ type: any Oneof.Type) -> Bool { type.isEqual(left, right) }
}

private struct Hashing: FieldVisitor {
  let field: UnsafeRawPointer
  let hasher: Hasher

  @inline(__always)
  func stored<Value: Hashable>(
    _ type: Value.Type, _ shape: FieldDescription.Shape, default value: @autoclosure () -> Value
  ) -> Hasher {
    var hasher = hasher
    switch shape {
    case .repeated: hasher.combine(field.assumingMemoryBound(to: [Value].self).pointee)
    case .optional, .required: hasher.combine(field.assumingMemoryBound(to: Value?.self).pointee)
    case .implicit, .map, .oneof: hasher.combine(field.assumingMemoryBound(to: Value.self).pointee)
    }
    return hasher
  }

  func map(_ type: any MapField.Type) -> Hasher {
    var hasher = hasher
    type.hash(field, into: &hasher)
    return hasher
  }

  func oneof(_ type: any Oneof.Type) -> Hasher {
    var hasher = hasher
    type.hash(field, into: &hasher)
    return hasher
  }
}

private struct Values: FieldVisitor {
  let field: UnsafeRawPointer

  func stored<Value: Hashable>(
    _ type: Value.Type, _ shape: FieldDescription.Shape, default value: @autoclosure () -> Value
  ) -> [Any] {
    switch shape {
    case .repeated: field.assumingMemoryBound(to: [Value].self).pointee
    case .optional, .required: field.assumingMemoryBound(to: Value?.self).pointee.map { [$0] } ?? []
    case .implicit, .map, .oneof: [field.assumingMemoryBound(to: Value.self).pointee]
    }
  }

  func map(_ type: any MapField.Type) -> [Any] { [] }
  func oneof(_ type: any Oneof.Type) -> [Any] { [] }
}

private struct Payload: FieldVisitor {
  let value: UnsafeRawPointer

  func stored<Value: Hashable>(
    _ type: Value.Type, _ shape: FieldDescription.Shape, default other: @autoclosure () -> Value
  ) -> Any {
    value.assumingMemoryBound(to: Value.self).pointee
  }

  func map(_ type: any MapField.Type) -> Any { () }
  func oneof(_ type: any Oneof.Type) -> Any { () }
}

extension Message {
  fileprivate static func isInitialized(_ value: UnsafeRawPointer) -> Bool {
    value.assumingMemoryBound(to: Self.self).pointee.isInitialized
  }

  fileprivate static func isInitialized(optional field: UnsafeRawPointer) -> Bool {
    field.assumingMemoryBound(to: Self?.self).pointee?.isInitialized ?? true
  }

  fileprivate static func areAllInitialized(_ field: UnsafeRawPointer) -> Bool {
    field.assumingMemoryBound(to: [Self].self).pointee.allSatisfy(\.isInitialized)
  }
}
