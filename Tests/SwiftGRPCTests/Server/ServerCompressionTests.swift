import SwiftGRPCHTTP2
import SwiftGRPCProtobuf
import Testing

@testable import SwiftGRPC

/// Compression as a client sees it on the wire. Names end in the rows of `compression.md`'s requirements.
@Suite struct ServerCompressionTests {
  private static let text = String(repeating: "compressible ", count: 100)

  private func server(
    _ compression: ServerTransport.Config.Compression = .defaults, maxRequestMessageBytes: Int = 4 << 20,
    execution: HandlerExecution = .onLoop, interceptors: [any ServerInterceptor] = [],
    configure: @escaping @Sendable (ServerContext) -> Void = { _ in }
  ) throws -> ScriptedClient {
    try ScriptedClient(
      maxRequestMessageBytes: maxRequestMessageBytes, interceptors: interceptors, execution: execution,
      compression: compression
    ) { router in
      router.registerUnary(testMethod("Get")) { (note: Note, context: ServerContext) in
        configure(context)
        return note
      }
      router.registerBidirectionalStreaming(testMethod("Chat")) {
        (notes: RPCAsyncSequence<Note, any Error>, writer: RPCWriter<Note>, context: ServerContext) in
        configure(context)
        for try await note in notes {
          try await writer.write(note, compress: !note.value.hasPrefix("secret"))
        }
      }
    }
  }

  private func message(_ text: String, _ algorithm: CompressionAlgorithm) throws -> [UInt8] {
    let bytes = CompressionTests.compressed(try Note.with { $0.value = text }.serializedBytes(), algorithm)
    return ScriptedClient.prefix(bytes.count, flag: 1) + bytes
  }

  /// The text of a message with its flag, decompressed if the flag says so.
  private func note(_ frame: (flag: UInt8, message: [UInt8])?, _ algorithm: CompressionAlgorithm) throws -> String {
    let frame = try #require(frame)
    let bytes =
      frame.flag == 1 ? try CompressionTests.decompressed(frame.message, algorithm) : frame.message
    return try Note(serializedBytes: bytes).value
  }

  private func get(
    _ client: ScriptedClient, _ bytes: [UInt8], headers: [(String, String)] = []
  ) throws -> ScriptedCall {
    let call = try client.open("Get", headers: headers)
    client.send(bytes, on: call, end: true)
    client.exchange()
    return call
  }

  // MARK: Requests

  @Test(arguments: CompressionTests.algorithms, [1, 7, 10_000])
  func compressedRequestIsRead(algorithm: CompressionAlgorithm, pieceSize: Int) throws {
    let client = try self.server()
    let call = try client.open("Get", headers: [("grpc-encoding", "\(algorithm)")])
    let bytes = try self.message(Self.text, algorithm)
    for start in stride(from: 0, to: bytes.count, by: pieceSize) {
      client.send(Array(bytes[start..<min(start + pieceSize, bytes.count)]), on: call)
      client.exchange()
    }
    client.session.finishOutbound(call)
    client.exchange()
    #expect(call.notes == [Self.text])
    #expect(call.status == "0")
  }

  @Test func messagesOfOneStreamMayBeCompressedOrNot() throws {
    let client = try self.server()
    let call = try client.open("Chat", headers: [("grpc-encoding", "gzip")])
    client.send(try self.message("one", .gzip) + ScriptedClient.frame("two") + self.message("three", .gzip), on: call)
    client.exchange()
    #expect(call.notes == ["one", "two", "three"])
  }

  @Test func emptyMessageMayBeCompressed() throws {
    let client = try self.server()
    let bytes = CompressionTests.compressed([], .gzip)
    let call = try self.get(
      client, ScriptedClient.prefix(bytes.count, flag: 1) + bytes, headers: [("grpc-encoding", "gzip")])
    #expect(call.notes == [""])
    #expect(call.status == "0")
  }

  @Test func compressedMessageWithoutBytesIsInternal() throws {
    let client = try self.server()
    let call = try self.get(client, ScriptedClient.prefix(0, flag: 1), headers: [("grpc-encoding", "gzip")])
    #expect(call.status == "13")
    #expect(call.statusMessage == "compressed message cannot be decompressed: its end is missing")
  }

