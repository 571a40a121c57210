#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Shows the values of one field to a visitor.
extension FieldDescription {
  /// Shows the value, or the values, at an address, which is not that of a oneof but of its member.
  func visit<V: Visitor>(at address: UnsafeRawPointer, _ visitor: inout V) throws {
    switch content {
    case .scalar: try visitScalar(at: address, &visitor)
    case .enumeration(let type): try visitGenerated(type, at: address, &visitor)
    case .message(let type): try visitGenerated(type, at: address, &visitor)
    case .map(let type): try visitGenerated(type, at: address, &visitor)
    }
  }

  private func visitGenerated<V: Visitor>(_ type: any ValueAccess, at address: UnsafeRawPointer, _ visitor: inout V)
    throws
  {
    guard let type = type as? any VisitableAccess else { preconditionFailure("\(name) is not of a generated type") }
    try type.visit(self, at: address, &visitor)
  }

  /// Shows numbers, strings and bytes.
  private func visitScalar<V: Visitor>(at address: UnsafeRawPointer, _ visitor: inout V) throws {
    let number = Int(number)
    switch kind {
    case .double:
      try visit(
        Double.self, at: address, &visitor, { try $0.visitSingularDoubleField(value: $1, fieldNumber: number) },
        { try $0.visitRepeatedDoubleField(value: $1, fieldNumber: number) },
        packed: { try $0.visitPackedDoubleField(value: $1, fieldNumber: number) })
    case .float:
      try visit(
        Float.self, at: address, &visitor, { try $0.visitSingularFloatField(value: $1, fieldNumber: number) },
        { try $0.visitRepeatedFloatField(value: $1, fieldNumber: number) },
        packed: { try $0.visitPackedFloatField(value: $1, fieldNumber: number) })
    case .int64:
      try visit(
        Int64.self, at: address, &visitor, { try $0.visitSingularInt64Field(value: $1, fieldNumber: number) },
        { try $0.visitRepeatedInt64Field(value: $1, fieldNumber: number) },
        packed: { try $0.visitPackedInt64Field(value: $1, fieldNumber: number) })
    case .uint64:
      try visit(
        UInt64.self, at: address, &visitor, { try $0.visitSingularUInt64Field(value: $1, fieldNumber: number) },
        { try $0.visitRepeatedUInt64Field(value: $1, fieldNumber: number) },
        packed: { try $0.visitPackedUInt64Field(value: $1, fieldNumber: number) })
    case .int32:
      try visit(
        Int32.self, at: address, &visitor, { try $0.visitSingularInt32Field(value: $1, fieldNumber: number) },
        { try $0.visitRepeatedInt32Field(value: $1, fieldNumber: number) },
        packed: { try $0.visitPackedInt32Field(value: $1, fieldNumber: number) })
    case .uint32:
      try visit(
        UInt32.self, at: address, &visitor, { try $0.visitSingularUInt32Field(value: $1, fieldNumber: number) },
        { try $0.visitRepeatedUInt32Field(value: $1, fieldNumber: number) },
        packed: { try $0.visitPackedUInt32Field(value: $1, fieldNumber: number) })
    case .sint64:
      try visit(
        Int64.self, at: address, &visitor, { try $0.visitSingularSInt64Field(value: $1, fieldNumber: number) },
        { try $0.visitRepeatedSInt64Field(value: $1, fieldNumber: number) },
        packed: { try $0.visitPackedSInt64Field(value: $1, fieldNumber: number) })
    case .sint32:
      try visit(
        Int32.self, at: address, &visitor, { try $0.visitSingularSInt32Field(value: $1, fieldNumber: number) },
        { try $0.visitRepeatedSInt32Field(value: $1, fieldNumber: number) },
        packed: { try $0.visitPackedSInt32Field(value: $1, fieldNumber: number) })
    case .fixed64:
      try visit(
        UInt64.self, at: address, &visitor, { try $0.visitSingularFixed64Field(value: $1, fieldNumber: number) },
        { try $0.visitRepeatedFixed64Field(value: $1, fieldNumber: number) },
        packed: { try $0.visitPackedFixed64Field(value: $1, fieldNumber: number) })
    case .fixed32:
      try visit(
        UInt32.self, at: address, &visitor, { try $0.visitSingularFixed32Field(value: $1, fieldNumber: number) },
        { try $0.visitRepeatedFixed32Field(value: $1, fieldNumber: number) },
        packed: { try $0.visitPackedFixed32Field(value: $1, fieldNumber: number) })
    case .sfixed64:
      try visit(
        Int64.self, at: address, &visitor, { try $0.visitSingularSFixed64Field(value: $1, fieldNumber: number) },
        { try $0.visitRepeatedSFixed64Field(value: $1, fieldNumber: number) },
        packed: { try $0.visitPackedSFixed64Field(value: $1, fieldNumber: number) })
    case .sfixed32:
      try visit(
        Int32.self, at: address, &visitor, { try $0.visitSingularSFixed32Field(value: $1, fieldNumber: number) },
        { try $0.visitRepeatedSFixed32Field(value: $1, fieldNumber: number) },
        packed: { try $0.visitPackedSFixed32Field(value: $1, fieldNumber: number) })
    case .bool:
      try visit(
        Bool.self, at: address, &visitor, { try $0.visitSingularBoolField(value: $1, fieldNumber: number) },
        { try $0.visitRepeatedBoolField(value: $1, fieldNumber: number) },
        packed: { try $0.visitPackedBoolField(value: $1, fieldNumber: number) })
    case .string:
      try visit(
        String.self, at: address, &visitor, { try $0.visitSingularStringField(value: $1, fieldNumber: number) },
        { try $0.visitRepeatedStringField(value: $1, fieldNumber: number) },
        packed: { try $0.visitRepeatedStringField(value: $1, fieldNumber: number) })
    case .bytes:
      try visit(
        Data.self, at: address, &visitor, { try $0.visitSingularBytesField(value: $1, fieldNumber: number) },
        { try $0.visitRepeatedBytesField(value: $1, fieldNumber: number) },
        packed: { try $0.visitRepeatedBytesField(value: $1, fieldNumber: number) })
    case .enum, .message, .group: preconditionFailure("\(name) is no scalar")
    }
  }

