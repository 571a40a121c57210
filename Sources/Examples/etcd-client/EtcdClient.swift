import ArgumentParser
import SwiftGRPC

/// A client of etcd, the key-value store: puts, ranges, watches and keeps a lease alive.
@main struct EtcdClient: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "etcd-client", abstract: "Tries put, range, watch and leases on an etcd server.")

  @Option(help: "The server's host.")
  var host = "127.0.0.1"

  @Option(help: "The server's port.")
  var port = 2379

  @Option(help: "How many changes to make and watch.")
  var changes = 100

  func validate() throws {
    guard changes > 0 else { throw ValidationError("--changes \(changes) is not positive") }
  }

  func run() async throws {
    let transport = ClientTransport.http2NIOPosix(
      target: .dns(host: host, port: port), transportSecurity: .plaintext)
    try await withGRPCClient(transport: transport) { client in
      let tour = EtcdTour(client: client)
      try await tour.putAndRange()
      try await tour.watch(changeCount: changes)
      try await tour.keepLeaseAlive()
    }
    print("all as expected")
  }
}
