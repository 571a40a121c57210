import Logging
import SwiftGRPCHTTP2
import SwiftGRPCProtobuf
import Testing

@testable import SwiftGRPC

/// Which status code the library gives to what goes wrong. Names end in the code's number.
///
/// Spec: `statuscodes.md`.
@Suite(.timeLimit(.minutes(1))) struct StatusCodeTests {
  struct Other: Error {}

  enum Kind: String, CaseIterable {
    case unary, serverStreaming, clientStreaming, bidirectional
  }

  /// A server with a method of each kind, which runs `body` once it has its request or the first message of it.
  private func server(
    interceptors: [any ServerInterceptor] = [], _ body: @escaping @Sendable () async throws -> Void = {}
  ) throws -> ScriptedClient {
    try ScriptedClient(interceptors: interceptors) { router in
      router.registerUnary(testMethod("unary")) { (note: Note, _: ServerContext) in
        try await body()
        return note
      }
      router.registerServerStreaming(testMethod("serverStreaming")) {
        (note: Note, writer: RPCWriter<Note>, _: ServerContext) in
        try await body()
        try await writer.write(note)
      }
      router.registerClientStreaming(testMethod("clientStreaming")) {
        (notes: RPCAsyncSequence<Note, any Error>, _: ServerContext) in
        var last = Note()
        for try await note in notes { last = note }
        try await body()
        return last
      }
      router.registerBidirectionalStreaming(testMethod("bidirectional")) {
        (notes: RPCAsyncSequence<Note, any Error>, writer: RPCWriter<Note>, _: ServerContext) in
        for try await note in notes { try await writer.write(note) }
        try await body()
      }
    }
  }

  /// Passes calls on, so that they take the way of intercepted ones.
  private struct Passing: ServerInterceptor {
    func intercept<Input: Sendable, Output: Sendable>(
      request: StreamingServerRequest<Input>, context: ServerContext,
      next: @Sendable (StreamingServerRequest<Input>, ServerContext) async throws -> StreamingServerResponse<Output>
    ) async throws -> StreamingServerResponse<Output> {
      try await next(request, context)
    }
  }

  private static let ways: [[any ServerInterceptor]] = [[], [Passing()]]

  // MARK: Server

  @Test(arguments: Kind.allCases, [0, 1]) func cancellationErrorOfAHandlerIsCancelled_1(kind: Kind, way: Int) throws {
    let call = try self.server(interceptors: Self.ways[way]) { throw CancellationError() }.call(kind.rawValue, "x")
    #expect(call.status == "1")
  }

  @Test(arguments: Kind.allCases, [0, 1])
  func otherErrorOfAHandlerIsUnknownAndOnlyInTheLog_2(kind: Kind, way: Int) throws {
    let client = try self.server(interceptors: Self.ways[way]) { throw Other() }
    let call = try client.call(kind.rawValue, "x")
    #expect(call.status == "2")
    #expect(call.statusMessage == "the handler failed")
    #expect(client.log.lines.contains { $0.level == .error && $0.text.contains("Other") })
  }

  @Test(arguments: Kind.allCases, [0, 1]) func errorOfAHandlerIsToldAsItIs_7(kind: Kind, way: Int) throws {
    let call = try self.server(interceptors: Self.ways[way]) {
      throw RPCError(code: .permissionDenied, message: "not you", metadata: ["why": "because"])
    }.call(kind.rawValue, "x")
    #expect(call.status == "7")
    #expect(call.statusMessage == "not you")
    #expect(call.trailers?.first(named: "why") == "because")
  }

  @Test(arguments: Kind.allCases) func requestAboveTheLimitIsResourceExhausted_8(kind: Kind) throws {
    let client = try self.server()
    let call = try client.open(kind.rawValue)
    client.send(ScriptedClient.prefix(4 << 20 | 1), on: call, end: true)
    client.exchange()
    #expect(call.status == "8")
  }

  @Test(arguments: [Kind.unary, .serverStreaming], [0, 1])
  func requestWithoutExactlyOneMessageIsUnimplemented_12(kind: Kind, way: Int) throws {
    for messages in [[], ["a", "b"], ["a", "b", "c"]] {
      let client = try self.server(interceptors: Self.ways[way])
      let call = try client.open(kind.rawValue)
      for message in messages { try client.send(message, on: call) }
      client.session.finishOutbound(call)
      client.exchange()
      #expect(call.status == "12", "\(messages.count) messages")
      #expect(call.notes == [])
    }
  }

  @Test(arguments: ["/test.Notes/Nope", "/test.Other/unary", "/unary", "test.Notes/unary", "/", "//"])
  func methodThatIsNotThereIsUnimplemented_12(path: String) throws {
    let client = try self.server()
    var fields = HeaderFields()
    for (name, value) in [
      (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "test"),
      ("content-type", "application/grpc"),
    ] { fields.add(name: name, value: value) }
    let call = ScriptedCall()
    try client.session.submitRequest(fields, on: call, endStream: false)
    try client.send("x", on: call, end: true)
    client.exchange()
    if path.hasPrefix("/") {
      #expect(call.status == "12")
    } else {
      // No path at all: HTTP/2 itself refuses the request. Spec: RFC 9113, section 8.3.1.
      #expect(call.status == nil)
      #expect(call.isClosed)
    }
  }

  @Test(arguments: Kind.allCases, [0, 1]) func requestThatCannotBeParsedIsInternal_13(kind: Kind, way: Int) throws {
    let client = try self.server(interceptors: Self.ways[way])
    let call = try client.open(kind.rawValue)
    client.send(ScriptedClient.prefix(2) + [0xFF, 0xFF], on: call, end: true)
    client.exchange()
    #expect(call.status == "13")
    #expect(call.statusMessage?.hasPrefix("cannot parse the message") == true)
  }

  @Test func callsThatRunWhenTheServerIsStoppedAreUnavailable_14() throws {
    let gate = Gate()
    let client = try self.server { await gate.wait() }
    let call = try client.open("unary")
    try client.send("x", on: call, end: true)
    client.exchange()
    client.connection.cancelCallsAndClose()
    client.exchange()
    #expect(call.status == "14")
    #expect(call.statusMessage == "the server is shutting down")
    gate.open()
  }

  // MARK: Client

  /// The error of a call of this kind that is answered with these messages.
  private func error(
    of kind: Kind, answeredBy messages: [[UInt8]], status: String = "0",
    deserializer: some MessageDeserializer<[UInt8]> = BytesDeserializer()
  ) async throws -> RPCError? {
    try await ScriptedServer.with { event, connection in
      guard case .endOfStream(let stream) = event else { return }
      connection.begin(on: stream)
      for message in messages { connection.message(message, on: stream) }
      connection.trailers([("grpc-status", status)], on: stream)
    } _: { server in
      try await withGRPCClient(transport: server.transport) { client in
        let options = CallOptions(timeout: .seconds(20))
        do {
          switch kind {
          case .unary:
            try await client.unary(
              request: ClientRequest(message: [1]), descriptor: GRPCClient.method, serializer: BytesSerializer(),
              deserializer: deserializer, options: options
            ) { _ = try $0.message }
          case .clientStreaming:
            try await client.clientStreaming(
              request: StreamingClientRequest { try await $0.write([1]) }, descriptor: GRPCClient.method,
              serializer: BytesSerializer(), deserializer: deserializer, options: options
            ) { _ = try $0.message }
          case .serverStreaming:
            try await client.serverStreaming(
              request: ClientRequest(message: [1]), descriptor: GRPCClient.method, serializer: BytesSerializer(),
              deserializer: deserializer, options: options
            ) { for try await _ in $0.messages {} }
          case .bidirectional:
            try await client.bidirectionalStreaming(
              request: StreamingClientRequest { try await $0.write([1]) }, descriptor: GRPCClient.method,
              serializer: BytesSerializer(), deserializer: deserializer, options: options
            ) { for try await _ in $0.messages {} }
          }
          return nil
        } catch let error as RPCError {
          return error
        }
      }
    }
  }

  @Test(arguments: [Kind.unary, .clientStreaming], [[], [[1], [2]], [[], []]] as [[[UInt8]]])
  func responseWithoutExactlyOneMessageIsUnimplemented_12(kind: Kind, messages: [[UInt8]]) async throws {
    let error = try await error(of: kind, answeredBy: messages)
    #expect(error?.code == .unimplemented)
    #expect(
      error?.message == "the server sent \(messages.isEmpty ? "no" : "more than one") message where the method has one")
  }

  @Test(arguments: [Kind.serverStreaming, .bidirectional], [[], [[1], [2]]] as [[[UInt8]]])
  func streamMayHaveAnyNumberOfMessages_0(kind: Kind, messages: [[UInt8]]) async throws {
    let error = try await error(of: kind, answeredBy: messages)
    #expect(error == nil)
  }

  @Test(arguments: Kind.allCases) func statusOfTheServerWinsOverTheNumberOfMessages_5(kind: Kind) async throws {
    for messages in [[], [[1]]] as [[[UInt8]]] {
      let error = try await error(of: kind, answeredBy: messages, status: "5")
      #expect(error?.code == .notFound)
    }
  }

  struct NeverDeserializer: MessageDeserializer {
    func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) throws -> [UInt8] { throw Other() }
  }

  @Test(arguments: Kind.allCases) func responseThatCannotBeParsedIsInternal_13(kind: Kind) async throws {
    let error = try await error(of: kind, answeredBy: [[1]], deserializer: NeverDeserializer())
    #expect(error?.code == .internalError)
    #expect(error?.cause is Other)
  }

  @Test(arguments: Kind.allCases) func responseAboveTheLimitIsResourceExhausted_8(kind: Kind) async throws {
    let error = try await error(of: kind, answeredBy: [[UInt8](repeating: 0, count: 4 << 20 | 1)])
    #expect(error?.code == .resourceExhausted)
  }
}
