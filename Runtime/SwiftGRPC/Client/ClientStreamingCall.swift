/// A call with any number of messages to the server and one back, held as a value.
///
/// ```swift
/// let call = try await routeGuide.recordRoute()
/// for point in route { try await call.write(point) }
/// let summary = try await call.finish()
/// ```
/// The call ends with its response, with ``cancel()``, or when the last copy of the value is gone.
public struct ClientStreamingCall<Input: Sendable, Output: Sendable>: Sendable {
  @usableFromInline let handle: CallHandle
  @usableFromInline let writer: RPCWriter<Input>
  @usableFromInline let messages: RPCAsyncSequence<Output, any Error>

  @usableFromInline
  init(handle: CallHandle, writer: RPCWriter<Input>, messages: RPCAsyncSequence<Output, any Error>) {
    self.handle = handle
    self.writer = writer
    self.messages = messages
  }

  /// Sends a message; suspends while the server is slow.
  ///
  /// - Throws: ``RPCError`` if the call is over or the message cannot be serialized.
  @inlinable
  nonisolated(nonsending) public func write(_ message: Input) async throws { try await writer.write(message) }

  /// Sends a message, and says whether it may be compressed; see ``RPCWriter/write(_:compress:)``.
  ///
  /// - Throws: As ``write(_:)``.
  @inlinable
  nonisolated(nonsending) public func write(_ message: Input, compress: Bool) async throws {
    try await writer.write(message, compress: compress)
  }

  /// Sends the messages of a sequence, in order.
  ///
  /// - Throws: As ``write(_:)``.
  @inlinable
  nonisolated(nonsending) public func write(contentsOf messages: some Sequence<Input>) async throws {
    try await writer.write(contentsOf: messages)
  }

  /// Ends the request and waits for the response.
  ///
  /// - Throws: ``RPCError`` if the call ends with another status than `ok`, or without exactly one message.
  nonisolated(nonsending) public func finish() async throws -> Output {
    handle.finish()
    var iterator = messages.makeAsyncIterator()
    guard let message = try await iterator.next() else { throw RPCError.cardinality("no message") }
    guard try await iterator.next() == nil else { throw RPCError.cardinality("more than one message") }
    return message
  }

  /// The metadata before the response; waits until that begins.
  ///
  /// Throws ``RPCError`` if the call ends before that.
  public var initialMetadata: Metadata { get async throws { try await handle.initialMetadata() } }

  /// The metadata after the response; waits until the call is over.
  ///
  /// Throws ``RPCError`` if the call ends with another status than `ok`.
  public var trailingMetadata: Metadata { get async throws { try await handle.trailingMetadata() } }

  /// Ends the call; what waits for it then throws `cancelled`. Does nothing if it is over.
  public func cancel() { handle.cancel() }
}
