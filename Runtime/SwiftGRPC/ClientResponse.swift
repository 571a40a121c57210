/// The response to a call that is answered with one message.
public struct ClientResponse<Message: Sendable>: Sendable {
  /// The parts of a response that the server did not refuse at once.
  public struct Contents: Sendable {
    /// The metadata that came before the message.
    public var metadata: Metadata

    /// The message, or the error that came in its place or after it.
    public var message: Result<Message, RPCError>

    /// The metadata that came at the end.
    public var trailingMetadata: Metadata

    /// Creates the parts of a successful response.
    public init(metadata: Metadata, message: Message, trailingMetadata: Metadata) {
      self.metadata = metadata
      self.message = .success(message)
      self.trailingMetadata = trailingMetadata
    }

    /// Creates the parts of a response that ended with an error.
    public init(metadata: Metadata, error: RPCError) {
      self.metadata = metadata
      self.message = .failure(error)
      self.trailingMetadata = error.metadata
    }
  }

  /// The parts of the response, or the error if the call was refused at once or never reached the server.
  public var accepted: Result<Contents, RPCError>

  /// Creates a response from its parts or an error.
  public init(accepted: Result<Contents, RPCError>) {
    self.accepted = accepted
  }

  /// Creates a successful response.
  public init(message: Message, metadata: Metadata = [:], trailingMetadata: Metadata = [:]) {
    self.accepted = .success(Contents(metadata: metadata, message: message, trailingMetadata: trailingMetadata))
  }

  /// Creates a response that ended with an error after metadata had come.
  public init(of messageType: Message.Type = Message.self, metadata: Metadata, error: RPCError) {
    self.accepted = .success(Contents(metadata: metadata, error: error))
  }

  /// Creates a response that was refused at once.
  public init(of messageType: Message.Type = Message.self, error: RPCError) {
    self.accepted = .failure(error)
  }

  /// The metadata that came before the message; empty if the call was refused.
  public var metadata: Metadata {
    switch accepted {
    case .success(let contents): contents.metadata
    case .failure: [:]
    }
  }

  /// The message; throws the error if the call ended with one.
  public var message: Message {
    get throws { try accepted.get().message.get() }
  }

  /// The metadata that came at the end.
  public var trailingMetadata: Metadata {
    switch accepted {
    case .success(let contents): contents.trailingMetadata
    case .failure(let error): error.metadata
    }
  }
}
