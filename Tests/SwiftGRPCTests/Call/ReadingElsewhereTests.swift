import SwiftGRPCHTTP2
import Testing

@testable import SwiftGRPC

/// Messages that are read on another thread than the loop's: they come in batches, which nobody but the clock may notice.
@Suite(.timeLimit(.minutes(1))) struct ReadingElsewhereTests {
  private let loop = ScriptedLoop()
  private let tasks = ScriptedTasks()
  private let connection = CountingConnection()
  private let messages: InboundMessages

  init() {
    self.messages = InboundMessages(
      loop: self.loop, stream: HTTP2Stream(), connection: self.connection, maxMessageBytes: 100_000)
  }

  private static func frame(_ message: [UInt8], flag: UInt8 = 0) -> [UInt8] {
    ScriptedClient.prefix(message.count, flag: flag) + message
  }

  /// The loop reads these bytes, whose memory goes away afterwards.
  private func receive(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes {
      self.messages.received($0)
      self.messages.keepReceivedBytes()
    }
  }

  /// Reads so many messages in one task, or until the end or an error, and says how it went.
  private func read(_ count: Int) async -> (messages: [[UInt8]], end: String?) {
    let messages = self.messages
    let reading = Task(executorPreference: self.tasks) { () -> ([[UInt8]], String?) in
      var taken: [[UInt8]] = []
      do {
        while taken.count < count {
          guard let message = try await messages.next({ [UInt8]($0) }) else { return (taken, "end") }
          taken.append(message)
        }
        return (taken, nil)
      } catch let error as RPCError {
        return (taken, error.message)
      } catch {
        return (taken, "\(type(of: error))")
      }
    }
    self.tasks.run(with: self.loop)
    return await reading.value
  }

  @Test func whatIsThereComesWithOneHopAndItsCredit() async {
    let all: [[UInt8]] = [[1, 2, 3], [], [4]]
    self.receive(all.flatMap { Self.frame($0) })
    #expect(await self.read(1).messages == [[1, 2, 3]])
    #expect(self.connection.credit == 19)
    #expect(self.messages.messageCount == 3)
    #expect(await self.read(2).messages == [[], [4]])
    #expect(self.loop.hopCount == 1)
    #expect(self.messages.batch == nil)
  }

  @Test func aBatchIsBoundedAndALargeMessageComesAlone() async {
    let small = [UInt8](repeating: 1, count: 995)
    let large = [UInt8](repeating: 2, count: 90_000)
    self.receive((0..<100).flatMap { _ in Self.frame(small) } + Self.frame(large) + Self.frame(small))
    #expect(await self.read(1).messages == [small])
    #expect(self.connection.credit == 65_000)
    #expect(await self.read(99).messages.count == 99)
    #expect(self.connection.credit == 100_000)
    #expect(await self.read(1).messages == [large])
    #expect(self.connection.credit == 190_005)
    #expect(await self.read(1).messages == [small])
    #expect(self.loop.hopCount == 4)
  }

  @Test(arguments: [1, 2, 5, 6, 7, 11, 64, 1000]) func boundariesOfPiecesMeanNothing(pieceSize: Int) async {
    let all = (0..<60).map { [UInt8](repeating: UInt8($0), count: $0 * 7 % 50) }
    let body = all.flatMap { Self.frame($0) }
    var taken: [[UInt8]] = []
    for (index, start) in stride(from: 0, to: body.count, by: pieceSize).enumerated() {
      self.receive(Array(body[start..<min(start + pieceSize, body.count)]))
      if index % 3 == 1 { taken += await self.readWhatIsThere(atMost: 2) }
    }
    self.messages.receivedEnd()
    let rest = await self.read(.max)
    #expect(rest.end == "end")
    #expect(taken + rest.messages == all)
    #expect(self.connection.credit == body.count)
  }

  /// Reads in a task that is cancelled when it waits.
  private func readWhatIsThere(atMost count: Int) async -> [[UInt8]] {
    let messages = self.messages
    let reading = Task(executorPreference: self.tasks) { () -> [[UInt8]] in
      var taken: [[UInt8]] = []
      while taken.count < count, let message = try? await messages.next({ [UInt8]($0) }) { taken.append(message) }
      return taken
    }
    self.tasks.run(with: self.loop)
    reading.cancel()
    self.tasks.run(with: self.loop)
    return await reading.value
  }

  @Test func theEndAndALaterErrorComeAfterTheMessages() async {
    self.receive(Self.frame([1]) + Self.frame([2]))
    _ = await self.read(1)
    self.messages.fail(RPCError(code: .unavailable, message: "lost"), afterReceived: true)
    let rest = await self.read(2)
    #expect(rest.messages == [[2]])
    #expect(rest.end == "lost")
  }

  @Test func anErrorOfThisSideComesBeforeMessagesThatWereHandedOver() async {
    self.receive(Self.frame([1]) + Self.frame([2]))
    _ = await self.read(1)
    self.messages.fail(RPCError(code: .deadlineExceeded, message: "late"))
    let rest = await self.read(1)
    #expect(rest.messages == [])
    #expect(rest.end == "late")
  }

  @Test(arguments: [false, true]) func whoAskedForTheEndGetsNoMessageAfterIt(isOver: Bool) async throws {
    self.receive(Self.frame([1]) + Self.frame([2]) + Self.frame([3]))
    let (messages, loop) = (self.messages, self.loop)
    if isOver { messages.receivedEnd() }
    let reading = Task(executorPreference: self.tasks) { () -> [[UInt8]?] in
      let first = try await messages.next { [UInt8]($0) }
      loop.execute {
        // As a call does that is over already: nothing.
        if !isOver { messages.fail(RPCError(code: .cancelled, message: "cancelled")) }
      }
      messages.willBeEnded()
      return [first, try? await messages.next { [UInt8]($0) }, try? await messages.next { [UInt8]($0) }]
    }
    self.tasks.run(with: loop)
    #expect(try await reading.value == [[1], isOver ? [2] : nil, isOver ? [3] : nil])
  }

  @Test(arguments: [[UInt8](arrayLiteral: 2, 0, 0, 0, 0), [0, 0, 1, 134, 161]])
  func whatIsNoMessageIsMetAfterTheMessagesBeforeIt(prefix: [UInt8]) async {
    let invalid = Record<RPCError>()
    self.messages.onInvalidMessage = { invalid.add($0) }
    self.receive(Self.frame([1]) + Self.frame([2]) + prefix)
    #expect(await self.read(2).messages == [[1], [2]])
    #expect(invalid.values.isEmpty)
    let rest = await self.read(1)
    #expect(invalid.values.count == 1)
    #expect(rest.end == invalid.values.first?.message)
  }

  @Test func aCompressedMessageWithoutEncodingEndsTheCallAfterTheMessagesBeforeIt() async {
    let invalid = Record<RPCError>()
    self.messages.onInvalidMessage = { invalid.add($0) }
    self.receive(Self.frame([1]) + Self.frame([2], flag: 1) + Self.frame([3]))
    #expect(await self.read(1).messages == [[1]])
    #expect(invalid.values.isEmpty)
    #expect(await self.read(1).end == RPCError.compressedWithoutEncoding.message)
    #expect(invalid.values == [.compressedWithoutEncoding])
    #expect(await self.read(1).end == RPCError.compressedWithoutEncoding.message)
  }

  @Test func whetherTheLastMessageWasCompressedIsToldOfEach() async {
    let support = CompressionSupport(algorithm: .gzip, enabled: .all)
    self.messages.compression = support.messageCompression(.gzip)
    let zeroes = [UInt8](repeating: 0, count: 5000)
    let compressed = Self.frame(CompressionTests.compressed(zeroes, .gzip), flag: 1)
    self.receive(Self.frame([1]) + compressed + Self.frame([2]) + compressed)
    var told: [Bool] = []
    for expected in [[1], zeroes, [2], zeroes] {
      #expect(await self.read(1).messages == [expected])
      told.append(self.messages.lastMessageWasCompressed)
    }
    #expect(told == [false, true, false, true])
    #expect(self.loop.hopCount == 1)
  }

  @Test func cancellationIsSeenBeforeMessagesThatWereHandedOver() async throws {
    self.receive(Self.frame([1]) + Self.frame([2]))
    let messages = self.messages
    let reading = Task(executorPreference: self.tasks) {
      let first = try await messages.next { [UInt8]($0) }
      withUnsafeCurrentTask { $0?.cancel() }
      let error = await #expect(throws: CancellationError.self) { try await messages.next { [UInt8]($0) } }
      return (first, error != nil)
    }
    self.tasks.run(with: self.loop)
    #expect(try await reading.value == ([1], true))
    // Another task goes on where it stopped.
    #expect(await self.read(1).messages == [[2]])
  }

  @Test func aReaderOnTheLoopGetsWhatWasHandedOverFirst() async {
    self.receive(Self.frame([1]) + Self.frame([2]))
    #expect(await self.read(1).messages == [[1]])
    self.receive(Self.frame([3]) + Self.frame([4]))
    self.messages.receivedEnd()
    self.loop.isCurrent = true
    let rest = await self.read(.max)
    #expect(rest.messages == [[2], [3], [4]])
    #expect(rest.end == "end")
  }

  @Test func aSecondReaderIsRefusedAndTheFirstGoesOn() async throws {
    let messages = self.messages
    let first = Task(executorPreference: self.tasks) { try await messages.next { [UInt8]($0) } }
    self.tasks.run(with: self.loop)
    #expect(await self.read(1).end == InboundMessages.twoReaders.message)
    self.loop.isCurrent = true
    #expect(await self.read(1).end == InboundMessages.twoReaders.message)
    self.receive(Self.frame([1]))
    self.tasks.run(with: self.loop)
    #expect(try await first.value == [1])
  }
}
