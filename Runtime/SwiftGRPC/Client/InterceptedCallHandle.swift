/// The handle of a call that interceptors stand before.
///
/// Interceptors see a request as a closure that writes it. Here a task runs them; that closure passes its writer on to whoever
/// holds the call, and stays until the request is finished.
final class InterceptedCallHandle<Input: Sendable, Output: Sendable>: CallHandle, @unchecked Sendable {
  // Sendable: immutable.

  private let scope = CallScope()
  private let writer = LateValue<RPCWriter<Input>>()
  private let response = LateValue<StreamingClientResponse<Output>>()
  private let trailers = LateValue<Result<Metadata, RPCError>>()
  private let requestEnd = LateValue<Void>()

  /// Starts the call.
  init(
    _ client: GRPCClient,
    _ method: MethodDescriptor,
    _ metadata: Metadata,
    _ options: CallOptions,
    _ serializer: some MessageSerializer<Input>,
    _ deserializer: some MessageDeserializer<Output>
  ) {
    super.init()
    let (writer, response, requestEnd, scope) = (writer, response, requestEnd, scope)
    let request = StreamingClientRequest<Input>(metadata: metadata) {
      writer.set($0)
      try await requestEnd.get()
    }
    let task = Task {
      let result = await client.response(to: request, method, serializer, deserializer, options, in: scope)
      // An interceptor that answers by itself never asks for the request.
      writer.set(RPCWriter(wrapping: NoWriter<Input>()))
      response.set(result)
    }
    scope.add(producer: task)
  }

  deinit { cancel() }

  /// Writes to the writer that the interceptors pass on.
  var requestWriter: RPCWriter<Input> { RPCWriter(wrapping: LateWriter(writer: writer)) }

  /// The messages of the response that the interceptors return.
  var messages: RPCAsyncSequence<Output, any Error> {
    RPCAsyncSequence(wrapping: LateMessages(response: response, trailers: trailers))
  }

  override func finish() { requestEnd.set(()) }

  override func cancel() {
    scope.cancel()
    requestEnd.set(())
  }

  override func initialMetadata() async throws -> Metadata { try await response.get().accepted.get().metadata }

  override func trailingMetadata() async throws -> Metadata { try await trailers.get().get() }
}

/// Writes to a writer that comes later.
private struct LateWriter<Element: Sendable>: RPCWriterProtocol {
  let writer: LateValue<RPCWriter<Element>>

  func write(_ element: Element) async throws {
    try await writer.get().write(element)
  }

  func write(_ element: Element, compress: Bool) async throws {
    try await writer.get().write(element, compress: compress)
  }

  func write(contentsOf elements: some Sequence<Element>) async throws {
    try await writer.get().write(contentsOf: elements)
  }
}

/// A writer where nobody reads.
private struct NoWriter<Element: Sendable>: RPCWriterProtocol {
  func write(_ element: Element) async throws {
    throw RPCError(code: .cancelled, message: "an interceptor answered the call without its request")
  }

  func write(contentsOf elements: some Sequence<Element>) async throws {
    for element in elements { try await write(element) }
  }
}

/// The messages of a response that comes later.
private struct LateMessages<Message: Sendable>: AsyncSequence, Sendable {
  let response: LateValue<StreamingClientResponse<Message>>
  let trailers: LateValue<Result<Metadata, RPCError>>

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(response: response, trailers: trailers) }

  struct AsyncIterator: AsyncIteratorProtocol {
    let response: LateValue<StreamingClientResponse<Message>>
    let trailers: LateValue<Result<Metadata, RPCError>>
    private var parts: RPCAsyncSequence<StreamingClientResponse<Message>.Contents.BodyPart, any Error>.AsyncIterator?

    init(response: LateValue<StreamingClientResponse<Message>>, trailers: LateValue<Result<Metadata, RPCError>>) {
      self.response = response
      self.trailers = trailers
    }

    mutating func next() async throws -> Message? { try await next(isolation: nil) }

    mutating func next(isolation actor: isolated (any Actor)?) async throws -> Message? {
      do {
        if self.parts == nil { self.parts = try await response.get().bodyParts.makeAsyncIterator() }
        guard var parts = self.parts else { return nil }
        defer { self.parts = parts }
        switch try await parts.next(isolation: actor) {
        case .message(let message):
          return message
        case .trailingMetadata(let metadata):
          trailers.set(.success(metadata))
          return nil
        case nil:
          trailers.set(.success([:]))
          return nil
        }
      } catch {
        let error = RPCError.wrapping(error, code: .unknown, message: "the response cannot be read: \(error)")
        trailers.set(.failure(error))
        throw error
      }
    }
  }
}
