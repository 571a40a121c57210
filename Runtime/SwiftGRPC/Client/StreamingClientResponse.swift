/// The response to a call that is answered with any number of messages.
public struct StreamingClientResponse<Message: Sendable>: Sendable {
  /// The parts of a response that the server did not refuse at once.
  public struct Contents: Sendable {
    /// The metadata that came before the messages.
    public var metadata: Metadata

    /// The messages as they arrive, and after the last one the metadata of the end; can be gone through once.
    ///
    /// Throws an ``RPCError`` if the call ends with another status than `ok`.
    public var bodyParts: RPCAsyncSequence<BodyPart, any Error> {
      didSet { direct = nil }
    }

    /// The messages alone, straight from the call, as long as nobody has put other parts in their place.
    fileprivate var direct: RPCAsyncSequence<Message, any Error>?

    /// A message, or the metadata of the end.
    public enum BodyPart: Sendable {
      /// A message.
      case message(Message)
      /// The metadata that came at the end; the last part.
      case trailingMetadata(Metadata)
    }

    /// Creates the parts of a response.
    public init(metadata: Metadata, bodyParts: RPCAsyncSequence<BodyPart, any Error>) {
      self.metadata = metadata
      self.bodyParts = bodyParts
    }

    /// Creates the parts of the response to a call.
    @usableFromInline
    init(metadata: Metadata, call: StreamingClientCall, messages: RPCAsyncSequence<Message, any Error>) {
      self.metadata = metadata
      self.bodyParts = RPCAsyncSequence(wrapping: ResponseBodyParts(call: call, messages: messages))
      self.direct = messages
    }
  }

  /// The parts of the response, or the error if the call was refused at once or never reached the server.
  public var accepted: Result<Contents, RPCError>

  /// Creates a response from its parts or an error.
  public init(accepted: Result<Contents, RPCError>) {
    self.accepted = accepted
  }

  /// Creates a response.
  public init(
    of messageType: Message.Type = Message.self,
    metadata: Metadata,
    bodyParts: RPCAsyncSequence<Contents.BodyPart, any Error>
  ) {
    self.accepted = .success(Contents(metadata: metadata, bodyParts: bodyParts))
  }

  /// Creates a response that was refused at once.
  public init(of messageType: Message.Type = Message.self, error: RPCError) {
    self.accepted = .failure(error)
  }

  /// The metadata that came before the messages; empty if the call was refused.
  public var metadata: Metadata {
    switch accepted {
    case .success(let contents): contents.metadata
    case .failure: [:]
    }
  }

  /// The messages as they arrive; throws an ``RPCError`` if the call ends with another status than `ok`.
  public var messages: RPCAsyncSequence<Message, any Error> {
    switch accepted {
    case .success(let contents):
      if let direct = contents.direct {
        direct
      } else {
        RPCAsyncSequence(
          wrapping: contents.bodyParts.compactMap { part in
            guard case .message(let message) = part else { return nil }
            return message
          }
        )
      }
    case .failure(let error): .throwing(error)
    }
  }

  /// The messages as they arrive, and after the last one the metadata of the end.
  public var bodyParts: RPCAsyncSequence<Contents.BodyPart, any Error> {
    switch accepted {
    case .success(let contents): contents.bodyParts
    case .failure(let error): .throwing(error)
    }
  }
}

extension StreamingClientResponse.Contents.BodyPart: Equatable where Message: Equatable {}
