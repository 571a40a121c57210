import SwiftGRPCHTTP2
import Testing

@testable import SwiftGRPC

@Suite struct RequestHeadersTests {
  static let method = MethodDescriptor(fullyQualifiedService: "a.B", method: "C")
  static let minimal = [(":method", "POST"), (":path", "/a.B/C"), ("content-type", "application/grpc")]

  @Test func theCallIsDefinedBeforeItsMetadata_W1() throws {
    var fields = HeaderFields()
    try RequestHeaders.write(
      method: Self.method, authority: "host:1", isSecure: true, timeout: 1_000_000_000, metadata: ["X-Key": "v"],
      to: &fields
    )
    let written = fields.pairs
    #expect(
      written.map(\.0) == [
        ":method", ":scheme", ":path", ":authority", "grpc-timeout", "te", "content-type", "user-agent", "x-key",
      ]
    )
    #expect(
      written.map(\.1).filter { !$0.hasPrefix("grpc-swift") } == [
        "POST", "https", "/a.B/C", "host:1", "1000000u", "trailers", "application/grpc", "v",
      ]
    )
  }

  @Test func aCallWithoutDeadlineSendsNoTimeout_W3() throws {
    var fields = HeaderFields()
    try RequestHeaders.write(
      method: Self.method, authority: "h", isSecure: false, timeout: nil, metadata: [:], to: &fields
    )
    #expect(!fields.pairs.contains { $0.0 == "grpc-timeout" })
    #expect(fields.pairs.contains { $0 == (":scheme", "http") })
  }

  @Test func aRequestIsRead() throws {
    let block = HeaderBlock(Self.minimal + [("grpc-timeout", "5S")])
    let headers = try RequestHeaders(reading: block)
    #expect(headers.timeout == 5_000_000_000)
    #expect(block.withField(at: headers.pathIndex) { String(decoding: $1, as: UTF8.self) } == "/a.B/C")
    #expect(try RequestHeaders(reading: HeaderBlock(Self.minimal)).timeout == nil)
  }

  @Test(arguments: ["application/grpc", "application/grpc+proto", "application/grpc+json", "application/grpc;x=y"])
  func theseContentTypesAreGRPC_W2(contentType: String) throws {
    _ = try RequestHeaders(
      reading: HeaderBlock([(":method", "POST"), (":path", "/a/b"), ("content-type", contentType)])
    )
  }

  @Test(arguments: ["application/json", "text/html", "application/grp", "", "application/grpc-web+proto"])
  func anotherContentTypeIs415_W2(contentType: String) {
    let block = HeaderBlock([(":method", "POST"), (":path", "/a/b"), ("content-type", contentType)])
    #expect(throws: RequestHeaders.Refusal.http(status: 415)) { _ = try RequestHeaders(reading: block) }
  }

  @Test func noContentTypeIs415_W2() {
    let block = HeaderBlock([(":method", "POST"), (":path", "/a/b")])
    #expect(throws: RequestHeaders.Refusal.http(status: 415)) { _ = try RequestHeaders(reading: block) }
  }

  @Test func anotherMethodThanPostIs405_W1() {
    let block = HeaderBlock([(":method", "GET"), (":path", "/a/b"), ("content-type", "application/grpc")])
    #expect(throws: RequestHeaders.Refusal.http(status: 405)) { _ = try RequestHeaders(reading: block) }
  }

  @Test(arguments: ["123456789S", "1", "x"]) func aMalformedTimeoutIsInternal_W3(timeout: String) {
    let block = HeaderBlock(Self.minimal + [("grpc-timeout", timeout)])
    #expect(refusal(of: block)?.code == .internalError)
  }

  @Test func anUnknownEncodingIsUnimplementedAndNamesWhatIsSupported() {
    let error = refusal(of: HeaderBlock(Self.minimal + [("grpc-encoding", "snappy")]))
    #expect(error?.code == .unimplemented)
    #expect(error?.message == "grpc-encoding \"snappy\" is not supported; supported: identity")
    var fields = HeaderFields()
    #expect(throws: Never.self) {
      try Trailers.writeTrailersOnly(error?.status ?? .ok, metadata: error?.metadata ?? [:], to: &fields)
    }
    #expect(fields.pairs.contains { $0 == ("grpc-accept-encoding", "identity") })
  }

  private func refusal(of block: HeaderBlock) -> RPCError? {
    do {
      _ = try RequestHeaders(reading: block)
      return nil
    } catch {
      guard case .rpc(let error) = error else { return nil }
      return error
    }
  }
}

