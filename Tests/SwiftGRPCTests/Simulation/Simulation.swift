import Logging
import NIOCore
import NIOEmbedded
import SwiftGRPCHTTP2
import SwiftGRPCProtobuf
import Testing

@testable import SwiftGRPC

/// A whole client and a whole server on one thread, whose bytes are split, delayed and lost at random from a seed.
///
/// Nothing depends on real time: the clock is the test's, deadlines are hours, and time passes in hours or not at all.
struct Simulation {
  private let seed: Int
  private var generator: SeededGenerator
  private let loop = EmbeddedEventLoop()
  private let network: Network
  private let client: GRPCClient
  private var callsToMake: Int
  private var calls: [SimulatedCall] = []

  /// Whether anything but a call's own doing may have ended calls.
  private var isDisturbed = false
  private var passedTime = TimeAmount.zero
  private let allowsDisturbance: Bool

  /// Where the client's connections end, and what the handlers share.
  final class Network {
    var links: [SimulatedLink] = []
    let gates = Record<Gate>()
    let startedHandlers = Record<String>()
    let endedHandlers = Record<String>()
  }

  init(seed: Int) {
    self.seed = seed
    self.generator = SeededGenerator(seed: seed)
    let network = Network()
    self.network = network
    // Deadlines are made with the real clock.
    self.loop.advanceTime(to: .now())
    let loop = self.loop
    let clientExecutor = LoopExecutor(eventLoop: loop)
    let serverExecutor = LoopExecutor(eventLoop: loop)
    var configuration = HTTP2Configuration()
    configuration.initialStreamWindowBytes = [500, 65_535, 1 << 20].randomElement(using: &self.generator) ?? 0
    configuration.connectionWindowBytes = [65_535, 1 << 20].randomElement(using: &self.generator) ?? 0
    configuration.maxConcurrentStreams = [1, 3, 1000].randomElement(using: &self.generator)
    let serverConfiguration = configuration
    var transport = ClientTransport.http2(target: .dns(host: "server.test"), transportSecurity: .plaintext)
    transport.config.http2.targetWindowSize = [500, 65_535, 1 << 20].randomElement(using: &self.generator) ?? 0
    transport.config.http2.connectionWindowSize = 65_535
    transport.config.connection.maxIdleTime = nil
    let algorithms: [CompressionAlgorithm] = [.none, .none, .gzip, .deflate]
    transport.config.compression.algorithm = algorithms.randomElement(using: &self.generator) ?? .none
    transport.config.compression.enabledAlgorithms = .all
    let compression = CompressionSupport(
      algorithm: algorithms.randomElement(using: &self.generator) ?? .none, enabled: .all)
    if Bool.random(using: &self.generator) { transport.config.connection.keepalive = .init(time: .seconds(60)) }
    var router = RPCRouter()
    Self.register(&router, network)
    let methods = router.makeTable { _ in .onLoop }
    let channel = ClientChannel(transport: transport, executor: clientExecutor) { [unowned network] _, _, _ in
      loop.makeCompletedFuture {
        let link = try SimulatedLink(
          loop: loop, executor: serverExecutor, methods: methods, compression: compression,
          configuration: serverConfiguration)
        network.links.append(link)
        return link.clientChannel
      }
    }
    self.client = GRPCClient(channel: channel)
    self.callsToMake = Int.random(in: 1...8, using: &self.generator)
    self.allowsDisturbance = Bool.random(using: &self.generator)
  }

  private static func register(_ router: inout RPCRouter, _ network: Network) {
    let started = network.startedHandlers
    let ended = network.endedHandlers
    let gates = network.gates
    @Sendable func handle(_ note: Note) async throws {
      started.add(note.value)
      defer { ended.add(note.value) }
      if note.value.hasPrefix("wait") {
        let gate = Gate()
        gates.add(gate)
        await gate.wait()
      }
      if note.value.hasPrefix("fail") { throw RPCError(code: .aborted, message: "as asked") }
    }
    router.registerUnary(SimulatedCall.Kind.unary.method) { (note: Note, _: ServerContext) in
      try await handle(note)
      return note
    }
    router.registerClientStreaming(SimulatedCall.Kind.clientStreaming.method) {
      (notes: RPCAsyncSequence<Note, any Error>, _: ServerContext) in
      var count = 0
      for try await note in notes {
        if count == 0 { try await handle(note) }
        count += note.value.utf8.count
      }
      return Note.with { $0.value = "\(count)" }
    }
    router.registerServerStreaming(SimulatedCall.Kind.serverStreaming.method) {
      (note: Note, writer: RPCWriter<Note>, _: ServerContext) in
      for _ in 0..<3 { try await writer.write(note) }
      try await handle(note)
    }
    router.registerBidirectionalStreaming(SimulatedCall.Kind.bidirectional.method) {
      (notes: RPCAsyncSequence<Note, any Error>, writer: RPCWriter<Note>, _: ServerContext) in
      var isFirst = true
      for try await note in notes {
        if isFirst { try await handle(note) }
        isFirst = false
        try await writer.write(note)
      }
    }
  }

  // MARK: Running

