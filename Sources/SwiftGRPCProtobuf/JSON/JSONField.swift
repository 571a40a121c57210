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
  /// How many fields from here on are members of the oneof that is to be asked here; see ``JSONTable``.
  let membersHere: Int
  let oneof: (any OneofAccess)?
  let message: (any MessageAccess)?
  let enumeration: (any EnumAccess)?
  let map: JSONMap?
  /// A comma, the JSON name in quotes, a colon; ``keyPadding`` bytes may be read behind it.
  let key: UnsafeBufferPointer<UInt8>
  /// The same with the name in the `.proto` file.
  let protoKey: UnsafeBufferPointer<UInt8>

  /// Keys are copied in pieces of this size.
  static let keyPadding = 16

  /// Describes a field; without keys for values that are not named: of maps and extensions.
  init(
    _ field: FieldDescription, membersHere: Int = 0,
    key: UnsafeBufferPointer<UInt8> = .init(start: nil, count: 0),
    protoKey: UnsafeBufferPointer<UInt8> = .init(start: nil, count: 0)
  ) {
    shape = field.shape
    number = field.number
    offset = field.offset
    oneof = field.oneof
    self.membersHere = membersHere
    self.key = key
    self.protoKey = protoKey
    var message: (any MessageAccess)?
    var enumeration: (any EnumAccess)?
    var map: JSONMap?
    switch field.content {
    case .scalar: value = Value(field.kind)
    case .message(let access):
      value = .message
      message = access
    case .enumeration(let access):
      value = .enumeration
      enumeration = access
    case .map(let access):
      value = .map
      map = JSONMap(access)
    }
    self.message = message
    self.enumeration = enumeration
    self.map = map
  }

  /// `null` is a value of the field's type: of `google.protobuf.Value` and of `google.protobuf.NullValue`.
  var hasNullValue: Bool { enumeration?.isNullValue ?? (message?.table.json.form == .value) }

  /// The bytes of ``key``.
  static func keyBytes(_ name: String) -> [UInt8] {
    var writer = JSONWriter(options: JSONEncodingOptions())
    writer.key(name)
    return Array(writer.out.bytes)
  }
}

/// A map as the JSON coders see it. Entries are described like fields that lie alone.
final class JSONMap {
  let access: any MapAccess
  let key: UnsafeMutablePointer<JSONField>
  var value: UnsafeMutablePointer<JSONField> { key + 1 }

  init(_ access: any MapAccess) {
    self.access = access
    key = .allocate(capacity: 2)
    key.initialize(to: JSONField(access.key))
    (key + 1).initialize(to: JSONField(access.value))
  }

  deinit {
    key.deinitialize(count: 2)
    key.deallocate()
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