@Suite struct ResponseHeadersTests {
  @Test func theResponseBeginsWithStatusAndContentType_W6() throws {
    var fields = HeaderFields()
    try ResponseHeaders.write(metadata: ["k-bin": [0xAB]], to: &fields)
    #expect(fields.pairs.map { "\($0.0)=\($0.1)" } == [":status=200", "content-type=application/grpc", "k-bin=qw"])
  }

  @Test func aGRPCResponseIsRecognised() {
    guard case .response = meaning([(":status", "200"), ("content-type", "application/grpc+proto")]) else {
      Issue.record("not taken for a response")
      return
    }
  }

  @Test(arguments: ["100", "103"]) func interimResponsesAreSkipped_W13(status: String) {
    guard case .interim = meaning([(":status", status)]) else {
      Issue.record("not taken for an interim response")
      return
    }
  }

  @Test(arguments: [
    (400, RPCError.Code.internalError), (401, .unauthenticated), (403, .permissionDenied), (404, .unimplemented),
    (429, .unavailable), (431, .internalError), (500, .unknown), (502, .unavailable), (503, .unavailable),
    (504, .unavailable), (200, .unknown), (302, .unknown), (418, .unknown),
  ]) func anHTTPStatusWithoutGRPCStatusIsMapped_W13(status: Int, code: RPCError.Code) {
    #expect(Status.Code(httpStatusCode: status) == Status.Code(code))
    guard case .notGRPC(let error) = meaning([(":status", "\(status)"), ("content-type", "text/html")]) else {
      Issue.record("taken for gRPC")
      return
    }
    #expect(error.code == code)
    #expect(error.origin == .remote)
    #expect(error.message == "the response is not gRPC: HTTP status \(status), content-type \"text/html\"")
  }

  @Test func anEncodingThatWasNotOfferedIsInternal() {
    let fields = [(":status", "200"), ("content-type", "application/grpc"), ("grpc-encoding", "br")]
    guard case .failure(let error) = meaning(fields) else {
      Issue.record("taken for a response that can be read")
      return
    }
    #expect(error.code == .internalError)
  }

  private func meaning(_ fields: [(String, String)]) -> ResponseHeaders.Meaning {
    ResponseHeaders.meaning(of: HeaderBlock(fields.map { (name: $0.0, value: $0.1) }))
  }
}

@Suite struct TrailersTests {
  @Test func statusAndMessageAreWritten_W6_W7() throws {
    var fields = HeaderFields()
    try Trailers.write(Status(code: .aborted, message: "100% ☺"), metadata: ["a": "b"], to: &fields)
    #expect(
      fields.pairs.map { "\($0.0)=\($0.1)" } == ["grpc-status=10", "grpc-message=100%25 %E2%98%BA", "a=b"]
    )
  }

  @Test func trailersOnlyIsOneList_W6() throws {
    var fields = HeaderFields()
    try Trailers.writeTrailersOnly(.ok, metadata: [:], to: &fields)
    #expect(
      fields.pairs.map { "\($0.0)=\($0.1)" } == [":status=200", "content-type=application/grpc", "grpc-status=0"]
    )
  }

  @Test(arguments: 0...16) func everyCodeIsWrittenAndRead_W6(number: Int) throws {
    let code = try #require(Status.Code(rawValue: number))
    var fields = HeaderFields()
    try Trailers.write(Status(code: code, message: ""), metadata: [:], to: &fields)
    #expect(fields.pairs.map { "\($0.0)=\($0.1)" } == ["grpc-status=\(number)"])
    #expect(status([("grpc-status", "\(number)")])?.code == code)
  }

  @Test func theMessageIsDecoded_W7() {
    #expect(
      status([("grpc-status", "5"), ("grpc-message", "%E2%98%BA %zz")]) == Status(code: .notFound, message: "☺ %zz")
    )
  }

  @Test(arguments: ["17", "-1", "", "abc", "255", "99999999999999999999"])
  func anUnreadableStatusIsUnknown(text: String) {
    let status = status([("grpc-status", text), ("grpc-message", "m")])
    #expect(status == Status(code: .unknown, message: "grpc-status \"\(text)\" is not a status code: m"))
  }

  @Test func noStatusIsNone_W13() {
    #expect(status([("grpc-message", "m")]) == nil)
  }

  private func status(_ fields: [(String, String)]) -> Status? {
    Trailers.status(in: HeaderBlock(fields.map { (name: $0.0, value: $0.1) }))
  }
}

