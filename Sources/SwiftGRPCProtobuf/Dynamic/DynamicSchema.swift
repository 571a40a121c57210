import Synchronization

/// The message types of linked descriptors, for messages of which a program has no generated code.
///
/// ```swift
/// let set = try Google_Protobuf_FileDescriptorSet(serializedBytes: bytes)
/// let schema = try DynamicSchema(set)
/// guard let book = schema.messageType(named: "acme.Book") else { … }
/// var message = DynamicMessage(book)
/// message["title"] = "Proust"
/// ```
///
/// Extensions that the files declare are fields of the messages that they extend, named `[full.name]`.
public final class DynamicSchema: Sendable {
  /// The linked files.
  public let pool: ProtoDescriptor.Pool

  // Made when they are first asked for: a file has many types of which a program uses few.
  private let types = Mutex<[ProtoDescriptor.Message: DynamicType]>([:])
  private let enums = Mutex<[ProtoDescriptor.Enum: DynamicEnum]>([:])

  /// The types of linked files.
  public init(_ pool: ProtoDescriptor.Pool) {
    self.pool = pool
  }

  /// The types of a descriptor set, such as protoc writes with `--descriptor_set_out --include_imports`.
  ///
  /// - Throws: ``DescriptorError`` that names the file and what is missing or wrong.
  public convenience init(_ set: Google_Protobuf_FileDescriptorSet) throws(DescriptorError) {
    self.init(try ProtoDescriptor.Pool(set))
  }

  /// The types of the files that generated messages come from, and of the files that those import.
  ///
  /// - Throws: ``DescriptorError`` when a file was generated without descriptors.
  public convenience init(filesOf messages: any Message.Type...) throws(DescriptorError) {
    var pool = ProtoDescriptor.Pool()
    for message in messages {
      guard let file = message._protobuf_file else {
        throw DescriptorError(message.protoMessageName, "was generated without descriptors")
      }
      try pool.add(file.link())
    }
    self.init(pool)
  }

  /// The type of the message with this full name, such as `google.protobuf.Timestamp`; `nil` when no file of the pool
  /// declares it.
  public func messageType(named fullName: String) -> DynamicMessageType? {
    pool.message(named: fullName).map(messageType)
  }

  /// The type of the messages that a descriptor describes.
  ///
  /// - Parameter descriptor: usually one of the ``pool``; another one's messages lack the pool's extensions.
  public func messageType(_ descriptor: ProtoDescriptor.Message) -> DynamicMessageType {
    DynamicMessageType(type(of: descriptor))
  }

  func type(of descriptor: ProtoDescriptor.Message) -> DynamicType {
    types.withLock { types in
      if let type = types[descriptor] { return type }
      let type = DynamicType(descriptor, self)
      types[descriptor] = type
      return type
    }
  }

  func `enum`(of descriptor: ProtoDescriptor.Enum) -> DynamicEnum {
    if let known = enums.withLock({ $0[descriptor] }) { return known }
    let made = DynamicEnum(descriptor)
    return enums.withLock { enums in
      if let known = enums[descriptor] { return known }
      enums[descriptor] = made
      return made
    }
  }
}

/// A message type that is known at run time: what a ``DynamicMessage`` is a message of.
///
/// It keeps its schema alive.
public struct DynamicMessageType: Sendable {
  /// The types that the message's fields may have.
  public let schema: DynamicSchema

  // A schema keeps its types, and `schema` the schema.
  unowned(unsafe) let type: DynamicType

  init(_ type: DynamicType) {
    schema = type.schema
    self.type = type
  }

  /// What the `.proto` file says about the message.
  public var descriptor: ProtoDescriptor.Message { type.descriptor }

  /// The full name, such as `google.protobuf.Timestamp`.
  public var name: String { descriptor.fullName }

  /// The fields and the extensions that the schema declares, in the order of their numbers.
  public var fields: [ProtoDescriptor.Field] { type.layout.fields.map(\.descriptor) }
}

extension DynamicMessageType: Hashable {
  /// True when both are the same type of the same schema.
  public static func == (left: DynamicMessageType, right: DynamicMessageType) -> Bool { left.type === right.type }

  /// Hashes the identity.
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(type)) }
}

extension DynamicMessageType: CustomStringConvertible {
  /// The full name.
  public var description: String { name }
}

/// A message type of a schema, which keeps it; laid out when the first message needs it, since types may contain one
/// another.
final class DynamicType: Sendable {
  let descriptor: ProtoDescriptor.Message

  // A type is reached through its schema, or through a message or table, whose users keep the schema.
  unowned(unsafe) let schema: DynamicSchema
  private let madeLayout = AtomicLazyReference<DynamicLayout>()

  init(_ descriptor: ProtoDescriptor.Message, _ schema: DynamicSchema) {
    self.descriptor = descriptor
    self.schema = schema
  }

  var layout: DynamicLayout { madeLayout.load() ?? madeLayout.storeIfNil(DynamicLayout(self)) }
}
