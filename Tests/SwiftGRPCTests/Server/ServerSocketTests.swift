import Foundation
import NIOCore
import NIOPosix
import SwiftGRPCProtobuf
import Synchronization
import Testing

@testable import SwiftGRPC

/// Whole servers on loopback and Unix sockets, called by real clients.
@Suite(.timeLimit(.minutes(1))) struct ServerSocketTests {
  struct Notes: RegistrableRPCService {
    var gate: Gate?

    func registerMethods(with router: inout RPCRouter) {
      router.registerUnary(testMethod("Get")) { (note: Note, context: ServerContext) in
        context.trailingMetadata.addString(context.remotePeer, forKey: "peer")
        return note
      }
      let gate = self.gate
      router.registerUnary(testMethod("Wait")) { (note: Note, context: ServerContext) in
        await gate?.wait()
        return note
      }
      router.registerUnary(testMethod("Sleep")) { (note: Note, _: ServerContext) in
        try await Task.sleep(for: .seconds(3600))
        return note
      }
      router.registerUnary(testMethod("Where")) { (note: Note, context: ServerContext) in
        Note.with { $0.value = context.call.connectionInfo?.executor.isCurrent == true ? "loop" : "elsewhere" }
      }
      router.registerBidirectionalStreaming(testMethod("Chat")) {
        (notes: RPCAsyncSequence<Note, any Error>, writer: RPCWriter<Note>, _: ServerContext) in
        for try await note in notes { try await writer.write(note) }
      }
    }
  }

  private func withServer<Result: Sendable>(
    _ address: SwiftGRPC.SocketAddress = .ipv4(host: "127.0.0.1", port: 0), gate: Gate? = nil,
    config: ServerTransport.Config = .defaults, configuration: GRPCServer.Configuration = .init(),
    _ body: (GRPCServer, SwiftGRPC.SocketAddress, GRPCClient) async throws -> Result
  ) async throws -> Result {
    try await withGRPCServer(
      transport: .http2(address: address, transportSecurity: .plaintext, config: config),
      services: [Notes(gate: gate)], configuration: configuration
    ) { server in
      let bound = try await server.listeningAddress
      let client = GRPCClient(transport: .http2(target: bound.target, transportSecurity: .plaintext))
      let result = try await body(server, bound, client)
      try await client.close()
      return result
    }
  }

  private func get(_ client: GRPCClient, _ method: String = "Get", _ text: String = "x") async throws -> String {
    let note = Note.with { $0.value = text }
    let answer: Note = try await client.unary(note, testMethod(method), metadata: [:], options: .defaults)
    return answer.value
  }

  @Test(arguments: [
    SwiftGRPC.SocketAddress.ipv4(host: "127.0.0.1", port: 0), .ipv6(host: "::1", port: 0),
    .unixDomainSocket(path: "/tmp/swift-grpc-\(UUID().uuidString).sock"),
  ])
  func callsArriveOverEveryKindOfSocket(address: SwiftGRPC.SocketAddress) async throws {
    try await self.withServer(address) { _, bound, client in
      #expect(bound.port != 0)
      let answer1 = try await self.get(client, "Get", "over \(bound)")
      #expect(answer1 == "over \(bound)")
    }
    if let path = address.path { #expect(!FileManager.default.fileExists(atPath: path)) }
  }

  @Test func bodyRunsWhenTheServerListens() async throws {
    let address = SwiftGRPC.SocketAddress.unixDomainSocket(path: "/tmp/swift-grpc-\(UUID().uuidString).sock")
    let client = GRPCClient(transport: .http2(target: address.target, transportSecurity: .plaintext))
    try await withGRPCServer(
      transport: .http2(address: address, transportSecurity: .plaintext), services: [Notes()]
    ) { _ in
      let answer = try await self.get(client)
      #expect(answer == "x")
      try await client.close()
    }
  }

  @Test func bodyDoesNotRunWhenTheServerCannotListen() async throws {
    let address = SwiftGRPC.SocketAddress.unixDomainSocket(path: "/tmp/\(UUID().uuidString)/no.sock")
    await #expect(throws: RPCError.self) {
      try await withGRPCServer(
        transport: .http2(address: address, transportSecurity: .plaintext), services: [Notes()]
      ) { _ in Issue.record("the body ran") }
    }
  }

  @Test func staleSocketFileIsReplaced() async throws {
    let path = "/tmp/swift-grpc-\(UUID().uuidString).sock"
    let old = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .bind(unixDomainSocketPath: path + ".old").get()
    // NIO removes the file when it closes the channel; what a crash leaves behind is made by a new name.
    try FileManager.default.moveItem(atPath: path + ".old", toPath: path)
    try await old.close()
    try #require(FileManager.default.fileExists(atPath: path))
    try await self.withServer(.unixDomainSocket(path: path)) { _, _, client in
      let answer2 = try await self.get(client)
      #expect(answer2 == "x")
    }
  }

  @Test func socketFileOfARunningServerIsNotTaken() async throws {
    let path = "/tmp/swift-grpc-\(UUID().uuidString).sock"
    try await self.withServer(.unixDomainSocket(path: path)) { _, _, client in
      let second = GRPCServer(
        transport: .http2(address: .unixDomainSocket(path: path), transportSecurity: .plaintext), services: [])
      let error = await #expect(throws: RPCError.self) { try await second.serve() }
      #expect(error?.message.contains("another server listens there") == true)
      let answer = try await self.get(client)
      #expect(answer == "x")
    }
  }

  @Test func portInUseIsAClearError() async throws {
    try await self.withServer { _, bound, _ in
      let second = GRPCServer(transport: .http2(address: bound, transportSecurity: .plaintext), services: [])
      let error = await #expect(throws: RPCError.self) { try await second.serve() }
      #expect(error?.code == .unavailable)
      #expect(error?.message.contains("\(bound)") == true)
      await #expect(throws: RPCError.self) { try await second.listeningAddress }
    }
  }

  @Test func unusableAddressIsAClearError() async throws {
    let server = GRPCServer(
      transport: .http2(address: .ipv4(host: "not an address", port: 1), transportSecurity: .plaintext), services: [])
    let error = await #expect(throws: RPCError.self) { try await server.serve() }
    #expect(error?.message.contains("not an address") == true)
  }

  @Test func missingCertificateFileIsAClearError() async throws {
    let server = GRPCServer(
      transport: .http2(
        address: .ipv4(host: "127.0.0.1", port: 0),
        transportSecurity: .tls(
          certificateChain: [.file(path: "/no/such/cert.pem", format: .pem)],
          privateKey: .file(path: "/no/such/key.pem", format: .pem))),
      services: [])
    let error = await #expect(throws: RPCError.self) { try await server.serve() }
    #expect(error?.message.contains("/no/such/cert.pem") == true)
  }

  @Test func serverServesOnce() async throws {
    _ = try await self.withServer { server, _, _ in
      await #expect(throws: RPCError.self) { try await server.serve() }
    }
  }

  @Test func serverThatIsShutDownEarlyDoesNotServe() async throws {
    let server = GRPCServer(
      transport: .http2(address: .ipv4(host: "127.0.0.1", port: 0), transportSecurity: .plaintext), services: [])
    server.beginGracefulShutdown()
    try await server.serve()
    await #expect(throws: RPCError.self) { try await server.listeningAddress }
  }

  @Test func shutdownActionsRunOnceInTheirOrderBeforeTheShutdown() async throws {
    let seen = Mutex<[String]>([])
    let servers = Mutex<GRPCServer?>(nil)
    var router = RPCRouter()
    router.onGracefulShutdown {
      // A shutdown that is asked for meanwhile is the same one, and connections are as before.
      servers.withLock { $0 }?.beginGracefulShutdown()
      let count = servers.withLock { $0 }?.connectionCount ?? -1
      seen.withLock { $0.append("first, \(count) connection") }
    }
    router.onGracefulShutdown { seen.withLock { $0.append("second") } }
    Notes().registerMethods(with: &router)
    let server = GRPCServer(
      transport: .http2(address: .ipv4(host: "127.0.0.1", port: 0), transportSecurity: .plaintext), router: router)
    servers.withLock { $0 = server }
    let serving = Task { try await server.serve() }
    let client = GRPCClient(
      transport: .http2(target: try await server.listeningAddress.target, transportSecurity: .plaintext))
    _ = try await self.get(client)
    server.beginGracefulShutdown()
    server.beginGracefulShutdown()
    try await serving.value
    #expect(seen.withLock { $0 } == ["first, 1 connection", "second"])
    servers.withLock { $0 = nil }
    try await client.close()
  }

  @Test func runningCallFinishesDuringShutdown() async throws {
    let gate = Gate()
    try await self.withServer(gate: gate) { server, _, client in
      _ = try await self.get(client)
      let answer = Task { try await self.get(client, "Wait", "kept") }
      // A second call on the connection tells that the first has arrived.
      _ = try await self.get(client)
      server.beginGracefulShutdown()
      gate.open()
      let answer3 = try await answer.value
      #expect(answer3 == "kept")
    }
  }

  @Test func callIsCancelledAfterTheGracePeriod() async throws {
    let config = ServerTransport.Config.defaults { $0.connection.shutdownGracePeriod = .milliseconds(50) }
    try await self.withServer(config: config) { server, _, client in
      let answer = Task { try await self.get(client, "Sleep") }
      _ = try await self.get(client)
      server.beginGracefulShutdown()
      let error = await #expect(throws: RPCError.self) { try await answer.value }
      #expect(error?.code == .unavailable)
    }
  }

  @Test func cancelledServeEndsTheServerAtOnce() async throws {
    let server = GRPCServer(
      transport: .http2(address: .ipv4(host: "127.0.0.1", port: 0), transportSecurity: .plaintext), services: [Notes()])
    let serving = Task { try await server.serve() }
    let client = GRPCClient(
      transport: .http2(target: try await server.listeningAddress.target, transportSecurity: .plaintext))
    let answer = Task { try await self.get(client, "Sleep") }
    _ = try await self.get(client)
    serving.cancel()
    try await serving.value
    await #expect(throws: RPCError.self) { try await answer.value }
    try await client.close()
  }

  @Test func handlersRunOnTheLoopUnlessTheyAreSentElsewhere() async throws {
    try await self.withServer { _, _, client in
      let answer4 = try await self.get(client, "Where")
      #expect(answer4 == "loop")
    }
    var byMethod = GRPCServer.Configuration()
    byMethod.methodExecution[testMethod("Where")] = .globalPool
    try await self.withServer(configuration: byMethod) { _, _, client in
      let answer5 = try await self.get(client, "Where")
      #expect(answer5 == "elsewhere")
    }
    var byService = GRPCServer.Configuration()
    byService.handlerExecution = .globalPool
    byService.serviceExecution[ServiceDescriptor(fullyQualifiedService: "test.Notes")] = .onLoop
    try await self.withServer(configuration: byService) { _, _, client in
      let answer6 = try await self.get(client, "Where")
      #expect(answer6 == "loop")
    }
  }

  @Test(arguments: [HandlerExecution.onLoop, .globalPool])
  func manyCallsAtATimeKeepTheirAnswersApart(execution: HandlerExecution) async throws {
    var configuration = GRPCServer.Configuration()
    configuration.handlerExecution = execution
    try await self.withServer(configuration: configuration) { _, _, client in
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for index in 0..<500 {
          group.addTask { try await self.get(client, "Get", "note \(index)") == "note \(index)" }
        }
        for try await isRight in group { #expect(isRight) }
      }
    }
  }

  @Test(arguments: [HandlerExecution.onLoop, .globalPool])
  func chatGoesBackAndForth(execution: HandlerExecution) async throws {
    var configuration = GRPCServer.Configuration()
    configuration.handlerExecution = execution
    try await self.withServer(configuration: configuration) { _, _, client in
      let chat: BidirectionalCall<Note, Note> = try await client.makeBidirectionalCall(
        testMethod("Chat"), metadata: [:], options: .defaults)
      var answers = chat.makeAsyncIterator()
      for index in 0..<100 {
        try await chat.write(.with { $0.value = "\(index)" })
        let answer7 = try await answers.next()?.value
        #expect(answer7 == "\(index)")
      }
      try await chat.finish()
      let answer8 = try await answers.next()
      #expect(answer8 == nil)
    }
  }
}

extension SwiftGRPC.SocketAddress {
  /// The address as a client names it.
  var target: ClientTarget {
    if let path { return .unixDomainSocket(path: path) }
    let host = self.host ?? ""
    return host.contains(":") ? .ipv6(host: host, port: self.port ?? 0) : .ipv4(host: host, port: self.port ?? 0)
  }
}