@Suite struct MetadataOnTheWireTests {
  @Test func keysAreLoweredAndBytesBecomeBase64_W8_W9() throws {
    #expect(try sent(["A-Key": "v", "B-Bin": [1], "c-bin": "AQ=="]) == ["a-key=v", "b-bin=AQ", "c-bin=AQ=="])
  }

  @Test(arguments: [
    "grpc-timeout", "grpc-status", "grpc-message", "grpc-encoding", "Content-Type", "te", "user-agent", "host",
    "connection", ":path", "transfer-encoding", "keep-alive", "upgrade", "proxy-connection", "content-length",
  ]) func fieldsOfTheLibraryAndOfHTTPAreLeftOut_W8(key: String) throws {
    var metadata: Metadata = ["kept": "1"]
    metadata.addString("x", forKey: key)
    #expect(try sent(metadata) == ["kept=1"])
  }

  @Test func sendingBackWhatWasReceivedIsSafe_W8() throws {
    let block = HeaderBlock([
      (":status", "200"), ("x", "1"), ("obs", "caf\u{e9}"), ("k-bin", "*,AQ"), ("user-agent", "u"),
      ("grpc-status", "0"), ("odd!name", ""),
    ])
    #expect(
      try sent(Metadata(received: ReceivedMetadata(block))) == ["x=1", "obs=caf\u{e9}", "k-bin=*,AQ", "odd!name="]
    )
    var changed = Metadata(received: ReceivedMetadata(block))
    changed.addString("2", forKey: "y")
    #expect(try sent(changed) == ["x=1", "obs=caf\u{e9}", "k-bin=*", "k-bin=AQ", "odd!name=", "y=2"])
  }

  @Test(arguments: ["", "a b", "é", "a\n", "a:b"]) func aKeyThatHTTPCannotCarryIsNamed(key: String) {
    var metadata: Metadata = [:]
    metadata.addString("v", forKey: key)
    #expect { try sent(metadata) } throws: {
      ($0 as? RPCError)?.code == .internalError && ($0 as? RPCError)?.message.contains("\"\(key)\"") == true
    }
  }

  @Test(arguments: ["a\nb", "a\rb", "a\0b", "\u{7F}"]) func aValueThatHTTPCannotCarryIsRefused(value: String) {
    #expect { try sent(["k": .string(value)]) } throws: { ($0 as? RPCError)?.code == .internalError }
  }

  @Test func bytesNeedAKeyThatSaysSo() {
    #expect { try sent(["k": [1]]) } throws: {
      ($0 as? RPCError)?.message == "metadata key \"k\" has bytes, so it must end in -bin"
    }
  }

  private func sent(_ metadata: Metadata) throws -> [String] {
    var fields = HeaderFields()
    try fields.add(metadata)
    return fields.pairs.map { "\($0.0)=\($0.1)" }
  }
}

extension HeaderFields {
  /// The fields as text.
  fileprivate var pairs: [(String, String)] {
    var pairs: [(String, String)] = []
    forEach { pairs.append((String(decoding: $0, as: UTF8.self), String(decoding: $1, as: UTF8.self))) }
    return pairs
  }
}