  mutating func run() {
    for _ in 0..<Int.random(in: 50...400, using: &self.generator) {
      self.step()
      self.loop.run()
    }
    while self.callsToMake > 0 { self.startCall() }
    self.settle()
    // What is left waits for bytes that are lost, or for a deadline.
    for link in self.network.links where link.isBlackHole { link.cut() }
    self.loop.advanceTime(by: .hours(1))
    self.settle()
    self.checkCalls()
    self.checkWindows()
    self.close()
  }

  private mutating func step() {
    switch Int.random(in: 0..<100, using: &self.generator) {
    case 0..<8 where self.callsToMake > 0: self.startCall()
    case 8..<40: for link in self.network.links { _ = link.collect() }
    case 40..<62: if let link = self.anyLink() { _ = link.deliverToServer(self.anySlice()) }
    case 62..<84: if let link = self.anyLink() { _ = link.deliverToClient(self.anySlice()) }
    case 84..<88: self.network.gates.values.randomElement(using: &self.generator)?.open()
    case 88..<90: self.anyLink()?.setWritable(Bool.random(using: &self.generator))
    case 90..<92: self.calls.randomElement(using: &self.generator)?.cancel()
    case 92 where self.allowsDisturbance: self.pass(.hours(1))
    case 93 where self.allowsDisturbance: self.disturb { $0.cut() }
    case 94 where self.allowsDisturbance: self.disturb { $0.isBlackHole = true }
    case 95 where self.allowsDisturbance: self.disturb { $0.serverConnection?.beginGracefulShutdown() }
    default: break
    }
  }

  private mutating func startCall() {
    self.callsToMake -= 1
    let call = SimulatedCall(using: &self.generator, allowsDeadline: self.allowsDisturbance)
    self.calls.append(call)
    call.start(on: self.client)
  }

  private mutating func pass(_ time: TimeAmount) {
    // Bytes that rest for so long can be taken for a dead peer.
    self.isDisturbed = true
    self.passedTime = self.passedTime + time
    self.loop.advanceTime(by: time)
  }

  private mutating func disturb(_ body: (SimulatedLink) -> Void) {
    guard let link = self.anyLink() else { return }
    self.isDisturbed = true
    body(link)
  }

  private mutating func anyLink() -> SimulatedLink? { self.network.links.randomElement(using: &self.generator) }

  private mutating func anySlice() -> Int {
    [1, 9, 100, 5000, 1 << 20].randomElement(using: &self.generator) ?? 1
  }

  /// Moves everything that can move.
  private func settle() {
    var moved = true
    while moved {
      moved = false
      for gate in self.network.gates.values { gate.open() }
      self.loop.run()
      for link in self.network.links {
        link.setWritable(true)
        moved = link.collect() || moved
        moved = link.deliverToServer(.max) || moved
        moved = link.deliverToClient(.max) || moved
      }
    }
  }

  // MARK: What must hold

  private func checkCalls() {
    for call in self.calls {
      let outcomes = call.outcomes.values
      #expect(outcomes.count == 1, "seed \(self.seed): \(call.text.prefix(8)) has \(outcomes.count) ends")
      guard let outcome = outcomes.first else { continue }
      switch outcome {
      case .success(let answer):
        let isRight = answer == call.expectedAnswer && !call.mustFail
        #expect(isRight, "seed \(self.seed): \(call.kind) got another answer")
      case .failure(let error):
        var allowed: Set<RPCError.Code> = []
        if call.mustFail { allowed.insert(.aborted) }
        if call.wasCancelled { allowed.insert(.cancelled) }
        if call.hasDeadline { allowed.insert(.deadlineExceeded) }
        if self.isDisturbed { allowed.insert(.unavailable) }
        // The server ends requests that stand still.
        if self.passedTime >= .seconds(30) { allowed.insert(.deadlineExceeded) }
        #expect(allowed.contains(error.code), "seed \(self.seed): \(call.kind) \(error)")
      }
    }
    let (started, ended) = (self.network.startedHandlers.values.count, self.network.endedHandlers.values.count)
    #expect(started == ended, "seed \(self.seed): handlers go on")
  }

  /// What one side may send is what the other lets it, and no stream is left.
  private func checkWindows() {
    for link in self.network.links where link.isOpen {
      guard let client = link.clientSession else { continue }
      let server = link.serverSession
      #expect(client.openStreamCount == 0 && server.openStreamCount == 0, "seed \(self.seed): streams are left")
      #expect(client.remoteWindowBytes == server.localWindowBytes, "seed \(self.seed)")
      #expect(server.remoteWindowBytes == client.localWindowBytes, "seed \(self.seed)")
      #expect(client.connectionError == nil && server.connectionError == nil, "seed \(self.seed)")
    }
  }

  private func close() {
    self.client.channel.executor.execute { [channel = self.client.channel] in channel.closeNow() }
    self.settle()
    for link in self.network.links { link.finish() }
    self.settle()
    self.loop.advanceTime(by: .hours(3))
    self.network.gates.removeAll()
    for link in self.network.links { #expect(link.serverConnection == nil, "seed \(self.seed): a connection is left") }
  }

  /// How the calls ended: the names of their codes.
  var ends: [String] {
    self.calls.flatMap { call in
      call.outcomes.values.map { outcome in
        switch outcome {
        case .success: "ok"
        case .failure(let error): "\(error.code)"
        }
      }
    }
  }

  /// The client's channel, to see that it goes.
  var channel: ClientChannel { self.client.channel }
}
