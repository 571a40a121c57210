import Synchronization

extension Google_Protobuf_Any {
  /// The types that a program has registered, by name. One for the process: a name has one type in a program.
  private static let registry = Mutex<[String: any Message.Type]>([:])

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
