import SwiftGRPCHTTP2
import SwiftGRPCProtobuf
import Testing

@testable import SwiftGRPC

/// What gRPC over HTTP/2 asks of a server, requirement by requirement, as a client sees it that sends what it likes.
///
/// The numbers are those of the list of requirements: W1 to W12, in the order of `PROTOCOL-HTTP2.md`; W13 is for clients, and
/// W14 is among the tests of cancellation.
@Suite struct ServerRequirementsTests {
  /// A service that answers with what it got, in the ways that its methods' names say.
  private func server(maxHeaderListBytes: Int? = nil, maxRequestMessageBytes: Int = 1000) throws -> ScriptedClient {
    var configuration = HTTP2Configuration()
    if let maxHeaderListBytes { configuration.maxHeaderListBytes = maxHeaderListBytes }
    return try ScriptedClient(
      serverConfiguration: configuration, maxRequestMessageBytes: maxRequestMessageBytes
    ) { router in
      router.registerUnary(testMethod("Get")) { (note: Note, _: ServerContext) in note }
      router.registerUnary(testMethod("Echo")) { (note: Note, context: ServerContext) in
        context.initialMetadata = context.metadata
        context.trailingMetadata = context.metadata
        return note
      }
      router.registerUnary(testMethod("Refuse")) { (note: Note, _: ServerContext) -> Note in
        throw RPCError(code: .notFound, message: note.value)
      }
      router.registerUnary(testMethod("RefuseWithMetadata")) { (note: Note, context: ServerContext) -> Note in
        context.initialMetadata.addString("1", forKey: "id")
        throw RPCError(code: .notFound, message: note.value)
      }
      router.registerServerStreaming(testMethod("SendThenRefuse")) {
        (note: Note, writer: RPCWriter<Note>, _: ServerContext) in
        try await writer.write(note)
        throw RPCError(code: .aborted, message: "enough")
      }
      router.registerBidirectionalStreaming(testMethod("EndAtOnce")) {
        (_: RPCAsyncSequence<Note, any Error>, _: RPCWriter<Note>, _: ServerContext) in
      }
      router.registerBidirectionalStreaming(testMethod("FailAtOnce")) {
        (_: RPCAsyncSequence<Note, any Error>, _: RPCWriter<Note>, _: ServerContext) in
        throw RPCError(code: .unavailable, message: "closed")
      }
    }
  }

  // MARK: Requests

  @Test(arguments: [
    ("the usual content type", "Get", "application/grpc", "0"),
    ("with the format", "Get", "application/grpc+proto", "0"),
    ("with another format", "Get", "application/grpc+json", "0"),
    ("with a parameter", "Get", "application/grpc; charset=utf-8", "0"),
    ("the method in another case", "get", "application/grpc", "12"),
    ("a method that is not there", "Nope", "application/grpc", "12"),
    ("no method", "", "application/grpc", "12"),
    ("a longer path", "Get/more", "application/grpc", "12"),
  ])
  func requestNamesItsMethod_W1(what: String, method: String, contentType: String, status: String) throws {
    let client = try self.server()
    let call = try client.open(method, contentType: contentType)
    try client.send("x", on: call, end: true)
    client.exchange()
    #expect(call.status == status, "\(what)")
  }

  @Test(arguments: [
    "", "application/grp", "application/grpcs", "application/grpc-web", "application/json", "text/plain",
    "APPLICATION/GRPC",
  ])
  func otherContentTypeIsHTTP415_W2(contentType: String) throws {
    let client = try self.server()
    let call = try client.open("Get", contentType: contentType)
    try client.send("x", on: call, end: true)
    client.exchange()
    #expect(call.httpStatus == 415)
    #expect(call.status == nil)
    #expect(call.body == [])
    #expect(try client.call("Get", "the connection goes on").status == "0")
  }

  @Test(arguments: [
    ("99999999H", "0"), ("99999999S", "0"), ("1H", "0"), ("60M", "0"), ("007S", "0"), ("100000m", "0"),
    ("10000000u", "0"), ("99999999n", "0"),
    ("", "13"), ("H", "13"), ("1", "13"), ("100000000S", "13"), ("1s", "13"), ("-1S", "13"), ("+1S", "13"),
    ("1.5S", "13"),
    ("1 S", "13"), ("1SS", "13"), ("0x1S", "13"),
  ])
  func timeoutIsOneToEightDigitsAndAUnit_W3(text: String, status: String) throws {
    #expect(try self.server().call("Get", "x", headers: [("grpc-timeout", text)]).status == status)
  }

