import SwiftGRPCProtobuf

// Generic over the message types so that what the compiler makes of it, in the user's module, is one specialised function for each method:
// decode, the user's code, encode.

extension RPCRouter {
  /// Offers a method with one request and one response.
  ///
  /// - Parameters:
  ///   - method: The method's name.
  ///   - handler: Answers a request. An ``RPCError`` that it throws ends the call with that status.
  @inlinable
  public mutating func registerUnary<Input: Message, Output: Message>(
    _ method: MethodDescriptor, _ handler: @escaping @Sendable (Input, ServerContext) async throws -> Output
  ) {
    let deserializer = ProtobufDeserializer<Input>()
    let serializer = ProtobufSerializer<Output>()
    self.register(
      MethodHandler(
        descriptor: method,
        start: { call in
          guard let messages = call.makeInboundMessages() else { return }
          call.run {
            do {
              call.adoptCurrentTask()
              let input = try await messages.onlyMessage { try deserializer.deserialize(inPlace: $0) }
              let output = try await handler(input, ServerContext(call))
              call.respond { allocate in try serializer.serialize(output, into: allocate) }
            } catch {
              call.finish(throwing: error)
            }
          }
        },
        startWithMessage: { call, bytes in
          let input: Input
          do {
            input = try deserializer.deserialize(inPlace: bytes)
          } catch {
            call.reject(error)
            return
          }
          call.run {
            do {
              let output = try await handler(input, ServerContext(call))
              call.respond { allocate in try serializer.serialize(output, into: allocate) }
            } catch {
              call.finish(throwing: error)
            }
          }
        },
        intercepted: { interceptors in
          .general(method, deserializer, serializer, interceptors) { request, context in
            let single = try await ServerRequest(stream: request)
            let output = try await handler(single.message, context)
            return StreamingServerResponse(single: ServerResponse(message: output))
          }
        }
      )
    )
  }

  /// Offers a method with one request and a stream of responses.
  ///
  /// - Parameters:
  ///   - method: The method's name.
  ///   - handler: Writes the responses to a request; the call ends when it returns. An ``RPCError`` that it throws ends the call with
  ///     that status.
  @inlinable
  public mutating func registerServerStreaming<Input: Message, Output: Message>(
    _ method: MethodDescriptor,
    _ handler: @escaping @Sendable (Input, RPCWriter<Output>, ServerContext) async throws -> Void
  ) {
    let deserializer = ProtobufDeserializer<Input>()
    let serializer = ProtobufSerializer<Output>()
    self.register(
      MethodHandler(
        descriptor: method,
        start: { call in
          guard let messages = call.makeInboundMessages(), let responses = call.makeOutboundMessages() else { return }
          let writer = RPCWriter<Output>(responses) { try serializer.serialize($0, into: $1) }
          call.run {
            do {
              call.adoptCurrentTask()
              let input = try await messages.onlyMessage { try deserializer.deserialize(inPlace: $0) }
              try await handler(input, writer, ServerContext(call))
              call.finish()
            } catch {
              call.finish(throwing: error)
            }
          }
        },
        startWithMessage: { call, bytes in
          guard let responses = call.makeOutboundMessages() else { return }
          let input: Input
          do {
            input = try deserializer.deserialize(inPlace: bytes)
          } catch {
            call.reject(error)
            return
          }
          let writer = RPCWriter<Output>(responses) { try serializer.serialize($0, into: $1) }
          call.run {
            do {
              call.adoptCurrentTask()
              try await handler(input, writer, ServerContext(call))
              call.finish()
            } catch {
              call.finish(throwing: error)
            }
          }
        },
        intercepted: { interceptors in
          .general(method, deserializer, serializer, interceptors) { request, context in
            let single = try await ServerRequest(stream: request)
            return StreamingServerResponse { writer in
              try await handler(single.message, writer, context)
              return [:]
            }
          }
        }
      )
    )
  }

  /// Offers a method with a stream of requests and one response.
  ///
  /// - Parameters:
  ///   - method: The method's name.
  ///   - handler: Reads the requests and answers them. An ``RPCError`` that it throws ends the call with that status.
  @inlinable
  public mutating func registerClientStreaming<Input: Message, Output: Message>(
    _ method: MethodDescriptor,
    _ handler: @escaping @Sendable (RPCAsyncSequence<Input, any Error>, ServerContext) async throws -> Output
  ) {
    let deserializer = ProtobufDeserializer<Input>()
    let serializer = ProtobufSerializer<Output>()
    self.register(
      MethodHandler(
        descriptor: method,
        start: { call in
          guard let messages = call.makeInboundMessages() else { return }
          let requests = RPCAsyncSequence<Input, any Error>(messages) { try deserializer.deserialize(inPlace: $0) }
          call.run {
            do {
              call.adoptCurrentTask()
              let output = try await handler(requests, ServerContext(call))
              call.respond { allocate in try serializer.serialize(output, into: allocate) }
            } catch {
              call.finish(throwing: error)
            }
          }
        },
        intercepted: { interceptors in
          .general(method, deserializer, serializer, interceptors) { request, context in
            let output = try await handler(request.messages, context)
            return StreamingServerResponse(single: ServerResponse(message: output))
          }
        }
      )
    )
  }

  /// Offers a method with a stream of requests and a stream of responses.
  ///
  /// - Parameters:
  ///   - method: The method's name.
  ///   - handler: Reads the requests and writes the responses; the call ends when it returns. An ``RPCError`` that it throws ends the
  ///     call with that status.
  @inlinable
  public mutating func registerBidirectionalStreaming<Input: Message, Output: Message>(
    _ method: MethodDescriptor,
    _ handler:
      @escaping @Sendable (RPCAsyncSequence<Input, any Error>, RPCWriter<Output>, ServerContext) async throws -> Void
  ) {
    let deserializer = ProtobufDeserializer<Input>()
    let serializer = ProtobufSerializer<Output>()
    self.register(
      MethodHandler(
        descriptor: method,
        start: { call in
          guard let messages = call.makeInboundMessages(), let responses = call.makeOutboundMessages() else { return }
          let requests = RPCAsyncSequence<Input, any Error>(messages) { try deserializer.deserialize(inPlace: $0) }
          let writer = RPCWriter<Output>(responses) { try serializer.serialize($0, into: $1) }
          call.run {
            do {
              call.adoptCurrentTask()
              try await handler(requests, writer, ServerContext(call))
              call.finish()
            } catch {
              call.finish(throwing: error)
            }
          }
        },
        intercepted: { interceptors in
          .general(method, deserializer, serializer, interceptors) { request, context in
            StreamingServerResponse { writer in
              try await handler(request.messages, writer, context)
              return [:]
            }
          }
        }
      )
    )
  }

  /// Offers a method of any kind, with messages of any format.
  ///
  /// - Parameters:
  ///   - descriptor: The method's name.
  ///   - deserializer: Makes messages of received bytes.
  ///   - serializer: Makes bytes of messages to send.
  ///   - handler: Answers a request. An ``RPCError`` that it throws, or refuses the call with, ends the call with that status.
  @inlinable
  public mutating func registerHandler<Deserializer: MessageDeserializer, Serializer: MessageSerializer>(
    forMethod descriptor: MethodDescriptor, deserializer: Deserializer, serializer: Serializer,
    handler:
      @escaping @Sendable (
        _ request: StreamingServerRequest<Deserializer.Message>, _ context: ServerContext
      ) async throws -> StreamingServerResponse<Serializer.Message>
  ) where Deserializer.Message: Sendable, Serializer.Message: Sendable {
    self.register(.general(descriptor, deserializer, serializer, [], handler))
  }
}
