#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// One value of a type that has a wider one.
extension Visitor {
  /// Shown as `Double`.
  public mutating func visitSingularFloatField(value: Float, fieldNumber: Int) throws {
    try visitSingularDoubleField(value: Double(value), fieldNumber: fieldNumber)
  }

  /// Shown as `Int64`.
  public mutating func visitSingularInt32Field(value: Int32, fieldNumber: Int) throws {
    try visitSingularInt64Field(value: Int64(value), fieldNumber: fieldNumber)
  }

  /// Shown as `UInt64`.
  public mutating func visitSingularUInt32Field(value: UInt32, fieldNumber: Int) throws {
    try visitSingularUInt64Field(value: UInt64(value), fieldNumber: fieldNumber)
  }

  /// Shown as `Int64`.
  public mutating func visitSingularSInt64Field(value: Int64, fieldNumber: Int) throws {
    try visitSingularInt64Field(value: value, fieldNumber: fieldNumber)
  }

  /// Shown as `Int64`.
  public mutating func visitSingularSInt32Field(value: Int32, fieldNumber: Int) throws {
    try visitSingularInt64Field(value: Int64(value), fieldNumber: fieldNumber)
  }

  /// Shown as `UInt64`.
  public mutating func visitSingularFixed64Field(value: UInt64, fieldNumber: Int) throws {
    try visitSingularUInt64Field(value: value, fieldNumber: fieldNumber)
  }

  /// Shown as `UInt64`.
  public mutating func visitSingularFixed32Field(value: UInt32, fieldNumber: Int) throws {
    try visitSingularUInt64Field(value: UInt64(value), fieldNumber: fieldNumber)
  }

  /// Shown as `Int64`.
  public mutating func visitSingularSFixed64Field(value: Int64, fieldNumber: Int) throws {
    try visitSingularInt64Field(value: value, fieldNumber: fieldNumber)
  }

  /// Shown as `Int64`.
  public mutating func visitSingularSFixed32Field(value: Int32, fieldNumber: Int) throws {
    try visitSingularInt64Field(value: Int64(value), fieldNumber: fieldNumber)
  }

  /// Shown as a message.
  public mutating func visitSingularGroupField<G: Message>(value: G, fieldNumber: Int) throws {
    try visitSingularMessageField(value: value, fieldNumber: fieldNumber)
  }
}

/// Lists.
extension Visitor {
  /// Shown value by value.
  public mutating func visitRepeatedDoubleField(value: [Double], fieldNumber: Int) throws {
    for value in value { try visitSingularDoubleField(value: value, fieldNumber: fieldNumber) }
  }

  /// Shown value by value.
  public mutating func visitRepeatedFloatField(value: [Float], fieldNumber: Int) throws {
    for value in value { try visitSingularFloatField(value: value, fieldNumber: fieldNumber) }
  }

  /// Shown value by value.
  public mutating func visitRepeatedInt64Field(value: [Int64], fieldNumber: Int) throws {
    for value in value { try visitSingularInt64Field(value: value, fieldNumber: fieldNumber) }
  }

  /// Shown value by value.
  public mutating func visitRepeatedUInt64Field(value: [UInt64], fieldNumber: Int) throws {
    for value in value { try visitSingularUInt64Field(value: value, fieldNumber: fieldNumber) }
  }

  /// Shown value by value.
  public mutating func visitRepeatedInt32Field(value: [Int32], fieldNumber: Int) throws {
    for value in value { try visitSingularInt32Field(value: value, fieldNumber: fieldNumber) }
  }

  /// Shown value by value.
  public mutating func visitRepeatedUInt32Field(value: [UInt32], fieldNumber: Int) throws {
    for value in value { try visitSingularUInt32Field(value: value, fieldNumber: fieldNumber) }
  }

  /// Shown value by value.
  public mutating func visitRepeatedSInt64Field(value: [Int64], fieldNumber: Int) throws {
    for value in value { try visitSingularSInt64Field(value: value, fieldNumber: fieldNumber) }
  }

  /// Shown value by value.
  public mutating func visitRepeatedSInt32Field(value: [Int32], fieldNumber: Int) throws {
    for value in value { try visitSingularSInt32Field(value: value, fieldNumber: fieldNumber) }
  }

  /// Shown value by value.
  public mutating func visitRepeatedFixed64Field(value: [UInt64], fieldNumber: Int) throws {
    for value in value { try visitSingularFixed64Field(value: value, fieldNumber: fieldNumber) }
  }

  /// Shown value by value.
  public mutating func visitRepeatedFixed32Field(value: [UInt32], fieldNumber: Int) throws {
    for value in value { try visitSingularFixed32Field(value: value, fieldNumber: fieldNumber) }
  }

  /// Shown value by value.
  public mutating func visitRepeatedSFixed64Field(value: [Int64], fieldNumber: Int) throws {
    for value in value { try visitSingularSFixed64Field(value: value, fieldNumber: fieldNumber) }
  }