  @Test(arguments: [
    ("a whole message", [0, 0, 0, 0, 3, 10, 1, 120], "0"),
    ("an empty message", [0, 0, 0, 0, 0], "0"),
    ("flag 2", [2, 0, 0, 0, 0], "13"),
    ("flag 255", [255, 0, 0, 0, 0], "13"),
    ("flag 1 without an encoding", [1, 0, 0, 0, 0], "13"),
    ("a length in little-endian order, above the limit", [0, 3, 0, 0, 0, 10, 1, 120], "8"),
    ("the longest length", [0, 255, 255, 255, 255], "8"),
    ("an end inside the prefix", [0, 0, 0], "13"),
    ("an end inside the message", [0, 0, 0, 0, 3, 10], "13"),
    ("no message", [], "12"),
    ("two messages", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "12"),
  ])
  func messageIsFlagLengthAndBytesInFramesOfAnySize_W4(what: String, bytes: [UInt8], status: String) throws {
    for size in [1, 2, 3, 5, 6, 100] {
      let client = try self.server()
      let call = try client.open("Get")
      for start in stride(from: 0, to: bytes.count, by: size) {
        client.send(Array(bytes[start..<min(bytes.count, start + size)]), on: call)
        client.exchange()
      }
      client.session.finishOutbound(call)
      client.exchange()
      #expect(call.status == status, "\(what), in pieces of \(size)")
    }
  }

  enum End: CaseIterable {
    case lastData, emptyData, trailers
  }

  @Test(arguments: End.allCases) func requestEndsWithEndStreamOnAnyFrame_W5(end: End) throws {
    let client = try self.server()
    let call = try client.open("Get")
    try client.send("x", on: call, end: end == .lastData)
    if end != .lastData {
      client.exchange()
      #expect(call.trailers == nil)
      if end == .emptyData {
        client.session.finishOutbound(call)
      } else {
        var fields = HeaderFields()
        fields.add(name: "ignored", value: "1")
        try client.session.submitTrailers(fields, on: call)
      }
    }
    client.exchange()
    #expect(call.status == "0")
    #expect(call.notes == ["x"])
  }

  // MARK: Responses

  @Test(
    arguments: [
      ("Get", false, ["x"], "0", nil), ("SendThenRefuse", false, ["x"], "10", "enough"),
      ("Refuse", true, [], "5", "x"), ("RefuseWithMetadata", false, [], "5", "x"), ("EndAtOnce", true, [], "0", nil),
      ("Nope", true, [], "12", "there is no method /test.Notes/Nope"),
    ] as [(String, Bool, [String], String, String?)])
  func responseIsHeadersMessagesAndTrailersOrTrailersOnly_W6(
    method: String, isTrailersOnly: Bool, notes: [String], status: String, message: String?
  ) throws {
    let call = try self.server().call(method, "x")
    #expect(call.httpStatus == 200)
    #expect(call.headers?.first(named: "content-type") == "application/grpc")
    #expect(call.isTrailersOnly == isTrailersOnly)
    #expect(call.notes == notes)
    #expect(call.status == status)
    #expect(call.statusMessage == message)
    #expect(call.isEnded)
  }

  @Test(arguments: [
    ("plain text ~", "plain text ~"), ("100%", "100%25"), ("a\tb\r\n", "a%09b%0D%0A"), ("☺", "%E2%98%BA"),
    ("😈", "%F0%9F%98%88"), ("\u{7F}", "%7F"), ("\u{0}", "%00"), ("ü", "%C3%BC"),
  ])
  func statusMessageIsPercentEncoded_W7(message: String, encoded: String) throws {
    #expect(try self.server().call("Refuse", message).statusMessage == encoded)
  }

  @Test func longStatusMessageGoesOutWhole_W7() throws {
    let message = String(repeating: "é", count: 400)
    let call = try self.server().call("Refuse", message)
    #expect(call.statusMessage == String(repeating: "%C3%A9", count: 400))
  }

  @Test(arguments: [
    ("key", "value"), ("a.b_c-d9", "~ !"), ("inner", "a, b"), ("latin", "caf\u{E9}"), ("utf8", "☺"),
    ("grpc-custom", "1"),
    ("grpc-status-details-bin", "AQI"), ("tab", "a\tb"), ("empty", ""),
  ])
  func metadataComesBackAsItWas_W8(key: String, value: String) throws {
    let call = try self.server().call("Echo", "x", headers: [(key, value)])
    #expect(call.headers?.values(of: key) == [value])
    #expect(call.trailers?.values(of: key) == [value])
    #expect(call.status == "0")
  }

