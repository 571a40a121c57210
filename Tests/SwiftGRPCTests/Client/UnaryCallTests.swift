import SwiftGRPCHTTP2
import Testing

@testable import SwiftGRPC

@Suite(.timeLimit(.minutes(1))) struct UnaryCallTests {
  @Test func aMessageGoesThereAndBackWithMetadata() async throws {
    try await ScriptedServer.with { event, connection in
      switch event {
      case .headers(let stream, let block, _):
        connection.begin(on: stream, metadata: [("initial", block.first(named: "key") ?? "none")])
      case .data(let stream, let bytes):
        connection.data(Array(bytes), on: stream)
      case .endOfStream(let stream):
        connection.trailers([("grpc-status", "0"), ("trailing-bin", "q6ur")], on: stream)
      default: break
      }
    } _: { server in
      try await withGRPCClient(transport: server.transport) { client in
        let response = try await client.response([1, 2, 3], metadata: ["Key": "value"])
        #expect(try response.message == [1, 2, 3])
        #expect(response.metadata == ["initial": "value"])
        #expect(response.trailingMetadata == ["trailing-bin": [0xAB, 0xAB, 0xAB]])
      }
    }
  }

  @Test func everyCallHasItsOwnHeaders() async throws {
    try await ScriptedServer.with { event, connection in
      switch event {
      case .headers(let stream, let block, _): connection.respond(Array(block.description.utf8), on: stream)
      default: break
      }
    } _: { server in
      try await withGRPCClient(transport: server.transport) { client in
        // In one order and back, so that each kind follows each other one, and itself.
        let kinds = ["A", "A", "B", "A key", "B", "B key", "A timeout", "A", "B timeout", "B"]
        for kind in kinds + kinds.reversed() {
          let words = kind.split(separator: " ").map(String.init)
          let response: ClientResponse<[UInt8]> = try await client.unary(
            request: ClientRequest(message: [1], metadata: words.contains("key") ? ["key": "value"] : [:]),
            descriptor: MethodDescriptor(fullyQualifiedService: "test.Echo", method: words[0]),
            serializer: BytesSerializer(), deserializer: BytesDeserializer(),
            options: words.contains("timeout") ? CallOptions(timeout: .seconds(10)) : .defaults
          ) { $0 }
          let lines = String(decoding: try response.message, as: UTF8.self).split(separator: "\n").map(String.init)
          #expect(
            lines.filter { !$0.hasPrefix("grpc-timeout: ") } == [
              ":method: POST", ":scheme: http", ":path: /test.Echo/\(words[0])", ":authority: 127.0.0.1:\(server.port)",
              "te: trailers", "content-type: application/grpc", "user-agent: \(RequestHeaders.userAgent)",
            ] + (words.contains("key") ? ["key: value"] : []))
          #expect(lines.contains { $0.hasPrefix("grpc-timeout: ") } == words.contains("timeout"))
        }
      }
    }
  }

  // MARK: How calls end

  @Test func trailersOnlyRefusesTheCall_W6() async throws {
    let response = try await response { stream, connection in
      connection.headers(
        [
          (":status", "200"), ("content-type", "application/grpc"), ("grpc-status", "7"),
          ("grpc-message", "not%20you"), ("why", "because"),
        ], on: stream, endStream: true
      )
    }
    guard case .failure(let error) = response.accepted else {
      Issue.record("accepted")
      return
    }
    #expect(error.code == .permissionDenied)
    #expect(error.message == "not you")
    #expect(error.metadata == ["why": "because"])
    #expect(error.origin == .remote)
  }

  @Test func anErrorAfterTheResponseBeganKeepsItsMetadata() async throws {
    let response = try await response { stream, connection in
      connection.begin(on: stream, metadata: [("first", "1")])
      connection.trailers([("grpc-status", "10"), ("grpc-message", "%E2%98%BA"), ("last", "2")], on: stream)
    }
    #expect(response.metadata == ["first": "1"])
    #expect(response.trailingMetadata == ["last": "2"])
    #expect(throws: RPCError(code: .aborted, message: "☺", metadata: ["last": "2"], origin: .remote)) {
      try response.message
    }
  }

  @Test(arguments: [("503", RPCError.Code.unavailable), ("404", .unimplemented), ("431", .internalError)])
  func aResponseThatIsNotGRPCIsMappedByItsHTTPStatus_W13(status: String, code: RPCError.Code) async throws {
    let error = try await failure { stream, connection in
      connection.headers([(":status", status), ("content-type", "text/html")], on: stream)
      connection.data(Array("<html>".utf8), on: stream)
      connection.end(stream)
    }
    #expect(error?.code == code)
    #expect(error?.message == "the response is not gRPC: HTTP status \(status), content-type \"text/html\"")
  }

  @Test func anHTTPErrorOfOneHeaderListIsMapped_W13() async throws {
    let error = try await failure { stream, connection in
      connection.headers([(":status", "401")], on: stream, endStream: true)
    }
    #expect(error?.code == .unauthenticated)
  }

  @Test func aGRPCStatusWinsOverTheHTTPStatus_W13() async throws {
    let error = try await failure { stream, connection in
      connection.headers([(":status", "503"), ("grpc-status", "5")], on: stream, endStream: true)
    }
    #expect(error?.code == .notFound)
  }

  @Test func aResponseWithoutStatusIsUnknown_W13() async throws {
    let error = try await failure { stream, connection in
      connection.begin(on: stream)
      connection.message([1], on: stream)
      connection.end(stream)
    }
    #expect(error?.code == .unknown)
    #expect(error?.message == "the server ended the response without a grpc-status")
  }

  @Test(arguments: [
    (HTTP2ErrorCode.cancel, RPCError.Code.cancelled), (.enhanceYourCalm, .resourceExhausted),
    (.inadequateSecurity, .permissionDenied), (.internalError, .internalError), (.protocolError, .internalError),
  ]) func aResetIsMapped_W12(reset: HTTP2ErrorCode, code: RPCError.Code) async throws {
    let error = try await failure { stream, connection in connection.reset(stream, reset) }
    #expect(error?.code == code)
    #expect(error?.origin == .remote)
  }

  @Test func aResetWhileDataArrivesFailsTheCall_W18() async throws {
    let error = try await failure { stream, connection in
      connection.begin(on: stream)
      connection.data([0, 0, 0], on: stream)
      connection.reset(stream, .internalError)
    }
    #expect(error?.code == .internalError)
  }

  // MARK: Messages

  @Test func noMessageIsUnimplemented() async throws {
    let error = try await failure { stream, connection in
      connection.begin(on: stream)
      connection.trailers([("grpc-status", "0")], on: stream)
    }
    #expect(error == RPCError(code: .unimplemented, message: "the server sent no message where the method has one"))
  }

  @Test func okWithoutAResponseIsUnimplemented() async throws {
    let error = try await failure { stream, connection in
      connection.headers(
        [(":status", "200"), ("content-type", "application/grpc"), ("grpc-status", "0")], on: stream, endStream: true
      )
    }
    #expect(error?.code == .unimplemented)
  }

  @Test func twoMessagesAreUnimplemented() async throws {
    let error = try await failure { stream, connection in
      connection.begin(on: stream)
      connection.message([1], on: stream)
      connection.message([2], on: stream)
      connection.trailers([("grpc-status", "0")], on: stream)
    }
    #expect(error?.code == .unimplemented)
  }

  @Test func aMessageAboveTheLimitIsResourceExhausted() async throws {
    let error = try await failure(options: CallOptions(timeout: .seconds(50), maxResponseMessageBytes: 3)) {
      stream, connection in
      connection.respond([1, 2, 3, 4], on: stream)
    }
    #expect(error == RPCError(code: .resourceExhausted, message: "message of 4 bytes exceeds the limit of 3"))
  }

  @Test func theLimitIsFourMebibytesByDefault() async throws {
    let error = try await failure { stream, connection in
      connection.begin(on: stream)
      connection.data([0, 0x00, 0x40, 0x00, 0x01], on: stream)
    }
    #expect(error?.message == "message of 4194305 bytes exceeds the limit of 4194304")
  }

  @Test func aLargeMessageArrivesInManyPieces() async throws {
    let message = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let response = try await response { stream, connection in connection.respond(message, on: stream) }
    #expect(try response.message == message)
  }

  @Test func aCompressedMessageWithoutEncodingIsInternal_W4() async throws {
    let error = try await failure { stream, connection in
      connection.begin(on: stream)
      connection.data([1, 0, 0, 0, 1, 9], on: stream)
    }
    #expect(error?.code == .internalError)
  }

  @Test func aStreamThatEndsInsideAMessageIsInternal() async throws {
    let error = try await failure { stream, connection in
      connection.begin(on: stream)
      connection.data([0, 0, 0, 0, 9, 1], on: stream)
      connection.trailers([("grpc-status", "0")], on: stream)
    }
    #expect(error?.code == .internalError)
  }

  @Test func headersAboveTheLimitAreResourceExhausted_W10() async throws {
    let error = try await failure { stream, connection in
      connection.begin(on: stream, metadata: [("large", String(repeating: "x", count: 20_000))])
    }
    #expect(error?.code == .resourceExhausted)
  }

  // MARK: This side's mistakes

  @Test func aRequestAboveTheLimitIsNotSent() async throws {
    try await ScriptedServer.with { _, _ in
    } _: { server in
      try await withGRPCClient(transport: server.transport) { client in
        let error = await rpcError {
          try await client.call([1, 2, 3], options: CallOptions(maxRequestMessageBytes: 2))
        }
        #expect(
          error == RPCError(code: .resourceExhausted, message: "request message of 3 bytes exceeds the limit of 2"))
        #expect(server.connectionCount == 0)
      }
    }
  }

  @Test func metadataThatCannotBeSentFailsTheCallAndNamesTheKey() async throws {
    let error = try await failure(metadata: ["bad key": "v"]) { stream, connection in
      connection.respond([1], on: stream)
    }
    #expect(error?.code == .internalError)
    #expect(error?.message.contains("\"bad key\"") == true)
  }

  @Test func failuresToSerializeAndParseAreInternal() async throws {
    struct Broken: MessageSerializer, MessageDeserializer {
      struct Failure: Error {}
      func serialize<Bytes: GRPCContiguousBytes>(_ message: [UInt8]) throws -> Bytes { throw Failure() }
      func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) throws -> [UInt8] { throw Failure() }
    }
    try await ScriptedServer.with { event, connection in
      if case .endOfStream(let stream) = event { connection.respond([1], on: stream) }
    } _: { server in
      try await withGRPCClient(transport: server.transport) { client in
        let request = ClientRequest<[UInt8]>(message: [1])
        let notSent = await rpcError {
          try await client.unary(
            request: request, descriptor: GRPCClient.method, serializer: Broken(), deserializer: BytesDeserializer(),
            options: .defaults
          ) { try $0.message }
        }
        #expect(notSent?.code == .internalError)
        #expect(notSent?.cause is Broken.Failure)
        let notRead = await rpcError {
          try await client.unary(
            request: request, descriptor: GRPCClient.method, serializer: BytesSerializer(), deserializer: Broken(),
            options: .defaults
          ) { try $0.message }
        }
        #expect(notRead?.code == .internalError)
        #expect(notRead?.cause is Broken.Failure)
      }
    }
  }

  // MARK: Where callers run

  @Test func aCallerOnTheLoopGetsTheSameAsOneElsewhere() async throws {
    try await ScriptedServer.with { event, connection in
      if case .endOfStream(let stream) = event { connection.respond([1, 2, 3], on: stream) }
    } _: { server in
      try await withGRPCClient(transport: server.transport) { client in
        let here = try await Task(executorPreference: client.executor) {
          var responses: [[UInt8]] = []
          for _ in 0..<50 { responses.append(try await client.call()) }
          return responses
        }.value
        #expect(here == Array(repeating: [1, 2, 3], count: 50))
        let elsewhere = try await client.call()
        #expect(elsewhere == [1, 2, 3])
      }
    }
  }

  @Test func manyCallsShareOneConnection() async throws {
    try await ScriptedServer.with { event, connection in
      if case .data(let stream, let bytes) = event { connection.respond(Array(bytes.dropFirst(5)), on: stream) }
    } _: { server in
      try await withGRPCClient(transport: server.transport) { client in
        try await withThrowingTaskGroup { group in
          for number in 0..<200 {
            group.addTask {
              let message = [UInt8(truncatingIfNeeded: number), 1, 2]
              let response = try await client.call(message)
              #expect(response == message)
            }
          }
          try await group.waitForAll()
        }
        #expect(server.connectionCount == 1)
      }
    }
  }

  // MARK: Support

  /// The response to a call that a server answers as soon as the request is there.
  private func response(
    metadata: Metadata = [:], options: CallOptions = CallOptions(timeout: .seconds(50)),
    _ answer: @escaping @Sendable (HTTP2Stream, ScriptedServer.Connection) -> Void
  ) async throws -> ClientResponse<[UInt8]> {
    try await ScriptedServer.with { event, connection in
      if case .endOfStream(let stream) = event { answer(stream, connection) }
    } _: { server in
      try await withGRPCClient(transport: server.transport) { client in
        try await client.response(metadata: metadata, options: options)
      }
    }
  }

  /// The error that such a call ends with.
  private func failure(
    metadata: Metadata = [:], options: CallOptions = CallOptions(timeout: .seconds(50)),
    _ answer: @escaping @Sendable (HTTP2Stream, ScriptedServer.Connection) -> Void
  ) async throws -> RPCError? {
    let response = try await response(metadata: metadata, options: options, answer)
    return await rpcError { try response.message }
  }
}
