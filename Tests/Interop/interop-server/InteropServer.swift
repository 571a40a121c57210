import ArgumentParser
import Dispatch
import Foundation
import InteropService
import SwiftGRPC
import SwiftGRPCHealth

/// Serves gRPC's interoperability cases until it is told to end by SIGTERM or SIGINT.
@main struct InteropServer: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "interop-server",
    abstract: "Serves grpc.testing.TestService and grpc.health.v1.Health, for the interoperability cases of gRPC.",
    discussion: "Prints 'listening on HOST:PORT' when clients can connect. Ends with status 0 on SIGTERM or SIGINT.")

  @Option(help: "The IPv4 address to listen on.")
  var host = "127.0.0.1"

  @Option(help: "The port to listen on; 0 picks a free one.")
  var port = 0

  @Option(name: .customLong("use_tls"), help: "Whether to serve over TLS: true or false.")
  var usesTLS = false

  @Option(name: .customLong("tls_cert_file"), help: "A PEM file with the server's certificate chain.")
  var certificateFile: String?

  @Option(name: .customLong("tls_key_file"), help: "A PEM file with the certificate's private key.")
  var keyFile: String?

  @Option(
    name: .customLong("keepalive_seconds"), help: "After how long a silent client is sent a PING, and given 3 s more.")
  var keepaliveSeconds: Int?

  @Option(name: .customLong("max_connection_age_seconds"), help: "For how long a connection takes calls.")
  var maxConnectionAgeSeconds: Int?

  func validate() throws {
    guard (0...65535).contains(port) else { throw ValidationError("--port \(port) is not within 0...65535") }
    if usesTLS, certificateFile == nil || keyFile == nil {
      throw ValidationError("--use_tls needs --tls_cert_file and --tls_key_file")
    }
  }

  func run() async throws {
    let health = HealthService()
    health.provider.updateStatus(.serving, forService: Grpc_Testing_TestService.descriptor)
    let server = GRPCServer(
      transport: .http2NIOPosix(
        address: .ipv4(host: host, port: port), transportSecurity: transportSecurity,
        config: .defaults {
          if let keepaliveSeconds {
            $0.connection.keepalive.time = .seconds(keepaliveSeconds)
            $0.connection.keepalive.timeout = .seconds(3)
          }
          $0.connection.maxAge = maxConnectionAgeSeconds.map { .seconds($0) }
        }),
      services: [InteropTestService(), health])
    let signals = [SIGTERM, SIGINT].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number)
      source.setEventHandler { server.beginGracefulShutdown() }
      source.resume()
      return source
    }
    defer { for source in signals { source.cancel() } }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.serve() }
      group.addTask {
        let address = try await server.listeningAddress
        print("listening on \(address)")
        fflush(nil)
      }
      try await group.waitForAll()
    }
  }

  private var transportSecurity: ServerTransportSecurity {
    guard usesTLS, let certificateFile, let keyFile else { return .plaintext }
    return .tls(
      certificateChain: [.file(path: certificateFile, format: .pem)],
      privateKey: .file(path: keyFile, format: .pem))
  }
}
