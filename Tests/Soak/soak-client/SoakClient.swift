import ArgumentParser
import Foundation
import InteropService
import SwiftGRPC

/// Makes calls of all four kinds for as long as it is told to, and reports how each of them ended.
@main struct SoakClient: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "soak-client",
    abstract: "Makes calls of all four kinds all the time, and prints those that do not succeed.",
    discussion: """
      Prints JSON, one object a line: 'failure' for each call that ended with an error, 'count' every five seconds, 'end' last. \
      Times are seconds on the system's monotonic clock. Ends with status 0 even when calls failed: which of them may fail is \
      known to who disturbs the connections.
      """)

  @Option(parsing: .upToNextOption, help: "The ports to connect to on this machine; each has a client of its own.")
  var ports: [Int] = []

  @Option(parsing: .upToNextOption, help: "The ports among them that speak TLS.")
  var securePorts: [Int] = []

  @Option(help: "A PEM file with the trusted roots, for the ports that speak TLS.")
  var rootsFile: String?

  @Option(help: "The name in the certificates of the servers.")
  var serverName = "interop.test"

  @Option(help: "For how many seconds calls are started.")
  var seconds = 60

  @Option(help: "How many callers of each kind a client has.")
  var callers = 1

  @Option(help: "What the sizes, pauses and deadlines of the calls depend on.")
  var seed: UInt64 = 1

  func validate() throws {
    guard !ports.isEmpty else { throw ValidationError("--ports names no port") }
    guard ports.allSatisfy((1...65535).contains) else { throw ValidationError("--ports is not within 1...65535") }
  }

  func run() async throws {
    let ledger = Ledger()
    let end = Ledger.now + Double(seconds)
    let clients = ports.map { GRPCClient(transport: transport(port: $0)) }
    await withTaskGroup(of: Void.self) { group in
      for (index, client) in clients.enumerated() {
        for kind in CallKind.allCases {
          for number in 0..<callers {
            let seed = seed &* 1_000_003 &+ UInt64(index * 1000 + kind.index * 100 + number)
            let caller = Caller(
              kind: kind, port: ports[index], service: .init(wrapping: client), ledger: ledger, seed: seed)
            group.addTask { await caller.call(until: end) }
          }
        }
      }
      let watch = Task {
        while !Task.isCancelled {
          try await Task.sleep(for: .seconds(5))
          ledger.reportCount()
        }
      }
      await group.waitForAll()
      watch.cancel()
    }
    for client in clients { try await client.close() }
    ledger.reportEnd()
  }

  private func transport(port: Int) -> ClientTransport {
    let config = ClientTransport.Config.defaults {
      $0.backoff = .init(initial: .milliseconds(50), max: .milliseconds(500), multiplier: 1.6, jitter: 0.2)
      $0.connection.connectTimeout = .seconds(3)
      $0.connection.keepalive = .init(time: .seconds(10), timeout: .seconds(3))
      $0.compression.enabledAlgorithms = .all
    }
    let security: ClientTransportSecurity =
      securePorts.contains(port)
      ? .tls { tls in
        if let rootsFile { tls.trustRoots = .certificates([.file(path: rootsFile, format: .pem)]) }
        tls.serverHostname = serverName
      } : .plaintext
    return .http2(target: .ipv4(host: "127.0.0.1", port: port), transportSecurity: security, config: config)
  }
}
