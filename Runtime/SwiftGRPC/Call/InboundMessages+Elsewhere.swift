import SwiftGRPCHTTP2
import Synchronization

/// Reading from another thread than the loop's: the loop hands over all messages that are there, and the reader takes one after another.
///
/// A reader claims the batch for as long as it looks for a message and decodes it. What it leaves is taken first by whoever reads next,
/// on the loop too.
extension InboundMessages {
  /// Messages are handed over in batches of so many bytes, with their prefixes; one that is larger comes alone.
  static let maxBatchBytes = 65536

  /// What readers elsewhere have.
  enum HandedOver: UInt8, AtomicRepresentable {
    /// No batch, and no reader.
    case nothing
    /// A batch that has a message left.
    case batch
    /// A reader.
    case reader
  }

  /// Names one wait, so that its cancellation cannot hit the next one; and asks for messages from elsewhere.
  final class ReadTicket: LoopWork, @unchecked Sendable {
    // Sendable: touched on the loop only, but for `continuation`, which is set before the ticket is handed to the loop.
    let messages: InboundMessages
    var isCancelled = false
    var continuation: UnsafeContinuation<ReceivedBatch?, any Error>?

    init(_ messages: InboundMessages) { self.messages = messages }

    func runOnLoop() {
      if let continuation { self.messages.read(for: continuation, self) }
    }
  }

  /// Makes ``batch`` the current task's until ``releaseBatch()``.
  ///
  /// - Throws: when another task has it.
  @usableFromInline
  func claimBatch() throws {
    guard self.handedOver.exchange(.reader, ordering: .acquiring) != .reader else { throw Self.twoReaders }
  }

  @usableFromInline
  func releaseBatch() {
    if self.batch?.isEmpty == true { self.batch = nil }
    self.handedOver.store(self.batch == nil ? .nothing : .batch, ordering: .releasing)
  }

  /// The next message's bytes, valid until the batch is released; `nil` after the last one.
  @usableFromInline
  nonisolated(nonsending) func nextBytesElsewhere() async throws -> UnsafeRawBufferPointer? {
    // Seen before messages that are here, as by the wait for a batch.
    if Task.isCancelled { throw self.cancellationError }
    if self.batch != nil, self.isToEnd.load(ordering: .acquiring) { await self.waitForLoop() }
    if self.isCut.load(ordering: .acquiring) { self.batch = nil }
    if self.batch == nil { self.batch = try await self.nextBatch() }
    guard let batch else { return nil }
    do throws(RPCError) {
      return try batch.next(maxByteCount: self.maxMessageBytes) { isCompressed, compression throws(RPCError) in
        try self.noteCompression(isCompressed, compression)
      }
    } catch {
      self.batch = nil
      self.loop.execute { self.refuse(error) }
      throw error
    }
  }

  /// What the message that was taken last may be kept in; `nil` if it has to be copied from.
  @usableFromInline
  func memoryElsewhere(of message: UnsafeRawBufferPointer) -> ReceivedMemory? { self.batch?.memory(of: message) }

  /// Tells that the loop was asked to end the call: who reads afterwards must not get a message of ``batch`` unless the call had ended
  /// already. From any thread.
  func willBeEnded() {
    self.isToEnd.store(true, ordering: .releasing)
  }

  /// Returns once the loop has done what it was asked before.
  nonisolated(nonsending) private func waitForLoop() async {
    // Before the hop, and seeing what another thread may have asked meanwhile: that comes before the hop then.
    _ = self.isToEnd.exchange(false, ordering: .acquiring)
    await withUnsafeContinuation { continuation in
      self.loop.execute { continuation.resume() }
    }
  }

  nonisolated(nonsending) private func nextBatch() async throws -> ReceivedBatch? {
    let ticket = ReadTicket(self)
    let batch: ReceivedBatch? = try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation { continuation in
        ticket.continuation = continuation
        self.loop.execute(ticket)
      }
    } onCancel: {
      self.loop.execute { self.cancelWait(ticket) }
    }
    // Belongs to the store before the continuation was resumed.
    _ = self.handedOver.load(ordering: .acquiring)
    return batch
  }

  private func read(for continuation: UnsafeContinuation<ReceivedBatch?, any Error>, _ ticket: ReadTicket) {
    if case .none = self.waiter {
    } else {
      continuation.resume(throwing: Self.twoReaders)
      return
    }
    if ticket.isCancelled {
      continuation.resume(throwing: self.cancellationError)
      return
    }
    self.waiter = .elsewhere(continuation, ticket)
    self.wake()
  }
}
