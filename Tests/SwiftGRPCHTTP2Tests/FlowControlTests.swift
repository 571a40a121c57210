import Testing

@testable import SwiftGRPCHTTP2

/// Windows both ways, and where the bytes wait. Spec: RFC 9113, section 5.2.
struct FlowControlTests {
  @Test func connectionWindowIsOpenedAlthoughNobodyReads() throws {
    var configuration = HTTP2Configuration()
    configuration.connectionWindowBytes = 65535
    let server = try Endpoint.established(.server, configuration)
    try server.receives(.headers(1, requestFields()))
    for _ in 0..<3 { try server.receives(.data(1, Array(repeating: 1, count: 16384))) }
    let updates = try server.writesFrames().filter { $0.kind == .windowUpdate }
    #expect(!updates.isEmpty)
    #expect(updates.allSatisfy { $0.stream == 0 })
  }

  @Test func streamWindowIsOpenedByConsumeOnly() throws {
    var configuration = HTTP2Configuration()
    configuration.initialStreamWindowBytes = 40000
    let server = try Endpoint.established(.server, configuration)
    try server.receives(.headers(1, requestFields()))
    try server.receives(.data(1, Array(repeating: 1, count: 16384)), .data(1, Array(repeating: 2, count: 16384)))
    let stream = try #require(server.streams[1])
    #expect(try server.writesFrames().allSatisfy { $0.stream == 0 })
    server.session.consume(10000, on: stream)
    #expect(try server.writesFrames().isEmpty)
    server.session.consume(22768, on: stream)
    #expect(try server.writesFrames() == [.windowUpdate(1, 32768)])
  }

  @Test func dataBeyondTheWindowIsAFlowControlError() throws {
    var configuration = HTTP2Configuration()
    configuration.initialStreamWindowBytes = 1000
    let server = try Endpoint.established(.server, configuration)
    try server.receives(.headers(1, requestFields()), .data(1, Array(repeating: 1, count: 1001)))
    let frames = try server.writesFrames()
    #expect(frames.contains(.reset(1, 3)) || frames.contains { $0.kind == .goAway && $0.goAwayCode == 3 })
  }

  @Test func dataOnAResetStreamStillOpensTheConnectionWindow() throws {
    var configuration = HTTP2Configuration()
    configuration.connectionWindowBytes = 65535
    let server = try Endpoint.established(.server, configuration)
    try server.receives(.headers(1, requestFields()))
    server.session.reset(try #require(server.streams[1]), code: .cancel)
    _ = try server.writes()
    for _ in 0..<3 { try server.receives(.data(1, Array(repeating: 1, count: 16384))) }
    #expect(try server.writesFrames().contains { $0.kind == .windowUpdate && $0.stream == 0 })
  }

  @Test func bodyStopsAtThePeersWindowAndGoesOnWhenItOpens() throws {
    let client = try Endpoint.established(.client, peerSettings: [(4, 10)])
    let stream = try client.requests()
    let body = (0..<25).map { UInt8($0) }
    stream.outbound.append(copying: body)
    client.session.outboundDidGrow(stream)
    client.session.finishOutbound(stream)
    #expect(try client.writesFrames().last == .data(1, Array(body[..<10])))
    #expect(stream.outbound.count == 15)
    try client.receives(.windowUpdate(1, 10))
    #expect(try client.writesFrames() == [.data(1, Array(body[10..<20]))])
    try client.receives(.windowUpdate(1, 100))
    #expect(try client.writesFrames() == [.data(1, Array(body[20...]), endStream: true)])
  }

  @Test func framesGrowToThePeersFrameSize() throws {
    let settings: [(UInt16, UInt32)] = [(4, 1 << 20), (5, 32768)]
    let client = try Endpoint.established(.client, peerSettings: settings)
    let stream = try client.requests()
    stream.outbound.append(copying: Array(repeating: 1, count: 60000))
    client.session.outboundDidGrow(stream)
    #expect(try client.writesFrames().dropFirst().map(\.payload.count) == [32768, 27232])
  }

  @Test func drainIsSaidOnceWhenTheQueueFallsBelowTheLowMark() throws {
    let client = try Endpoint.established(.client, peerSettings: [(4, 1 << 20)])
    try client.receives(.windowUpdate(0, 1 << 20))
    let stream = try client.requests()
    stream.outbound.append(copying: Array(repeating: 1, count: HTTP2Stream.highWaterBytes))
    client.session.outboundDidGrow(stream)
    _ = try client.writes()
    #expect(client.seen == [.outboundDrained(1)])
    stream.outbound.append(copying: Array(repeating: 1, count: HTTP2Stream.highWaterBytes - 1))
    client.session.outboundDidGrow(stream)
    _ = try client.writes()
    #expect(client.seen == [.outboundDrained(1)])
  }

  @Test func drainIsSaidForWhatWasQueuedBeforeTheRequest() throws {
    let client = try Endpoint.established(.client, peerSettings: [(4, 1 << 20)])
    try client.receives(.windowUpdate(0, 1 << 20))
    let stream = HTTP2Stream()
    stream.outbound.append(copying: Array(repeating: 1, count: HTTP2Stream.highWaterBytes))
    try client.session.submitRequest(.request("/a.B/C"), on: stream)
    _ = try client.writes()
    #expect(client.seen == [.outboundDrained(1)])
  }

  @Test(arguments: [1, 2, 3, 5, 8, 9, 10, 11, 17, 100, 1000, 16393])
  func outputIsTheSameThroughBuffersOfAnySize(room: Int) throws {
    func conversation(room: Int) throws -> [UInt8] {
      let server = try Endpoint(.server)
      try server.receives(Frame.clientPreface + Frame.settings([(4, 1 << 20)]).bytes)
      try server.receives(.windowUpdate(0, 1 << 20))
      for id in [Int32(1), 3] {
        try server.receives(.headers(id, requestFields(), endStream: true))
        let stream = try #require(server.streams[id])
        try server.session.submitHeaders(.response, on: stream)
        stream.outbound.append(copying: (0..<20000).map { UInt8(truncatingIfNeeded: $0) })
        server.session.outboundDidGrow(stream)
        try server.session.submitTrailers(.ok, on: stream)
      }
      server.session.ping(1)
      let bytes = try server.writes(room: room)
      #expect(!server.session.hasOutput)
      #expect(server.seen.suffix(2) == [.closed(1, .noError), .closed(3, .noError)])
      return bytes
    }
    #expect(try conversation(room: room) == conversation(room: 1 << 20))
  }

  @Test func streamThatClosesInTheMiddleOfAFrameStillWritesTheWholeFrame() throws {
    let client = try Endpoint.established(.client)
    let stream = try client.requests()
    _ = try client.writes()
    stream.outbound.append(copying: Array(repeating: 7, count: 100))
    client.session.outboundDidGrow(stream)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 20, alignment: 1)
    defer { buffer.deallocate() }
    #expect(try client.session.writeOutput(into: buffer) == 20)
    var bytes = Array(buffer)
    try client.receives(.reset(1, 8))
    #expect(client.seen.last == .closed(1, .cancel))
    bytes += try client.writes()
    #expect(Frame.parse(bytes) == [.data(1, Array(repeating: 7, count: 100))])
  }
}
