import NIOCore
import NIOEmbedded
import SwiftGRPCHTTP2
import SwiftGRPCProtobuf
import Testing

@testable import SwiftGRPC

/// A whole client and a whole server for which hours pass: deadlines, keepalive, idle time and the age of connections at once.
///
/// A failure names its seed; `TEST_SEED_FACTOR=100` runs a hundred times as many.
@Suite struct ClockJumpTests {
  @Test func hoursThatPassOnAWorkingNetworkCostNoCallButThoseWhoseDeadlinePasses() {
    for seed in seeds(ofBlock: 0, size: 20) {
      var world = World(seed: seed)
      for _ in 0..<12 {
        world.startCalls()
        let time = world.anyTime()
        world.pass(time, inStepsOf: .seconds(10))
        world.openSomeGates()
      }
      world.finish()
      for call in world.calls {
        let isExpected = call.isRight || call.hasDeadline && call.code == .deadlineExceeded
        #expect(isExpected, "seed \(seed): \(call.kind) ended with \(call.outcomes.values)")
      }
      #expect(world.connectionCount > 1, "seed \(seed): no connection became too old")
      world.close()
    }
  }

  @Test func callsEndOnceWhenTheClockJumpsAndLaterCallsSucceed() {
    for seed in seeds(ofBlock: 1, size: 20) {
      var world = World(seed: seed)
      for _ in 0..<12 {
        world.startCalls()
        let time = world.anyTime()
        // Nothing is delivered meanwhile, so that whoever waits for an answer may take the other side for dead.
        world.pass(time, inStepsOf: time)
        world.openSomeGates()
      }
      world.finish()
      for call in world.calls {
        let isExpected = call.isRight || call.code == .unavailable || call.hasDeadline && call.code == .deadlineExceeded
        #expect(isExpected, "seed \(seed): \(call.kind) ended with \(call.outcomes.values)")
      }
      let before = world.calls.count
      world.startCalls()
      world.finish()
      for call in world.calls[before...] { #expect(call.isRight, "seed \(seed): \(call.outcomes.values)") }
      world.close()
    }
  }

  @Test func deadlinesEndTheirCallsAtTheirTimeHoweverTheClockGetsThere() {
    for step in [TimeAmount.seconds(1), .minutes(7), .hours(6)] {
      // With keepalive, silence for so long would end the connection first.
      var world = World(seed: 1, hasKeepalive: false)
      world.startCall(.unary, deadline: .minutes(30))
      world.startCall(.bidirectional, deadline: .hours(5))
      world.pass(.minutes(29), inStepsOf: min(step, .minutes(29)))
      #expect(world.calls.map(\.outcomes.values.count) == [0, 0])
      world.pass(.minutes(2), inStepsOf: min(step, .minutes(2)))
      #expect(world.calls[0].code == .deadlineExceeded)
      world.pass(.hours(6), inStepsOf: step)
      #expect(world.calls.map(\.outcomes.values.count) == [1, 1])
      world.close()
    }
  }
}

/// One client, one server and the time that passes for them.
private struct World {
  let seed: Int
  private(set) var calls: [WaitingCall] = []
  private var generator: SeededGenerator
  private let loop = EmbeddedEventLoop()
  private let executor: LoopExecutor
  private let network = Network()
  private let client: GRPCClient

  private final class Network {
    var links: [SimulatedLink] = []
    let gates = Record<Gate>()
    let startedHandlers = Record<String>()
    let endedHandlers = Record<String>()
  }

  init(seed: Int, hasKeepalive: Bool = true) {
    self.seed = seed
    self.generator = SeededGenerator(seed: seed)
    // Deadlines are made with the real clock.
    self.loop.advanceTime(to: .now())
    let (loop, network) = (self.loop, self.network)
    self.executor = LoopExecutor(eventLoop: loop)
    let serverExecutor = LoopExecutor(eventLoop: loop)
    var lifetime = ServerTransport.Config.Connection()
    lifetime.maxAge = .seconds(3600)
    lifetime.maxIdleTime = .seconds(40 * 60)
    lifetime.keepalive = .init(
      time: hasKeepalive ? .seconds(600) : nil, timeout: .seconds(20),
      clientBehavior: .init(minPingIntervalWithoutCalls: .seconds(30), allowWithoutCalls: true))
    let serverLifetime = lifetime
    var router = RPCRouter()
    for kind in SimulatedCall.Kind.allCases { Self.register(kind, &router, network) }
    let methods = router.makeTable { _ in .onLoop }
    var transport = ClientTransport.http2(target: .dns(host: "server.test"), transportSecurity: .plaintext)
    if hasKeepalive { transport.config.connection.keepalive = .init(time: .seconds(60)) }
    let channel = ClientChannel(transport: transport, executor: self.executor) { [unowned network] _, _, _ in
      loop.makeCompletedFuture {
        let link = try SimulatedLink(
          loop: loop, executor: serverExecutor, methods: methods,
          compression: CompressionSupport(algorithm: .none, enabled: .all), configuration: .init(),
          lifetime: serverLifetime)
        network.links.append(link)
        return link.clientChannel
      }
    }
    self.client = GRPCClient(channel: channel)
  }

  /// Every kind of call waits at a gate on the server, and then echoes.
  private static func register(_ kind: SimulatedCall.Kind, _ router: inout RPCRouter, _ network: Network) {
    let (gates, started, ended) = (network.gates, network.startedHandlers, network.endedHandlers)
    router.registerBidirectionalStreaming(kind.method) {
      (notes: RPCAsyncSequence<Note, any Error>, writer: RPCWriter<Note>, _: ServerContext) in
      started.add("")
      defer { ended.add("") }
      let gate = Gate()
      gates.add(gate)
      await gate.wait()
      var last = Note()
      for try await note in notes { last = note }
      try await writer.write(last)
    }
  }

