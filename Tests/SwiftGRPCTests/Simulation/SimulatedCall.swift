import SwiftGRPCProtobuf

@testable import SwiftGRPC

/// A call of a simulation: what it sends, what must come back, and what came.
final class SimulatedCall {
  enum Kind: String, CaseIterable {
    case unary, clientStreaming, serverStreaming, bidirectional

    var method: MethodDescriptor { testMethod(self.rawValue) }
  }

  let kind: Kind
  let text: String
  let messageCount: Int
  let hasDeadline: Bool
  let outcomes = Record<Result<[String], RPCError>>()
  private(set) var wasCancelled = false
  private var task: Task<Void, Never>?

  init(using generator: inout SeededGenerator, allowsDeadline: Bool) {
    self.kind = Kind.allCases.randomElement(using: &generator) ?? .unary
    let begin = ["", "", "wait ", "fail ", "wait fail "].randomElement(using: &generator) ?? ""
    let size = [0, 10, 1000, 100_000].randomElement(using: &generator) ?? 0
    self.text = begin + String(repeating: "x", count: Int.random(in: 0...size, using: &generator))
    self.messageCount = Int.random(in: 1...4, using: &generator)
    self.hasDeadline = allowsDeadline && Bool.random(using: &generator)
  }

  /// Whether the handler ends the call with `aborted`.
  var mustFail: Bool { self.text.hasPrefix("fail") }

  /// What comes back if nothing goes wrong.
  var expectedAnswer: [String] {
    switch self.kind {
    case .unary: [self.text]
    case .clientStreaming: ["\(self.messageCount * self.text.utf8.count)"]
    case .serverStreaming: Array(repeating: self.text, count: 3)
    case .bidirectional: Array(repeating: self.text, count: self.messageCount)
    }
  }

  func cancel() {
    self.wasCancelled = true
    self.task?.cancel()
  }

  /// Starts the call on the client's loop.
  func start(on client: GRPCClient) {
    let kind = self.kind
    let count = self.messageCount
    let outcomes = self.outcomes
    let note = Note.with { $0.value = self.text }
    let options = CallOptions(timeout: self.hasDeadline ? .seconds(1800) : nil)
    self.task = Self.run(on: client.channel.executor) {
      outcomes.add(await Self.outcome(kind, note, count, client, options))
    }
  }

  private static func run(
    on executor: LoopExecutor, _ body: @escaping @Sendable () async -> Void
  ) -> Task<Void, Never> {
    Task(executorPreference: executor, operation: body)
  }

  private static func outcome(
    _ kind: Kind, _ note: Note, _ count: Int, _ client: GRPCClient, _ options: CallOptions
  ) async -> Result<[String], RPCError> {
    do {
      return .success(try await self.make(kind, note, count, client, options))
    } catch {
      return .failure(RPCError.wrapping(error, code: .unknown, message: "\(error)"))
    }
  }

  private static func make(
    _ kind: Kind, _ note: Note, _ count: Int, _ client: GRPCClient, _ options: CallOptions
  ) async throws -> [String] {
    switch kind {
    case .unary:
      let answer: Note = try await client.unary(note, kind.method, options: options)
      return [answer.value]
    case .clientStreaming:
      let call: ClientStreamingCall<Note, Note> = try await client.makeClientStreamingCall(
        kind.method, options: options)
      for _ in 0..<count { try await call.write(note) }
      return [try await call.finish().value]
    case .serverStreaming:
      let call: ServerStreamingCall<Note> = try await client.makeServerStreamingCall(
        kind.method, note, options: options)
      var answers: [String] = []
      for try await answer in call { answers.append(answer.value) }
      return answers
    case .bidirectional:
      let call: BidirectionalCall<Note, Note> = try await client.makeBidirectionalCall(kind.method, options: options)
      // Writing everything before reading would be a deadlock where the windows are small.
      var answers: [String] = []
      var iterator = call.makeAsyncIterator()
      for _ in 0..<count {
        try await call.write(note)
        if let answer = try await iterator.next() { answers.append(answer.value) }
      }
      try await call.finish()
      while let answer = try await iterator.next() { answers.append(answer.value) }
      return answers
    }
  }
}
