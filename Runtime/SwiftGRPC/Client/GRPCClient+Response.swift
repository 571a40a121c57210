import SwiftGRPCHTTP2

extension GRPCClient {
  /// Starts a call through the interceptors and returns its response as soon as that begins.
  ///
  /// Never throws: whatever goes wrong is the response.
  @usableFromInline
  nonisolated(nonsending) func response<Input: Sendable, Output: Sendable>(
    to request: StreamingClientRequest<Input>,
    _ method: MethodDescriptor,
    _ serializer: some MessageSerializer<Input>,
    _ deserializer: some MessageDeserializer<Output>,
    _ options: CallOptions,
    in scope: CallScope
  ) async -> StreamingClientResponse<Output> {
    let context = ClientContext(
      descriptor: method, options: options, remotePeer: channel.remotePeer,
      localPeer: channel.connectivity.localPeer ?? ""
    )
    do {
      return try await response(to: request, context, interceptors(for: method), serializer, deserializer, in: scope)
    } catch {
      return StreamingClientResponse(
        error: .wrapping(error, code: .unknown, message: "an interceptor failed: \(error)")
      )
    }
  }

  nonisolated(nonsending) private func response<Input: Sendable, Output: Sendable>(
    to request: StreamingClientRequest<Input>,
    _ context: ClientContext,
    _ interceptors: ArraySlice<ConditionalInterceptor<any ClientInterceptor>>,
    _ serializer: some MessageSerializer<Input>,
    _ deserializer: some MessageDeserializer<Output>,
    in scope: CallScope
  ) async throws -> StreamingClientResponse<Output> {
    guard let first = interceptors.first else {
      return await start(request, context.descriptor, serializer, deserializer, context.options, in: scope)
    }
    let rest = interceptors.dropFirst()
    return try await first.interceptor.intercept(request: request, context: context) { request, context in
      try await self.response(to: request, context, rest, serializer, deserializer, in: scope)
    }
  }

  /// Starts a call without interceptors, with a task that writes its request.
  @usableFromInline
  nonisolated(nonsending) func start<Input: Sendable, Output: Sendable>(
    _ request: StreamingClientRequest<Input>,
    _ method: MethodDescriptor,
    _ serializer: some MessageSerializer<Input>,
    _ deserializer: some MessageDeserializer<Output>,
    _ options: CallOptions,
    in scope: CallScope
  ) async -> StreamingClientResponse<Output> {
    let call = makeStreamingCall(method, request.metadata, options, in: scope)
    call.startSoon()
    let writer = call.writer(serializer)
    let producer = request.producer
    // The request is written while the response arrives; a caller that runs on the loop stays there.
    let executor: LoopExecutor? = call.executor.isCurrent ? call.executor : nil
    let task = Task(executorPreference: executor) {
      do {
        try await producer(writer)
        call.finishRequestSoon()
      } catch {
        call.cancelSoon(
          .wrapping(error, code: .cancelled, message: "the closure that writes the request failed: \(error)")
        )
      }
    }
    scope.add(producer: task)
    return call.streamingResponse(await call.response(isCancellable: false), deserializer)
  }

  @usableFromInline
  func makeStreamingCall(
    _ method: MethodDescriptor, _ metadata: Metadata, _ options: CallOptions, in scope: CallScope
  ) -> StreamingClientCall {
    let call = StreamingClientCall(channel: channel, method: method, metadata: metadata, options: options)
    scope.add(call)
    return call
  }
}

extension StreamingClientCall {
  /// A writer for the request's messages. One above the limit fails the call.
  @inlinable
  func writer<Input: Sendable>(_ serializer: some MessageSerializer<Input>) -> RPCWriter<Input> {
    RPCWriter(outboundMessages) { [self] message, allocate in
      var byteCount = 0
      do {
        try serializer.serialize(message) { count in
          byteCount = count
          return allocate(count)
        }
      } catch {
        throw RPCError.serializationFailed(error)
      }
      try checkWritten(byteCount: byteCount)
    }
  }

