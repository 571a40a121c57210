import SwiftGRPCHTTP2
import Synchronization
import Testing

@testable import SwiftGRPC

@Suite(.timeLimit(.minutes(1))) struct ClientInterceptorTests {
  /// Adds its name to the metadata, and to a log on the way out and back.
  struct Naming: ClientInterceptor {
    let name: String
    let log: Log

    func intercept<Input: Sendable, Output: Sendable>(
      request: StreamingClientRequest<Input>,
      context: ClientContext,
      next: (StreamingClientRequest<Input>, ClientContext) async throws -> StreamingClientResponse<Output>
    ) async throws -> StreamingClientResponse<Output> {
      var request = request
      request.metadata.addString(name, forKey: "seen-by")
      log.add("\(name) out")
      let response = try await next(request, context)
      log.add("\(name) back")
      return response
    }
  }

  /// Answers by itself.
  struct Refusing: ClientInterceptor {
    func intercept<Input: Sendable, Output: Sendable>(
      request: StreamingClientRequest<Input>,
      context: ClientContext,
      next: (StreamingClientRequest<Input>, ClientContext) async throws -> StreamingClientResponse<Output>
    ) async throws -> StreamingClientResponse<Output> {
      throw RPCError(code: .permissionDenied, message: "not today")
    }
  }

  /// Tries a second time when the first one fails.
  struct Repeating: ClientInterceptor {
    func intercept<Input: Sendable, Output: Sendable>(
      request: StreamingClientRequest<Input>,
      context: ClientContext,
      next: (StreamingClientRequest<Input>, ClientContext) async throws -> StreamingClientResponse<Output>
    ) async throws -> StreamingClientResponse<Output> {
      let response = try await next(request, context)
      guard case .failure = response.accepted else { return response }
      return try await next(request, context)
    }
  }

  final class Log: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func add(_ line: String) { lines.withLock { $0.append(line) } }
  }

  /// A script that echoes messages, and tells which interceptors a call came through.
  static let echo: ScriptedServer.Script = { event, connection in
    switch event {
    case .headers(let stream, let block, _):
      var seen: [String] = []
      block.forEach { name, value in
        if String(decoding: name, as: UTF8.self) == "seen-by" { seen.append(String(decoding: value, as: UTF8.self)) }
      }
      connection.begin(on: stream, metadata: [("seen-by", seen.joined(separator: ","))])
    case .data(let stream, let bytes): connection.data(Array(bytes), on: stream)
    case .endOfStream(let stream): connection.trailers([("grpc-status", "0"), ("last", "1")], on: stream)
    default: break
    }
  }

  @Test func interceptorsSeeACallInOrderAndItsResponseInTheOther() async throws {
    let log = Log()
    try await withEchoClient([Naming(name: "a", log: log), Naming(name: "b", log: log)]) { client in
      let response = try await client.response([1, 2])
      #expect(try response.message == [1, 2])
      #expect(response.metadata == ["seen-by": "a,b"])
      #expect(response.trailingMetadata == ["last": "1"])
      #expect(log.all == ["a out", "b out", "b back", "a back"])
    }
  }

  @Test func aStreamHeldAsAValueGoesThroughInterceptors() async throws {
    try await withEchoClient([Naming(name: "a", log: Log())]) { client in
      let call = try await client.stream()
      var messages = call.makeAsyncIterator()
      for number in UInt8(0)..<5 {
        try await call.write([number])
        let echoed = try await messages.next()
        #expect(echoed == [number])
      }
      let initial = try await call.initialMetadata
      #expect(initial == ["seen-by": "a"])
      try await call.finish()
      let end = try await messages.next()
      #expect(end == nil)
      let trailing = try await call.trailingMetadata
      #expect(trailing == ["last": "1"])
    }
  }

  @Test func aStreamHeldAsAValueCanBeCancelledThroughInterceptors() async throws {
    try await withEchoClient([Naming(name: "a", log: Log())]) { client in
      let call = try await client.stream()
      _ = try await call.initialMetadata
      call.cancel()
      let error = await rpcError { for try await _ in call {} }
      #expect(error?.code == .cancelled)
    }
  }

  @Test func anInterceptorCanRefuseACall() async throws {
    try await withEchoClient([Refusing()]) { client in
      let error = await rpcError { try await client.call() }
      #expect(error == RPCError(code: .permissionDenied, message: "not today"))
      let call = try await client.stream()
      let read = await rpcError { for try await _ in call {} }
      #expect(read?.code == .permissionDenied)
      let written = await rpcError { try await call.write([1]) }
      #expect(written?.code == .cancelled)
    }
  }

  @Test func anInterceptorCanCallNextAgain() async throws {
    let attempts = LateCounter()
    try await ScriptedServer.with { event, connection in
      guard case .endOfStream(let stream) = event else { return }
      if attempts.next() == 1 {
        connection.headers(
          [(":status", "200"), ("content-type", "application/grpc"), ("grpc-status", "14")], on: stream, endStream: true
        )
      } else {
        connection.respond([5], on: stream)
      }
    } _: { server in
      try await withGRPCClient(transport: server.transport, interceptors: [Repeating()]) { client in
        let response = try await client.call()
        #expect(response == [5])
        #expect(attempts.count == 2)
      }
    }
  }

  @Test func anInterceptorSeesOnlyTheMethodsItIsFor() async throws {
    let log = Log()
    try await ScriptedServer.with(Self.echo) { server in
      let pipeline: [ConditionalInterceptor<any ClientInterceptor>] = [
        .apply(
          Naming(name: "never", log: log), to: .methods([MethodDescriptor(fullyQualifiedService: "x", method: "y")])),
        .apply(Naming(name: "always", log: log), to: .services([GRPCClient.method.service])),
      ]
      try await withGRPCClient(transport: server.transport, interceptorPipeline: pipeline) { client in
        _ = try await client.call()
        #expect(log.all == ["always out", "always back"])
      }
    }
  }

  @Test func theContextNamesMethodAndPeer() async throws {
    struct Looking: ClientInterceptor {
      let log: Log
      func intercept<Input: Sendable, Output: Sendable>(
        request: StreamingClientRequest<Input>,
        context: ClientContext,
        next: (StreamingClientRequest<Input>, ClientContext) async throws -> StreamingClientResponse<Output>
      ) async throws -> StreamingClientResponse<Output> {
        log.add("\(context.descriptor) \(context.remotePeer)")
        return try await next(request, context)
      }
    }
    let log = Log()
    try await withEchoClient([Looking(log: log)]) { client in
      _ = try await client.call()
      #expect(log.all.first?.hasPrefix("test.Echo/Call ipv4:127.0.0.1:") == true)
    }
  }

  @Test func cancellingTheTaskCancelsACallBehindInterceptors() async throws {
    let started = LateValue<Void>()
    try await ScriptedServer.with { event, _ in
      if case .headers = event { started.set(()) }
    } _: { server in
      try await withGRPCClient(transport: server.transport, interceptors: [Naming(name: "a", log: Log())]) { client in
        let task = Task { try await client.call() }
        try await started.get()
        task.cancel()
        let error = await rpcError { try await task.value }
        #expect(error?.code == .cancelled)
      }
    }
  }

  private func withEchoClient(
    _ interceptors: [any ClientInterceptor], _ body: (GRPCClient) async throws -> Void
  ) async throws {
    try await ScriptedServer.with(Self.echo) { server in
      try await withGRPCClient(transport: server.transport, interceptors: interceptors, handleClient: body)
    }
  }
}
