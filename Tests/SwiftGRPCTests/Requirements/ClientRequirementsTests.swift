import SwiftGRPCHTTP2
import Synchronization
import Testing

@testable import SwiftGRPC

/// What gRPC over HTTP/2 asks of a client, requirement by requirement, as a server sees it that answers what it likes.
///
/// The numbers are those of the list of requirements: W1 to W14, in the order of `PROTOCOL-HTTP2.md`.
@Suite(.timeLimit(.minutes(1))) struct ClientRequirementsTests {
  typealias Answer = @Sendable (HTTP2Stream, ScriptedServer.Connection) -> Void

  private static let options = CallOptions(timeout: .seconds(20))

  /// The outcome of a unary call that is answered so once its request is there.
  private func outcome(_ answer: @escaping Answer) async throws -> ClientResponse<[UInt8]> {
    try await ScriptedServer.with { event, connection in
      if case .endOfStream(let stream) = event { answer(stream, connection) }
    } _: { server in
      try await withGRPCClient(transport: server.transport) { try await $0.response(options: Self.options) }
    }
  }

  /// The error of such a call.
  private func failure(_ answer: @escaping Answer) async throws -> RPCError? {
    switch try await outcome(answer).accepted.flatMap(\.message) {
    case .success: nil
    case .failure(let error): error
    }
  }

  /// The header list of a call as it was sent.
  private func request(_ metadata: Metadata, _ options: CallOptions = Self.options) async throws -> HeaderBlock? {
    let seen = Mutex<HeaderBlock?>(nil)
    try await ScriptedServer.with { event, connection in
      guard case .headers(let stream, let block, _) = event else { return }
      seen.withLock { $0 = block }
      connection.respond([1], on: stream)
    } _: { server in
      try await withGRPCClient(transport: server.transport) { client in
        _ = try await client.call(metadata: metadata, options: options)
      }
    }
    return seen.withLock { $0 }
  }

  private static func names(_ block: HeaderBlock?) -> [String] {
    var names: [String] = []
    block?.forEach { name, _ in names.append(String(decoding: name, as: UTF8.self)) }
    return names
  }

  // MARK: Requests

  @Test func callIsDefinedBeforeItsMetadata_W1() async throws {
    let block = try await request(["custom": "1"])
    #expect(
      Self.names(block)
        == [
          ":method", ":scheme", ":path", ":authority", "grpc-timeout", "te", "content-type", "user-agent", "custom",
        ])
    #expect(block?.first(named: ":method") == "POST")
    #expect(block?.first(named: ":scheme") == "http")
    #expect(block?.first(named: ":path") == "/test.Echo/Call")
    #expect(block?.first(named: "te") == "trailers")
    #expect(block?.first(named: "content-type") == "application/grpc")
  }

  @Test func userAgentNamesTheLibraryAndItsVersion_W17() async throws {
    let agent = try #require(try await request([:])?.first(named: "user-agent"))
    #expect(agent.wholeMatch(of: /grpc-swift(-[a-z0-9]+)?\/[0-9]+\.[0-9]+\.[0-9]+( .*)?/) != nil)
  }

  @Test(arguments: [Duration.seconds(3), .milliseconds(99_999), .seconds(1_000_000_000), .nanoseconds(200_000_000_000)])
  func timeoutIsOneToEightDigitsAndAUnit_W3(timeout: Duration) async throws {
    let text = try #require(try await request([:], CallOptions(timeout: timeout))?.first(named: "grpc-timeout"))
    #expect(text.wholeMatch(of: /[0-9]{1,8}[HMSmun]/) != nil)
    let nanoseconds = try #require(Array(text.utf8).withUnsafeBytes { TimeoutText.decode($0) })
    #expect(.nanoseconds(nanoseconds) <= timeout)
  }

  @Test(arguments: [
    ("Key", "value", "key", "value"), ("a.b_c-d9", "~ !", "a.b_c-d9", "~ !"), ("utf8", "☺", "utf8", "☺"),
  ])
  func metadataIsSentUnderLowerCaseKeys_W8(key: String, value: String, sentKey: String, sent: String) async throws {
    #expect(try await request([key: .string(value)])?.values(of: sentKey) == [sent])
  }

  @Test(arguments: [
    "grpc-timeout", "grpc-encoding", "te", "content-type", ":path", "connection", "host", "grpc-status",
  ])
  func fieldsOfTheProtocolAreNotSentTwice_W8(key: String) async throws {
    let block = try await request([key: "mine"])
    #expect(block?.values(of: key).contains("mine") == false)
  }

  @Test(
    arguments: [
      (["x-bin": [1, 2]], ["AQI"]), (["x-bin": [1], "X-Bin": [2]], ["AQ", "Ag"]), (["x-bin": []], [""]),
    ] as [(Metadata, [String])])
  func bytesAreSentInBase64WithoutPadding_W9(metadata: Metadata, sent: [String]) async throws {
    #expect(try await request(metadata)?.values(of: "x-bin") == sent)
  }

  // MARK: Responses

  @Test(arguments: [1, 4, 5, 7, 1000]) func messageMayArriveInFramesOfAnySize_W4(size: Int) async throws {
    let bytes = DeframerTests.framed([1, 2, 3, 4])
    let response = try await outcome { stream, connection in
      connection.begin(on: stream)
      for start in stride(from: 0, to: bytes.count, by: size) {
        connection.data(Array(bytes[start..<min(bytes.count, start + size)]), on: stream)
      }
      connection.trailers([("grpc-status", "0")], on: stream)
    }
    #expect(try response.message == [1, 2, 3, 4])
  }

  @Test(
    arguments: [
      ("flag 2", [2, 0, 0, 0, 0], RPCError.Code.internalError),
      ("flag 1 without an encoding", [1, 0, 0, 0, 0], .internalError),
      ("an end inside the prefix", [0, 0], .internalError),
      ("an end inside the message", [0, 0, 0, 0, 3, 1], .internalError),
      ("a length above the limit", [0, 255, 255, 255, 255], .resourceExhausted),
      ("no message", [], .unimplemented),
      ("two messages", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], .unimplemented),
    ] as [(String, [UInt8], RPCError.Code)])
  func bodyThatIsNotOneMessageFails_W4(what: String, body: [UInt8], code: RPCError.Code) async throws {
    let error = try await failure { stream, connection in
      connection.begin(on: stream)
      connection.data(body, on: stream)
      connection.trailers([("grpc-status", "0")], on: stream)
    }
    #expect(error?.code == code, "\(what)")
  }

  @Test(arguments: (0...16).map { $0 }) func everyStatusIsReadInTrailersAndInTrailersOnly_W6(number: Int) async throws {
    let expected = Status.Code(rawValue: number).flatMap { RPCError.Code($0) }
    let trailers = try await outcome { stream, connection in
      connection.begin(on: stream)
      connection.message([7], on: stream)
      connection.trailers([("grpc-status", "\(number)"), ("grpc-message", "m")], on: stream)
    }
    let only = try await failure { stream, connection in
      connection.headers(
        [
          (":status", "200"), ("content-type", "application/grpc"), ("grpc-status", "\(number)"), ("grpc-message", "m"),
        ],
        on: stream, endStream: true)
    }
    if let expected {
      #expect(trailers.accepted.flatMap(\.message) == .failure(RPCError(code: expected, message: "m", origin: .remote)))
      #expect(only == RPCError(code: expected, message: "m", origin: .remote))
    } else {
      #expect(try trailers.message == [7])
      // Success without the one message that the method has.
      #expect(only?.code == .unimplemented)
    }
  }

  @Test(arguments: ["17", "-1", "x", "", "2x", "999999999999999999999"])
  func statusThatIsNoCodeIsUnknown_W6(text: String) async throws {
    let error = try await failure { stream, connection in
      connection.begin(on: stream)
      connection.trailers([("grpc-status", text), ("grpc-message", "m")], on: stream)
    }
    #expect(error?.code == .unknown)
    #expect(error?.message == "grpc-status \"\(text)\" is not a status code: m")
  }

  @Test(arguments: [
    ("plain", "plain"), ("100%25", "100%"), ("%E2%98%BA", "☺"), ("%e2%98%ba", "☺"), ("%", "%"), ("%4", "%4"),
    ("%zz", "%zz"), ("a%2", "a%2"), ("%FF", "\u{FFFD}"), ("☺", "☺"),
  ])
  func statusMessageIsDecodedAndNeverLost_W7(sent: String, message: String) async throws {
    let error = try await failure { stream, connection in
      connection.begin(on: stream)
      connection.trailers([("grpc-status", "5"), ("grpc-message", sent)], on: stream)
    }
    #expect(error?.message == message)
  }

  @Test(
    arguments: [
      ("AQI", [[1, 2]]), ("AQI=", [[1, 2]]), ("AQI,AwQ", [[1, 2], [3, 4]]), ("AQI=, AwQ=", [[1, 2], [3, 4]]),
      ("", [[]]),
    ] as [(String, [[UInt8]])])
  func binaryValuesAreSplitAndDecoded_W9(sent: String, values: [[UInt8]]) async throws {
    let response = try await outcome { stream, connection in
      connection.begin(on: stream, metadata: [("x-bin", sent)])
      connection.message([1], on: stream)
      connection.trailers([("grpc-status", "0")], on: stream)
    }
    #expect(Array(response.metadata[binaryValues: "x-bin"]) == values)
  }

  @Test(arguments: [
    (HTTP2ErrorCode.noError, RPCError.Code.internalError), (.protocolError, .internalError),
    (.internalError, .internalError), (.flowControlError, .internalError), (.settingsTimeout, .internalError),
    (.streamClosed, .unknown), (.frameSizeError, .internalError), (.cancel, .cancelled),
    (.compressionError, .internalError), (.connectError, .internalError), (.enhanceYourCalm, .resourceExhausted),
    (.inadequateSecurity, .permissionDenied),
  ])
  func resetIsMappedBeforeAndAfterTheResponseBegan_W12(reset: HTTP2ErrorCode, code: RPCError.Code) async throws {
    for begins in [false, true] {
      let error = try await failure { stream, connection in
        if begins { connection.begin(on: stream) }
        connection.reset(stream, reset)
      }
      #expect(error?.code == code, "\(reset), \(begins ? "after" : "before") the response began")
      #expect(error?.origin == .remote)
    }
  }

  @Test(arguments: [
    ("400", RPCError.Code.internalError), ("401", .unauthenticated), ("403", .permissionDenied),
    ("404", .unimplemented),
    ("429", .unavailable), ("502", .unavailable), ("503", .unavailable), ("504", .unavailable), ("431", .internalError),
    ("200", .unknown), ("301", .unknown), ("405", .unknown), ("415", .unknown), ("500", .unknown),
    ("501", .unknown),
  ])
  func responseWithoutStatusIsMappedByItsHTTPStatus_W13(httpStatus: String, code: RPCError.Code) async throws {
    for ends in [false, true] {
      let error = try await failure { stream, connection in
        connection.headers([(":status", httpStatus)], on: stream, endStream: ends)
        if !ends {
          connection.data(Array("<html>".utf8), on: stream)
          connection.end(stream)
        }
      }
      #expect(error?.code == code, "HTTP status \(httpStatus)")
    }
  }

  @Test(arguments: ["404", "503", "200"]) func statusWinsOverTheHTTPStatus_W13(httpStatus: String) async throws {
    let error = try await failure { stream, connection in
      connection.headers([(":status", httpStatus), ("grpc-status", "9")], on: stream, endStream: true)
    }
    #expect(error?.code == .failedPrecondition)
  }
}
