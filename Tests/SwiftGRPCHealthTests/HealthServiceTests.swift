import SwiftGRPC
import SwiftGRPCHealth
import SwiftGRPCProtobuf
import Testing

/// The health service of whole servers, asked by real clients.
@Suite(.timeLimit(.minutes(1))) struct HealthServiceTests {
  typealias Health = Grpc_Health_V1_Health
  typealias Status = Grpc_Health_V1_HealthCheckResponse.ServingStatus

  static let greeter = ServiceDescriptor(fullyQualifiedService: "helloworld.Greeter")

  /// Runs `body` beside a server with the service; the server is shut down when it returns.
  private func withHealth(
    execution: HandlerExecution = .onLoop,
    _ body: (HealthService.Provider, Health.Client, GRPCServer) async throws -> Void
  ) async throws {
    let health = HealthService()
    var configuration = GRPCServer.Configuration()
    configuration.handlerExecution = execution
    try await withGRPCServer(
      transport: .http2(address: .ipv4(host: "127.0.0.1", port: 0), transportSecurity: .plaintext), services: [health],
      configuration: configuration
    ) { server in
      let port = try await server.listeningAddress.port ?? 0
      let client = GRPCClient(
        transport: .http2(target: .ipv4(host: "127.0.0.1", port: port), transportSecurity: .plaintext))
      try await body(health.provider, Health.Client(wrapping: client), server)
      try await client.close()
    }
  }

  private func check(_ client: Health.Client, _ service: String) async throws -> Status {
    try await client.check(.with { $0.service = service }).status
  }

  private func watch(
    _ client: Health.Client, _ service: String
  ) async throws -> ServerStreamingCall<Grpc_Health_V1_HealthCheckResponse>.AsyncIterator {
    try await client.watch(.with { $0.service = service }).makeAsyncIterator()
  }

  // MARK: Check

  @Test func wholeServerServesFromTheStart() async throws {
    try await self.withHealth { _, client, _ in
      let status = try await self.check(client, "")
      #expect(status == .serving)
    }
  }

  @Test func serviceIsAsItWasSetLast() async throws {
    try await self.withHealth { provider, client, _ in
      provider.updateStatus(.serving, forService: Self.greeter)
      let first = try await self.check(client, "helloworld.Greeter")
      provider.updateStatus(.notServing, forService: "helloworld.Greeter")
      let second = try await self.check(client, "helloworld.Greeter")
      #expect([first, second] == [.serving, .notServing])
    }
  }

  @Test func unknownServiceIsNotFound() async throws {
    try await self.withHealth { _, client, _ in
      let error = await #expect(throws: RPCError.self) { try await self.check(client, "helloworld.Greeter") }
      #expect(error?.code == .notFound)
      #expect(error?.message == "the server has no service helloworld.Greeter")
    }
  }

  // MARK: Watch

  @Test(arguments: [HandlerExecution.onLoop, .globalPool])
  func watcherHearsAtOnceAndOfEveryChange(execution: HandlerExecution) async throws {
    try await self.withHealth(execution: execution) { provider, client, _ in
      var statuses = try await self.watch(client, "")
      var heard = [try await statuses.next()?.status]
      provider.updateStatus(.notServing, forService: "")
      heard.append(try await statuses.next()?.status)
      provider.updateStatus(.serving, forService: "")
      heard.append(try await statuses.next()?.status)
      #expect(heard == [.serving, .notServing, .serving])
    }
  }

  @Test func watcherOfAnUnknownServiceHearsWhenItComes() async throws {
    try await self.withHealth { provider, client, _ in
      var statuses = try await self.watch(client, "helloworld.Greeter")
      let first = try await statuses.next()?.status
      provider.updateStatus(.serving, forService: Self.greeter)
      let second = try await statuses.next()?.status
      #expect([first, second] == [.serviceUnknown, .serving])
    }
  }

  @Test func whatHasNotChangedIsNotTold() async throws {
    try await self.withHealth { provider, client, _ in
      var statuses = try await self.watch(client, "")
      let first = try await statuses.next()?.status
      provider.updateStatus(.serving, forService: "")
      provider.updateStatus(.serving, forService: Self.greeter)
      provider.updateStatus(.notServing, forService: "")
      let second = try await statuses.next()?.status
      #expect([first, second] == [.serving, .notServing])
    }
  }

  @Test func manyWatchersOfOneServiceAllHear() async throws {
    try await self.withHealth { provider, client, _ in
      let watchers = try await withThrowingTaskGroup(of: [Status?].self) { group in
        let (ready, isReady) = AsyncStream<Void>.makeStream()
        for _ in 0..<20 {
          group.addTask {
            var statuses = try await self.watch(client, "")
            let first = try await statuses.next()?.status
            isReady.yield()
            return [first, try await statuses.next()?.status]
          }
        }
        var waiting = ready.makeAsyncIterator()
        for _ in 0..<20 { await waiting.next() }
        provider.updateStatus(.notServing, forService: "")
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(watchers == Array(repeating: [.serving, .notServing], count: 20))
    }
  }

  // MARK: List

  @Test func listTellsOfAllServices() async throws {
    try await self.withHealth { provider, client, _ in
      provider.updateStatus(.notServing, forService: Self.greeter)
      let statuses = try await client.list(.init()).statuses.mapValues(\.status)
      #expect(statuses == ["": .serving, "helloworld.Greeter": .notServing])
    }
  }

  @Test func listEndsAtAHundredServices_A90() async throws {
    try await self.withHealth { provider, client, _ in
      for number in 1..<100 { provider.updateStatus(.serving, forService: "test.S\(number)") }
      let listed = try await client.list(.init()).statuses.count
      #expect(listed == 100)
      provider.updateStatus(.serving, forService: "test.S100")
      let error = await #expect(throws: RPCError.self) { try await client.list(.init()) }
      #expect(error?.code == .resourceExhausted)
    }
  }

  // MARK: Shutdown

  @Test(arguments: [HandlerExecution.onLoop, .globalPool])
  func watchersHearOfTheShutdownAndDoNotHoldItUp(execution: HandlerExecution) async throws {
    try await self.withHealth(execution: execution) { provider, client, server in
      provider.updateStatus(.serving, forService: Self.greeter)
      var whole = try await self.watch(client, "")
      var greeter = try await self.watch(client, "helloworld.Greeter")
      var unknown = try await self.watch(client, "test.Unknown")
      let before = [
        try await whole.next()?.status, try await greeter.next()?.status, try await unknown.next()?.status,
      ]
      #expect(before == [.serving, .serving, .serviceUnknown])
      server.beginGracefulShutdown()
      let after = [try await whole.next()?.status, try await greeter.next()?.status]
      #expect(after == [.notServing, .notServing])
      for var statuses in [whole, greeter, unknown] {
        let error = await #expect(throws: RPCError.self) { try await statuses.next() }
        #expect(error?.code == .unavailable)
        #expect(error?.message == "the server is shutting down")
      }
    }
  }

  @Test func nothingServesAgainAfterTheShutdown() async throws {
    let health = HealthService()
    var router = RPCRouter()
    health.registerMethods(with: &router)
    let server = GRPCServer(
      transport: .http2(address: .ipv4(host: "127.0.0.1", port: 0), transportSecurity: .plaintext), router: router)
    server.beginGracefulShutdown()
    health.provider.updateStatus(.serving, forService: "")
    health.provider.updateStatus(.serving, forService: "helloworld.Greeter")

    // The service of a server that was shut down tells so wherever it is asked.
    let other = GRPCServer(
      transport: .http2(address: .ipv4(host: "127.0.0.1", port: 0), transportSecurity: .plaintext), services: [health])
    let serving = Task { try await other.serve() }
    let port = try await other.listeningAddress.port ?? 0
    let client = GRPCClient(
      transport: .http2(target: .ipv4(host: "127.0.0.1", port: port), transportSecurity: .plaintext))
    let statuses = try await Health.Client(wrapping: client).list(.init()).statuses.mapValues(\.status)
    #expect(statuses == ["": .notServing, "helloworld.Greeter": .notServing])
    var watched = try await self.watch(Health.Client(wrapping: client), "helloworld.Greeter")
    let first = try await watched.next()?.status
    #expect(first == .notServing)
    let error = await #expect(throws: RPCError.self) { try await watched.next() }
    #expect(error?.code == .unavailable)
    try await client.close()
    other.beginGracefulShutdown()
    try await serving.value
  }
}
