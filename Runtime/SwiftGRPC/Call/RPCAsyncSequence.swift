/// The messages that one side of a call receives.
///
/// It may be iterated from any task, by one at a time; a second one that reads meanwhile gets an error. All iterators share the
/// position: a message is delivered once. The peer may send ahead as much as its flow-control window allows, not more.
///
/// ```swift
/// for try await note in requests { … }
/// ```
public struct RPCAsyncSequence<Element: Sendable, Failure: Error>: AsyncSequence, Sendable {
  @usableFromInline typealias DecodeElement = @Sendable (UnsafeRawBufferPointer) throws -> Element

  @usableFromInline
  enum Source: Sendable {
    case call(InboundMessages, DecodeElement)
    case other(any AsyncSequence<Element, Failure> & Sendable)
  }

  @usableFromInline let source: Source

  /// Creates a sequence with the elements of another.
  public init(wrapping other: some AsyncSequence<Element, Failure> & Sendable) {
    self.source = .other(other)
  }

  @inlinable
  init(_ messages: InboundMessages, decode: @escaping DecodeElement) where Failure == any Error {
    self.source = .call(messages, decode)
  }

  /// A sequence of one message.
  public static func one(_ element: Element) -> Self {
    Self(wrapping: OneElement(result: .success(element)))
  }

  /// A sequence that throws `error` instead of having messages.
  public static func throwing(_ error: Failure) -> Self {
    Self(wrapping: OneElement(result: .failure(error)))
  }

  /// An iterator over the messages that nobody has taken yet.
  @inlinable
  public func makeAsyncIterator() -> AsyncIterator {
    switch self.source {
    case .call(let messages, let decode): AsyncIterator(.call(messages, decode))
    case .other(let sequence): AsyncIterator(.other(sequence.makeAsyncIterator()))
    }
  }

  /// Takes one message after another.
  public struct AsyncIterator: AsyncIteratorProtocol {
    @usableFromInline
    enum Source {
      case call(InboundMessages, DecodeElement)
      case other(any AsyncIteratorProtocol<Element, Failure>)
    }

    @usableFromInline var source: Source

    @inlinable
    init(_ source: Source) {
      self.source = source
    }

    /// The next message, or `nil` after the last one.
    ///
    /// - Throws: the error that ended the call; ``RPCError`` with `internalError` when the message cannot be decoded or another task
    ///   reads at the same time; `CancellationError` when the task is cancelled while it waits.
    @inlinable
    public mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws(Failure) -> Element? {
      switch self.source {
      case .call(let messages, let decode):
        do {
          return try await messages.next(decode)
        } catch let error as Failure {
          throw error
        } catch {
          // A call's sequence has the failure type `any Error`, so every error was caught above.
          preconditionFailure("\(error) is not of the sequence's failure type")
        }
      case .other:
        return try await self.nextOfOther(isolation: actor)
      }
    }

    /// Not a part of `next`, which is a part of the caller: what it needs room for would lie in the memory of each call that waits.
    @usableFromInline
    mutating func nextOfOther(isolation actor: isolated (any Actor)?) async throws(Failure) -> Element? {
      guard case .other(var iterator) = self.source else { return nil }
      let element = try await iterator.next(isolation: actor)
      self.source = .other(iterator)
      return element
    }

    /// The next message, or `nil` after the last one; as ``next(isolation:)``.
    @inlinable
    public mutating func next() async throws -> Element? {
      try await self.next(isolation: nil)
    }
  }
}

/// A sequence of one element or one error, for calls that have just that.
struct OneElement<Element: Sendable, Failure: Error>: AsyncSequence, Sendable {
  let result: Result<Element, Failure>

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(result: self.result) }

  struct AsyncIterator: AsyncIteratorProtocol {
    var result: Result<Element, Failure>?

    mutating func next(isolation actor: isolated (any Actor)?) async throws(Failure) -> Element? {
      try self.result.take()?.get()
    }

    mutating func next() async throws(Failure) -> Element? {
      try self.result.take()?.get()
    }
  }
}
