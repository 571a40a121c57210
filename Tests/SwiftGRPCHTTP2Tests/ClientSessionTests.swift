import Testing

@testable import SwiftGRPCHTTP2

/// A client session against a peer that is scripted frame by frame.
struct ClientSessionTests {
  @Test func clientBeginsWithThePrefaceAndItsSettings() throws {
    let client = try Endpoint(.client)
    let bytes = try client.writes()
    #expect(bytes.starts(with: Frame.clientPreface))
    let frames = Frame.parse(bytes)
    #expect(frames.map(\.kind) == [.settings, .windowUpdate])
    #expect(frames[0].payload.contains(UInt16(2).bigEndianBytes + UInt32(0).bigEndianBytes))
  }

  @Test func requestWithBodyIsHeadersAndDataThatEnds() throws {
    let client = try Endpoint.established(.client)
    let stream = try client.requests()
    stream.outbound.append(copying: [1, 2, 3])
    client.session.outboundDidGrow(stream)
    client.session.finishOutbound(stream)
    let frames = try client.writesFrames()
    #expect(stream.id == 1)
    #expect(frames.map(\.kind) == [.headers, .data])
    #expect(client.decode(frames[0]) == requestLines)
    #expect(frames[1] == .data(1, [1, 2, 3], endStream: true))
  }

  @Test func halfCloseAfterTheBodyIsAnEmptyFrame() throws {
    let client = try Endpoint.established(.client)
    let stream = try client.requests()
    stream.outbound.append(copying: [1])
    client.session.outboundDidGrow(stream)
    _ = try client.writes()
    client.session.finishOutbound(stream)
    #expect(try client.writesFrames() == [.data(1, [], endStream: true)])
  }

