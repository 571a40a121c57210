import Foundation
import InteropService
import SwiftGRPC
import SwiftGRPCProtobuf

/// Holds connections and streams and makes calls, step by step, so that what each of them costs can be measured in between.
///
/// Usage: `hold-client PORT [ROOTS.pem]`. It reads commands, one a line, and prints `done` after each:
///
/// - `connect N`: makes N more clients, each with its connection;
/// - `open N`: opens N more bidirectional streams, spread over the connections, and exchanges a message on each;
/// - `call N`: makes N unary calls with a message of 10 bytes, one after another, on the first connection;
/// - `stream N`: exchanges N messages of 10 bytes on one more stream of the first connection;
/// - `call-on-loop N` and `stream-on-loop N`: the same from a task on the connection's loop.
@main struct HoldClient {
  private typealias Stream = BidirectionalCall<
    Grpc_Testing_StreamingOutputCallRequest, Grpc_Testing_StreamingOutputCallResponse
  >

  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count >= 2, let port = Int(arguments[1]) else {
      FileHandle.standardError.write(Data("usage: hold-client PORT [ROOTS.pem]\n".utf8))
      exit(2)
    }
    let holder = HoldClient(port: port, roots: arguments.count > 2 ? arguments[2] : nil)
    var clients: [GRPCClient] = []
    var streams: [Stream] = []
    while let line = readLine() {
      let words = line.split(separator: " ")
      guard words.count == 2, let count = Int(words[1]), count >= 0 else { continue }
      switch words[0] {
      case "connect": clients += try await holder.connect(count)
      case "open": streams += try await holder.open(count, on: clients)
      case "call": try await holder.call(count, on: clients[0])
      case "stream": try await holder.exchange(count, on: clients[0])
      case "call-on-loop": try await onLoop(of: clients[0]) { try await holder.call(count, on: $0) }
      case "stream-on-loop": try await onLoop(of: clients[0]) { try await holder.exchange(count, on: $0) }
      default: break
      }
      print("done")
      fflush(nil)
    }
  }

  let port: Int
  let roots: String?

  private static func onLoop(
    of client: GRPCClient, _ body: @escaping @Sendable (GRPCClient) async throws -> Void
  ) async throws {
    try await Task(executorPreference: client.executor) { try await body(client) }.value
  }

  private func connect(_ count: Int) async throws -> [GRPCClient] {
    let security: ClientTransportSecurity =
      if let roots {
        .tls { tls in
          tls.trustRoots = .certificates([.file(path: roots, format: .pem)])
          tls.serverHostname = "interop.test"
        }
      } else {
        .plaintext
      }
    let transport = ClientTransport.http2(
      target: .ipv4(host: "127.0.0.1", port: port), transportSecurity: security)
    var clients: [GRPCClient] = []
    for _ in 0..<count {
      let client = GRPCClient(transport: transport)
      client.connect()
      while client.connectivityState != .ready {
        await client.waitForConnectivityChange(from: client.connectivityState)
      }
      clients.append(client)
    }
    return clients
  }

  private func open(_ count: Int, on clients: [GRPCClient]) async throws -> [Stream] {
    var streams: [Stream] = []
    for index in 0..<count {
      let service = Grpc_Testing_TestService.Client(wrapping: clients[index % clients.count])
      let stream = try await service.fullDuplexCall()
      try await stream.write(Self.message)
      var responses = stream.makeAsyncIterator()
      _ = try await responses.next()
      streams.append(stream)
    }
    return streams
  }

  private func call(_ count: Int, on client: GRPCClient) async throws {
    let service = Grpc_Testing_TestService.Client(wrapping: client)
    let request = Grpc_Testing_SimpleRequest.with {
      $0.responseSize = 10
      $0.payload = .with { $0.body = .zeroes(10) }
    }
    for _ in 0..<count { _ = try await service.unaryCall(request) }
  }

  private func exchange(_ count: Int, on client: GRPCClient) async throws {
    let service = Grpc_Testing_TestService.Client(wrapping: client)
    let stream = try await service.fullDuplexCall()
    let message = Self.message
    var responses = stream.makeAsyncIterator()
    for _ in 0..<count {
      try await stream.write(message)
      _ = try await responses.next()
    }
    try await stream.finish()
  }

  private static let message = Grpc_Testing_StreamingOutputCallRequest.with {
    $0.responseParameters = [.with { $0.size = 10 }]
    $0.payload = .with { $0.body = .zeroes(10) }
  }
}
