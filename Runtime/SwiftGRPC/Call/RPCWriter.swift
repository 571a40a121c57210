/// Something that messages can be written to, one after another.
public protocol RPCWriterProtocol<Element>: Sendable {
  /// The type of the messages.
  associatedtype Element: Sendable

  /// Writes one message.
  ///
  /// Suspends while the receiver is slow; a message that was accepted is sent unless the call ends before.
  /// - Throws: the error that ended the call, when it is over.
  func write(_ element: Element) async throws

  /// Writes one message, and says whether it may be compressed.
  ///
  /// The default ignores that and calls ``write(_:)``: implement it in writers that pass messages on.
  /// - Throws: as ``write(_:)``.
  func write(_ element: Element, compress: Bool) async throws

  /// Writes the messages of a sequence, in order.
  ///
  /// - Throws: the error that ended the call, when it is over.
  func write(contentsOf elements: some Sequence<Element>) async throws
}

extension RPCWriterProtocol {
  /// Writes one message with ``write(_:)``.
  public func write(_ element: Element, compress: Bool) async throws { try await self.write(element) }

  /// Writes the messages of an asynchronous sequence as they come.
  ///
  /// - Throws: the error that ended the call, or what the sequence throws.
  public func write<Elements: AsyncSequence>(contentsOf elements: Elements) async throws
  where Elements.Element == Element {
    for try await element in elements {
      try await self.write(element)
    }
  }
}

/// A writer whose end can be told.
public protocol ClosableRPCWriterProtocol<Element>: RPCWriterProtocol {
  /// No more messages will be written.
  func finish() async

  /// No more messages will be written, because of an error.
  func finish(throwing error: any Error) async
}

/// Sends the messages of one side of a call.
///
/// It may be used from any task, from several at a time too. Writing returns at once while fewer than 64 KiB wait to be sent, and
/// suspends beyond that until the peer has taken some, so a fast writer cannot fill memory. After the end of the call it throws.
///
/// ```swift
/// for feature in features { try await response.write(feature) }
/// ```
public struct RPCWriter<Element: Sendable>: RPCWriterProtocol {
  @usableFromInline
  typealias EncodeElement =
    @Sendable (Element, _ allocate: (_ byteCount: Int) -> UnsafeMutableRawBufferPointer) throws -> Void

  @usableFromInline
  enum Target: Sendable {
    case call(OutboundMessages, EncodeElement)
    case other(any RPCWriterProtocol<Element>)
  }

  @usableFromInline let target: Target

  /// Creates a writer that passes every message on to another.
  public init(wrapping other: some RPCWriterProtocol<Element>) {
    self.target = .other(other)
  }

  @inlinable
  init(_ messages: OutboundMessages, encode: @escaping EncodeElement) {
    self.target = .call(messages, encode)
  }

  /// Writes one message.
  ///
  /// - Throws: the error that ended the call, when it is over; ``RPCError`` with `internalError` when the message cannot be encoded;
  ///   `CancellationError` when the task is cancelled while it waits for room.
  @inlinable
  nonisolated(nonsending) public func write(_ element: Element) async throws {
    switch self.target {
    case .call(let messages, let encode):
      try await messages.write(compress: true) { allocate in try encode(element, allocate) }
    case .other:
      try await self.writeToOther(element, compress: nil)
    }
  }

  /// Not a part of `write`, which is a part of the caller: what it needs room for would lie in the memory of each call that waits.
  @usableFromInline
  nonisolated(nonsending) func writeToOther(_ element: Element, compress: Bool?) async throws {
    guard case .other(let writer) = self.target else { return }
    if let compress {
      try await writer.write(element, compress: compress)
    } else {
      try await writer.write(element)
    }
  }

  /// Writes one message, and says whether it may be compressed.
  ///
  /// - Parameters:
  ///   - element: The message.
  ///   - compress: `false` sends the message as it is, which one with secrets and text of others' choice in it should be
  ///     (see the attacks CRIME and BREACH). `true` is what ``write(_:)`` does: compress if the call's messages are.
  /// - Throws: as ``write(_:)``.
  @inlinable
  nonisolated(nonsending) public func write(_ element: Element, compress: Bool) async throws {
    switch self.target {
    case .call(let messages, let encode):
      try await messages.write(compress: compress) { allocate in try encode(element, allocate) }
    case .other:
      try await self.writeToOther(element, compress: compress)
    }
  }

  /// Writes the messages of a sequence, in order.
  ///
  /// - Throws: as ``write(_:)``.
  @inlinable
  nonisolated(nonsending) public func write(contentsOf elements: some Sequence<Element>) async throws {
    for element in elements {
      try await self.write(element)
    }
  }

  /// Writes the messages of an asynchronous sequence as they come.
  ///
  /// - Throws: as ``write(_:)``, and what the sequence throws.
  public func write<Elements: AsyncSequence>(contentsOf elements: Elements) async throws
  where Elements.Element == Element {
    for try await element in elements {
      try await self.write(element)
    }
  }
}
