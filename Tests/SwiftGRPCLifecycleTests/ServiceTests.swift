import Logging
import ServiceLifecycle
import SwiftGRPC
import SwiftGRPCLifecycle
import SwiftGRPCProtobuf
import Testing
import UnixSignals

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Servers and clients as services of a group.
@Suite(.timeLimit(.minutes(1)), .serialized) struct ServiceTests {
  typealias Text = Google_Protobuf_StringValue

  static let method = MethodDescriptor(fullyQualifiedService: "test.Echo", method: "Unary")

  struct Echo: RegistrableRPCService {
    func registerMethods(with router: inout RPCRouter) {
      router.registerUnary(method) { (message: Text, _) -> Text in message }
    }
  }

  private func makeServer() -> GRPCServer {
    GRPCServer(
      transport: .http2(address: .ipv4(host: "127.0.0.1", port: 0), transportSecurity: .plaintext), services: [Echo()])
  }

  private func makeClient(of server: GRPCServer) async throws -> GRPCClient {
    let port = try await server.listeningAddress.port ?? 0
    return GRPCClient(
      transport: .http2(target: .ipv4(host: "127.0.0.1", port: port), transportSecurity: .plaintext))
  }

  @Test func shutDownOfAGroupClosesItsClientAndItsServer() async throws {
    let server = self.makeServer()
    let servers = ServiceGroup(services: [server], logger: Logger(label: "test"))
    let serving = Task { try await servers.run() }
    let client = try await self.makeClient(of: server)
    let clients = ServiceGroup(services: [client], logger: Logger(label: "test"))
    let calling = Task { try await clients.run() }
    let answer: Text = try await client.unary(Text.with { $0.value = "x" }, Self.method)
    #expect(answer.value == "x")
    await clients.triggerGracefulShutdown()
    try await calling.value
    #expect(client.connectivityState == .shutdown)
    await servers.triggerGracefulShutdown()
    try await serving.value
  }

  @Test func aSignalShutsTheServerDown() async throws {
    let server = self.makeServer()
    // Not SIGTERM: if nobody took it, it would end the tests.
    let group = ServiceGroup(services: [server], gracefulShutdownSignals: [.sigwinch], logger: Logger(label: "test"))
    let serving = Task { try await group.run() }
    _ = try await server.listeningAddress
    kill(getpid(), SIGWINCH)
    try await serving.value
  }
}
