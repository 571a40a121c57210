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
    private struct State {
      var count = 0
      var awaited: (count: Int, continuation: CheckedContinuation<Void, Never>)?
    }

    private let state = Mutex(State())

    var count: Int { self.state.withLock { $0.count } }

    func processedTick(info: NIOEventLoopTickInfo) {
      let continuation = self.state.withLock { state -> CheckedContinuation<Void, Never>? in
        state.count += 1
        guard let awaited = state.awaited, state.count >= awaited.count else { return nil }
        state.awaited = nil
        return awaited.continuation
      }
      continuation?.resume()
    }

    /// Returns after so many ticks more.
    func wait(for more: Int) async {
      await withCheckedContinuation { continuation in
        self.state.withLock { $0.awaited = ($0.count + more, continuation) }
      }
    }
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

  enum Side: CaseIterable {
    case server, client, both
  }

  @Test(arguments: Side.allCases) func aLoopGoesOnLookingForMoreAfterACall(side: Side) async throws {
    let (server, client): (Duration?, Duration?) =
      switch side {
      case .server: (.seconds(3600), nil)
      case .client: (nil, .seconds(3600))
      case .both: (.seconds(1), .seconds(3600))
      }
    try await self.withPair(server: server, client: client) { pair in
      try await self.call(pair.client)
      // Nobody asks for anything, and yet the loop does not sleep.
      await pair.ticks.wait(for: 200)
      try await RealServerTests.callAllKinds(pair.client)
    }
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
    let ticks = Ticks()
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1, metricsDelegate: ticks)
    let executor = LoopGroup(eventLoopGroup: group).next()
    executor.execute { executor.beginBusyPolling(1_000_000) }
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

  @Test func theLongestOfSeveralTimesHoldsAndTheLastConnectionEndsIt() async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let executor = LoopGroup(eventLoopGroup: group).next()
    let isPolling = { @Sendable in executor.busyPolling.map(\.isPolling) }
    executor.execute {
      executor.beginBusyPolling(1)
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
    var descriptors: [CInt] = []
    for _ in 0..<1000 {
      executor.execute { executor.beginBusyPolling(1) }
      descriptors.append(try await group.next().submit { executor.busyPolling?.input ?? -1 }.get())
      executor.execute { executor.endBusyPolling(1) }
    }
    // The system takes the lowest number that is free; other tests need some at the same time.
    #expect(descriptors.allSatisfy { $0 >= 0 && $0 < descriptors[0] + 1000 })
    try await group.shutdownGracefully()
  }
}
