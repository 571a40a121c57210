/// A call with any number of messages each way, held as a value: something to write to, and the sequence of what comes back.
///
/// ```swift
/// let chat = try await routeGuide.routeChat()
/// try await chat.write(note)
/// for try await note in chat { … }
/// try await chat.finish()
/// ```
/// Both directions are independent, and may be used by different tasks. The call ends when the server ends it, with
/// ``cancel()``, or when the last copy of the value and of its iterators is gone.
public struct BidirectionalCall<Input: Sendable, Output: Sendable>: AsyncSequence, Sendable {
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

  /// Ends the request: no more messages can be written. The response goes on.
  public func finish() async throws { handle.finish() }

  /// The metadata before the messages; waits until the response begins.
  ///
  /// Throws ``RPCError`` if the call ends before that.
  public var initialMetadata: Metadata { get async throws { try await handle.initialMetadata() } }

  /// The metadata after the messages; waits until the call is over.
  ///
  /// Throws ``RPCError`` if the call ends with another status than `ok`.
  public var trailingMetadata: Metadata { get async throws { try await handle.trailingMetadata() } }

  /// Ends the call; what waits for it then throws `cancelled`. Does nothing if it is over.
  public func cancel() { handle.cancel() }

  /// An iterator over the messages that nobody has taken yet.
  public func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(handle: handle, messages: messages.makeAsyncIterator())
  }

  /// Takes one message after another.
  public struct AsyncIterator: AsyncIteratorProtocol {
    /// Keeps the call alive.
    let handle: CallHandle
    @usableFromInline var messages: RPCAsyncSequence<Output, any Error>.AsyncIterator

    /// The next message, or `nil` after the last one.
    ///
    /// - Throws: ``RPCError`` if the call ends with another status than `ok`.
    @inlinable
    public mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws -> Output? {
      try await messages.next(isolation: actor)
    }

    /// The next message, or `nil` after the last one; as ``next(isolation:)``.
    @inlinable
    public mutating func next() async throws -> Output? { try await messages.next() }
  }
}
