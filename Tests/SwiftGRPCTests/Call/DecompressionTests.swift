import SwiftGRPCHTTP2
import Synchronization
import Testing

@testable import SwiftGRPC

/// Where compressed messages are decompressed: by whoever reads them, and never on the loop for a reader elsewhere.
@Suite(.timeLimit(.minutes(1))) struct DecompressionTests {
  /// A loop as it looks from another thread: what is given to it runs at once.
  private final class OtherLoop: CallLoop {
    let isCurrent = false
    func execute(_ body: @escaping @Sendable () -> Void) { body() }
    func execute(_ work: any LoopWork) { work.runOnLoop() }
    func keepAtEndOfRead(_ borrower: any ReceivedBytesBorrower) {}
  }

  private final class Connection: CallConnection {
    private(set) var credit = 0
    func consume(_ byteCount: Int, on stream: HTTP2Stream) { self.credit += byteCount }
    func outboundDidGrow(_ stream: HTTP2Stream) {}
  }

  /// Runs a task's parts when the test wants it.
  private final class Steps: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])

    func enqueue(_ job: consuming ExecutorJob) {
      let job = UnownedJob(job)
      self.jobs.withLock { $0.append(job) }
    }

    func run() {
      while let job = self.jobs.withLock({ $0.popLast() }) {
        job.runSynchronously(on: self.asUnownedTaskExecutor())
      }
    }
  }

  private let steps = Steps()
  private let connection = Connection()
  private let support = CompressionSupport(algorithm: .gzip, enabled: .all)
  private let zeroes = [UInt8](repeating: 0, count: 100_000)

  private func messages(maxMessageBytes: Int) -> InboundMessages {
    let messages = InboundMessages(
      loop: OtherLoop(), stream: HTTP2Stream(), connection: self.connection, maxMessageBytes: maxMessageBytes)
    messages.compression = self.support.messageCompression(.gzip)
    return messages
  }

  private func frame(_ compressed: [UInt8]) -> [UInt8] { ScriptedClient.prefix(compressed.count, flag: 1) + compressed }

  @Test func theReaderDecompresses() async throws {
    let messages = self.messages(maxMessageBytes: 100_000)
    let reading = Task(executorPreference: self.steps) { try await messages.next { [UInt8]($0) } }
    self.steps.run()
    let frame = self.frame(CompressionTests.compressed(self.zeroes, .gzip))
    frame.withUnsafeBytes { messages.received($0) }
    // The message is on its way to its reader, and nobody has decompressed anything yet.
    #expect(self.connection.credit == frame.count)
    #expect(self.support.states.idleCount == 0)
    self.steps.run()
    #expect(try await reading.value == self.zeroes)
    #expect(messages.lastMessageWasCompressed)
    #expect(self.support.states.idleCount == 1)
  }

  @Test(arguments: [
    (99_999, Status.Code.resourceExhausted, [UInt8]?.none), (100_000, .internalError, [1, 2, 3]),
  ])
  func theReaderEndsTheCallOverWhatIsNoMessage(
    limit: Int, code: Status.Code, bytes: [UInt8]?
  ) async throws {
    let messages = self.messages(maxMessageBytes: limit)
    let invalid = Record<RPCError>()
    messages.onInvalidMessage = { invalid.add($0) }
    let reading = Task(executorPreference: self.steps) { try await messages.next { [UInt8]($0) } }
    self.steps.run()
    self.frame(bytes ?? CompressionTests.compressed(self.zeroes, .gzip)).withUnsafeBytes { messages.received($0) }
    #expect(invalid.values.isEmpty)
    self.steps.run()
    let error = await #expect(throws: RPCError.self) { try await reading.value }
    #expect(error?.status.code == code)
    #expect(invalid.values == [error])

    // The call is over: nothing more can be read.
    let again = Task(executorPreference: self.steps) { try await messages.next { [UInt8]($0) } }
    self.steps.run()
    #expect(await #expect(throws: RPCError.self) { try await again.value } == error)
  }
}
