/// What came of reading one occurrence of an extension.
public enum ExtensionMerge: Sendable {
  /// The field has the value.
  case merged
  /// The occurrence was read, but left no value: a number that a closed enum does not name.
  case nothingToKeep
  /// The wire type is another one; nothing was read.
  case wrongWireType
}

/// The value of an extension in a message, whatever its type.
public protocol AnyExtensionField: Sendable {
  /// Reads one occurrence whose tag has been read.
  mutating func _merge(
    tag: UInt32, _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext, _ unknownFields: inout UnknownStorage
  ) throws(BinaryDecodingError) -> ExtensionMerge

  /// Writes the field with its tags before a position where a field can be begun, and leaves room for another one.
  func _encode(
    number: UInt32, before p: UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer

  /// True when the messages in the field have their required fields.
  var isInitialized: Bool { get }

  /// Describes the field for the coders that run on tables; it lies at the address that ``_withValue(_:)`` gives.
  static func _description(number: Int32, name: String) -> FieldDescription

  /// Gives `body` the address of the value: of an array when the extension is repeated.
  func _withValue<Result>(_ body: (UnsafeRawPointer) -> Result) -> Result

  /// As ``_withValue(_:)``, for changing.
  mutating func _withMutableValue<Result>(_ body: (UnsafeMutableRawPointer) -> Result) -> Result

  /// Equal types and values.
  func isEqual(to other: any AnyExtensionField) -> Bool

  /// Hashes the value.
  func hash(into hasher: inout Hasher)
}

/// The value of an extension in a message.
public protocol ExtensionField: AnyExtensionField, Hashable {
  /// The type of the property that generated code adds to the message.
  associatedtype ValueType: Hashable & Sendable

  /// A field with its type's default.
  init()

  /// A field with a value.
  init(value: ValueType)

  /// The value.
  var value: ValueType { get set }
}

extension ExtensionField {
  /// Equal types and values.
  public func isEqual(to other: any AnyExtensionField) -> Bool {
    (other as? Self).map { $0 == self } ?? false
  }

  /// Gives `body` the address of the value.
  public func _withValue<Result>(_ body: (UnsafeRawPointer) -> Result) -> Result {
    withUnsafePointer(to: value) { body($0) }
  }

  /// Gives `body` the address of the value, for changing.
  public mutating func _withMutableValue<Result>(_ body: (UnsafeMutableRawPointer) -> Result) -> Result {
    withUnsafeMutablePointer(to: &value) { body($0) }
  }
}

/// An extension that is not repeated.
public struct OptionalExtensionField<Field: FieldType>: ExtensionField {
  /// The value.
  public var value: Field.Value

  /// A field with a value.
  public init() { value = Field.defaultValue }

  /// A field with a value.
  public init(value: Field.Value) { self.value = value }

  /// Reads one occurrence whose tag has been read.
  public mutating func _merge(
    tag: UInt32, _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext, _ unknownFields: inout UnknownStorage
  ) throws(BinaryDecodingError) -> ExtensionMerge {
    guard tag & 7 == Field.wireType.rawValue else { return .wrongWireType }
    return try Field._merge(into: &value, tag: tag, &p, end, &context, &unknownFields) ? .merged : .nothingToKeep
  }

  /// Writes the field with its tags.
  public func _encode(
    number: UInt32, before p: UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    Field._encodeTagged(value, number: number, before: p, &context)
  }

  /// True when the messages in the field have their required fields.
  public var isInitialized: Bool { (value as? any Message)?.isInitialized ?? true }

  /// Describes the field for the coders that run on tables.
  public static func _description(number: Int32, name: String) -> FieldDescription {
    FieldDescription(number, name, nil, 0, Field.kind, .implicit, Field._content)
  }
}

/// A repeated extension, encoded value by value.
public struct RepeatedExtensionField<Field: FieldType>: ExtensionField {
  /// The value.
  public var value: [Field.Value] = []

  /// A field with its type's default.
  public init() {}

  /// A field with a value.
  public init(value: [Field.Value]) { self.value = value }

  /// Reads one occurrence whose tag has been read.
  public mutating func _merge(
    tag: UInt32, _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext, _ unknownFields: inout UnknownStorage
  ) throws(BinaryDecodingError) -> ExtensionMerge {
    if tag & 7 == Field.wireType.rawValue {
      try Field._append(to: &value, tag: tag, &p, end, &context, &unknownFields)
    } else if try !Field._appendPacked(to: &value, tag: tag, &p, end, &context, &unknownFields) {
      return .wrongWireType
    }
    return value.isEmpty ? .nothingToKeep : .merged
  }

  /// Writes the field with its tags.
  public func _encode(
    number: UInt32, before p: UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    var p = p
    for element in value.reversed() { p = Field._encodeTagged(element, number: number, before: p, &context) }
    return p
  }

  /// True when the messages in the field have their required fields.
  public var isInitialized: Bool { value.allSatisfy { ($0 as? any Message)?.isInitialized ?? true } }

  /// Describes the field for the coders that run on tables.
  public static func _description(number: Int32, name: String) -> FieldDescription {
    FieldDescription(number, name, nil, 0, Field.kind, .repeated, Field._content)
  }
}

/// A repeated extension, encoded as a packed list.
public struct PackedExtensionField<Field: PackableType>: ExtensionField {
  /// The value.
  public var value: [Field.Value] = []

  /// A field with its type's default.
  public init() {}

  /// A field with a value.
  public init(value: [Field.Value]) { self.value = value }

  /// Reads one occurrence whose tag has been read.
  public mutating func _merge(
    tag: UInt32, _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext, _ unknownFields: inout UnknownStorage
  ) throws(BinaryDecodingError) -> ExtensionMerge {
    if tag & 7 == Field.wireType.rawValue {
      try Field._append(to: &value, tag: tag, &p, end, &context, &unknownFields)
    } else if try !Field._appendPacked(to: &value, tag: tag, &p, end, &context, &unknownFields) {
      return .wrongWireType
    }
    return value.isEmpty ? .nothingToKeep : .merged
  }

  /// Writes the field with its tags.
  public func _encode(
    number: UInt32, before p: UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    let tag = number << 3 | WireType.lengthDelimited.rawValue
    return withUnsafePointer(to: value) { value in
      FieldWriter.packed(Field.self, UnsafeMutablePointer(mutating: value), tag: tag, before: p, &context)
    }
  }

  /// True when the messages in the field have their required fields.
  public var isInitialized: Bool { true }

  /// Describes the field for the coders that run on tables.
  public static func _description(number: Int32, name: String) -> FieldDescription {
    FieldDescription(number, name, nil, 0, Field.kind, .repeated, Field._content, isPacked: true)
  }
}
