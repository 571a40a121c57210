/// A request of one message, as a handler gets it.
public struct ServerRequest<Message: Sendable>: Sendable {
  /// The metadata that came before the message.
  public var metadata: Metadata

  /// The message.
  public var message: Message

  /// Creates a request.
  public init(metadata: Metadata, message: Message) {
    self.metadata = metadata
    self.message = message
  }

  /// Creates a request from a stream that must have exactly one message, and waits for that and for the stream's end.
  ///
  /// - Throws: ``RPCError`` with `unimplemented` if the client sends no message or more than one
  ///   (`statuscodes.md`, "request cardinality violation"), or what reading the stream throws.
  public init(stream request: StreamingServerRequest<Message>) async throws {
    if case .call(let messages, _) = request.messages.source { messages.expectOneMessage() }
    var messages = request.messages.makeAsyncIterator()
    guard let message = try await messages.next() else {
      throw RPCError(code: .unimplemented, message: "the client sent no message where the method takes one")
    }
    guard try await messages.next() == nil else {
      throw RPCError(code: .unimplemented, message: "the client sent more than one message where the method takes one")
    }
    self.init(metadata: request.metadata, message: message)
  }
}

/// A request of any number of messages, as a handler gets it.
public struct StreamingServerRequest<Message: Sendable>: Sendable {
  /// The metadata that came before the messages.
  public var metadata: Metadata

  /// The messages, in the order in which the client sent them; can be gone through once.
  public var messages: RPCAsyncSequence<Message, any Error>

  /// Creates a request.
  public init(metadata: Metadata, messages: RPCAsyncSequence<Message, any Error>) {
    self.metadata = metadata
    self.messages = messages
  }

  /// Creates a request of one message.
  public init(single request: ServerRequest<Message>) {
    self.init(metadata: request.metadata, messages: .one(request.message))
  }
}
