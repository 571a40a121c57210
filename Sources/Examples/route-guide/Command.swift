import ArgumentParser
import Foundation
import SwiftGRPC

/// A guide for walkers: the four kinds of call, a server and a client.
@main struct RouteGuideCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "route-guide", abstract: "A guide for walkers on an invented island.",
    subcommands: [Serve.self, Walk.self])
}

struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Serves the guide until it is ended.")

  @Option(help: "The port to listen on; 0 picks a free one.")
  var port = 50051

  func run() async throws {
    let server = GRPCServer(
      transport: .http2NIOPosix(address: .ipv4(host: "127.0.0.1", port: port), transportSecurity: .plaintext),
      services: [RouteGuide(features: try FeatureFile.read())])
    async let serving: Void = server.serve()
    print("listening on \(try await server.listeningAddress)")
    fflush(nil)  // so that it is seen at once in a file or pipe, too
    try await serving
  }
}

struct Walk: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Calls each method of the guide and tells what came back.")

  @Option(help: "The server's port.")
  var port = 50051

  func run() async throws {
    let transport = ClientTransport.http2NIOPosix(
      target: .ipv4(address: "127.0.0.1", port: port), transportSecurity: .plaintext)
    try await withGRPCClient(transport: transport) { client in
      let walker = Walker(guide: Routeguide_RouteGuide.Client(wrapping: client))
      try await walker.lookAtOnePlace()
      try await walker.listPlacesAround()
      try await walker.recordWalk()
      try await walker.exchangeNotes()
    }
  }
}