  /// The number of connections that the client has made.
  var connectionCount: Int { self.network.links.count }

  mutating func startCalls() {
    for kind in SimulatedCall.Kind.allCases {
      let deadlines: [TimeAmount?] = [nil, .seconds(90), .minutes(45), .hours(20)]
      self.startCall(kind, deadline: deadlines.randomElement(using: &self.generator) ?? nil)
    }
  }

  mutating func startCall(_ kind: SimulatedCall.Kind, deadline: TimeAmount?) {
    // The clock of the test runs ahead of the real one, which deadlines are made with.
    let instant = deadline.map { Deadline(self.loop.now + $0) }
    let call = WaitingCall(kind: kind, hasDeadline: deadline != nil)
    self.calls.append(call)
    call.start(on: self.client, CallOptions(deadline: instant, waitForReady: true))
    self.settle()
  }

  mutating func anyTime() -> TimeAmount {
    [.seconds(1), .seconds(61), .minutes(31), .minutes(61), .hours(5)].randomElement(using: &self.generator) ?? .zero
  }

  func pass(_ time: TimeAmount, inStepsOf step: TimeAmount) {
    var left = time
    while left > .zero {
      self.loop.advanceTime(by: min(step, left))
      left = left - step
      self.settle()
    }
  }

  mutating func openSomeGates() {
    for gate in self.network.gates.values where Bool.random(using: &self.generator) { gate.open() }
    self.settle()
  }

  /// Lets everything come to its end: calls whose connection is gone need their time to notice.
  func finish() {
    for _ in 0..<20 {
      for gate in self.network.gates.values { gate.open() }
      self.settle()
      self.pass(.seconds(30), inStepsOf: .seconds(5))
    }
    for call in self.calls {
      #expect(call.outcomes.values.count == 1, "seed \(self.seed): \(call.kind) has \(call.outcomes.values.count) ends")
    }
    let (started, ended) = (self.network.startedHandlers.values.count, self.network.endedHandlers.values.count)
    #expect(started == ended, "seed \(self.seed): handlers go on")
    #expect(self.executor.timers.count == 0, "seed \(self.seed): deadlines are left")
  }

  func close() {
    for gate in self.network.gates.values { gate.open() }
    self.client.channel.executor.execute { [channel = self.client.channel] in channel.closeNow() }
    self.settle()
    for link in self.network.links { link.finish() }
    self.settle()
    // Timers that were forgotten would keep their connections.
    self.loop.advanceTime(by: .hours(24))
    self.network.gates.removeAll()
    for link in self.network.links { #expect(link.serverConnection == nil, "seed \(self.seed): a connection is left") }
  }

  private func settle() {
    var moved = true
    while moved {
      moved = false
      self.loop.run()
      for link in self.network.links {
        moved = link.collect() || moved
        moved = link.deliverToServer(.max) || moved
        moved = link.deliverToClient(.max) || moved
      }
    }
  }
}

/// A call of one message each way, which a handler answers when its gate is open.
private final class WaitingCall {
  let kind: SimulatedCall.Kind
  let hasDeadline: Bool
  let outcomes = Record<Result<String, RPCError>>()

  init(kind: SimulatedCall.Kind, hasDeadline: Bool) {
    self.kind = kind
    self.hasDeadline = hasDeadline
  }

  /// Whether it ended with the right answer.
  var isRight: Bool { (try? self.outcomes.values.first?.get()) == "x" }

  /// What it ended with if that was no answer.
  var code: RPCError.Code? {
    guard case .failure(let error) = self.outcomes.values.first else { return nil }
    return error.code
  }

  func start(on client: GRPCClient, _ options: CallOptions) {
    let (kind, outcomes) = (self.kind, self.outcomes)
    Self.run(on: client.channel.executor) {
      outcomes.add(await Self.outcome(kind, client, options))
    }
  }

  private static func run(on executor: LoopExecutor, _ body: @escaping @Sendable () async -> Void) {
    Task(executorPreference: executor, operation: body)
  }

  private static func outcome(
    _ kind: SimulatedCall.Kind, _ client: GRPCClient, _ options: CallOptions
  ) async -> Result<String, RPCError> {
    do {
      return .success(try await self.call(kind, Note.with { $0.value = "x" }, client, options).value)
    } catch {
      return .failure(RPCError.wrapping(error, code: .unknown, message: "\(error)"))
    }
  }

  private static func call(
    _ kind: SimulatedCall.Kind, _ note: Note, _ client: GRPCClient, _ options: CallOptions
  ) async throws -> Note {
    switch kind {
    case .unary:
      return try await client.unary(note, kind.method, options: options)
    case .clientStreaming:
      let call: ClientStreamingCall<Note, Note> = try await client.makeClientStreamingCall(
        kind.method, options: options)
      try await call.write(note)
      return try await call.finish()
    case .serverStreaming:
      let call: ServerStreamingCall<Note> = try await client.makeServerStreamingCall(
        kind.method, note, options: options)
      var last = Note()
      for try await answer in call { last = answer }
      return last
    case .bidirectional:
      let call: BidirectionalCall<Note, Note> = try await client.makeBidirectionalCall(kind.method, options: options)
      try await call.write(note)
      try await call.finish()
      var last = Note()
      for try await answer in call { last = answer }
      return last
    }
  }
}