  /// Shows values of a Swift type by the method for the field's shape.
  func visit<Value, V: Visitor>(
    _ type: Value.Type, at address: UnsafeRawPointer, _ visitor: inout V, _ one: (inout V, Value) throws -> Void,
    _ list: (inout V, [Value]) throws -> Void, packed: (inout V, [Value]) throws -> Void
  ) throws {
    switch shape {
    case .repeated:
      let values = address.assumingMemoryBound(to: [Value].self).pointee
      try isPacked ? packed(&visitor, values) : list(&visitor, values)
    case .optional, .required, .implicit, .oneof, .map:
      // An optional keeps its value at its own address.
      try one(&visitor, address.assumingMemoryBound(to: Value.self).pointee)
    }
  }
}

/// Shows values to a visitor by their types, which generated code has.
private protocol VisitableAccess {
  func visit<V: Visitor>(_ field: FieldDescription, at address: UnsafeRawPointer, _ visitor: inout V) throws
}

extension GeneratedEnum: VisitableAccess {
  fileprivate func visit<V: Visitor>(_ field: FieldDescription, at address: UnsafeRawPointer, _ visitor: inout V) throws
  {
    let number = Int(field.number)
    try field.visit(
      E.self, at: address, &visitor, { try $0.visitSingularEnumField(value: $1, fieldNumber: number) },
      { try $0.visitRepeatedEnumField(value: $1, fieldNumber: number) },
      packed: { try $0.visitPackedEnumField(value: $1, fieldNumber: number) })
  }
}

extension GeneratedMessage: VisitableAccess {
  fileprivate func visit<V: Visitor>(_ field: FieldDescription, at address: UnsafeRawPointer, _ visitor: inout V) throws
  {
    let number = Int(field.number)
    let isGroup = field.kind == .group
    let list: (inout V, [M]) throws -> Void = {
      isGroup
        ? try $0.visitRepeatedGroupField(value: $1, fieldNumber: number)
        : try $0.visitRepeatedMessageField(value: $1, fieldNumber: number)
    }
    try field.visit(
      M.self, at: address, &visitor,
      {
        isGroup
          ? try $0.visitSingularGroupField(value: $1, fieldNumber: number)
          : try $0.visitSingularMessageField(value: $1, fieldNumber: number)
      }, list, packed: list)
  }
}

extension GeneratedMap: VisitableAccess {
  fileprivate func visit<Shown: Visitor>(
    _ field: FieldDescription, at address: UnsafeRawPointer, _ visitor: inout Shown
  ) throws {
    let entries = address.assumingMemoryBound(to: [K.Value: V.Value].self).pointee
    try V._visitMap(entries, key: K.self, fieldNumber: Int(field.number), &visitor)
  }
}