  @Test func unknownEncodingIsUnimplementedAndTheSupportedOnesAreNamed_C4() throws {
    let client = try self.server()
    let call = try self.get(client, try ScriptedClient.frame("x"), headers: [("grpc-encoding", "zstd")])
    #expect(call.isTrailersOnly)
    #expect(call.status == "12")
    #expect(
      call.statusMessage == "grpc-encoding \"zstd\" is not supported; supported: identity, gzip, deflate")
    #expect(call.trailers?.first(named: "grpc-accept-encoding") == "identity,gzip,deflate")
  }

  @Test func encodingThatIsNotEnabledIsUnimplementedAndNotInTheList_C4() throws {
    let client = try self.server(.init(enabledAlgorithms: .deflate))
    let call = try self.get(client, try self.message("x", .gzip), headers: [("grpc-encoding", "gzip")])
    #expect(call.status == "12")
    #expect(call.trailers?.first(named: "grpc-accept-encoding") == "identity,deflate")
  }

  @Test func refusedEncodingLeavesTheConnectionToOtherCalls_C4() throws {
    let client = try self.server(.init(enabledAlgorithms: .none))
    let refused = try self.get(client, try self.message("x", .gzip), headers: [("grpc-encoding", "gzip")])
    #expect(refused.trailers?.first(named: "grpc-accept-encoding") == "identity")
    #expect(try client.call("Get", "y").notes == ["y"])
  }

  @Test(arguments: [[], [("grpc-encoding", "identity")]])
  func compressedMessageWithoutEncodingIsInternal_C6(headers: [(String, String)]) throws {
    let client = try self.server()
    let call = try self.get(client, try self.message("x", .gzip), headers: headers)
    #expect(call.status == "13")
    #expect(call.statusMessage == "compressed message without a grpc-encoding header")
  }

  @Test func encodingThatWasNotDisclosedIsAddedToTheAnswer_C7() throws {
    let client = try self.server()
    let compressed = try self.get(client, try self.message("x", .gzip), headers: [("grpc-encoding", "gzip")])
    #expect(compressed.headers?.first(named: "grpc-accept-encoding") == "identity,gzip,deflate")
    let plain = try client.call("Get", "y")
    #expect(plain.headers?.first(named: "grpc-accept-encoding") == nil)
  }

  @Test func encodingThatWasNotDisclosedIsAddedToTrailersOnly_C7() throws {
    let client = try ScriptedClient { router in
      router.registerUnary(testMethod("Get")) { (_: Note, _: ServerContext) -> Note in
        throw RPCError(code: .notFound, message: "none")
      }
    }
    let call = try self.get(client, try self.message("x", .gzip), headers: [("grpc-encoding", "gzip")])
    #expect(call.isTrailersOnly)
    #expect(call.status == "5")
    #expect(call.trailers?.first(named: "grpc-accept-encoding") == "identity,gzip,deflate")
  }

  @Test func limitHoldsForTheDecompressedRequest_C10() throws {
    let client = try self.server(maxRequestMessageBytes: 500)
    let bytes = try self.message(Self.text, .gzip)
    #expect(bytes.count < 500)
    let call = try self.get(client, bytes, headers: [("grpc-encoding", "gzip")])
    #expect(call.status == "8")
    #expect(call.statusMessage == "compressed message exceeds the limit of 500 bytes when decompressed")
  }

  @Test func truncatedMessageIsInternalAndTheConnectionGoesOn() throws {
    let client = try self.server()
    let bytes = try self.message(Self.text, .gzip).dropFirst(5).dropLast()
    let call = try self.get(
      client, ScriptedClient.prefix(bytes.count, flag: 1) + bytes, headers: [("grpc-encoding", "gzip")])
    #expect(call.status == "13")
    #expect(try client.call("Get", "y").notes == ["y"])
  }

  // MARK: Responses

  @Test func responsesAreNotCompressedByDefault_C1() throws {
    let client = try self.server()
    let call = try client.call("Get", Self.text, headers: [("grpc-accept-encoding", "gzip")])
    #expect(call.headers?.first(named: "grpc-encoding") == nil)
    #expect(call.frames.map(\.flag) == [0])
  }

  @Test(arguments: CompressionTests.algorithms, [HandlerExecution.onLoop])
  func serverSettingCompressesResponses_C2(algorithm: CompressionAlgorithm, execution: HandlerExecution) throws {
    let client = try self.server(.init(algorithm: algorithm, enabledAlgorithms: .all), execution: execution)
    let call = try client.call("Get", Self.text, headers: [("grpc-accept-encoding", "identity, deflate, gzip")])
    #expect(call.headers?.first(named: "grpc-encoding") == "\(algorithm)")
    #expect(call.frames.map(\.flag) == [1])
    #expect(call.body.count < 200)
    #expect(try self.note(call.frames.first, algorithm) == Self.text)
  }

  @Test func handlerOverrulesTheServerSetting_C2() throws {
    let client = try self.server(.init(algorithm: .gzip, enabledAlgorithms: .all)) {
      $0.responseCompression = .deflate
    }
    let call = try client.call("Get", Self.text, headers: [("grpc-accept-encoding", "deflate,gzip")])
    #expect(call.headers?.first(named: "grpc-encoding") == "deflate")
    #expect(try self.note(call.frames.first, .deflate) == Self.text)
  }

  @Test func handlerSwitchesCompressionOff_C3() throws {
    let client = try self.server(.init(algorithm: .gzip, enabledAlgorithms: .all)) { $0.responseCompression = .none }
    let call = try client.call("Get", Self.text, headers: [("grpc-accept-encoding", "gzip")])
    #expect(call.headers?.first(named: "grpc-encoding") == nil)
    #expect(call.notes == [Self.text])
  }

  @Test func singleMessagesOfStreamGoOutUncompressed_C3() throws {
    let client = try self.server(.init(algorithm: .gzip, enabledAlgorithms: .all))
    let texts = [Self.text, "secret" + Self.text, Self.text]
    let call = try client.open("Chat", headers: [("grpc-accept-encoding", "gzip")])
    for text in texts { try client.send(text, on: call) }
    client.exchange()
    #expect(call.headers?.first(named: "grpc-encoding") == "gzip")
    #expect(call.frames.map(\.flag) == [1, 0, 1])
    #expect(try call.frames.map { try self.note($0, .gzip) } == texts)
  }

  @Test(arguments: [[], [("grpc-accept-encoding", "identity,deflate")]])
  func clientThatLacksTheAlgorithmGetsUncompressedResponses_C8(headers: [(String, String)]) throws {
    let client = try self.server(.init(algorithm: .gzip, enabledAlgorithms: .all))
    let call = try client.call("Get", Self.text, headers: headers)
    #expect(call.headers?.first(named: "grpc-encoding") == nil)
    #expect(call.notes == [Self.text])
  }

  @Test func responseMayUseAnotherEncodingThanTheRequest_C9() throws {
    let client = try self.server(.init(algorithm: .deflate, enabledAlgorithms: .gzip))
    let call = try self.get(
      client, try self.message(Self.text, .gzip),
      headers: [("grpc-encoding", "gzip"), ("grpc-accept-encoding", "gzip"), ("grpc-accept-encoding", "deflate")])
    #expect(call.headers?.first(named: "grpc-encoding") == "deflate")
    #expect(try self.note(call.frames.first, .deflate) == Self.text)
  }

  @Test func shortResponseKeepsItsEncodingHeaderAndGoesOutAsItIs() throws {
    let client = try self.server(.init(algorithm: .gzip, enabledAlgorithms: .all))
    let call = try client.call("Get", "short", headers: [("grpc-accept-encoding", "gzip")])
    #expect(call.headers?.first(named: "grpc-encoding") == "gzip")
    #expect(call.frames.map(\.flag) == [0])
    #expect(call.notes == ["short"])
  }

  @Test func responsesBehindInterceptorsAreCompressed() throws {
    struct Nothing: ServerInterceptor {
      func intercept<Input: Sendable, Output: Sendable>(
        request: StreamingServerRequest<Input>, context: ServerContext,
        next:
          @Sendable (StreamingServerRequest<Input>, ServerContext) async throws -> StreamingServerResponse<Output>
      ) async throws -> StreamingServerResponse<Output> {
        try await next(request, context)
      }
    }
    let client = try self.server(.init(algorithm: .gzip, enabledAlgorithms: .all), interceptors: [Nothing()])
    let call = try self.get(
      client, try self.message(Self.text, .gzip),
      headers: [("grpc-encoding", "gzip"), ("grpc-accept-encoding", "gzip")])
    #expect(call.frames.map(\.flag) == [1])
    #expect(try self.note(call.frames.first, .gzip) == Self.text)
  }
}
