import Foundation
import SwiftGRPCProtobuf
import TestSupport
import Testing

@testable import SwiftGRPC

/// Certificates that are renewed while servers and clients run.
@Suite(.timeLimit(.minutes(1))) struct CertificateReloadTests {
  private struct Notes: RegistrableRPCService {
    func registerMethods(with router: inout RPCRouter) {
      router.registerUnary(testMethod("Get")) { (note: Note, _: ServerContext) in note }
    }
  }

  /// An authority, and a folder with the certificate and key that it gave a server.
  private final class Files {
    let folder: URL

    init() throws {
      self.folder = FileManager.default.temporaryDirectory.appending(path: "swift-grpc-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: self.folder) }

    func path(_ name: String) -> String { self.folder.appending(path: name).path }

    func write(_ name: String, _ bytes: [UInt8]) throws { try Data(bytes).write(to: self.folder.appending(path: name)) }

    /// Gives the server a new certificate; returns the authority that it comes from.
    func renew() throws -> TLSConfig.TrustRootsSource {
      let authority = Identity("Authority", isAuthority: true)
      let server = Identity("server", names: "IP:127.0.0.1", issuer: authority)
      try self.write("cert.pem", server.certificatePEM)
      try self.write("key.pem", server.keyPEM)
      return .certificates([.bytes(authority.certificatePEM, format: .pem)])
    }

    func security(configure: (inout ServerTransportSecurity.TLS) -> Void) -> ServerTransportSecurity {
      .tls(
        certificateChain: [.file(path: self.path("cert.pem"), format: .pem)],
        privateKey: .file(path: self.path("key.pem"), format: .pem), configure: configure)
    }
  }

  private func withServer(
    _ files: Files, reloadInterval: Duration? = nil, _ body: (GRPCServer, ClientTarget) async throws -> Void
  ) async throws {
    let security = files.security { $0.reloadInterval = reloadInterval }
    try await withGRPCServer(
      transport: .http2(address: .ipv4(host: "127.0.0.1", port: 0), transportSecurity: security), services: [Notes()]
    ) { server in
      try await body(server, try await server.listeningAddress.target)
    }
  }

  private func isTrusted(_ target: ClientTarget, by roots: TLSConfig.TrustRootsSource) async throws -> Bool {
    let transport = ClientTransport.http2(target: target, transportSecurity: .tls { $0.trustRoots = roots })
    return try await withGRPCClient(transport: transport) { client in
      do {
        let _: Note = try await client.unary(Note(), testMethod("Get"), options: CallOptions(timeout: .seconds(20)))
        return true
      } catch let error as RPCError where error.code == .unavailable {
        return false
      }
    }
  }

  @Test func aServerUsesItsNewCertificateWhenItIsTold() async throws {
    let files = try Files()
    let old = try files.renew()
    try await self.withServer(files) { server, target in
      #expect(try await self.isTrusted(target, by: old))
      let new = try files.renew()
      #expect(try await self.isTrusted(target, by: old))
      try server.reloadCertificates()
      #expect(try await self.isTrusted(target, by: new))
      #expect(try await !self.isTrusted(target, by: old))
    }
  }

  @Test func aServerFindsItsNewCertificateByItself() async throws {
    let files = try Files()
    _ = try files.renew()
    try await self.withServer(files, reloadInterval: .milliseconds(5)) { _, target in
      let new = try files.renew()
      while try await !self.isTrusted(target, by: new) {}
    }
  }

  @Test func aServerKeepsItsCertificateWhenTheNewOneIsNone() async throws {
    let files = try Files()
    let old = try files.renew()
    try await self.withServer(files) { server, target in
      try files.write("cert.pem", Array("half a certifi".utf8))
      let error = #expect(throws: RPCError.self) { try server.reloadCertificates() }
      #expect(error?.message.contains("certificate") == true)
      #expect(try await self.isTrusted(target, by: old))
    }
  }

  @Test func aClientReadsItsFilesForEachConnection() async throws {
    let files = try Files()
    let roots = try files.renew()
    try await self.withServer(files) { _, target in
      try files.write("roots.pem", Identity("Foreign", isAuthority: true).certificatePEM)
      var transport = ClientTransport.http2(
        target: target,
        transportSecurity: .tls {
          $0.trustRoots = .certificates([.file(path: files.path("roots.pem"), format: .pem)])
        })
      transport.config.backoff = .init(initial: .milliseconds(5), max: .milliseconds(5), multiplier: 1, jitter: 0)
      try await withGRPCClient(transport: transport) { client in
        let refused = await rpcError {
          let _: Note = try await client.unary(Note(), testMethod("Get"), options: CallOptions(timeout: .seconds(20)))
        }
        #expect(refused?.code == .unavailable)
        guard case .certificates(let sources) = roots, case .bytes(let bytes, _)? = sources.first else { return }
        try files.write("roots.pem", bytes)
        let options = CallOptions(timeout: .seconds(20), waitForReady: true)
        let _: Note = try await client.unary(Note(), testMethod("Get"), options: options)
      }
    }
  }

  @Test func unchangedFilesMakeNoNewContext() throws {
    let files = try Files()
    _ = try files.renew()
    guard let settings = files.security(configure: { _ in }).tls else { return }
    let source = try TLSSource(settings)
    #expect(try !source.reload())
    _ = try files.renew()
    #expect(try source.reload())
    #expect(try !source.reload())
  }
}