  /// Shown value by value.
  public mutating func visitRepeatedSFixed32Field(value: [Int32], fieldNumber: Int) throws {
    for value in value { try visitSingularSFixed32Field(value: value, fieldNumber: fieldNumber) }
  }

  /// Shown value by value.
  public mutating func visitRepeatedBoolField(value: [Bool], fieldNumber: Int) throws {
    for value in value { try visitSingularBoolField(value: value, fieldNumber: fieldNumber) }
  }

  /// Shown value by value.
  public mutating func visitRepeatedStringField(value: [String], fieldNumber: Int) throws {
    for value in value { try visitSingularStringField(value: value, fieldNumber: fieldNumber) }
  }

  /// Shown value by value.
  public mutating func visitRepeatedBytesField(value: [Data], fieldNumber: Int) throws {
    for value in value { try visitSingularBytesField(value: value, fieldNumber: fieldNumber) }
  }

  /// Shown value by value.
  public mutating func visitRepeatedEnumField<E: Enum>(value: [E], fieldNumber: Int) throws {
    for value in value { try visitSingularEnumField(value: value, fieldNumber: fieldNumber) }
  }

  /// Shown value by value.
  public mutating func visitRepeatedMessageField<M: Message>(value: [M], fieldNumber: Int) throws {
    for value in value { try visitSingularMessageField(value: value, fieldNumber: fieldNumber) }
  }

  /// Shown value by value.
  public mutating func visitRepeatedGroupField<G: Message>(value: [G], fieldNumber: Int) throws {
    for value in value { try visitSingularGroupField(value: value, fieldNumber: fieldNumber) }
  }
}

/// Packed lists.
extension Visitor {
  /// Shown as a list.
  public mutating func visitPackedDoubleField(value: [Double], fieldNumber: Int) throws {
    try visitRepeatedDoubleField(value: value, fieldNumber: fieldNumber)
  }

  /// Shown as a list.
  public mutating func visitPackedFloatField(value: [Float], fieldNumber: Int) throws {
    try visitRepeatedFloatField(value: value, fieldNumber: fieldNumber)
  }

  /// Shown as a list.
  public mutating func visitPackedInt64Field(value: [Int64], fieldNumber: Int) throws {
    try visitRepeatedInt64Field(value: value, fieldNumber: fieldNumber)
  }

  /// Shown as a list.
  public mutating func visitPackedUInt64Field(value: [UInt64], fieldNumber: Int) throws {
    try visitRepeatedUInt64Field(value: value, fieldNumber: fieldNumber)
  }

  /// Shown as a list.
  public mutating func visitPackedInt32Field(value: [Int32], fieldNumber: Int) throws {
    try visitRepeatedInt32Field(value: value, fieldNumber: fieldNumber)
  }

  /// Shown as a list.
  public mutating func visitPackedUInt32Field(value: [UInt32], fieldNumber: Int) throws {
    try visitRepeatedUInt32Field(value: value, fieldNumber: fieldNumber)
  }

  /// Shown as a list.
  public mutating func visitPackedSInt64Field(value: [Int64], fieldNumber: Int) throws {
    try visitRepeatedSInt64Field(value: value, fieldNumber: fieldNumber)
  }

  /// Shown as a list.
  public mutating func visitPackedSInt32Field(value: [Int32], fieldNumber: Int) throws {
    try visitRepeatedSInt32Field(value: value, fieldNumber: fieldNumber)
  }

  /// Shown as a list.
  public mutating func visitPackedFixed64Field(value: [UInt64], fieldNumber: Int) throws {
    try visitRepeatedFixed64Field(value: value, fieldNumber: fieldNumber)
  }

  /// Shown as a list.
  public mutating func visitPackedFixed32Field(value: [UInt32], fieldNumber: Int) throws {
    try visitRepeatedFixed32Field(value: value, fieldNumber: fieldNumber)
  }

  /// Shown as a list.
  public mutating func visitPackedSFixed64Field(value: [Int64], fieldNumber: Int) throws {
    try visitRepeatedSFixed64Field(value: value, fieldNumber: fieldNumber)
  }

  /// Shown as a list.
  public mutating func visitPackedSFixed32Field(value: [Int32], fieldNumber: Int) throws {
    try visitRepeatedSFixed32Field(value: value, fieldNumber: fieldNumber)
  }

  /// Shown as a list.
  public mutating func visitPackedBoolField(value: [Bool], fieldNumber: Int) throws {
    try visitRepeatedBoolField(value: value, fieldNumber: fieldNumber)
  }

  /// Shown as a list.
  public mutating func visitPackedEnumField<E: Enum>(value: [E], fieldNumber: Int) throws {
    try visitRepeatedEnumField(value: value, fieldNumber: fieldNumber)
  }
}

/// Extensions.
extension Visitor {
  /// Shown as the fields that they are.
  public mutating func visitExtensionFields(fields: ExtensionFieldValueSet, start: Int, end: Int) throws {
    try fields.traverse(visitor: &self, start: start, end: end)
  }
}
