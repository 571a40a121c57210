import Foundation
import SwiftGRPCHTTP2
import SwiftGRPCProtobuf
import Synchronization
import Testing

@testable import SwiftGRPC

/// Compression as a server sees it on the wire, and both sides together. Names end in the rows of `compression.md`'s
/// requirements.
@Suite(.timeLimit(.minutes(1))) struct ClientCompressionTests {
  private static let bytes = [UInt8](repeating: 7, count: 1000)

  /// Runs calls against a server that keeps each request's headers and body, and answers as `respond` says.
  private func seen(
    configure: @escaping (inout ClientTransport.Config) -> Void = { _ in },
    respond: @escaping @Sendable (HTTP2Stream, ScriptedServer.Connection) -> Void = { $1.respond([1], on: $0) },
    _ body: (GRPCClient) async throws -> Void
  ) async throws -> [(headers: HeaderBlock, body: [UInt8])] {
    let requests = Mutex<[Int32: (headers: HeaderBlock, body: [UInt8])]>([:])
    try await ScriptedServer.with { event, connection in
      switch event {
      case .headers(let stream, let block, _): requests.withLock { $0[stream.id] = (block, []) }
      case .data(let stream, let bytes): requests.withLock { $0[stream.id]?.body += Array(bytes) }
      case .endOfStream(let stream): respond(stream, connection)
      default: break
      }
    } _: { server in
      try await withGRPCClient(transport: server.transport(configure: configure)) { try await body($0) }
    }
    return requests.withLock { requests in requests.keys.sorted().compactMap { requests[$0] } }
  }

  private static let gzip = CallOptions(timeout: .seconds(50), compression: .gzip)

  private static func framed(_ bytes: [UInt8], flag: UInt8) -> [UInt8] {
    ScriptedClient.prefix(bytes.count, flag: flag) + bytes
  }

  // MARK: Requests

  @Test func requestsAreNotCompressedByDefault_C1() async throws {
    let request = try await seen { _ = try await $0.call(Self.bytes) }.first
    #expect(request?.headers.first(named: "grpc-encoding") == nil)
    #expect(request?.headers.first(named: "grpc-accept-encoding") == nil)
    #expect(request?.body == Self.framed(Self.bytes, flag: 0))
  }

  @Test(arguments: CompressionTests.algorithms)
  func clientSettingCompressesRequests_C2(algorithm: CompressionAlgorithm) async throws {
    let request = try await seen(configure: {
      $0.compression = .init(algorithm: algorithm, enabledAlgorithms: .all)
    }) {
      _ = try await $0.call(Self.bytes)
    }.first
    #expect(request?.headers.first(named: "grpc-encoding") == "\(algorithm)")
    #expect(request?.headers.first(named: "grpc-accept-encoding") == "identity,gzip,deflate")
    #expect(request?.body.first == 1)
    #expect(try CompressionTests.decompressed(Array(try #require(request).body.dropFirst(5)), algorithm) == Self.bytes)
  }

  @Test func callOptionsOverruleTheClientSetting_C2() async throws {
    let requests = try await seen(configure: { $0.compression.algorithm = .gzip }) {
      _ = try await $0.call(Self.bytes, options: CallOptions(timeout: .seconds(50), compression: .deflate))
      _ = try await $0.call(
        Self.bytes, options: CallOptions(timeout: .seconds(50), compression: CompressionAlgorithm.none))
    }
    #expect(requests.map { $0.headers.first(named: "grpc-encoding") } == ["deflate", nil])
    #expect(requests.map(\.body.first) == [1, 0])
  }

  @Test func singleMessagesOfStreamGoOutUncompressed_C3() async throws {
    let request = try await seen { client in
      let call = try await client.stream(options: Self.gzip)
      try await call.write(Self.bytes)
      try await call.write(Self.bytes, compress: false)
      try await call.write(Self.bytes, compress: true)
      try await call.finish()
      for try await _ in call {}
    }.first
    let body = try #require(request).body
    let plain = Self.framed(Self.bytes, flag: 0)
    let count = (body.count - plain.count) / 2
    #expect(count < 100)
    #expect(body.prefix(count).first == 1)
    #expect(body.dropFirst(count).prefix(plain.count) == plain[...])
    #expect(body.suffix(count) == body.prefix(count))
  }

  @Test func messageThatWouldGrowGoesOutAsItIs() async throws {
    let request = try await seen { _ = try await $0.call([1, 2, 3], options: Self.gzip) }.first
    #expect(request?.headers.first(named: "grpc-encoding") == "gzip")
    #expect(request?.body == Self.framed([1, 2, 3], flag: 0))
  }

  @Test func whoCompressesOffersToReadTheSame() async throws {
    let request = try await seen { _ = try await $0.call(options: Self.gzip) }.first
    #expect(request?.headers.first(named: "grpc-accept-encoding") == "identity,gzip")
  }

  @Test func serverThatLacksTheAlgorithmGetsUncompressedRequestsFromThenOn_C8() async throws {
    let requests = try await seen(respond: { stream, connection in
      connection.headers(
        [
          (":status", "200"), ("content-type", "application/grpc"), ("grpc-status", "12"),
          ("grpc-accept-encoding", "identity,deflate"),
        ], on: stream, endStream: true)
    }) { client in
      for algorithm in [CompressionAlgorithm.gzip, .gzip, .deflate] {
        let options = CallOptions(timeout: .seconds(50), compression: algorithm)
        let error = await rpcError { try await client.call(Self.bytes, options: options) }
        #expect(error?.code == .unimplemented)
      }
    }
    #expect(requests.map { $0.headers.first(named: "grpc-encoding") } == ["gzip", nil, "deflate"])
    #expect(requests.map(\.body.first) == [1, 0, 1])
  }

  @Test func limitOfRequestsHoldsBeforeCompression_C10() async throws {
    let requests = try await seen { client in
      var options = Self.gzip
      options.maxRequestMessageBytes = 999
      let error = await rpcError { try await client.call(Self.bytes, options: options) }
      #expect(error?.code == .resourceExhausted)
    }
    #expect(requests.isEmpty)
  }

  // MARK: Responses

  /// The outcome of a call whose response has this encoding and body.
  private func response(
    _ encoding: String?, _ body: [UInt8], options: CallOptions = CallOptions(timeout: .seconds(50)),
    accepts: CompressionAlgorithmSet = .all
  ) async throws -> Result<[UInt8], RPCError> {
    let outcome = Mutex<Result<[UInt8], RPCError>?>(nil)
    _ = try await seen(configure: { $0.compression.enabledAlgorithms = accepts }) { stream, connection in
      connection.begin(on: stream, metadata: encoding.map { [("grpc-encoding", $0)] } ?? [])
      connection.data(body, on: stream)
      connection.trailers([("grpc-status", "0")], on: stream)
    } _: { client in
      let response = try await client.response(options: options)
      outcome.withLock { $0 = response.accepted.flatMap(\.message) }
    }
    return try #require(outcome.withLock { $0 })
  }

  @Test(arguments: CompressionTests.algorithms)
  func compressedResponseIsRead(algorithm: CompressionAlgorithm) async throws {
    let body = Self.framed(CompressionTests.compressed(Self.bytes, algorithm), flag: 1)
    #expect(try await response("\(algorithm)", body) == .success(Self.bytes))
  }

  @Test func compressedEmptyResponseIsRead() async throws {
    #expect(try await response("gzip", Self.framed(CompressionTests.compressed([], .gzip), flag: 1)) == .success([]))
  }

  @Test(arguments: ["zstd", "gzip"]) func unknownEncodingIsInternal_C5(encoding: String) async throws {
    let outcome = try await response(encoding, Self.framed([1], flag: 0), accepts: .deflate)
    #expect(
      outcome
        == .failure(
          RPCError(
            code: .internalError, message: "the server uses grpc-encoding \"\(encoding)\", which was not offered")))
  }

  @Test(arguments: [nil, "identity"]) func compressedMessageWithoutEncodingIsInternal_C6(encoding: String?)
    async throws
  {
    let outcome = try await response(encoding, Self.framed([1], flag: 1))
    #expect(
      outcome
        == .failure(RPCError(code: .internalError, message: "compressed message without a grpc-encoding header")))
  }

  @Test func responseMayUseAnotherEncodingThanTheRequest_C9() async throws {
    let body = Self.framed(CompressionTests.compressed(Self.bytes, .deflate), flag: 1)
    #expect(try await response("deflate", body, options: Self.gzip) == .success(Self.bytes))
  }

  @Test func limitHoldsForTheDecompressedResponse_C10() async throws {
    let bomb = CompressionTests.compressed([UInt8](repeating: 0, count: 8 << 20), .gzip)
    let outcome = try await response("gzip", Self.framed(bomb, flag: 1))
    #expect(
      outcome
        == .failure(
          RPCError(
            code: .resourceExhausted,
            message: "compressed message exceeds the limit of 4194304 bytes when decompressed")))
  }

  @Test func damagedResponseIsInternal() async throws {
    let outcome = try await response("gzip", Self.framed(CompressionTests.compressed(Self.bytes, .gzip) + [0], flag: 1))
    #expect(
      outcome
        == .failure(
          RPCError(
            code: .internalError, message: "compressed message cannot be decompressed: 1 bytes follow its end")))
  }

  @Test func compressedStreamIsReadMessageByMessage() async throws {
    _ = try await seen(respond: { stream, connection in
      connection.begin(on: stream, metadata: [("grpc-encoding", "gzip")])
      connection.data(Self.framed(CompressionTests.compressed(Self.bytes, .gzip), flag: 1), on: stream)
      connection.message([5], on: stream)
      connection.data(Self.framed(CompressionTests.compressed([6], .gzip), flag: 1), on: stream)
      connection.trailers([("grpc-status", "0")], on: stream)
    }) { client in
      let call = try await client.stream(options: Self.gzip)
      try await call.finish()
      var messages: [[UInt8]] = []
      for try await message in call { messages.append(message) }
      #expect(messages == [Self.bytes, [5], [6]])
    }
  }

  // MARK: Both sides

  @Test(arguments: CompressionTests.algorithms, [HandlerExecution.onLoop, .globalPool])
  func everyKindOfCallIsCompressedBothWays(
    algorithm: CompressionAlgorithm, execution: HandlerExecution
  ) async throws {
    let address = ServerTransport.http2(
      address: .ipv4(host: "127.0.0.1", port: 0), transportSecurity: .plaintext,
      config: .defaults { $0.compression.algorithm = algorithm })
    var configuration = GRPCServer.Configuration()
    configuration.handlerExecution = execution
    try await withGRPCServer(transport: address, services: [RealServerTests.Echo()], configuration: configuration) {
      let transport = ClientTransport.http2(
        target: .ipv4(host: "127.0.0.1", port: try await $0.listeningAddress.port ?? 0), transportSecurity: .plaintext,
        config: .defaults { $0.compression = .init(algorithm: algorithm, enabledAlgorithms: .all) })
      try await withGRPCClient(transport: transport) { try await RealServerTests.callAllKinds($0, repeating: 1000) }
    }
  }
}
