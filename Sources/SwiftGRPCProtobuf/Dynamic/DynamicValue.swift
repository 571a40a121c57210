#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// The value of a field of a ``DynamicMessage``.
///
/// Literals make values: `message["title"] = "Proust"`, `message["pages"] = 500`, `message["tags"] = ["long", "good"]`.
/// Where a value is set, integers fit every numeric field that can hold them, and an enum's field takes a number.
public enum DynamicValue: Hashable, Sendable {
  /// Of `int32`, `sint32` and `sfixed32`.
  case int32(Int32)
  /// Of `int64`, `sint64` and `sfixed64`.
  case int64(Int64)
  /// Of `uint32` and `fixed32`.
  case uint32(UInt32)
  /// Of `uint64` and `fixed64`.
  case uint64(UInt64)
  /// Of `float`.
  case float(Float)
  /// Of `double`.
  case double(Double)
  /// Of `bool`.
  case bool(Bool)
  /// Of `string`.
  case string(String)
  /// Of `bytes`.
  case bytes(Data)
  /// Of an enum.
  case enumeration(DynamicEnumValue)
  /// Of a message or group.
  case message(DynamicMessage)
  /// Of a repeated field.
  case list([DynamicValue])
  /// Of a map.
  case map([DynamicValue: DynamicValue])
}

/// A value of an enum that is known at run time.
public struct DynamicEnumValue: Sendable {
  /// The number.
  public var number: Int32
  /// The name in the `.proto` file, `nil` when the number has none or it is not known here.
  public var name: String?

  /// A value with this number.
  public init(number: Int32, name: String? = nil) {
    self.number = number
    self.name = name
  }
}

extension DynamicEnumValue: Hashable {
  /// Two values are the same when their numbers are.
  public static func == (left: DynamicEnumValue, right: DynamicEnumValue) -> Bool { left.number == right.number }

  /// Hashes the number.
  public func hash(into hasher: inout Hasher) { hasher.combine(number) }
}

extension DynamicValue: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// An ``int64(_:)``, which fits all numeric fields that can hold it.
  public init(integerLiteral value: Int64) { self = .int64(value) }

  /// A ``double(_:)``, which also fits fields of `float`.
  public init(floatLiteral value: Double) { self = .double(value) }

  /// A ``bool(_:)``.
  public init(booleanLiteral value: Bool) { self = .bool(value) }

  /// A ``string(_:)``.
  public init(stringLiteral value: String) { self = .string(value) }

  /// A ``list(_:)``.
  public init(arrayLiteral elements: DynamicValue...) { self = .list(elements) }

  /// A ``map(_:)``; of equal keys the last one counts.
  public init(dictionaryLiteral elements: (DynamicValue, DynamicValue)...) {
    self = .map(Dictionary(elements, uniquingKeysWith: { _, last in last }))
  }
}

extension DynamicValue {
  /// The number of any integer or enum, when an `Int` can hold it.
  public var intValue: Int? { integer.flatMap { Int(exactly: $0) } }

  /// The number of a float or double.
  public var doubleValue: Double? {
    switch self {
    case .float(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  /// True or false.
  public var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// The text of a string.
  public var stringValue: String? { if case .string(let value) = self { value } else { nil } }

  /// The bytes.
  public var bytesValue: Data? { if case .bytes(let value) = self { value } else { nil } }

  /// The value of an enum.
  public var enumValue: DynamicEnumValue? { if case .enumeration(let value) = self { value } else { nil } }

  /// The message; setting it makes the value a message.
  ///
  /// ```swift
  /// message["author"]?.messageValue?["name"] = "Marcel"
  /// ```
  public var messageValue: DynamicMessage? {
    get { if case .message(let value) = self { value } else { nil } }
    set { if let newValue { self = .message(newValue) } }
  }

  /// The values of a repeated field; setting it makes the value a list.
  public var listValue: [DynamicValue]? {
    get { if case .list(let value) = self { value } else { nil } }
    set { if let newValue { self = .list(newValue) } }
  }

  /// The entries of a map; setting it makes the value a map.
  public var mapValue: [DynamicValue: DynamicValue]? {
    get { if case .map(let value) = self { value } else { nil } }
    set { if let newValue { self = .map(newValue) } }
  }

  /// The number of an integer or enum; large enough for all of them.
  var integer: Int128? {
    switch self {
    case .int32(let value): Int128(value)
    case .int64(let value): Int128(value)
    case .uint32(let value): Int128(value)
    case .uint64(let value): Int128(value)
    case .enumeration(let value): Int128(value.number)
    default: nil
    }
  }
}
