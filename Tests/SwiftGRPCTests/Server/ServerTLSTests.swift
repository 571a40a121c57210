import SwiftGRPCProtobuf
import TestSupport
import Testing

@testable import SwiftGRPC

/// Servers behind TLS, and what handlers learn about who calls.
@Suite(.timeLimit(.minutes(1))) struct ServerTLSTests {
  /// Answers with what it knows about the client.
  struct WhoAmI: RegistrableRPCService {
    func registerMethods(with router: inout RPCRouter) {
      router.registerUnary(testMethod("Who")) { (note: Note, context: ServerContext) in
        let certificate = context.peerCertificate
        return Note.with {
          $0.value = "\(context.isSecure) \(certificate?.subject ?? "nobody") \(certificate?.dnsNames ?? [])"
        }
      }
    }
  }

  private let authority = Identity("Test Authority", isAuthority: true)

  private func serve(
    clientCertificates: ServerTransportSecurity.ClientCertificateVerification,
    client configure: (inout ClientTransportSecurity.TLS) -> Void = { _ in }
  ) async throws -> String {
    let identity = Identity("server", names: "DNS:localhost,IP:127.0.0.1", issuer: self.authority)
    let roots = TLSConfig.TrustRootsSource.certificates([.bytes(self.authority.certificatePEM, format: .pem)])
    let security = ServerTransportSecurity.tls(
      certificateChain: [.bytes(identity.certificatePEM, format: .pem)],
      privateKey: .bytes(identity.keyPEM, format: .pem)
    ) {
      $0.trustRoots = roots
      $0.clientCertificateVerification = clientCertificates
    }
    var clientTLS = ClientTransportSecurity.TLS.defaults
    clientTLS.trustRoots = roots
    configure(&clientTLS)
    let clientSecurity = ClientTransportSecurity.tls(clientTLS)
    return try await withGRPCServer(
      transport: .http2(address: .ipv4(host: "127.0.0.1", port: 0), transportSecurity: security), services: [WhoAmI()]
    ) { server in
      let target = try await server.listeningAddress.target
      let client = GRPCClient(transport: .http2(target: target, transportSecurity: clientSecurity))
      let result = await Result {
        let note: Note = try await client.unary(Note(), testMethod("Who"), metadata: [:], options: .defaults)
        return note.value
      }
      try await client.close()
      return try result.get()
    }
  }

  private func show(_ identity: Identity) -> (inout ClientTransportSecurity.TLS) -> Void {
    {
      $0.certificateChain = [.bytes(identity.certificatePEM, format: .pem)]
      $0.privateKey = .bytes(identity.keyPEM, format: .pem)
    }
  }

  @Test func clientWithoutACertificateIsNobody() async throws {
    #expect(try await self.serve(clientCertificates: .none) == "true nobody []")
    #expect(try await self.serve(clientCertificates: .optional) == "true nobody []")
  }

  @Test(arguments: [ServerTransportSecurity.ClientCertificateVerification.optional, .required])
  func handlerSeesTheClientsCertificate(
    verification: ServerTransportSecurity.ClientCertificateVerification
  ) async throws {
    let identity = Identity("alice", names: "DNS:alice.example.com", issuer: self.authority)
    let answer = try await self.serve(clientCertificates: verification, client: self.show(identity))
    #expect(answer == "true CN=alice [\"alice.example.com\"]")
  }

  @Test func clientWithoutARequiredCertificateIsRefused() async throws {
    let error = await #expect(throws: RPCError.self) { try await self.serve(clientCertificates: .required) }
    #expect(error?.code == .unavailable)
  }

  @Test func clientWithAForeignCertificateIsRefused() async throws {
    let error = await #expect(throws: RPCError.self) {
      try await self.serve(clientCertificates: .optional, client: self.show(Identity("mallory")))
    }
    #expect(error?.code == .unavailable)
  }
}

extension Result where Failure == any Error {
  /// What an asynchronous operation returns or throws.
  fileprivate init(_ body: () async throws -> Success) async {
    do {
      self = .success(try await body())
    } catch {
      self = .failure(error)
    }
  }
}
