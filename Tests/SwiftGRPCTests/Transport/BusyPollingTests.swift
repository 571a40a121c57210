import Foundation
import NIOCore
import NIOPosix
import SwiftGRPCProtobuf
import Synchronization
import Testing

@testable import SwiftGRPC

/// Loops that look for more to do instead of sleeping.
@Suite(.timeLimit(.minutes(1))) struct BusyPollingTests {
  typealias Text = Google_Protobuf_StringValue

  /// Counts how often a loop came out of its selector.
  private final class Ticks: NIOEventLoopMetricsDelegate {
    private let ticks = Atomic(0)

    var count: Int { self.ticks.load(ordering: .relaxed) }

    func processedTick(info: NIOEventLoopTickInfo) { self.ticks.add(1, ordering: .relaxed) }
  }

  /// What a test has at hand: a client and its loop, which the server shares.
  private struct Pair {
    let client: GRPCClient
    let group: MultiThreadedEventLoopGroup
    let ticks: Ticks
  }

  /// Runs `body` with a client and a server on one loop, which is stopped afterwards.
  private func withPair(
    server serverDuration: Duration? = nil, client clientDuration: Duration? = nil, _ body: (Pair) async throws -> Void
  ) async throws {
    let ticks = Ticks()
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1, metricsDelegate: ticks)
    let serving = ServerTransport.http2(
      address: .ipv4(host: "127.0.0.1", port: 0), transportSecurity: .plaintext,
      config: .defaults { $0.connection.busyPollDuration = serverDuration }, eventLoopGroup: group)
    try await withGRPCServer(transport: serving, services: [RealServerTests.Echo()]) { server in
      let port = try await server.listeningAddress.port ?? 0
      let calling = ClientTransport.http2(
        target: .ipv4(host: "127.0.0.1", port: port), transportSecurity: .plaintext,
        config: .defaults { $0.connection.busyPollDuration = clientDuration }, eventLoopGroup: group)
      try await withGRPCClient(transport: calling) { client in
        try await body(Pair(client: client, group: group, ticks: ticks))
      }
    }
    // Would not return while something keeps the loop from ending.
    try await group.shutdownGracefully()
  }

  private func call(_ client: GRPCClient) async throws {
    let reply: Text = try await client.unary(Text.with { $0.value = "x" }, RealServerTests.unary)
    #expect(reply.value == "x")
  }

  @Test func aLoopGoesOnLookingForMoreAfterACall() async throws {
    try await self.withPair(client: .seconds(3600)) { pair in
      let executor = pair.client.channel.executor
      var isPolling = false
      while !isPolling {
        try await self.call(pair.client)
        // The other tests want the core, too.
        isPolling = try await pair.group.next().submit {
          executor.busyPolling?.longestGap = .max
          return executor.busyPolling?.isPolling == true
        }.get()
      }
      // Nobody asks for anything, and yet the loop does not sleep.
      let before = pair.ticks.count
      while pair.ticks.count < before + 200 { await Task.yield() }
      try await RealServerTests.callAllKinds(pair.client)
    }
  }

  @Test func aServersConnectionsKeepTheirLoopAwakeUntilTheyClose() async throws {
    func areAwake() async -> Bool {
      for executor in LoopGroup.shared.executors {
        if await Task(executorPreference: executor, operation: { executor.busyPolling != nil }).value { return true }
      }
      return false
    }
    let transport = ServerTransport.http2(
      address: .ipv4(host: "127.0.0.1", port: 0), transportSecurity: .plaintext,
      config: .defaults { $0.connection.busyPollDuration = .microseconds(10) })
    try await withGRPCServer(transport: transport, services: [RealServerTests.Echo()]) { server in
      let port = try await server.listeningAddress.port ?? 0
      let target = ClientTarget.ipv4(host: "127.0.0.1", port: port)
      try await withGRPCClient(transport: .http2(target: target, transportSecurity: .plaintext)) { client in
        try await self.call(client)
        #expect(await areAwake())
      }
    }
    #expect(await !areAwake())
  }

  @Test func othersOnTheLoopGetTheirTurn() async throws {
    try await self.withPair(server: .seconds(3600), client: .seconds(3600)) { pair in
      try await self.call(pair.client)
      let loop = pair.group.next()
      for _ in 0..<100 { try await loop.submit {}.get() }
      try await loop.scheduleTask(in: .milliseconds(1)) {}.futureResult.get()
      let pipe = try await ServerBootstrap(group: pair.group).bind(host: "127.0.0.1", port: 0).get()
      try await pipe.close()
    }
  }

  @Test func theLoopSleepsWhenTheTimeIsOver() async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let executor = LoopGroup(eventLoopGroup: group).next()
    executor.execute {
      executor.beginBusyPolling(1_000_000)
      // However long it is kept from running.
      executor.busyPolling?.longestGap = .max
    }
    // Asking the loop from outside is none of the executor's work.
    while try await group.next().submit({ executor.busyPolling?.isPolling != false }).get() {}
    // The next work wakes it.
    executor.execute { executor.beginBusyPolling(3_600_000_000_000) }
    #expect(try await group.next().submit { executor.busyPolling?.isPolling == true }.get())
    executor.execute {
      executor.endBusyPolling(3_600_000_000_000)
      executor.endBusyPolling(1_000_000)
    }
    #expect(try await group.next().submit { executor.busyPolling == nil }.get())
    try await group.shutdownGracefully()
  }

  @Test func aLoopThatIsKeptFromRunningSleepsForAWhile() async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let executor = LoopGroup(eventLoopGroup: group).next()
    executor.execute {
      executor.beginBusyPolling(3_600_000_000_000)
      // Every gap is too long.
      executor.busyPolling?.longestGap = -1
    }
    while try await group.next().submit({ executor.busyPolling?.isPolling != false }).get() {}
    // Work does not wake it, before the while is over.
    let start = NIODeadline.now()
    var isPolling = false
    while !isPolling {
      executor.execute {}
      isPolling = try await group.next().submit { executor.busyPolling?.isPolling == true }.get()
    }
    #expect(NIODeadline.now() - start > .milliseconds(1))
    executor.execute { executor.endBusyPolling(3_600_000_000_000) }
    try await group.shutdownGracefully()
  }

  @Test func theLongestOfSeveralTimesHoldsAndTheLastConnectionEndsIt() async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let executor = LoopGroup(eventLoopGroup: group).next()
    let isPolling = { @Sendable in executor.busyPolling.map(\.isPolling) }
    executor.execute {
      executor.beginBusyPolling(1)
      executor.busyPolling?.longestGap = .max
      executor.beginBusyPolling(3_600_000_000_000)
      executor.beginBusyPolling(0)
    }
    for _ in 0..<100 { #expect(try await group.next().submit(isPolling).get() == true) }
    executor.execute { executor.endBusyPolling(3_600_000_000_000) }
    while try await group.next().submit(isPolling).get() == true {}
    #expect(try await group.next().submit(isPolling).get() == false)
    executor.execute {
      executor.endBusyPolling(0)
      executor.endBusyPolling(1)
    }
    #expect(try await group.next().submit(isPolling).get() == nil)
    // At once again, before the pipe's channel has closed.
    executor.execute {
      executor.beginBusyPolling(3_600_000_000_000)
      executor.endBusyPolling(3_600_000_000_000)
    }
    try await group.shutdownGracefully()
  }

  @Test func noDescriptorIsLeftBehind() async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let executor = LoopGroup(eventLoopGroup: group).next()
    let descriptors = Mutex<[CInt]>([])
    // All of it on the loop, where no other test makes it wait.
    let done = group.next().makePromise(of: Void.self)
    @Sendable func round(_ left: Int) {
      guard left > 0 else { return done.succeed() }
      executor.beginBusyPolling(1)
      descriptors.withLock { $0.append(executor.busyPolling?.input ?? -1) }
      executor.eventLoop.execute {
        executor.endBusyPolling(1)
        executor.execute { round(left - 1) }
      }
    }
    executor.execute { round(6000) }
    try await done.futureResult.get()
    // The system takes the lowest number that is free; other tests need some, up to a few thousand, at the same time.
    #expect(descriptors.withLock { all in all.allSatisfy { $0 >= 0 && $0 < all[0] + 5000 } })
    try await group.shutdownGracefully()
  }
}
