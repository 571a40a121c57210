/// A response of one message: what a handler answers.
public struct ServerResponse<Message: Sendable>: Sendable {
  /// The parts of a response that was not refused.
  public struct Contents: Sendable {
    /// The metadata to send before the message.
    public var metadata: Metadata

    /// The message.
    public var message: Message

    /// The metadata to send after the message, with the status `ok`.
    public var trailingMetadata: Metadata

    /// Creates the parts of a response.
    public init(metadata: Metadata, message: Message, trailingMetadata: Metadata) {
      self.metadata = metadata
      self.message = message
      self.trailingMetadata = trailingMetadata
    }
  }

  /// The parts of the response, or the error with which the call is refused.
  public var accepted: Result<Contents, RPCError>

  /// Creates a response from its parts or an error.
  public init(accepted: Result<Contents, RPCError>) {
    self.accepted = accepted
  }

  /// Creates a response.
  public init(message: Message, metadata: Metadata = [:], trailingMetadata: Metadata = [:]) {
    self.accepted = .success(Contents(metadata: metadata, message: message, trailingMetadata: trailingMetadata))
  }

  /// Creates a response that refuses the call.
  public init(of messageType: Message.Type = Message.self, error: RPCError) {
    self.accepted = .failure(error)
  }

  /// The metadata to send before the message; empty if the call is refused.
  public var metadata: Metadata {
    switch accepted {
    case .success(let contents): contents.metadata
    case .failure: [:]
    }
  }

  /// The message; throws the error if the call is refused.
  public var message: Message {
    get throws { try accepted.get().message }
  }

  /// The metadata to send at the end, which is the error's if the call is refused.
  public var trailingMetadata: Metadata {
    switch accepted {
    case .success(let contents): contents.trailingMetadata
    case .failure(let error): error.metadata
    }
  }
}

/// A response of any number of messages, which a closure writes: what a handler answers.
public struct StreamingServerResponse<Message: Sendable>: Sendable {
  /// The parts of a response that was not refused.
  public struct Contents: Sendable {
    /// The metadata to send before the messages.
    public var metadata: Metadata

    /// Writes the messages and returns the metadata to send after them, with the status `ok`.
    ///
    /// If it throws, the call ends with that error.
    public var producer: @Sendable (_ writer: RPCWriter<Message>) async throws -> Metadata

    /// Creates the parts of a response.
    public init(
      metadata: Metadata, producer: @escaping @Sendable (_ writer: RPCWriter<Message>) async throws -> Metadata
    ) {
      self.metadata = metadata
      self.producer = producer
    }
  }

  /// The parts of the response, or the error with which the call is refused.
  public var accepted: Result<Contents, RPCError>

  /// Creates a response from its parts or an error.
  public init(accepted: Result<Contents, RPCError>) {
    self.accepted = accepted
  }

  /// Creates a response.
  public init(
    of messageType: Message.Type = Message.self,
    metadata: Metadata = [:],
    producer: @escaping @Sendable (_ writer: RPCWriter<Message>) async throws -> Metadata
  ) {
    self.accepted = .success(Contents(metadata: metadata, producer: producer))
  }

  /// Creates a response that refuses the call.
  public init(of messageType: Message.Type = Message.self, error: RPCError) {
    self.accepted = .failure(error)
  }

  /// Creates a response that writes the one message of another.
  public init(single response: ServerResponse<Message>) {
    self.accepted = response.accepted.map { contents in
      Contents(metadata: contents.metadata) {
        try await $0.write(contents.message)
        return contents.trailingMetadata
      }
    }
  }

  /// The metadata to send before the messages; empty if the call is refused.
  public var metadata: Metadata {
    switch accepted {
    case .success(let contents): contents.metadata
    case .failure: [:]
    }
  }
}
