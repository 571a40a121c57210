import ArgumentParser
import Foundation
import InteropService
import SwiftGRPC

/// Runs one of gRPC's interoperability cases against a server, and succeeds only when all of its checks hold.
@main struct InteropClient: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "interop-client",
    abstract: "Runs one of gRPC's interoperability cases against a server.",
    discussion: "Ends with status 0 when every check of the case held, else with a message that tells which did not.")

  @Option(name: .customLong("server_host"), help: "The host to connect to.")
  var host = "127.0.0.1"

  @Option(
    name: .customLong("server_host_override"),
    help: "The name that the server's certificate must have, and the :authority of the calls; default: the host.")
  var hostOverride: String?

  @Option(name: .customLong("server_port"), help: "The port to connect to.")
  var port: Int

  @Option(name: .customLong("test_case"), help: "The case to run: one of \(InteropCase.names).")
  var testCase: InteropCase

  @Option(name: .customLong("use_tls"), help: "Whether to connect over TLS: true or false.")
  var usesTLS = false

  @Option(name: .customLong("tls_ca_file"), help: "A PEM file with the trusted roots; default: the system's.")
  var rootsFile: String?

  @Option(name: .customLong("soak_iterations"), help: "How many calls a soak case makes.")
  var soakIterations = 10

  @Option(name: .customLong("soak_max_failures"), help: "How many of them may fail or be slow.")
  var soakMaxFailures = 0

  @Option(
    name: .customLong("soak_per_iteration_max_acceptable_latency_ms"),
    help: "Milliseconds after which a call counts as slow.")
  var soakMaxLatency = 1000

  @Option(
    name: .customLong("soak_overall_timeout_seconds"), help: "Seconds after which a soak case makes no more calls.")
  var soakTimeout = 10

  func validate() throws {
    guard (1...65535).contains(port) else { throw ValidationError("--server_port \(port) is not within 1...65535") }
  }

  func run() async throws {
    let transport = ClientTransport.http2NIOPosix(
      target: .dns(host: host, port: port), transportSecurity: transportSecurity,
      config: .defaults {
        $0.compression.enabledAlgorithms = .all
        if testCase == .oauth2AuthToken { $0.credentials = userToken }
      })
    let soak = Soak(
      iterations: soakIterations, maxFailures: soakMaxFailures, maxLatency: .milliseconds(soakMaxLatency),
      timeout: .seconds(soakTimeout))
    do {
      try await testCase.run(over: transport, soak: soak)
      print("\(testCase.rawValue): passed")
    } catch {
      FileHandle.standardError.write(Data("\(testCase.rawValue): \(error)\n".utf8))
      throw ExitCode.failure
    }
  }

  private var transportSecurity: ClientTransportSecurity {
    guard usesTLS else { return .plaintext }
    return .tls { tls in
      if let rootsFile { tls.trustRoots = .certificates([.file(path: rootsFile, format: .pem)]) }
      if let hostOverride, !hostOverride.isEmpty { tls.serverHostname = hostOverride }
    }
  }
}

extension InteropCase: ExpressibleByArgument {
  /// The names of all cases, for messages.
  static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
