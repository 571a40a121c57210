import SwiftGRPCHTTP2

/// A call with one request message and one response message: the fast path.
///
/// The request is encoded into the stream's body before the call is started, wherever the caller runs. The response is
/// decoded by the caller: where it lies in the received bytes if the caller runs on the loop, else from a copy.
@usableFromInline
final class UnaryClientCall: ClientCall, ReceivedBytesBorrower, @unchecked Sendable {
  // Sendable: as the superclass. The caller reads what it finds here after it was resumed, when the call is over.

  @exclusivity(unchecked) private var waiter: UnsafeContinuation<Void, Never>?

  /// Whether the caller runs on the loop, and so can read received bytes where they lie.
  @exclusivity(unchecked) private var isCallerOnLoop = false

  @exclusivity(unchecked) private var deframer: Deframer
  @exclusivity(unchecked) private var messageCount = 0

  /// The response message; in the received bytes, in the deframer's memory, in `copy` or in `decompressed`.
  @exclusivity(unchecked) private var message = UnsafeRawBufferPointer(start: nil, count: 0)
  /// What the response message lies in, if that is a block; what is decoded from it may keep it if it is a long one.
  @exclusivity(unchecked) private var block: LargeBlock?
  @exclusivity(unchecked) private var isLong = false
  /// How the message is compressed, until the caller takes it.
  @exclusivity(unchecked) private var messageCompression: MessageCompression?
  @exclusivity(unchecked) private var isBorrowed = false
  @exclusivity(unchecked) private var copy: UnsafeMutableRawBufferPointer?
  @exclusivity(unchecked) private var decompressed = DecompressedBytes()

  override init(channel: ClientChannel, method: MethodDescriptor, metadata: Metadata, options: CallOptions) {
    self.deframer = Deframer(maxMessageBytes: options.maxResponseMessageBytes ?? 4_194_304)
    super.init(channel: channel, method: method, metadata: metadata, options: options)
  }

  /// Not used; see the superclass.
  public required init() { preconditionFailure("a client's calls are its streams, and it makes them itself") }

  deinit { copy?.deallocate() }

  // MARK: The caller's side

  /// Makes the call and returns when it is over. Cancelling the task cancels the call.
  @usableFromInline
  nonisolated(nonsending) func perform() async {
    let executor = channel.executor
    let isCallerOnLoop = executor.isCurrent
    await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        executor.execute { self.start(isCallerOnLoop: isCallerOnLoop, continuation) }
      }
    } onCancel: {
      executor.execute { self.cancel() }
    }
    if isCallerOnLoop, !executor.isCurrent {
      // The task went on somewhere else: let the loop put the message where it stays.
      await withUnsafeContinuation { continuation in
        executor.execute {
          self.keepReceivedBytes()
          continuation.resume()
        }
      }
    }
  }

  /// The response, decoded; only after ``perform()``.
  ///
  /// - Throws: the error that the call ended with, `unimplemented` if there was no message, `internalError` if it cannot be
  ///   decompressed or decoded, `resourceExhausted` if it is above the limit once it is decompressed.
  @inlinable
  func response<Message>(_ decode: (UnsafeRawBufferPointer) throws -> Message) throws(RPCError) -> Message {
    let bytes = try messageBytes()
    do {
      if let longMessage { return try longMessage.decode(decode) }
      return try withExtendedLifetime(self) { try decode(bytes) }
    } catch {
      throw .deserializationFailed(error)
    }
  }

  /// The response, if it is a long message in memory of its own. To be asked after ``messageBytes()``.
  @usableFromInline
  var longMessage: ReceivedMemory? { isLong ? block.map { ReceivedMemory(bytes: message, block: $0) } : nil }

  @usableFromInline
  func messageBytes() throws(RPCError) -> UnsafeRawBufferPointer {
    switch outcome {
    case .ok: break
    case .failure(let error), .notProcessed(let error): throw error
    case nil: throw RPCError(code: .internalError, message: "the call has not been made")
    }
    guard messageCount == 1 else {
      throw .cardinality("no message")
    }
    if let compression = messageCompression.take() {
      try compression.decompress(message, maxByteCount: deframer.maxMessageBytes, into: &decompressed)
      message = decompressed.bytes
      isLong = false
      // Only a caller on the loop finds it borrowed: nothing of it is to be kept any more.
      if isBorrowed { isBorrowed = false }
    }
    return message
  }

  // MARK: On the loop

  private func start(isCallerOnLoop: Bool, _ continuation: UnsafeContinuation<Void, Never>) {
    guard outcome == nil else {
      continuation.resume()
      return
    }
    self.isCallerOnLoop = isCallerOnLoop
    waiter = continuation
    finishRequest()
    start()
  }

  override func didReceive(_ bytes: UnsafeRawBufferPointer) {
    consumed(bytes.count)
    deframer.push(bytes)
    do throws(RPCError) {
      while let message = try deframer.next() {
        try receive(message)
      }
    } catch {
      fail(error)
    }
  }

  private func receive(_ message: Deframer.Message) throws(RPCError) {
    messageCount += 1
    guard messageCount == 1 else {
      throw .cardinality("more than one message")
    }
    if message.isCompressed {
      guard let responseCompression else { throw .compressedWithoutEncoding }
      messageCompression = responseCompression
    }
    self.message = message.bytes
    if !message.isInPiece { block = deframer.block }
    isLong = message.isLong
    guard message.isInPiece else { return }
    isBorrowed = true
    if isCallerOnLoop {
      channel.executor.keepAtEndOfRead(self)
    } else {
      keepReceivedBytes()
    }
  }

  /// Copies the message if it lies in memory that goes away.
  @usableFromInline
  func keepReceivedBytes() {
    guard isBorrowed else { return }
    isBorrowed = false
    let byteCount = message.count
    isLong = byteCount >= LargeBlock.leastBytes
    block = isLong ? LargeBlock(byteCount: byteCount) : nil
    let place = block?.bytes ?? .allocate(byteCount: byteCount, alignment: 8)
    place.copyMemory(from: message)
    if !isLong { copy = place }
    message = UnsafeRawBufferPointer(rebasing: place[..<byteCount])
  }

  override func checkedOutcome(_ outcome: ClientCallState.Outcome) -> ClientCallState.Outcome {
    guard case .ok = outcome else { return outcome }
    do throws(RPCError) {
      try deframer.checkEnd()
      return outcome
    } catch {
      return .failure(error)
    }
  }

  override func didFinish(_ outcome: ClientCallState.Outcome) {
    waiter.take()?.resume()
  }
}

extension CallOptions {
  /// Checks a request message against ``maxRequestMessageBytes``.
  @usableFromInline
  func checkRequest(byteCount: Int) throws(RPCError) {
    guard let limit = maxRequestMessageBytes, byteCount > limit else { return }
    throw RPCError(
      code: .resourceExhausted, message: "request message of \(byteCount) bytes exceeds the limit of \(limit)"
    )
  }
}
