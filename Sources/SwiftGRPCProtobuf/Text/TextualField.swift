/// One field as the coders of JSON and of the text format see it.
struct TextualField {
  /// How a value is stored, and written.
  enum Value: UInt8 {
    case int32, uint32, int64, uint64, float, double, bool, string, bytes, enumeration, message, map
  }

  let value: Value
  let shape: FieldDescription.Shape
  let number: Int32
  let offset: Int
  // The field owns what these point to: see ``deallocate()``.
  let oneof: UnsafeMutablePointer<TextualOneof>?
  let message: UnsafeMutablePointer<TextualMessage>?
  let enumeration: UnsafeMutablePointer<TextualEnum>?
  let map: UnsafeMutablePointer<TextualMap>?
  /// What a word in the place of the field is when the field has nothing to be written, if that can be told from a word.
  let unsetWord: UInt?
  /// See ``FieldDescription/isPacked``.
  let isPacked: Bool
  /// In JSON: a comma, the JSON name in quotes, a colon; ``keyPadding`` bytes may be read behind each key.
  let key: UnsafeBufferPointer<UInt8>
  /// The same with the name in the `.proto` file.
  let protoKey: UnsafeBufferPointer<UInt8>
  /// In the text format: the name, a colon and a blank; of messages and maps a blank, a brace and a line end instead.
  let textKey: UnsafeBufferPointer<UInt8>
  /// The JSON name in quotes, as ``key`` has it.
  let jsonName: TextualName
  /// The name, as ``textKey`` has it.
  let textName: TextualName

  /// Keys are copied in pieces of this size.
  static let keyPadding = 16

  /// Describes a field; without keys for JSON where values are not named: of maps and extensions.
  init(
    _ field: FieldDescription, key: UnsafeBufferPointer<UInt8> = .init(start: nil, count: 0),
    protoKey: UnsafeBufferPointer<UInt8> = .init(start: nil, count: 0), textKey: UnsafeBufferPointer<UInt8>
  ) {
    shape = field.shape
    number = field.number
    offset = field.offset
    oneof = field.oneof.map { access in
      let oneof = UnsafeMutablePointer<TextualOneof>.allocate(capacity: 1)
      oneof.initialize(to: TextualOneof(access))
      return oneof
    }
    self.key = key
    self.protoKey = protoKey
    self.textKey = textKey
    isPacked = field.isPacked
    var message: UnsafeMutablePointer<TextualMessage>?
    var enumeration: UnsafeMutablePointer<TextualEnum>?
    var map: UnsafeMutablePointer<TextualMap>?
    switch field.content {
    case .scalar: value = Value(field.kind)
    case .message(let access):
      value = .message
      message = .allocate(capacity: 1)
      message?.initialize(to: TextualMessage(access))
    case .enumeration(let access):
      value = .enumeration
      enumeration = .allocate(capacity: 1)
      enumeration?.initialize(to: TextualEnum(access))
    case .map(let access):
      value = .map
      map = .allocate(capacity: 1)
      map?.initialize(to: TextualMap(access))
    }
    self.message = message
    self.enumeration = enumeration
    self.map = map
    textName = TextualName(textKey, 0..<textKey.count - (value == .message || value == .map ? 3 : 2))
    jsonName = TextualName(key, 1..<max(1, key.count - 1))
    unsetWord = Self.unsetWord(value, field.shape, message)
  }

  /// Frees what the field owns; called by whoever made it, once.
  func deallocate() {
    oneof?.deinitialize(count: 1)
    oneof?.deallocate()
    message?.deinitialize(count: 1)
    message?.deallocate()
    enumeration?.deinitialize(count: 1)
    enumeration?.deallocate()
    map?.deinitialize(count: 1)
    map?.deallocate()
  }

  private static func unsetWord(
    _ value: Value, _ shape: FieldDescription.Shape, _ message: UnsafeMutablePointer<TextualMessage>?
  ) -> UInt? {
    switch (shape, value) {
    case (.repeated, _): emptyArray
    case (.map, _): emptyDictionary
    case (.optional, .message): message.unsafelyUnwrapped.pointee.isBoxed ? 0 : nil
    case (.implicit, .int64), (.implicit, .uint64), (.implicit, .double):
      MemoryLayout<UInt>.size == MemoryLayout<UInt64>.size ? 0 : nil
    default: nil
    }
  }

  // All empty arrays share one buffer; so do empty dictionaries.
  private static let emptyArray = unsafeBitCast([Int](), to: UInt.self)
  private static let emptyDictionary = unsafeBitCast([Int: Int](), to: UInt.self)

  /// `null` is a value of the field's type: of `google.protobuf.Value` and of `google.protobuf.NullValue`.
  var hasNullValue: Bool { enumeration?.pointee.isNullValue ?? (message?.pointee.table.textual.form == .value) }

  /// Gives `body` the field of an extension, whose name in the text format is its full name in brackets.
  static func withExtension<Result, Failure: Error>(
    _ description: FieldDescription, name: String, _ body: (UnsafePointer<TextualField>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let isMessage = description.kind == .message || description.kind == .group
    let key = Array("[\(name)]\(isMessage ? " {\n" : ": ")".utf8)
    let count = key.count
    let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: count + keyPadding)
    defer { bytes.deallocate() }
    bytes.initialize(repeating: 0, count: count + keyPadding)
    for (offset, byte) in key.enumerated() { bytes[offset] = byte }
    let field = TextualField(description, textKey: UnsafeBufferPointer(start: bytes, count: count))
    defer { field.deallocate() }
    return try withUnsafePointer(to: field, body)
  }

  /// The bytes of ``key``.
  static func keyBytes(_ name: String) -> [UInt8] {
    var writer = JSONWriter(options: JSONEncodingOptions())
    writer.key(name)
    return Array(writer.out.bytes)
  }
}

extension TextualField.Value {
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
