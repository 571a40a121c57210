extension GRPCClient {
  /// Makes a call with any number of messages to the server and one back.
  ///
  /// - Parameters:
  ///   - request: The metadata to send, and a closure that writes the messages. The closure runs in a task of its own.
  ///   - descriptor: The method to call.
  ///   - serializer: Turns messages into bytes.
  ///   - deserializer: Turns bytes into the response.
  ///   - options: The call's options.
  ///   - handleResponse: Gets the response, or the error in its place, once the call is over.
  /// - Returns: What `handleResponse` returns.
  /// - Throws: What `handleResponse` throws.
  @inlinable
  nonisolated(nonsending) public func clientStreaming<Input: Sendable, Output: Sendable, Result: Sendable>(
    request: StreamingClientRequest<Input>,
    descriptor: MethodDescriptor,
    serializer: some MessageSerializer<Input>,
    deserializer: some MessageDeserializer<Output>,
    options: CallOptions,
    onResponse handleResponse: @Sendable @escaping (_ response: ClientResponse<Output>) async throws -> Result
  ) async throws -> Result {
    try await CallScope.with { scope in
      let response = await self.response(to: request, descriptor, serializer, deserializer, options, in: scope)
      return try await handleResponse(await ClientResponse(collecting: response))
    }
  }

  /// Makes a call with one message to the server and any number back.
  ///
  /// - Parameters:
  ///   - request: The metadata and the message to send.
  ///   - descriptor: The method to call.
  ///   - serializer: Turns the request into bytes.
  ///   - deserializer: Turns bytes into messages.
  ///   - options: The call's options.
  ///   - handleResponse: Gets the response as soon as it begins. The call ends when it returns, if not before.
  /// - Returns: What `handleResponse` returns.
  /// - Throws: What `handleResponse` throws.
  @inlinable
  nonisolated(nonsending) public func serverStreaming<Input: Sendable, Output: Sendable, Result: Sendable>(
    request: ClientRequest<Input>,
    descriptor: MethodDescriptor,
    serializer: some MessageSerializer<Input>,
    deserializer: some MessageDeserializer<Output>,
    options: CallOptions,
    onResponse handleResponse: @Sendable @escaping (_ response: StreamingClientResponse<Output>) async throws -> Result
  ) async throws -> Result {
    try await CallScope.with { scope in
      guard isDirect(descriptor) else {
        return try await handleResponse(
          await self.response(
            to: StreamingClientRequest(single: request), descriptor, serializer, deserializer, options, in: scope
          )
        )
      }
      var call = makeStreamingCall(descriptor, request.metadata, options, in: scope)
      var accepted = await call.send(request.message, serializer)
      if call.wasNotProcessed {
        // The server never saw the call, so it may be made once more. Spec: A6, "Transparent Retries".
        call = makeStreamingCall(descriptor, request.metadata, options.withDeadline(of: call), in: scope)
        accepted = await call.send(request.message, serializer)
      }
      return try await handleResponse(call.streamingResponse(accepted, deserializer))
    }
  }

  /// Makes a call with any number of messages each way.
  ///
  /// - Parameters:
  ///   - request: The metadata to send, and a closure that writes the messages. The closure runs in a task of its own.
  ///   - descriptor: The method to call.
  ///   - serializer: Turns messages into bytes.
  ///   - deserializer: Turns bytes into messages.
  ///   - options: The call's options.
  ///   - handleResponse: Gets the response as soon as it begins. The call ends when it returns, if not before.
  /// - Returns: What `handleResponse` returns.
  /// - Throws: What `handleResponse` throws.
  @inlinable
  nonisolated(nonsending) public func bidirectionalStreaming<Input: Sendable, Output: Sendable, Result: Sendable>(
    request: StreamingClientRequest<Input>,
    descriptor: MethodDescriptor,
    serializer: some MessageSerializer<Input>,
    deserializer: some MessageDeserializer<Output>,
    options: CallOptions,
    onResponse handleResponse: @Sendable @escaping (_ response: StreamingClientResponse<Output>) async throws -> Result
  ) async throws -> Result {
    try await CallScope.with { scope in
      try await handleResponse(
        await self.response(to: request, descriptor, serializer, deserializer, options, in: scope)
      )
    }
  }
}
