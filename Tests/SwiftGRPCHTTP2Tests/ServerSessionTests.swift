import Testing

@testable import SwiftGRPCHTTP2

/// A server session against a peer that is scripted frame by frame.
struct ServerSessionTests {
  @Test func serverAnnouncesItsSettingsAndItsConnectionWindow() throws {
    var configuration = HTTP2Configuration()
    configuration.initialStreamWindowBytes = 100_000
    configuration.connectionWindowBytes = 65535 + 1000
    configuration.maxConcurrentStreams = 7
    let server = try Endpoint(.server, configuration)
    let frames = try server.writesFrames()
    #expect(frames.map(\.kind) == [.settings, .windowUpdate])
    let settings = frames[0].payload
    #expect(settings.contains(UInt16(4).bigEndianBytes + UInt32(100_000).bigEndianBytes))
    #expect(settings.contains(UInt16(3).bigEndianBytes + UInt32(7).bigEndianBytes))
    #expect(settings.contains(UInt16(6).bigEndianBytes + UInt32(16384).bigEndianBytes))
    #expect(frames[1] == .windowUpdate(0, 1000))
  }

  @Test func requestArrivesAsHeadersDataAndEndOfStream() throws {
    let server = try Endpoint.established(.server)
    try server.receives(.headers(1, requestFields()), .data(1, [1, 2, 3]), .data(1, [4], endStream: true))
    #expect(
      server.seen == [
        .headers(1, requestLines, endStream: false), .data(1, [1, 2, 3]), .data(1, [4]), .endOfStream(1),
      ])
  }

  @Test func requestWithoutBodyEndsWithItsHeaders() throws {
    let server = try Endpoint.established(.server)
    try server.receives(.headers(1, requestFields(), endStream: true))
    #expect(server.seen == [.headers(1, requestLines, endStream: true)])
  }

  @Test func bytesThatArriveOneByOneGiveTheSameEvents() throws {
    let server = try Endpoint.established(.server)
    let frames: [Frame] = [
      .headers(1, requestFields(), endHeaders: false), .continuation(1, [("a", "b")], endHeaders: true),
      .data(1, [], endStream: true),
    ]
    for byte in frames.flatMap(\.bytes) { try server.receives([byte]) }
    #expect(server.seen == [.headers(1, requestLines + ["a: b"], endStream: false), .endOfStream(1)])
  }

  @Test func answerSubmittedWholeIsHeadersDataAndTrailers() throws {
    let server = try Endpoint.established(.server)
    try server.receives(.headers(1, requestFields(), endStream: true))
    let stream = try #require(server.streams[1])
    try server.session.submitHeaders(.response, on: stream)
    stream.outbound.append(copying: [0, 0, 0, 0, 1, 7])
    server.session.outboundDidGrow(stream)
    try server.session.submitTrailers(.ok, on: stream)
    let frames = try server.writesFrames()
    #expect(frames.map(\.kind) == [.headers, .data, .headers])
    #expect(frames.map(\.isEndOfStream) == [false, false, true])
    #expect(server.decode(frames[0]) == responseLines)
    #expect(frames[1].payload == [0, 0, 0, 0, 1, 7])
    #expect(server.decode(frames[2]) == ["grpc-status: 0"])
    #expect(server.seen.last == .closed(1, .noError))
    #expect(server.session.openStreamCount == 0)
  }

  @Test func bodyThatComesLaterWakesTheStream() throws {
    let server = try Endpoint.established(.server)
    try server.receives(.headers(1, requestFields(), endStream: true))
    let stream = try #require(server.streams[1])
    try server.session.submitHeaders(.response, on: stream)
    #expect(try server.writesFrames().map(\.kind) == [.headers])
    #expect(!server.session.hasOutput)
    for value in UInt8(1)...3 {
      stream.outbound.append(copying: [value])
      server.session.outboundDidGrow(stream)
      #expect(try server.writesFrames() == [.data(1, [value])])
    }
    try server.session.submitTrailers(.ok, on: stream)
    let frames = try server.writesFrames()
    #expect(frames.map(\.kind) == [.headers])
    #expect(frames[0].isEndOfStream)
    #expect(server.seen.last == .closed(1, .noError))
  }

  @Test func responseHeadersAreSubmittedOnce() throws {
    let server = try Endpoint.established(.server)
    try server.receives(.headers(1, requestFields(), endStream: true))
    let stream = try #require(server.streams[1])
    try server.session.submitHeaders(.response, on: stream)
    #expect(throws: HTTP2Error.self) { try server.session.submitHeaders(.response, on: stream) }
    #expect(try server.writesFrames().map(\.kind) == [.headers])
  }

  @Test func trailersOnlyAnswerIsOneFrame() throws {
    let server = try Endpoint.established(.server)
    try server.receives(.headers(1, requestFields(), endStream: true))
    try server.session.submitHeaders(.response, on: #require(server.streams[1]), endStream: true)
    let frames = try server.writesFrames()
    #expect(frames.map(\.kind) == [.headers])
    #expect(frames[0].isEndOfStream)
    #expect(server.seen.last == .closed(1, .noError))
  }

  @Test func answerBeforeTheRequestEndedIsFollowedByAResetWithoutError() throws {
    let server = try Endpoint.established(.server)
    try server.receives(.headers(1, requestFields()))
    let stream = try #require(server.streams[1])
    try server.session.submitHeaders(.response, on: stream)
    try server.session.submitTrailers(.ok, on: stream)
    let frames = try server.writesFrames()
    #expect(frames.map(\.kind) == [.headers, .headers, .reset])
    #expect(frames.last == .reset(1, 0))
    #expect(server.seen.last == .closed(1, .noError))
  }

  @Test func requestThatEndsWhileItsAnswerWaitsIsNotReset() throws {
    let server = try Endpoint.established(.server)
    try server.receives(.headers(1, requestFields()))
    try server.session.submitHeaders(.response, on: #require(server.streams[1]), endStream: true)
    try server.receives(.data(1, [], endStream: true))
    #expect(try server.writesFrames().map(\.kind) == [.headers])
    #expect(server.seen.last == .closed(1, .noError))
  }

  @Test func resetByThePeerIsSaidBeforeTheStreamCloses() throws {
    let server = try Endpoint.established(.server)
    try server.receives(.headers(1, requestFields()), .reset(1, 8))
    #expect(server.seen.suffix(2) == [.reset(1, .cancel), .closed(1, .cancel)])
    #expect(server.session.openStreamCount == 0)
  }

  @Test func resetByUsIsWrittenAndWhatStillArrivesIsDropped() throws {
    let server = try Endpoint.established(.server)
    try server.receives(.headers(1, requestFields()))
    server.session.reset(try #require(server.streams[1]), code: .internalError)
    server.session.reset(try #require(server.streams[1]), code: .cancel)
    try server.receives(.data(1, [1], endStream: true))
    #expect(try server.writesFrames() == [.reset(1, 2)])
    #expect(server.seen == [.headers(1, requestLines, endStream: false), .closed(1, .internalError)])
  }

  @Test func commandsOnAClosedStreamDoNothing() throws {
    let server = try Endpoint.established(.server)
    try server.receives(.headers(1, requestFields()), .reset(1, 8))
    let stream = try #require(server.streams[1])
    server.forget()
    try server.session.submitHeaders(.response, on: stream)
    stream.outbound.append(copying: [1])
    server.session.outboundDidGrow(stream)
    try server.session.submitTrailers(.ok, on: stream)
    server.session.finishOutbound(stream)
    server.session.consume(1 << 20, on: stream)
    server.session.reset(stream, code: .cancel)
    #expect(try server.writes().isEmpty)
    #expect(server.seen.isEmpty)
  }

  @Test func requestTrailersEndTheInboundSide() throws {
    let server = try Endpoint.established(.server)
    try server.receives(.headers(1, requestFields()), .headers(1, [("a", "b")], endStream: true))
    #expect(server.seen.last == .trailers(1, ["a: b"]))
  }

  @Test func headerListAboveTheLimitIsSaidAndCanBeAnswered() throws {
    var configuration = HTTP2Configuration()
    configuration.maxHeaderListBytes = 500
    let server = try Endpoint.established(.server, configuration)
    let long = ("x", String(repeating: "y", count: 400))
    try server.receives(.headers(1, requestFields() + [long], endStream: true))
    #expect(server.seen == [.headersTooLarge(1, endStream: true)])
    try server.session.submitHeaders(
      HeaderFields([(":status", "431")]), on: #require(server.streams[1]), endStream: true)
    #expect(server.decode(try server.writesFrames()[0]) == [":status: 431"])
    try server.receives(.headers(3, requestFields(), endStream: true))
    #expect(server.seen.last == .headers(3, requestLines, endStream: true))
  }

  @Test func malformedRequestIsResetAndNeverShown() throws {
    let server = try Endpoint.established(.server)
    try server.receives(.headers(1, [("Upper", "case")] + requestFields()))
    #expect(try server.writesFrames() == [.reset(1, 1)])
    #expect(server.seen.isEmpty)
    #expect(server.session.openStreamCount == 0)
  }

  @Test func malformedTrailersResetTheStream() throws {
    let server = try Endpoint.established(.server)
    try server.receives(.headers(1, requestFields()), .headers(1, [(":path", "/")], endStream: true))
    #expect(try server.writesFrames() == [.reset(1, 1)])
    #expect(server.seen.suffix(2) == [.reset(1, .protocolError), .closed(1, .protocolError)])
  }

  @Test func streamAboveALimitThatThePeerMayNotKnowIsRefused() throws {
    var configuration = HTTP2Configuration()
    configuration.maxConcurrentStreams = 1
    let server = try Endpoint(.server, configuration)
    try server.receives(Frame.clientPreface + Frame.settings().bytes)
    try server.receives(.headers(1, requestFields()), .headers(3, requestFields()))
    #expect(try server.writesFrames().contains(.reset(3, 7)))
    #expect(server.seen == [.settings, .headers(1, requestLines, endStream: false)])
  }

  @Test func streamAboveALimitThatThePeerHasAcknowledgedIsRefusedToo() throws {
    var configuration = HTTP2Configuration()
    configuration.maxConcurrentStreams = 1
    let server = try Endpoint.established(.server, configuration)
    try server.receives(.headers(1, requestFields()), .headers(3, requestFields()))
    #expect(!server.session.isReadingHeaders)
    try server.receives(.data(3, [1, 2, 3]), .data(1, [4]))
    #expect(try server.writesFrames() == [.reset(3, 7)])
    // Frames that were on their way when the stream was refused.
    try server.receives(.data(3, [5], endStream: true))
    #expect(server.seen == [.headers(1, requestLines, endStream: false), .data(1, [4])])
    #expect(server.session.connectionError == nil)

    // Its place is free once the first one is over.
    let first = try #require(server.streams[1])
    try server.receives(.data(1, [], endStream: true))
    try server.session.submitHeaders(.response, on: first, endStream: true)
    _ = try server.writes()
    try server.receives(.headers(5, requestFields()))
    #expect(server.seen.last == .headers(5, requestLines, endStream: false))
    #expect(server.session.openStreamCount == 1)
  }

  @Test func bodyOfARefusedStreamOpensTheWindowOfTheConnectionAgain() throws {
    var configuration = HTTP2Configuration()
    configuration.maxConcurrentStreams = 0
    configuration.connectionWindowBytes = 65535
    let server = try Endpoint.established(.server, configuration)
    try server.receives(.headers(1, requestFields()))
    for _ in 0..<3 { try server.receives(.data(1, Array(repeating: 0, count: 16384))) }
    let frames = try server.writesFrames()
    #expect(frames.contains(.reset(1, 7)))
    #expect(frames.contains { $0.kind == .windowUpdate && $0.stream == 0 })
  }

  @Test func refusedHeaderListInPartsIsReadToItsEnd() throws {
    var configuration = HTTP2Configuration()
    configuration.maxConcurrentStreams = 1
    let server = try Endpoint.established(.server, configuration)
    try server.receives(.headers(1, requestFields()), .headers(3, requestFields(), endHeaders: false))
    #expect(server.session.isReadingHeaders)
    #expect(try server.writesFrames() == [])
    try server.receives(.continuation(3, [("a", "b")], endHeaders: true), .reset(1, 8))
    #expect(!server.session.isReadingHeaders)
    #expect(try server.writesFrames() == [.reset(3, 7)])
    try server.receives(.headers(5, requestFields()))
    #expect(server.seen.last == .headers(5, requestLines, endStream: false))
  }

  @Test func noStreamAtAllMayBeOpen() throws {
    var configuration = HTTP2Configuration()
    configuration.maxConcurrentStreams = 0
    let server = try Endpoint.established(.server, configuration)
    try server.receives(.headers(1, requestFields(), endStream: true))
    #expect(try server.writesFrames() == [.reset(1, 7)])
    #expect(server.seen.isEmpty && server.session.openStreamCount == 0)
  }

  @Test func pingIsAnsweredAndSaid() throws {
    let server = try Endpoint.established(.server)
    try server.receives(.ping(0x0102_0304_0506_0708))
    #expect(server.seen == [.ping(ack: false, 0x0102_0304_0506_0708)])
    #expect(try server.writesFrames() == [.ping(0x0102_0304_0506_0708, ack: true)])
    server.session.ping(9)
    #expect(try server.writesFrames() == [.ping(9)])
    try server.receives(.ping(9, ack: true))
    #expect(server.seen.last == .ping(ack: true, 9))
  }

  @Test func shutdownNoticeStillTakesStreamsAndTheFinalGoAwayDoesNot() throws {
    let server = try Endpoint.established(.server)
    server.session.goAway(lastStreamID: .max)
    #expect(try server.writesFrames() == [.goAway(last: .max, 0)])
    #expect(!server.session.isDone)
    try server.receives(.headers(1, requestFields(), endStream: true))
    server.session.goAway(debug: "max_age")
    #expect(try server.writesFrames() == [.goAway(last: 1, 0, "max_age")])
    try server.receives(.headers(3, requestFields(), endStream: true))
    #expect(server.seen == [.headers(1, requestLines, endStream: true)])
    #expect(!server.session.isDone)
    try server.session.submitHeaders(.response, on: #require(server.streams[1]), endStream: true)
    _ = try server.writes()
    #expect(server.session.isDone)
    #expect(server.session.connectionError == nil)
  }

  @Test func changedSettingsAreWritten() throws {
    let server = try Endpoint.established(.server)
    try server.session.updateSettings(initialStreamWindowBytes: 70_000)
    #expect(try server.writesFrames() == [.settings([(4, 70_000)])])
    #expect(throws: HTTP2Error.self) { try server.session.updateSettings(initialStreamWindowBytes: 1 << 31) }
  }

  @Test func wrongPrefaceIsAnError() throws {
    let server = try Endpoint(.server)
    let error = #expect(throws: HTTP2Error.self) {
      try server.receives(Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
    }
    #expect(error?.code == .protocolError)
    #expect(server.session.connectionError?.code == .protocolError)
  }

  @Test func connectionErrorIsWrittenAsGoAwayAndKept() throws {
    let server = try Endpoint.established(.server)
    try server.receives(.headers(1, requestFields()))
    try server.receives(.windowUpdate(0, 0))
    let goAway = try #require(try server.writesFrames().first { $0.kind == .goAway })
    #expect(goAway.goAwayCode == 1)
    #expect(server.session.connectionError?.code == .protocolError)
    #expect(server.session.isDone)
    #expect(throws: HTTP2Error.self) { try server.receives(.ping(1)) }
    server.session.failAllStreams(code: .connectError)
    server.note()
    #expect(server.seen.last == .closed(1, .connectError))
  }

  @Test func valueOutOfItsRangeIsAnErrorThatNamesIt() {
    var configuration = HTTP2Configuration()
    configuration.connectionWindowBytes = 1000
    let error = #expect(throws: HTTP2Error.self) { try HTTP2Session(role: .server, configuration: configuration) }
    #expect(error?.message == "connectionWindowBytes is 1000, outside of 65535 to 2147483647")
  }
}

extension OutboundBody {
  mutating func append(copying bytes: [UInt8]) {
    bytes.withUnsafeBytes { append(copying: $0) }
  }
}
