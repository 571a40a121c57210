import Testing

@testable import SwiftGRPC
@testable import SwiftGRPCHTTP2

/// Messages that are written on another thread than the loop's: they wait in a queue, which nobody but the clock may notice.
@Suite(.timeLimit(.minutes(1))) struct WritingElsewhereTests {
  private final class HeadersSender: OutboundHeadersSender {
    var messageCompression: MessageCompression?
    var count = 0
    func sendHeadersBeforeFirstMessage() { self.count += 1 }
  }

  private let loop = ScriptedLoop()
  private let tasks = ScriptedTasks()
  private let connection = CountingConnection()
  private let sender = HeadersSender()
  private let stream = HTTP2Stream()
  private let messages: OutboundMessages

  init() {
    self.messages = OutboundMessages(
      loop: self.loop, stream: self.stream, connection: self.connection, headersSender: self.sender)
  }

  /// A task that writes these messages, and says how that ended.
  private func writing(_ all: [[UInt8]], compress: Bool = true) -> Task<String?, Never> {
    let messages = self.messages
    return Task(executorPreference: self.tasks) {
      do {
        for message in all {
          try await messages.write(compress: compress) { $0(message.count).copyBytes(from: message) }
        }
        return nil
      } catch let error as RPCError {
        return error.message
      } catch {
        return "\(type(of: error))"
      }
    }
  }

  private func write(_ all: [[UInt8]], compress: Bool = true) async -> String? {
    let task = self.writing(all, compress: compress)
    self.tasks.run(with: self.loop)
    return await task.value
  }

  /// What waits in the stream's body.
  private func sent() throws -> [[UInt8]] {
    var bytes = [UInt8](repeating: 0, count: self.stream.outbound.count)
    bytes.withUnsafeMutableBytes { buffer in
      if let base = buffer.baseAddress { self.stream.outbound.moveFirst(buffer.count, to: base) }
    }
    var deframer = Deframer(maxMessageBytes: .max)
    var messages: [[UInt8]] = []
    try bytes.withUnsafeBytes {
      deframer.push($0)
      while let message = try deframer.next() { messages.append([UInt8](message.bytes)) }
    }
    try deframer.checkEnd()
    return messages
  }

  private static let ended = RPCError(code: .internalError, message: "ended")

  @Test func theLoopIsWokenOnceForAllThatAreThere() async throws {
    let all = (0..<100).map { [UInt8](repeating: UInt8($0), count: $0) }
    #expect(await self.write(all) == nil)
    // One hop for the headers and the first message, one for the others.
    #expect(self.loop.hopCount == 2)
    #expect(self.sender.count == 1)
    #expect(self.connection.growths == 2)
    #expect(self.messages.messageCount == 100)
    #expect(try self.sent() == all)
    #expect(await self.write([[1], [2]]) == nil)
    #expect(self.loop.hopCount == 3)
    #expect(try self.sent() == [[1], [2]])
  }

  @Test func whatWasWrittenBeforeTheEndIsSentAndWhatComesAfterThrows() async throws {
    self.messages.headersWereSent()
    let task = self.writing([[1], [2]])
    let (messages, ended) = (self.messages, Self.ended)
    let ending = Task(executorPreference: self.tasks) {
      // Before the loop has looked at the queue.
      messages.close(ended)
    }
    self.tasks.run(with: self.loop)
    #expect(await task.value == nil)
    await ending.value
    #expect(await self.write([[3]]) == "ended")
    #expect(try self.sent() == [[1], [2]])
  }

  @Test func aCallThatFailedSendsNothingMore() async throws {
    self.messages.headersWereSent()
    let task = self.writing([[1], [2]])
    let (messages, ended) = (self.messages, Self.ended)
    let ending = Task(executorPreference: self.tasks) { messages.close(ended, sendsQueued: false) }
    self.tasks.run(with: self.loop)
    #expect(await task.value == nil)
    await ending.value
    #expect(await self.write([[3]]) == "ended")
    #expect(try self.sent() == [])
    #expect(self.connection.growths == 0)
  }

  @Test func aWriteAfterTheEndWasAskedForThrows() async throws {
    self.messages.headersWereSent()
    #expect(await self.write([[1]]) == nil)
    let (messages, loop, ended) = (self.messages, self.loop, Self.ended)
    let task = Task(executorPreference: self.tasks) {
      messages.stopQueueing()
      loop.execute { messages.close(ended) }
      return await #expect(throws: RPCError.self) { try await messages.write(compress: true) { _ = $0(0) } }
    }
    self.tasks.run(with: self.loop)
    #expect(await task.value == Self.ended)
    #expect(try self.sent() == [[1]])
  }

  @Test func aWriterWaitsWhile64KiBWaitToBeSent() async throws {
    self.messages.headersWereSent()
    let all = (0..<100).map { [UInt8](repeating: UInt8($0), count: 995) }
    let task = self.writing(all)
    self.tasks.run(with: self.loop)
    #expect(self.messages.messageCount == 66)
    #expect(self.stream.outbound.count == 66_000)
    var sent = try self.sent()
    self.messages.drained()
    self.tasks.run(with: self.loop)
    #expect(await task.value == nil)
    sent += try self.sent()
    #expect(sent == all)
  }

  @Test func aWriterThatWaitsForRoomIsCancelledOrToldOfTheEnd() async throws {
    self.messages.headersWereSent()
    let large = [UInt8](repeating: 1, count: 40_000)
    let first = self.writing([large, large])
    let second = self.writing([[2]])
    self.tasks.run(with: self.loop)
    #expect(self.messages.messageCount == 3)
    first.cancel()
    self.tasks.run(with: self.loop)
    #expect(await first.value == "CancellationError")
    self.messages.close(Self.ended)
    self.tasks.run(with: self.loop)
    #expect(await second.value == "ended")
    #expect(try self.sent() == [large, large, [2]])
  }

  @Test func largeMessagesAndThoseOfTheLoopKeepTheirPlace() async throws {
    self.messages.headersWereSent()
    let large = [UInt8](repeating: 1, count: 70_000)
    let (messages, loop) = (self.messages, self.loop)
    let task = self.writing([[1], [2]])
    let onLoop = Task(executorPreference: self.tasks) {
      // As on the loop's thread, before the queue was looked at.
      loop.isCurrent = true
      defer { loop.isCurrent = false }
      try await messages.write(compress: true) { $0(1)[0] = 3 }
    }
    let last = self.writing([[4], large])
    self.tasks.run(with: self.loop)
    #expect(await task.value == nil)
    try await onLoop.value
    #expect(try self.sent() == [[1], [2], [3], [4], large])
    self.messages.drained()
    self.tasks.run(with: self.loop)
    #expect(await last.value == nil)
  }

  @Test func messagesAreCompressedBeforeTheyAreQueued() async throws {
    self.sender.messageCompression = CompressionSupport(algorithm: .gzip, enabled: .all).messageCompression(.gzip)
    let zeroes = [UInt8](repeating: 0, count: 10_000)
    // The first one is compressed on the loop, which alone knows how until then.
    #expect(await self.write([zeroes, zeroes, [1]]) == nil)
    #expect(await self.write([zeroes], compress: false) == nil)
    let sent = try self.sent()
    #expect(sent.map { $0.count < 100 } == [true, true, true, false])
    #expect(try CompressionTests.decompressed(sent[0], .gzip) == zeroes)
    #expect(try CompressionTests.decompressed(sent[1], .gzip) == zeroes)
    #expect(sent[2] == [1])
    #expect(sent[3] == zeroes)
  }

  @Test func nothingIsLeftOfAMessageThatCannotBeEncoded() async throws {
    self.messages.headersWereSent()
    #expect(await self.write([[1]]) == nil)
    let messages = self.messages
    let task = Task(executorPreference: self.tasks) {
      await #expect(throws: CancellationError.self) {
        try await messages.write(compress: true) { allocate in
          _ = allocate(100)
          throw CancellationError()
        }
      }
      await #expect(throws: CancellationError.self) {
        try await messages.write(compress: true) { _ in throw CancellationError() }
      }
      // An encoder of nothing need not ask for memory.
      try? await messages.write(compress: true) { _ in }
    }
    self.tasks.run(with: self.loop)
    _ = await task.value
    #expect(await self.write([[2]]) == nil)
    #expect(try self.sent() == [[1], [], [2]])
  }

  @Test func messagesOfSeveralWritersStayWholeAndEachWritersKeepTheirOrder() async throws {
    self.messages.headersWereSent()
    let (messages, writerCount, messageCount) = (self.messages, 4, 2000)
    let writers = (0..<writerCount).map { writer in
      Task.detached {
        for index in 0..<messageCount {
          let text = Array("\(writer) \(index)".utf8)
          try await messages.write(compress: true) { $0(text.count).copyBytes(from: text) }
        }
      }
    }
    // The loop takes what is there again and again; what it took counts as sent.
    var all: [[UInt8]] = []
    while all.count < writerCount * messageCount {
      _ = self.loop.run()
      all += try self.sent()
      self.messages.drained()
      await Task.yield()
    }
    for writer in writers { try await writer.value }
    let numbers = all.map { String(decoding: $0, as: UTF8.self).split(separator: " ").compactMap { Int($0) } }
    for writer in 0..<writerCount {
      #expect(numbers.filter { $0.first == writer }.map(\.last) == Array(0..<messageCount))
    }
  }
}
