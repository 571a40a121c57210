import Synchronization

extension Google_Protobuf_Any {
  /// The types that a program has registered, by name, and the well-known ones. One for the process: a name has one type
  /// in a program.
  private static let registry = Mutex<[String: any Message.Type]>(
    Dictionary(uniqueKeysWithValues: wellKnownTypes.map { ($0.protoMessageName, $0) }))

  private static let wellKnownTypes: [any Message.Type] = [
    Google_Protobuf_Any.self, Google_Protobuf_Timestamp.self, Google_Protobuf_Duration.self,
    Google_Protobuf_FieldMask.self, Google_Protobuf_Struct.self, Google_Protobuf_Value.self,
    Google_Protobuf_ListValue.self, Google_Protobuf_Empty.self, Google_Protobuf_DoubleValue.self,
    Google_Protobuf_FloatValue.self, Google_Protobuf_Int64Value.self, Google_Protobuf_UInt64Value.self,
    Google_Protobuf_Int32Value.self, Google_Protobuf_UInt32Value.self, Google_Protobuf_BoolValue.self,
    Google_Protobuf_StringValue.self, Google_Protobuf_BytesValue.self,
  ]

  /// Makes a message type known by its name, so that an `Any` which holds it can be printed and parsed.
  ///
  /// - Returns: false when another type was registered under the name; that one stays.
  @discardableResult
  public static func register(messageType: any Message.Type) -> Bool {
    registry.withLock { types in
      let known = types[messageType.protoMessageName]
      if known == nil { types[messageType.protoMessageName] = messageType }
      return known == nil || known == messageType
    }
  }

  /// The type that was registered under a message's full name.
  public static func messageType(forMessageName name: String) -> (any Message.Type)? {
    registry.withLock { $0[name] }
  }
}
