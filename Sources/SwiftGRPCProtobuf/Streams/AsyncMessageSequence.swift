extension AsyncSequence where Element == UInt8 {
  /// The messages in a stream of bytes, in which each comes after its length.
  ///
  /// Memory grows with the bytes that arrive, whatever a length says.
  /// - Parameters:
  ///   - messageType: the type of the messages.
  ///   - extensions: the extensions to recognise; fields of others are kept as unknown.
  ///   - partial: accept messages whose required fields are not all set.
  ///   - options: limits, and what becomes of unknown fields.
  @inlinable
  public func binaryProtobufDelimitedMessages<M: Message>(
    of messageType: M.Type = M.self, extensions: (any ExtensionMap)? = nil, partial: Bool = false,
    options: BinaryDecodingOptions = BinaryDecodingOptions()
  ) -> AsyncMessageSequence<Self, M> {
    AsyncMessageSequence(base: self, extensions: extensions, partial: partial, options: options)
  }
}

/// The messages in an asynchronous stream of bytes, in which each comes after its length.
///
/// Iteration throws what the stream throws; ``BinaryDelimited/Error/truncated`` when it ends too early;
/// ``SwiftProtobufError`` when a length is malformed or above 2 GiB, saying at which byte; and ``BinaryDecodingError``
/// when a message is malformed. After the last of these the next message can be asked for, after the others there is
/// none.
public struct AsyncMessageSequence<Base: AsyncSequence, M: Message>: AsyncSequence where Base.Element == UInt8 {
  /// The type of the messages.
  public typealias Element = M

  @usableFromInline let base: Base
  @usableFromInline let extensions: (any ExtensionMap)?
  @usableFromInline let partial: Bool
  @usableFromInline let options: BinaryDecodingOptions

  /// The messages in a stream of bytes; as
  /// ``Swift/AsyncSequence/binaryProtobufDelimitedMessages(of:extensions:partial:options:)``.
  @inlinable
  public init(
    base: Base, extensions: (any ExtensionMap)? = nil, partial: Bool = false,
    options: BinaryDecodingOptions = BinaryDecodingOptions()
  ) {
    self.base = base
    self.extensions = extensions
    self.partial = partial
    self.options = options
  }

  /// Begins to read the stream.
  @inlinable
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(self) }

  /// Reads the stream, message by message.
  public struct AsyncIterator: AsyncIteratorProtocol {
    /// `nil` when there is nothing more to read.
    @usableFromInline var bytes: Base.AsyncIterator?
    /// How many bytes have been read.
    @usableFromInline var position = 0
    @usableFromInline let extensions: (any ExtensionMap)?
    @usableFromInline let partial: Bool
    @usableFromInline let options: BinaryDecodingOptions

    @inlinable
    init(_ sequence: AsyncMessageSequence) {
      bytes = sequence.base.makeAsyncIterator()
      extensions = sequence.extensions
      partial = sequence.partial
      options = sequence.options
    }

    /// The next message, or `nil` after the last one.
    @inlinable
    public mutating func next() async throws -> M? { try await next(isolation: nil) }

    /// The next message, or `nil` after the last one.
    @inlinable
    public mutating func next(isolation actor: isolated (any Actor)?) async throws -> M? {
      // Taken out, so that it is gone when something is thrown on the way.
      guard var source = bytes.take(), let count = try await readLength(from: &source, isolation: actor) else {
        return nil
      }
      var content: [UInt8] = []
      content.reserveCapacity(Swift.min(count, BinaryDelimited.firstChunk))
      while content.count < count {
        guard let byte = try await source.next(isolation: actor) else {
          throw BinaryDelimited.Error.truncated(byteOffset: position + content.count)
        }
        content.append(byte)
      }
      let start = position
      position += count
      bytes = source
      do {
        return try M(serializedBytes: content, extensions: extensions, partial: partial, options: options)
      } catch let error as BinaryDecodingError {
        throw error.inMessage(at: start)
      }
    }

    /// The next length, or `nil` at the end of the stream.
    @inlinable
    mutating func readLength(
      from source: inout Base.AsyncIterator, isolation actor: isolated (any Actor)?
    ) async throws -> Int? {
      var length = DelimitedLength()
      while let byte = try await source.next(isolation: actor) {
        switch length.read(byte) {
        case .more: continue
        case .complete(let count):
          position += length.byteCount
          return count
        case .malformed: throw SwiftProtobufError.BinaryStreamDecoding.malformedLength().at(position)
        case .tooLarge: throw SwiftProtobufError.BinaryDecoding.tooLarge().at(position)
        }
      }
      if length.byteCount > 0 { throw BinaryDelimited.Error.truncated(byteOffset: position + length.byteCount) }
      return nil
    }
  }
}

extension AsyncMessageSequence: Sendable where Base: Sendable {}

@available(*, unavailable)
extension AsyncMessageSequence.AsyncIterator: Sendable {}
