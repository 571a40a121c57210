// The echo service, compiled for swift-grpc and for grpc-swift-2. Serves until it is ended by a signal.
//
//   server [busy-poll] [CERTIFICATE KEY]
//
// With PEM files it serves over TLS; with `busy-poll` its loops do not sleep between calls, which only swift-grpc has. Prints
// where it listens.

import Foundation

#if GRPC_SWIFT_2
  import GRPCCore
  import GRPCNIOTransportHTTP2
#else
  import SwiftGRPC
  import SwiftGRPCProtobuf
#endif

struct EchoService: Echo_Echo.SimpleServiceProtocol {
  func unary(request: Echo_Payload, context: ServerContext) async throws -> Echo_Payload { request }

  func collect(
    request: RPCAsyncSequence<Echo_Payload, any Error>, context: ServerContext
  ) async throws -> Echo_Wanted {
    var count: Int64 = 0
    for try await _ in request { count += 1 }
    return .with { $0.messages = count }
  }

  func expand(request: Echo_Wanted, response: RPCWriter<Echo_Payload>, context: ServerContext) async throws {
    let message = Echo_Payload.with { $0.body = Data(count: Int(request.bytes)) }
    for _ in 0..<request.messages { try await response.write(message) }
  }

  func chat(
    request: RPCAsyncSequence<Echo_Payload, any Error>, response: RPCWriter<Echo_Payload>, context: ServerContext
  ) async throws {
    for try await message in request { try await response.write(message) }
  }
}

func serve(_ words: [String]) async throws {
  let files = words.filter { $0 != "busy-poll" }
  #if GRPC_SWIFT_2
    let config = HTTP2ServerTransport.Posix.Config.defaults
  #else
    let config = ServerTransport.Config.defaults {
      if words.contains("busy-poll") { $0.connection.busyPollDuration = .milliseconds(1) }
    }
  #endif
  let server = GRPCServer(
    transport: .http2NIOPosix(
      address: .ipv4(host: "127.0.0.1", port: 0),
      transportSecurity: files.count == 2
        ? .tls(
          certificateChain: [.file(path: files[0], format: .pem)], privateKey: .file(path: files[1], format: .pem))
        : .plaintext,
      config: config),
    services: [EchoService()])
  try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask { try await server.serve() }
    group.addTask {
      #if GRPC_SWIFT_2
        guard let address = try await server.listeningAddress else { return }
      #else
        let address = try await server.listeningAddress
      #endif
      print("listening on \(address)")
      fflush(nil)
    }
    try await group.waitForAll()
  }
}

// Not awaited on the main thread, which libdispatch would end then: valgrind does not survive that.
let ended = DispatchSemaphore(value: 0)
Task.detached {
  do {
    try await serve(Array(CommandLine.arguments.dropFirst()))
  } catch {
    print("cannot serve: \(error)")
    exit(1)
  }
  ended.signal()
}
ended.wait()
