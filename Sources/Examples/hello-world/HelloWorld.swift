import ArgumentParser
import Foundation
import SwiftGRPC

/// The smallest service: one unary method, a server and a client.
@main struct HelloWorld: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hello-world", subcommands: [Serve.self, Greet.self])
}

/// Answers with a greeting.
struct Greeter: Helloworld_Greeter.SimpleServiceProtocol {
  func sayHello(request: Helloworld_HelloRequest, context: ServerContext) async throws -> Helloworld_HelloReply {
    guard !request.name.isEmpty else {
      throw RPCError(code: .invalidArgument, message: "the name of the person to greet is empty")
    }
    return .with { $0.message = "Hello, \(request.name)!" }
  }
}

struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Serves until it is ended.")

  @Option(help: "The port to listen on; 0 picks a free one.")
  var port = 50051

  func run() async throws {
    let server = GRPCServer(
      transport: .http2NIOPosix(address: .ipv4(host: "127.0.0.1", port: port), transportSecurity: .plaintext),
      services: [Greeter()])
    async let serving: Void = server.serve()
    print("listening on \(try await server.listeningAddress)")
    fflush(nil)  // so that it is seen at once in a file or pipe, too
    try await serving
  }
}

struct Greet: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Asks the server for a greeting and prints it.")

  @Option(help: "The server's port.")
  var port = 50051

  @Option(help: "Who is to be greeted.")
  var name = "world"

  func run() async throws {
    let transport = ClientTransport.http2NIOPosix(
      target: .dns(host: "localhost", port: port), transportSecurity: .plaintext)
    try await withGRPCClient(transport: transport) { client in
      let greeter = Helloworld_Greeter.Client(wrapping: client)
      let reply = try await greeter.sayHello(.with { $0.name = name })
      print(reply.message)
    }
  }
}
