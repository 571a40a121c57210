import SwiftGRPCProtobuf
import Testing

@testable import SwiftGRPC

/// Readers and writers of one call used by several tasks, on the loop and elsewhere, and used wrongly.
@Suite(.timeLimit(.minutes(1))) struct MessageStreamTests {
  struct Service: RegistrableRPCService {
    let handler: @Sendable (RPCAsyncSequence<Note, any Error>, RPCWriter<Note>) async throws -> Void

    func registerMethods(with router: inout RPCRouter) {
      let handler = self.handler
      router.registerBidirectionalStreaming(testMethod("Chat")) {
        (notes: RPCAsyncSequence<Note, any Error>, writer: RPCWriter<Note>, _: ServerContext) in
        try await handler(notes, writer)
      }
    }
  }

  /// Runs a handler against a client that sends these notes and then ends, and returns what comes back.
  private func chat(
    sending texts: [String] = [], on execution: HandlerExecution = .onLoop, endsAtOnce: Bool = true,
    receive: @Sendable (String) -> Void = { _ in },
    _ handler: @escaping @Sendable (RPCAsyncSequence<Note, any Error>, RPCWriter<Note>) async throws -> Void
  ) async throws -> [String] {
    var configuration = GRPCServer.Configuration()
    configuration.handlerExecution = execution
    return try await withGRPCServer(
      transport: .http2(address: .ipv4(host: "127.0.0.1", port: 0), transportSecurity: .plaintext),
      services: [Service(handler: handler)], configuration: configuration
    ) { server in
      let target = try await server.listeningAddress.target
      let client = GRPCClient(transport: .http2(target: target, transportSecurity: .plaintext))
      let call: BidirectionalCall<Note, Note> = try await client.makeBidirectionalCall(
        testMethod("Chat"), metadata: [:], options: .defaults)
      for text in texts {
        try await call.write(.with { $0.value = text })
      }
      if endsAtOnce { try await call.finish() }
      var answers: [String] = []
      var iterator = call.makeAsyncIterator()
      while let note = try await iterator.next() {
        answers.append(note.value)
        receive(note.value)
      }
      try await client.close()
      return answers
    }
  }

  private static func note(_ text: String) -> Note { .with { $0.value = text } }

  @Test(arguments: [HandlerExecution.onLoop, .globalPool])
  func twoReadersAtATimeAreAnErrorNotACrash(execution: HandlerExecution) async throws {
    let answers = try await self.chat(on: execution, endsAtOnce: false) { notes, writer in
      let outcomes = await withTaskGroup(of: String.self) { group in
        for _ in 0..<2 {
          group.addTask {
            do {
              for try await _ in notes {}
              return "end"
            } catch let error as RPCError {
              return error.message
            } catch {
              return "\(type(of: error))"
            }
          }
        }
        let first = await group.next() ?? ""
        group.cancelAll()
        return [first, await group.next() ?? ""]
      }
      for outcome in outcomes { try await writer.write(Self.note(outcome)) }
    }
    #expect(answers == ["two tasks read the messages of one call at the same time", "CancellationError"])
  }

  @Test(arguments: [HandlerExecution.onLoop, .globalPool])
  func severalWritersKeepTheirMessagesWhole(execution: HandlerExecution) async throws {
    let answers = try await self.chat(on: execution) { _, writer in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for name in ["a", "b", "c", "d"] {
          group.addTask {
            for index in 0..<250 {
              try await writer.write(Self.note(name + String(repeating: "x", count: 300) + "\(index)"))
            }
          }
        }
        try await group.waitForAll()
      }
    }
    #expect(answers.count == 1000)
    for name in ["a", "b", "c", "d"] {
      let own = answers.filter { $0.hasPrefix(name) }
      #expect(own == (0..<250).map { name + String(repeating: "x", count: 300) + "\($0)" })
    }
  }

  @Test(arguments: [HandlerExecution.onLoop, .globalPool])
  func readerOfAChildTaskCanBeCancelledWithoutEndingTheCall(execution: HandlerExecution) async throws {
    let answers = try await self.chat(sending: ["one"], on: execution, endsAtOnce: false) { notes, writer in
      var iterator = notes.makeAsyncIterator()
      let first = try await iterator.next()
      let reader = Task {
        do {
          for try await _ in notes {}
          return "end"
        } catch is CancellationError {
          return "cancelled"
        }
      }
      await Task.yield()
      reader.cancel()
      try await writer.write(Self.note("\(first?.value ?? "") \(try await reader.value)"))
    }
    #expect(answers == ["one cancelled"])
  }

  @Test func cancelledTaskDoesNotWaitForAMessage() async throws {
    let answers = try await self.chat(endsAtOnce: false) { notes, writer in
      let reader = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        var iterator = notes.makeAsyncIterator()
        do {
          return try await iterator.next()?.value ?? "end"
        } catch {
          return "\(type(of: error))"
        }
      }
      try await writer.write(Self.note(await reader.value))
    }
    #expect(answers == ["CancellationError"])
  }

  @Test(arguments: [HandlerExecution.onLoop, .globalPool])
  func longStreamArrivesInOrder(execution: HandlerExecution) async throws {
    let answers = try await self.chat(sending: (0..<5000).map { "\($0)" }, on: execution) { notes, writer in
      var sum = 0
      var expected = 0
      for try await note in notes {
        #expect(note.value == "\(expected)")
        expected += 1
        sum += note.value.count
      }
      try await writer.write(Self.note("\(expected) \(sum)"))
    }
    #expect(answers == ["5000 18890"])
  }

  @Test(arguments: [HandlerExecution.onLoop, .globalPool])
  func messagesBeforeAnErrorArriveBeforeIt(execution: HandlerExecution) async throws {
    let received = Record<String>()
    let error = await #expect(throws: RPCError.self) {
      try await self.chat(on: execution, receive: { received.add($0) }) { _, writer in
        for index in 0..<300 { try await writer.write(Self.note("\(index)")) }
        throw RPCError(code: .aborted, message: "enough")
      }
    }
    #expect(error?.status == Status(code: .aborted, message: "enough"))
    #expect(received.values == (0..<300).map { "\($0)" })
  }

  @Test(arguments: [HandlerExecution.onLoop, .globalPool])
  func moreThanTheWindowsHoldArrivesInOrder(execution: HandlerExecution) async throws {
    let text = String(repeating: "x", count: 10_000)
    let answers = try await self.chat(on: execution) { _, writer in
      for index in 0..<2000 { try await writer.write(Self.note("\(index) \(text)")) }
    }
    #expect(answers == (0..<2000).map { "\($0) \(text)" })
  }

  @Test func iteratorsShareThePosition() async throws {
    let answers = try await self.chat(sending: ["1", "2", "3"]) { notes, writer in
      var first = notes.makeAsyncIterator()
      var second = notes.makeAsyncIterator()
      for _ in 0..<2 {
        if let note = try await first.next() { try await writer.write(note) }
        if let note = try await second.next() { try await writer.write(note) }
      }
    }
    #expect(answers == ["1", "2", "3"])
  }
}
