import SwiftGRPCProtobuf

extension GRPCClient {
  /// Makes a call with one message each way: the direct way, without closures.
  ///
  /// - Parameters:
  ///   - message: The request.
  ///   - method: The method to call.
  ///   - metadata: The metadata to send.
  ///   - options: The call's options.
  /// - Returns: The response.
  /// - Throws: ``RPCError``.
  @inlinable
  nonisolated(nonsending) public func unary<Input: Message, Output: Message>(
    _ message: Input, _ method: MethodDescriptor, metadata: Metadata = [:], options: CallOptions = .defaults
  ) async throws -> Output {
    guard isDirect(method) else {
      return try await unary(
        request: ClientRequest(message: message, metadata: metadata), descriptor: method,
        serializer: ProtobufSerializer<Input>(), deserializer: ProtobufDeserializer<Output>(), options: options
      ) { try $0.message }
    }
    var call = makeUnaryCall(method, metadata, options)
    try call.encodeWholeRequest { allocate in try message.encode(into: allocate) }
    await call.perform()
    if call.wasNotProcessed {
      // The server never saw the call, so it may be made once more. Spec: A6, "Transparent Retries".
      call = makeUnaryCall(method, metadata, options.withDeadline(of: call))
      try call.encodeWholeRequest { allocate in try message.encode(into: allocate) }
      await call.perform()
    }
    return try call.response { bytes in try Output(decoding: bytes) }
  }

  /// Makes a call with one message each way.
  ///
  /// - Parameters:
  ///   - request: The metadata and the message to send.
  ///   - descriptor: The method to call.
  ///   - serializer: Turns the request into bytes.
  ///   - deserializer: Turns bytes into the response.
  ///   - options: The call's options.
  ///   - handleResponse: Gets the response, or the error in its place, once the call is over.
  /// - Returns: What `handleResponse` returns.
  /// - Throws: What `handleResponse` throws.
  @inlinable
  nonisolated(nonsending) public func unary<Input: Sendable, Output: Sendable, Result: Sendable>(
    request: ClientRequest<Input>,
    descriptor: MethodDescriptor,
    serializer: some MessageSerializer<Input>,
    deserializer: some MessageDeserializer<Output>,
    options: CallOptions,
    onResponse handleResponse: @Sendable @escaping (_ response: ClientResponse<Output>) async throws -> Result
  ) async throws -> Result {
    guard isDirect(descriptor) else {
      return try await CallScope.with { scope in
        let response = await self.response(
          to: StreamingClientRequest(single: request), descriptor, serializer, deserializer, options, in: scope
        )
        return try await handleResponse(await ClientResponse(collecting: response))
      }
    }
    let response: ClientResponse<Output>
    do {
      var call = makeUnaryCall(descriptor, request.metadata, options)
      try call.encodeWholeRequest { allocate in try serializer.serialize(request.message, into: allocate) }
      await call.perform()
      if call.wasNotProcessed {
        call = makeUnaryCall(descriptor, request.metadata, options.withDeadline(of: call))
        try call.encodeWholeRequest { allocate in try serializer.serialize(request.message, into: allocate) }
        await call.perform()
      }
      response = call.clientResponse { bytes in try deserializer.deserialize(inPlace: bytes) }
    } catch {
      response = ClientResponse(error: error)
    }
    return try await handleResponse(response)
  }

  @usableFromInline
  func makeUnaryCall(_ method: MethodDescriptor, _ metadata: Metadata, _ options: CallOptions) -> UnaryClientCall {
    UnaryClientCall(channel: channel, method: method, metadata: metadata, options: options)
  }
}

extension UnaryClientCall {
  /// The response with its metadata; only after ``perform()``.
  @inlinable
  func clientResponse<Message>(
    _ decode: (UnsafeRawBufferPointer) throws -> Message
  ) -> ClientResponse<Message> {
    do {
      let message = try response(decode)
      return ClientResponse(message: message, metadata: initialMetadata, trailingMetadata: trailingMetadata)
    } catch {
      return hasResponse ? ClientResponse(metadata: initialMetadata, error: error) : ClientResponse(error: error)
    }
  }
}

extension CallOptions {
  /// The same options for another attempt at a call, with the deadline that the first one had.
  @usableFromInline
  func withDeadline(of call: ClientCall) -> CallOptions {
    var options = self
    options.timeout = nil
    options.deadline = call.deadline
    return options
  }
}