  @usableFromInline
  func checkWritten(byteCount: Int) throws(RPCError) {
    guard options.maxRequestMessageBytes != nil else { return }
    do throws(RPCError) {
      try options.checkRequest(byteCount: byteCount)
    } catch {
      // The message is in the body already, so the call cannot go on.
      cancelSoon(error)
      throw error
    }
  }

  /// Starts a call that has one request message, and waits for the beginning of the response.
  @inlinable
  nonisolated(nonsending) func send<Input: Sendable>(
    _ message: Input, _ serializer: some MessageSerializer<Input>
  ) async -> Swift.Result<Metadata, RPCError> {
    do throws(RPCError) {
      try encodeWholeRequest { allocate in try serializer.serialize(message, into: allocate) }
    } catch {
      return .failure(error)
    }
    startWithWholeRequest()
    return await response(isCancellable: false)
  }

  @usableFromInline
  func startWithWholeRequest() {
    executor.execute {
      self.finishRequest()
      self.start()
    }
  }

  /// The response as users see it.
  @inlinable
  func streamingResponse<Output: Sendable>(
    _ accepted: Swift.Result<Metadata, RPCError>, _ deserializer: some MessageDeserializer<Output>
  ) -> StreamingClientResponse<Output> {
    switch accepted {
    case .success(let metadata):
      StreamingClientResponse(
        accepted: .success(.init(metadata: metadata, call: self, messages: messages(deserializer))))
    case .failure(let error):
      StreamingClientResponse(accepted: .failure(error))
    }
  }

  /// The response's messages, which are decoded where they lie if the reader runs on the loop.
  @inlinable
  func messages<Output: Sendable>(_ deserializer: some MessageDeserializer<Output>) -> RPCAsyncSequence<
    Output, any Error
  > {
    RPCAsyncSequence(inbound) { bytes in
      do {
        return try deserializer.deserialize(inPlace: bytes)
      } catch {
        throw RPCError.deserializationFailed(error)
      }
    }
  }
}

/// The messages of a response and, after the last one, its trailing metadata.
@usableFromInline
struct ResponseBodyParts<Message: Sendable>: AsyncSequence, Sendable {
  @usableFromInline typealias Element = StreamingClientResponse<Message>.Contents.BodyPart

  let call: StreamingClientCall
  let messages: RPCAsyncSequence<Message, any Error>

  @usableFromInline
  func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(call: call, messages: messages.makeAsyncIterator())
  }

  @usableFromInline
  struct AsyncIterator: AsyncIteratorProtocol {
    let call: StreamingClientCall
    var messages: RPCAsyncSequence<Message, any Error>.AsyncIterator
    var isAtEnd = false

    @usableFromInline
    mutating func next(isolation actor: isolated (any Actor)?) async throws -> Element? {
      if isAtEnd { return nil }
      if let message = try await messages.next(isolation: actor) { return .message(message) }
      isAtEnd = true
      return .trailingMetadata(call.trailingMetadata)
    }

    @usableFromInline
    mutating func next() async throws -> Element? { try await next(isolation: nil) }
  }
}

extension ClientResponse {
  /// Waits for the one message of a response and for its end.
  @usableFromInline
  nonisolated(nonsending) init(collecting response: StreamingClientResponse<Message>) async {
    switch response.accepted {
    case .failure(let error):
      self.init(error: error)
    case .success(let contents):
      do {
        var message: Message?
        var trailingMetadata = Metadata()
        for try await part in contents.bodyParts {
          switch part {
          case .message(let next):
            guard message == nil else { throw RPCError.cardinality("more than one message") }
            message = next
          case .trailingMetadata(let metadata):
            trailingMetadata = metadata
          }
        }
        guard let message else { throw RPCError.cardinality("no message") }
        self.init(message: message, metadata: contents.metadata, trailingMetadata: trailingMetadata)
      } catch {
        self.init(
          metadata: contents.metadata,
          error: .wrapping(error, code: .unknown, message: "the response cannot be read: \(error)")
        )
      }
    }
  }
}