  @Test(arguments: ["grpc-timeout", "te", "content-type", "user-agent", "grpc-encoding", "grpc-accept-encoding"])
  func fieldsOfTheProtocolDoNotComeBack_W8(key: String) throws {
    let call = try self.server().call(
      "Echo", "x", headers: [("grpc-timeout", "1H"), ("user-agent", "test"), ("grpc-accept-encoding", "identity")])
    #expect(call.trailers?.values(of: key) == [])
    #expect(call.status == "0")
  }

  @Test(arguments: [
    ("AQI", ["AQI"]), ("AQI=", ["AQI"]), ("AQID", ["AQID"]), ("AQ==", ["AQ"]), ("AQ", ["AQ"]), ("", [""]),
    ("AQI,AwQ=", ["AQI", "AwQ"]), ("AQI, AwQ", ["AQI", "AwQ"]), ("/+8", ["/+8"]), ("no base64!", ["no base64!"]),
  ])
  func binaryValuesAreReadPaddedOrNotAndWrittenWithoutPadding_W9(sent: String, received: [String]) throws {
    let client = try ScriptedClient { router in
      router.registerUnary(testMethod("Get")) { (note: Note, context: ServerContext) in
        for value in context.metadata["x-bin"] { context.trailingMetadata.add(value, forKey: "x-bin") }
        return note
      }
    }
    let call = try client.call("Get", "x", headers: [("x-bin", sent)])
    #expect(call.trailers?.values(of: "x-bin") == received)
  }

  @Test func headerListIsCountedWithThirtyTwoBytesForEachField_W10() throws {
    // :method POST, :scheme http, :path, :authority test, te trailers, content-type
    let fields = [
      (":method", "POST"), (":scheme", "http"), (":path", "/test.Notes/Get"), (":authority", "test"),
      ("te", "trailers"),
      ("content-type", "application/grpc"), ("filler", ""),
    ]
    let used = fields.reduce(0) { $0 + $1.0.utf8.count + $1.1.utf8.count + 32 }
    let limit = 1000
    for (excess, httpStatus) in [(-1, 200), (0, 200), (1, 431)] {
      let client = try self.server(maxHeaderListBytes: limit)
      let filler = String(repeating: "x", count: limit - used + excess)
      let call = try client.call("Get", "x", headers: [("filler", filler)])
      #expect(call.httpStatus == httpStatus, "\(excess) bytes above the limit")
      #expect(try client.call("Get", "the connection goes on").status == "0")
    }
  }

  @Test(arguments: [("EndAtOnce", "0"), ("FailAtOnce", "14"), ("Nope", "12")])
  func earlyEndIsFollowedByResetWithNoError_W11(method: String, status: String) throws {
    let client = try self.server()
    let call = try client.open(method)
    try client.send("not the last", on: call)
    client.exchange()
    #expect(call.status == status)
    // The client has not ended its side, so only the reset closes the stream; one without an error is no event of its own.
    #expect(call.isClosed)
    #expect(call.resetCode == nil)
    #expect(try client.call("Get", "the connection goes on").status == "0")
  }

  @Test(arguments: [
    HTTP2ErrorCode.noError, .protocolError, .internalError, .flowControlError, .streamClosed, .refusedStream, .cancel,
    .enhanceYourCalm, .inadequateSecurity,
  ])
  func resetByTheClientCancelsTheHandlerWhateverItsCode_W12(code: HTTP2ErrorCode) throws {
    let errors = Record<RPCError.Code?>()
    let client = try ScriptedClient { router in
      router.registerBidirectionalStreaming(testMethod("Wait")) {
        (notes: RPCAsyncSequence<Note, any Error>, _: RPCWriter<Note>, context: ServerContext) in
        do {
          for try await _ in notes {}
        } catch {
          errors.add((error as? RPCError)?.code)
          throw error
        }
      }
    }
    let call = try client.open("Wait")
    try client.send("x", on: call)
    client.exchange()
    client.session.reset(call, code: code)
    client.exchange()
    #expect(errors.values == [.cancelled])
  }
}

extension HeaderBlock {
  /// The values of a field, in order.
  func values(of key: String) -> [String] {
    var values: [String] = []
    forEach { name, value in
      if String(decoding: name, as: UTF8.self) == key { values.append(String(decoding: value, as: UTF8.self)) }
    }
    return values
  }
}
