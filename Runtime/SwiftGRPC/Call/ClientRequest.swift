/// A request of one message.
public struct ClientRequest<Message: Sendable>: Sendable {
  /// The metadata to send before the message.
  public var metadata: Metadata

  /// The message to send.
  public var message: Message

  /// Creates a request.
  public init(message: Message, metadata: Metadata = [:]) {
    self.metadata = metadata
    self.message = message
  }
}

/// A request of any number of messages, which a closure writes.
public struct StreamingClientRequest<Message: Sendable>: Sendable {
  /// The metadata to send before the messages.
  public var metadata: Metadata

  /// Writes the messages. The request ends when it returns, and the call is cancelled when it throws.
  ///
  /// It runs while the response arrives, and its task is cancelled when the call has ended.
  public var producer: @Sendable (_ writer: RPCWriter<Message>) async throws -> Void

  /// Creates a request.
  public init(
    of messageType: Message.Type = Message.self,
    metadata: Metadata = [:],
    producer: @escaping @Sendable (_ writer: RPCWriter<Message>) async throws -> Void
  ) {
    self.metadata = metadata
    self.producer = producer
  }

  /// Creates a request that sends the one message of another.
  public init(single request: ClientRequest<Message>) {
    let message = request.message
    self.init(metadata: request.metadata) { try await $0.write(message) }
  }
}
