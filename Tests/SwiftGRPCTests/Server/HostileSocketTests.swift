import Logging
import NIOCore
import NIOPosix
import SwiftGRPCHTTP2
import SwiftGRPCProtobuf
import TestSupport
import Testing

@testable import SwiftGRPC

/// Whole servers with bad company: the good clients are served all the same.
@Suite(.timeLimit(.minutes(1))) struct HostileSocketTests {
  private struct Notes: RegistrableRPCService {
    func registerMethods(with router: inout RPCRouter) {
      router.registerServerStreaming(testMethod("List")) {
        (note: Note, writer: RPCWriter<Note>, _: ServerContext) in try await writer.write(note)
      }
      router.registerUnary(testMethod("Get")) { (note: Note, _: ServerContext) in note }
    }
  }

  private static let tls = {
    let identity = Identity("server", names: "DNS:localhost,IP:127.0.0.1")
    return ServerTransportSecurity.tls(
      certificateChain: [.bytes(identity.certificatePEM, format: .pem)],
      privateKey: .bytes(identity.keyPEM, format: .pem))
  }()

  private func withServer(
    _ security: ServerTransportSecurity = .plaintext, execution: HandlerExecution = .onLoop,
    configure: (inout ServerTransport.Config) -> Void = { _ in },
    _ body: (GRPCServer, Int) async throws -> Void
  ) async throws {
    let transport = ServerTransport.http2(
      address: .ipv4(host: "127.0.0.1", port: 0), transportSecurity: security, config: .defaults(configure: configure))
    var configuration = GRPCServer.Configuration()
    configuration.handlerExecution = execution
    try await withGRPCServer(transport: transport, services: [Notes()], configuration: configuration) { server in
      try await body(server, try await server.listeningAddress.port ?? 0)
    }
  }

  @Test(arguments: [HandlerExecution.onLoop, .globalPool], ["Get", "List"])
  func requestThatStandsStillIsEndedWhereverItsHandlerRuns(execution: HandlerExecution, method: String) async throws {
    try await self.withServer(
      execution: execution, configure: { $0.connection.maxRequestPause = .milliseconds(20) }
    ) { server, port in
      let client = GRPCClient(
        transport: .http2(target: .ipv4(host: "127.0.0.1", port: port), transportSecurity: .plaintext))
      // As a stream, so that the request can be begun and left.
      for isMessageSent in [false, true] {
        let call: BidirectionalCall<Note, Note> = try await client.makeBidirectionalCall(testMethod(method))
        if isMessageSent { try await call.write(Note()) }
        let error = await #expect(throws: RPCError.self) {
          for try await _ in call {}
        }
        #expect(error?.code == .deadlineExceeded)
      }
      #expect(server.connectionFaults == [.slowRequest: 2])
      let answer = try await self.get(client)
      #expect(answer == "x")
      try await client.close()
    }
  }

  private func get(_ client: GRPCClient) async throws -> String {
    let note = Note.with { $0.value = "x" }
    let answer: Note = try await client.unary(note, testMethod("Get"), options: CallOptions(timeout: .seconds(20)))
    return answer.value
  }

  /// Sends bytes and returns everything that comes back until the server closes.
  private func exchange(_ bytes: [UInt8], port: Int) async throws -> [UInt8] {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    return try await channel.executeThenClose { inbound, outbound in
      var received: [UInt8] = []
      do {
        try await outbound.write(ByteBuffer(bytes: bytes))
        for try await buffer in inbound { received += Array(buffer: buffer) }
      } catch is IOError {
        // The server closes before it has read everything.
      } catch is ChannelError {
        // Or before anything was written.
      }
      return received
    }
  }

  // MARK: Limits

  @Test func connectionsBeyondTheLimitAreClosedAndTheOthersServed() async throws {
    try await self.withServer(configure: { $0.connection.maxConnections = 1 }) { server, port in
      let first = GRPCClient(transport: .plaintext(port: port))
      #expect(try await self.get(first) == "x")
      #expect(server.connectionCount == 1)
      let refused = try await self.exchange(Frame.clientPreface, port: port)
      #expect(refused == [])
      #expect(server.connectionFaults == [.connectionLimit: 1])
      #expect(try await self.get(first) == "x")
      try await first.close()
    }
  }

  @Test func aFloodEndsOneConnectionAndNoOther() async throws {
    try await self.withServer { server, port in
      let client = GRPCClient(transport: .plaintext(port: port))
      #expect(try await self.get(client) == "x")
      let flood = Array(repeating: Frame.settings().bytes, count: 20_000).flatMap { $0 }
      let answer = try await self.exchange(Frame.clientPreface + flood, port: port)
      #expect(Frame.parse(answer).first?.kind == .settings)
      #expect(server.connectionFaults == [.flood: 1])
      #expect(try await self.get(client) == "x")
      try await client.close()
    }
  }

  // MARK: The wrong protocol

  @Test func http1OnAPortWithTLSIsAnsweredInItsOwnWords() async throws {
    try await self.withServer(Self.tls) { server, port in
      let answer = try await self.exchange(Array("GET / HTTP/1.1\r\n\r\n".utf8), port: port)
      let text = String(decoding: answer, as: UTF8.self)
      #expect(text.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
      #expect(text.hasSuffix("This is a gRPC server: on this port it speaks HTTP/2 over TLS only.\n"))
      #expect(server.connectionFaults == [.foreignProtocol: 1])
    }
  }

  @Test func aClientWithoutTLSIsToldThatThePortHasIt() async throws {
    try await self.withServer(Self.tls) { server, port in
      try await withGRPCClient(transport: .plaintext(port: port)) { client in
        let error = await rpcError { try await self.get(client) }
        #expect(error?.code == .unavailable)
        #expect(
          error?.message
            == "connection to 127.0.0.1:\(port): the server said GOAWAY with INADEQUATE_SECURITY (this port speaks TLS)"
        )
      }
      #expect(server.connectionFaults[.foreignProtocol, default: 0] >= 1)
    }
  }

  @Test func aClientWithTLSIsToldThatThePortHasNone() async throws {
    try await self.withServer { server, port in
      let transport = ClientTransport.http2(
        target: .ipv4(host: "127.0.0.1", port: port), transportSecurity: .tls)
      try await withGRPCClient(transport: transport) { client in
        let error = await rpcError { try await self.get(client) }
        #expect(error?.code == .unavailable)
        #expect(
          error?.message
            == "connect to 127.0.0.1:\(port): the server speaks no TLS on this port, but plaintext HTTP/2: "
            + "use transportSecurity .plaintext")
      }
      #expect(server.connectionFaults[.foreignProtocol, default: 0] >= 1)
    }
  }

  // MARK: What the client takes

  @Test func trailersAboveTheClientsLimitAreReplaced_W10() throws {
    var small = HTTP2Configuration()
    small.maxHeaderListBytes = 400
    let client = try ScriptedClient(clientConfiguration: small) { router in
      router.registerUnary(testMethod("Get")) { (note: Note, context: ServerContext) in
        if note.value == "headers" {
          context.initialMetadata.addString(String(repeating: "v", count: 400), forKey: "k")
        }
        if note.value == "trailers" {
          context.trailingMetadata.addString(String(repeating: "v", count: 400), forKey: "k")
        }
        if note.value == "error" { throw RPCError(code: .notFound, message: String(repeating: "v", count: 400)) }
        return note
      }
    }
    for note in ["headers", "trailers", "error"] {
      let call = try client.call("Get", note)
      #expect(call.status == "8", "\(note)")
      #expect(call.statusMessage?.contains("exceed the client's limit of 400") == true, "\(note)")
    }
    #expect(try client.call("Get", "x").status == "0")
    #expect(!client.log.lines.contains { $0.level > .info })
  }
}
