#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A Swift type that fields of dynamic messages store.
protocol DynamicStorable: Hashable, Sendable {
  /// The value in a dynamic one, converted between numbers; `nil` when it does not fit.
  init?(_ value: DynamicValue)

  var dynamicValue: DynamicValue { get }
}

extension DynamicStorable where Self: FixedWidthInteger {
  init?(_ value: DynamicValue) {
    guard let integer = value.integer, let number = Self(exactly: integer) else { return nil }
    self = number
  }
}

extension Int32: DynamicStorable { var dynamicValue: DynamicValue { .int32(self) } }
extension Int64: DynamicStorable { var dynamicValue: DynamicValue { .int64(self) } }
extension UInt32: DynamicStorable { var dynamicValue: DynamicValue { .uint32(self) } }
extension UInt64: DynamicStorable { var dynamicValue: DynamicValue { .uint64(self) } }

extension Float: DynamicStorable {
  init?(_ value: DynamicValue) {
    switch value {
    case .float(let value): self = value
    case .double(let value): self.init(value)
    default:
      guard let integer = value.integer else { return nil }
      self.init(integer)
    }
  }

  var dynamicValue: DynamicValue { .float(self) }
}

extension Double: DynamicStorable {
  init?(_ value: DynamicValue) {
    if let value = value.doubleValue {
      self = value
    } else if let integer = value.integer {
      self.init(integer)
    } else {
      return nil
    }
  }

  var dynamicValue: DynamicValue { .double(self) }
}

extension Bool: DynamicStorable {
  init?(_ value: DynamicValue) {
    guard let value = value.boolValue else { return nil }
    self = value
  }

  var dynamicValue: DynamicValue { .bool(self) }
}

extension String: DynamicStorable {
  init?(_ value: DynamicValue) {
    guard let value = value.stringValue else { return nil }
    self = value
  }

  var dynamicValue: DynamicValue { .string(self) }
}

extension Data: DynamicStorable {
  init?(_ value: DynamicValue) {
    guard let value = value.bytesValue else { return nil }
    self = value
  }

  var dynamicValue: DynamicValue { .bytes(self) }
}

extension DynamicMessage: DynamicStorable {
  init?(_ value: DynamicValue) {
    guard let value = value.messageValue else { return nil }
    self = value
  }

  var dynamicValue: DynamicValue { .message(self) }
}

extension FieldKind {
  /// The Swift type of one stored value; of an enum that of its number.
  var storedType: any DynamicStorable.Type {
    switch self {
    case .int32, .sint32, .sfixed32, .enum: Int32.self
    case .int64, .sint64, .sfixed64: Int64.self
    case .uint32, .fixed32: UInt32.self
    case .uint64, .fixed64: UInt64.self
    case .float: Float.self
    case .double: Double.self
    case .bool: Bool.self
    case .string: String.self
    case .bytes: Data.self
    case .message, .group: DynamicMessage.self
    }
  }
}

extension DynamicValue {
  /// The value of a field's kind that lies alone at an address; of an enum the number as an `int32`.
  init(_ kind: FieldKind, at address: UnsafeRawPointer) {
    func load<Value: DynamicStorable>(_ type: Value.Type) -> DynamicValue {
      address.assumingMemoryBound(to: type).pointee.dynamicValue
    }
    self = load(kind.storedType)
  }

  /// Gives `body` the address of the single value that this one is.
  func withAddress<Result>(_ body: (UnsafeRawPointer) -> Result) -> Result {
    func address<Value>(_ value: Value) -> Result { withUnsafePointer(to: value) { body($0) } }
    return switch self {
    case .int32(let value): address(value)
    case .int64(let value): address(value)
    case .uint32(let value): address(value)
    case .uint64(let value): address(value)
    case .float(let value): address(value)
    case .double(let value): address(value)
    case .bool(let value): address(value)
    case .string(let value): address(value)
    case .bytes(let value): address(value)
    case .enumeration(let value): address(value.number)
    case .message(let value): address(value)
    case .list(let value): address(value)
    case .map(let value): address(value)
    }
  }

  /// The order in which deterministic output lists the entries of a map with such keys.
  func precedes(_ other: DynamicValue) -> Bool {
    switch (self, other) {
    case (.string(let left), .string(let right)): ProtobufString.precedes(left, right)
    case (.bool(let left), .bool(let right)): ProtobufBool.precedes(left, right)
    default: (integer ?? 0) < (other.integer ?? 0)
    }
  }
}

extension DynamicField {
  /// The value of one that is not set and states no default, as it is stored.
  var zero: DynamicValue {
    switch kind {
    case .int32, .sint32, .sfixed32: .int32(0)
    case .int64, .sint64, .sfixed64: .int64(0)
    case .uint32, .fixed32: .uint32(0)
    case .uint64, .fixed64: .uint64(0)
    case .float: .float(0)
    case .double: .double(0)
    case .bool: .bool(false)
    case .string: .string("")
    case .bytes: .bytes(Data())
    case .enum: .int32(enumeration?.defaultNumber ?? 0)
    case .message, .group:
      if let messageType { .message(DynamicMessage(DynamicMessageType(messageType))) } else { .map([:]) }
    }
  }

  /// Gives `fill` the address of a value that is not set, and returns what it made of it; `nil` when it returns false.
  func makeValue(_ fill: (UnsafeMutableRawPointer) -> Bool) -> DynamicValue? {
    func make<Value: DynamicStorable>(_ type: Value.Type) -> DynamicValue? {
      guard var value = Value(zero) else { return nil }
      return withUnsafeMutablePointer(to: &value) { fill($0) } ? value.dynamicValue : nil
    }
    return make(kind.storedType)
  }
}
