/// A message whose type is known at run time only, by descriptors.
///
/// ```swift
/// let schema = try DynamicSchema(Google_Protobuf_FileDescriptorSet(serializedBytes: descriptors))
/// guard let book = schema.messageType(named: "acme.Book") else { … }
///
/// var message = try DynamicMessage(serializedBytes: bytes, type: book)
/// print(message["title"]?.stringValue ?? "")
/// message["pages"] = 500
/// message["author"]?.messageValue?["name"] = "Marcel"
/// let encoded: [UInt8] = try message.serializedBytes()
/// ```
///
/// A value: copies share their fields until one of them is changed. It keeps its schema alive.
public struct DynamicMessage: Sendable {
  /// The type.
  public let type: DynamicMessageType

  /// `nil` as long as nothing is set.
  private var storage: DynamicStorage?

  /// A message in which no field is set.
  public init(_ type: DynamicMessageType) {
    self.type = type
  }

  // MARK: Memory

  /// The fields, where the type's table says. Valid as long as this message is, unchanged.
  var fields: UnsafeRawPointer {
    UnsafeRawPointer(storage?.fields ?? type.type.layout.emptyFields)
  }

  /// The fields for changing, which no other message shares. Valid as long as this message is.
  mutating func mutableFields() -> UnsafeMutableRawPointer {
    if let storage, isKnownUniquelyReferenced(&self.storage) { return storage.fields }
    let unique = DynamicStorage(type.type.layout, copying: fields)
    storage = unique
    return unique.fields
  }

  /// Gives `body` the fields.
  func withFields<Result>(_ body: (UnsafeRawPointer) -> Result) -> Result {
    withExtendedLifetime(self) { body(fields) }
  }

  /// Gives `body` the fields for changing.
  mutating func withMutableFields<Result>(_ body: (UnsafeMutableRawPointer) -> Result) -> Result {
    let fields = mutableFields()
    return withExtendedLifetime(self) { body(fields) }
  }

  // MARK: As a whole

  /// Fields that were decoded but are not in the type; they are encoded again as they came.
  public var unknownFields: UnknownStorage {
    get { withFields { type.type.layout.table.unknownFields(in: $0) } }
    set {
      let table = type.type.layout.table
      withMutableFields { table.unknownFields(in: $0).pointee = newValue }
    }
  }

  /// True when every `required` field is set, in this message and in all that it holds.
  public var isInitialized: Bool { withFields { type.type.layout.table.isInitialized($0) } }
}

extension DynamicMessage: Hashable {
  /// Equal when the types are the same, and the same fields are set to equal values, unknown fields included.
  public static func == (left: DynamicMessage, right: DynamicMessage) -> Bool {
    guard left.type == right.type else { return false }
    return left.withFields { leftFields in
      right.withFields { rightFields in
        leftFields == rightFields || left.type.type.layout.table.isEqual(leftFields, rightFields)
      }
    }
  }

  /// Hashes the fields that are set.
  public func hash(into hasher: inout Hasher) {
    var copy = hasher
    withFields { type.type.layout.table.hash($0, into: &copy) }
    hasher = copy
  }
}

extension DynamicMessage: CustomDebugStringConvertible {
  /// The name of the message and its fields, for people who look for a fault.
  public var debugDescription: String { "\(type.name):\n\(textFormatString())" }
}
