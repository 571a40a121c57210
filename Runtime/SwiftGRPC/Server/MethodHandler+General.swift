extension MethodHandler {
  /// A handler of requests and responses as objects, behind interceptors.
  @inlinable
  static func general<Deserializer: MessageDeserializer, Serializer: MessageSerializer>(
    _ descriptor: MethodDescriptor, _ deserializer: Deserializer, _ serializer: Serializer,
    _ interceptors: [any ServerInterceptor],
    _ handler:
      @escaping @Sendable (
        StreamingServerRequest<Deserializer.Message>, ServerContext
      ) async throws -> StreamingServerResponse<Serializer.Message>
  ) -> MethodHandler where Deserializer.Message: Sendable, Serializer.Message: Sendable {
    MethodHandler(
      descriptor: descriptor,
      start: { call in
        guard let messages = call.makeInboundMessages(), let responses = call.makeOutboundMessages() else { return }
        let requests = RPCAsyncSequence<Deserializer.Message, any Error>(messages) { bytes in
          do {
            return try deserializer.deserialize(inPlace: bytes)
          } catch {
            throw RPCError.deserializationFailed(error)
          }
        }
        let writer = RPCWriter<Serializer.Message>(responses) { message, allocate in
          do {
            try serializer.serialize(message, into: allocate)
          } catch {
            throw RPCError.serializationFailed(error)
          }
        }
        call.run {
          do {
            call.adoptCurrentTask()
            let context = ServerContext(call)
            let request = StreamingServerRequest(metadata: context.metadata, messages: requests)
            let response = try await Self.intercept(request, context, interceptors[...], handler)
            let contents = try response.accepted.get()
            await call.sendHeaders(adding: contents.metadata)
            call.finish(trailingMetadata: try await contents.producer(writer))
          } catch {
            call.finish(throwing: error)
          }
        }
      },
      intercepted: { .general(descriptor, deserializer, serializer, $0 + interceptors, handler) }
    )
  }

  /// Runs the first interceptor around the others around the handler.
  @usableFromInline
  static func intercept<Input: Sendable, Output: Sendable>(
    _ request: StreamingServerRequest<Input>, _ context: ServerContext,
    _ interceptors: ArraySlice<any ServerInterceptor>,
    _ handler:
      @escaping @Sendable (StreamingServerRequest<Input>, ServerContext) async throws -> StreamingServerResponse<Output>
  ) async throws -> StreamingServerResponse<Output> {
    guard let first = interceptors.first else { return try await handler(request, context) }
    return try await first.intercept(request: request, context: context) { request, context in
      try await Self.intercept(request, context, interceptors.dropFirst(), handler)
    }
  }
}