  @Test func answerArrivesAsHeadersDataAndTrailers() throws {
    let client = try Endpoint.established(.client)
    _ = try client.requests(endStream: true)
    _ = try client.writes()
    try client.receives(
      .headers(1, responseFields), .data(1, [5]), .headers(1, [("grpc-status", "0")], endStream: true))
    #expect(
      client.seen == [
        .headers(1, responseLines, endStream: false), .data(1, [5]), .trailers(1, ["grpc-status: 0"]),
        .closed(1, .noError),
      ])
    #expect(client.session.openStreamCount == 0)
  }

  @Test func trailersOnlyAnswerIsHeadersThatEndTheStream() throws {
    let client = try Endpoint.established(.client)
    _ = try client.requests(endStream: true)
    _ = try client.writes()
    try client.receives(.headers(1, responseFields, endStream: true))
    #expect(client.seen == [.headers(1, responseLines, endStream: true), .closed(1, .noError)])
  }

  @Test func interimHeadersComeBeforeTheFinalOnes() throws {
    let client = try Endpoint.established(.client)
    _ = try client.requests(endStream: true)
    _ = try client.writes()
    try client.receives(
      .headers(1, [(":status", "103")]), .headers(1, responseFields), .headers(1, [("a", "b")], endStream: true))
    #expect(
      client.seen == [
        .headers(1, [":status: 103"], endStream: false), .headers(1, responseLines, endStream: false),
        .trailers(1, ["a: b"]), .closed(1, .noError),
      ])
  }

  @Test func answerThatEndsBeforeTheRequestIsFollowedByAResetWithoutError() throws {
    let client = try Endpoint.established(.client)
    let stream = try client.requests()
    _ = try client.writes()
    try client.receives(.headers(1, responseFields), .headers(1, [("grpc-status", "0")], endStream: true))
    #expect(try client.writesFrames() == [.reset(1, 0)])
    #expect(client.seen.suffix(2) == [.trailers(1, ["grpc-status: 0"]), .closed(1, .noError)])
    #expect(!stream.isActive)
  }

  @Test func resetWithoutErrorAfterACompleteAnswerIsNoReset() throws {
    let client = try Endpoint.established(.client)
    _ = try client.requests()
    _ = try client.writes()
    try client.receives(.headers(1, responseFields, endStream: true), .reset(1, 0))
    #expect(client.seen == [.headers(1, responseLines, endStream: true), .closed(1, .noError)])
  }

  @Test func resetWithErrorBeforeHeadersIsSaid() throws {
    let client = try Endpoint.established(.client)
    _ = try client.requests()
    _ = try client.writes()
    try client.receives(.reset(1, 11))
    #expect(client.seen == [.reset(1, .enhanceYourCalm), .closed(1, .enhanceYourCalm)])
  }

  @Test func requestsBeyondThePeersLimitWaitInOrder() throws {
    let client = try Endpoint.established(.client, peerSettings: [(3, 1)])
    let streams = try (0..<10).map { try client.requests("/a.B/\($0)", endStream: true) }
    #expect(client.session.peerMaxConcurrentStreams == 1)
    #expect(client.session.pendingRequestCount == 9)
    for (index, stream) in streams.enumerated() {
      let frames = try client.writesFrames()
      #expect(frames.map(\.kind) == [.headers])
      #expect(client.decode(frames[0]).contains(":path: /a.B/\(index)"))
      #expect(stream.id == Int32(2 * index + 1))
      try client.receives(.headers(stream.id, responseFields, endStream: true))
    }
    #expect(client.session.openStreamCount == 0)
    #expect(client.seen.count == 20)
  }

  @Test func higherLimitLetsWaitingRequestsGo() throws {
    let client = try Endpoint.established(.client, peerSettings: [(3, 0)])
    for _ in 0..<3 { _ = try client.requests() }
    #expect(try client.writes().isEmpty)
    try client.receives(.settings([(3, 2)]))
    #expect(try client.writesFrames().map(\.kind) == [.settings, .headers, .headers])
    #expect(client.session.pendingRequestCount == 1)
  }

  @Test func aHundredRequestsGoBeforeThePeersSettings() throws {
    let client = try Endpoint(.client)
    for _ in 0..<101 { _ = try client.requests() }
    #expect(client.session.pendingRequestCount == 1)
    #expect(try client.writesFrames().count { $0.kind == .headers } == 100)
    try client.receives(.settings())
    #expect(try client.writesFrames().count { $0.kind == .headers } == 1)
  }

  @Test func waitingRequestKeepsItsBodyAndItsEnd() throws {
    let client = try Endpoint.established(.client, peerSettings: [(3, 0)])
    let stream = try client.requests()
    stream.outbound.append(copying: [1, 2])
    client.session.outboundDidGrow(stream)
    client.session.finishOutbound(stream)
    try client.receives(.settings([(3, 1)]))
    #expect(try client.writesFrames().last == .data(1, [1, 2], endStream: true))
  }

  @Test func waitingRequestThatIsResetNeverTouchesTheWire() throws {
    let client = try Endpoint.established(.client, peerSettings: [(3, 0)])
    let stream = try client.requests()
    client.session.reset(stream, code: .cancel)
    client.note()
    #expect(client.seen == [.closed(0, .cancel)])
    try client.receives(.settings([(3, 1)]))
    #expect(try client.writesFrames().map(\.kind) == [.settings])
    #expect(client.session.openStreamCount == 0)
  }

  @Test func requestThatIsResetBeforeItWasWrittenCloses() throws {
    let client = try Endpoint.established(.client)
    let stream = try client.requests()
    client.session.reset(stream, code: .cancel)
    let frames = try client.writesFrames()
    #expect(frames.allSatisfy { $0.kind == .headers || $0.kind == .reset })
    #expect(client.seen == [.closed(1, .cancel)])
    #expect(client.session.openStreamCount == 0)
  }

  @Test func goAwayClosesHigherAndWaitingStreamsAsRefused() throws {
    let client = try Endpoint.established(.client, peerSettings: [(3, 2)])
    for _ in 0..<3 { _ = try client.requests() }
    _ = try client.writes()
    try client.receives(.goAway(last: 1, 0, "bye"))
    #expect(
      client.seen == [.goAway(1, .noError, "bye"), .closed(3, .refusedStream), .closed(0, .refusedStream)])
    #expect(client.session.hasReceivedGoAway)
    _ = try client.requests()
    #expect(client.seen.last == .closed(0, .refusedStream))
    try client.receives(.headers(1, responseFields, endStream: true))
    _ = try client.writes()
    #expect(client.session.isDone)
  }

  @Test func requestThatWasNotWrittenWhenGoAwayCameIsRefused() throws {
    let client = try Endpoint.established(.client)
    let stream = try client.requests()
    try client.receives(.goAway(last: 0, 0))
    _ = try client.writes()
    #expect(client.seen == [.goAway(0, .noError, ""), .closed(stream.id, .refusedStream)])
    #expect(client.session.openStreamCount == 0)
    #expect(client.session.isDone)
  }

  @Test func oversizeAnswerHeadersAreSaid() throws {
    var configuration = HTTP2Configuration()
    configuration.maxHeaderListBytes = 100
    let client = try Endpoint.established(.client, configuration)
    let stream = try client.requests(endStream: true)
    _ = try client.writes()
    try client.receives(.headers(1, responseFields + [("x", "y")]))
    #expect(client.seen == [.headersTooLarge(1, endStream: false)])
    client.session.reset(stream, code: .cancel)
    #expect(try client.writesFrames() == [.reset(1, 8)])
  }

  @Test func peersHeaderListLimitCanBeRead() throws {
    #expect(try Endpoint.established(.client).session.peerMaxHeaderListBytes == nil)
    #expect(try Endpoint.established(.client, peerSettings: [(6, 8192)]).session.peerMaxHeaderListBytes == 8192)
  }

  @Test func streamThatIsInUseCannotBeSubmittedAgain() throws {
    let client = try Endpoint.established(.client)
    let stream = try client.requests()
    #expect(throws: HTTP2Error.self) { try client.session.submitRequest(.request("/"), on: stream) }
  }

  @Test func lostConnectionClosesEveryStreamOnceAndNothingMoreIsWritten() throws {
    let client = try Endpoint.established(.client, peerSettings: [(3, 1)])
    let first = try client.requests()
    first.outbound.append(copying: Array(repeating: 1, count: 100))
    _ = try client.requests()
    client.session.failAllStreams(code: .connectError)
    client.note()
    #expect(client.seen == [.closed(1, .connectError), .closed(0, .connectError)])
    client.session.failAllStreams(code: .connectError)
    client.note()
    #expect(client.seen.count == 2)
    #expect(try client.writes().isEmpty)
    #expect(client.session.isDone)
    _ = try client.requests()
    #expect(client.seen.last == .closed(0, .refusedStream))
  }

  @Test func streamsLiveNoLongerThanTheirSession() throws {
    weak var open: HTTP2Stream?
    weak var waiting: HTTP2Stream?
    do {
      let client = try Endpoint.established(.client, peerSettings: [(3, 1)])
      open = try client.requests()
      waiting = try client.requests()
      #expect(open != nil && waiting != nil)
    }
    #expect(open == nil && waiting == nil)
  }

  @Test func streamDiesWhenItHasClosed() throws {
    let server = try Endpoint.established(.server)
    weak var stream: HTTP2Stream?
    try server.receives(.headers(1, requestFields(), endStream: true))
    stream = server.streams[1]
    try server.session.submitHeaders(.response, on: #require(stream), endStream: true)
    _ = try server.writes()
    server.forgetStreams()
    #expect(stream == nil)
  }
}
