import SwiftGRPCProtobuf

extension GRPCClient {
  /// Starts a call with one message to the server and any number back, and returns it as a value at once.
  ///
  /// - Throws: ``RPCError`` if the message cannot be serialized.
  @inlinable
  nonisolated(nonsending) public func makeServerStreamingCall<Input: Message, Output: Message>(
    _ method: MethodDescriptor, _ message: Input, metadata: Metadata = [:], options: CallOptions = .defaults
  ) async throws -> ServerStreamingCall<Output> {
    guard isDirect(method) else {
      let call = intercepted(method, metadata, options, ProtobufSerializer<Input>(), ProtobufDeserializer<Output>())
      try await call.write(message)
      try await call.finish()
      return ServerStreamingCall(handle: call.handle, messages: call.messages)
    }
    let call = StreamingClientCall(channel: channel, method: method, metadata: metadata, options: options)
    let handle = DirectCallHandle(call)
    try call.encodeWholeRequest { allocate in try message.encode(into: allocate) }
    call.startWithWholeRequest()
    return ServerStreamingCall(handle: handle, messages: call.messages(ProtobufDeserializer<Output>()))
  }

  /// Starts a call with any number of messages to the server and one back, and returns it as a value at once.
  @inlinable
  nonisolated(nonsending) public func makeClientStreamingCall<Input: Message, Output: Message>(
    _ method: MethodDescriptor, metadata: Metadata = [:], options: CallOptions = .defaults
  ) async throws -> ClientStreamingCall<Input, Output> {
    let call: BidirectionalCall<Input, Output> = try await makeBidirectionalCall(
      method, metadata: metadata, options: options
    )
    return ClientStreamingCall(handle: call.handle, writer: call.writer, messages: call.messages)
  }

  /// Starts a call with any number of messages each way, and returns it as a value at once.
  @inlinable
  nonisolated(nonsending) public func makeBidirectionalCall<Input: Message, Output: Message>(
    _ method: MethodDescriptor, metadata: Metadata = [:], options: CallOptions = .defaults
  ) async throws -> BidirectionalCall<Input, Output> {
    try await makeBidirectionalCall(
      method, serializer: ProtobufSerializer<Input>(), deserializer: ProtobufDeserializer<Output>(),
      metadata: metadata, options: options
    )
  }

  /// Starts a call with any number of messages of any format each way, and returns it as a value at once.
  @inlinable
  nonisolated(nonsending) public func makeBidirectionalCall<Input: Sendable, Output: Sendable>(
    _ method: MethodDescriptor,
    serializer: some MessageSerializer<Input>,
    deserializer: some MessageDeserializer<Output>,
    metadata: Metadata = [:],
    options: CallOptions = .defaults
  ) async throws -> BidirectionalCall<Input, Output> {
    guard isDirect(method) else { return intercepted(method, metadata, options, serializer, deserializer) }
    let call = StreamingClientCall(channel: channel, method: method, metadata: metadata, options: options)
    call.startSoon()
    return BidirectionalCall(
      handle: DirectCallHandle(call), writer: call.writer(serializer), messages: call.messages(deserializer)
    )
  }

  @usableFromInline
  func intercepted<Input: Sendable, Output: Sendable>(
    _ method: MethodDescriptor, _ metadata: Metadata, _ options: CallOptions,
    _ serializer: some MessageSerializer<Input>, _ deserializer: some MessageDeserializer<Output>
  ) -> BidirectionalCall<Input, Output> {
    let handle = InterceptedCallHandle<Input, Output>(self, method, metadata, options, serializer, deserializer)
    return BidirectionalCall(handle: handle, writer: handle.requestWriter, messages: handle.messages)
  }
}
