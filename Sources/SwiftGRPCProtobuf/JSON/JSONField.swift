/// One field as the JSON coders see it.
struct JSONField {
  /// How a value is stored, and written.
  enum Value: UInt8 {
    case int32, uint32, int64, uint64, float, double, bool, string, bytes, enumeration, message, map
  }

  let value: Value
  let shape: FieldDescription.Shape
  let number: Int32
  let offset: Int
  let oneof: JSONOneof?
  let message: JSONMessage?
  let enumeration: JSONEnum?
  let map: JSONMap?
  /// What a word in the place of the field is when the field has nothing to be written, if that can be told from a word.
  let unsetWord: UInt?
  /// A comma, the JSON name in quotes, a colon; ``keyPadding`` bytes may be read behind it.
  let key: UnsafeBufferPointer<UInt8>
  /// The same with the name in the `.proto` file.
  let protoKey: UnsafeBufferPointer<UInt8>

  /// Keys are copied in pieces of this size.
  static let keyPadding = 16

  /// Describes a field; without keys for values that are not named: of maps and extensions.
  init(
    _ field: FieldDescription, key: UnsafeBufferPointer<UInt8> = .init(start: nil, count: 0),
    protoKey: UnsafeBufferPointer<UInt8> = .init(start: nil, count: 0)
  ) {
    shape = field.shape
    number = field.number
    offset = field.offset
    oneof = field.oneof.map(JSONOneof.init)
    self.key = key
    self.protoKey = protoKey
    var message: JSONMessage?
    var enumeration: JSONEnum?
    var map: JSONMap?
    switch field.content {
    case .scalar: value = Value(field.kind)
    case .message(let access):
      value = .message
      message = JSONMessage(access)
    case .enumeration(let access):
      value = .enumeration
      enumeration = JSONEnum(access)
    case .map(let access):
      value = .map
      map = JSONMap(access)
    }
    self.message = message
    self.enumeration = enumeration
    self.map = map
    unsetWord = Self.unsetWord(value, field.shape, message)
  }

  private static func unsetWord(
    _ value: Value, _ shape: FieldDescription.Shape, _ message: JSONMessage?
  ) -> UInt? {
    switch (shape, value) {
    case (.repeated, _): emptyArray
    case (.map, _): emptyDictionary
    case (.optional, .message): message.unsafelyUnwrapped.isBoxed ? 0 : nil
    case (.implicit, .int64), (.implicit, .uint64), (.implicit, .double):
      MemoryLayout<UInt>.size == MemoryLayout<UInt64>.size ? 0 : nil
    default: nil
    }
  }

  // All empty arrays share one buffer; so do empty dictionaries.
  private static let emptyArray = unsafeBitCast([Int](), to: UInt.self)
  private static let emptyDictionary = unsafeBitCast([Int: Int](), to: UInt.self)

  /// `null` is a value of the field's type: of `google.protobuf.Value` and of `google.protobuf.NullValue`.
  var hasNullValue: Bool { enumeration?.isNullValue ?? (message?.table.json.form == .value) }

  /// The bytes of ``key``.
  static func keyBytes(_ name: String) -> [UInt8] {
    var writer = JSONWriter(options: JSONEncodingOptions())
    writer.key(name)
    return Array(writer.out.bytes)
  }
}

extension JSONField.Value {
  fileprivate init(_ kind: FieldKind) {
    switch kind {
    case .int32, .sint32, .sfixed32: self = .int32
    case .uint32, .fixed32: self = .uint32
    case .int64, .sint64, .sfixed64: self = .int64
    case .uint64, .fixed64: self = .uint64
    case .float: self = .float
    case .double: self = .double
    case .bool: self = .bool
    case .string: self = .string
    case .bytes: self = .bytes
    case .enum: self = .enumeration
    case .message, .group: self = .message
    }
  }
}
