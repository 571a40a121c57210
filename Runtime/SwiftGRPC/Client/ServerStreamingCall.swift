/// A call with one message to the server and any number back, held as a value: the sequence of its messages.
///
/// ```swift
/// for try await feature in try await routeGuide.listFeatures(area) { … }
/// ```
/// The server may send ahead as much as the flow-control window allows; a slow reader stops it. The call ends with its last
/// message, with ``cancel()``, or when the last copy of the value and of its iterators is gone.
public struct ServerStreamingCall<Output: Sendable>: AsyncSequence, Sendable {
  @usableFromInline let handle: CallHandle
  @usableFromInline let messages: RPCAsyncSequence<Output, any Error>

  @usableFromInline
  init(handle: CallHandle, messages: RPCAsyncSequence<Output, any Error>) {
    self.handle = handle
    self.messages = messages
  }

  /// The metadata before the messages; waits until the response begins.
  ///
  /// Throws ``RPCError`` if the call ends before that.
  public var initialMetadata: Metadata { get async throws { try await handle.initialMetadata() } }

  /// The metadata after the messages; waits until the call is over.
  ///
  /// Throws ``RPCError`` if the call ends with another status than `ok`.
  public var trailingMetadata: Metadata { get async throws { try await handle.trailingMetadata() } }

  /// Whether the message that was read last was compressed. For the interoperability cases, which ask for it.
  package var lastResponseWasCompressed: Bool { handle.lastResponseWasCompressed }

  /// Ends the call; reading it then throws `cancelled`. Does nothing if it is over.
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
