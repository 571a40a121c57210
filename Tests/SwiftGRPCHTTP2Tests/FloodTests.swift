import Testing

@testable import SwiftGRPCHTTP2

/// Peers that make work and bring none: each is stopped, and told why.
struct FloodTests {
  private func strict() throws -> Endpoint {
    var configuration = HTTP2Configuration()
    configuration.wastefulFramesBurst = 20
    configuration.wastefulFramesPerSecond = 0
    configuration.maxQueuedAcknowledgements = 10
    return try Endpoint.established(.server, configuration)
  }

  /// Feeds frames until the session has enough; returns how many it took.
  private func flood(_ server: Endpoint, answering: Bool = true, _ frames: (Int32) -> [Frame]) throws -> HTTP2Error? {
    for turn in 0..<Int32(1000) {
      do {
        try server.receives(frames(2 * turn + 1).flatMap(\.bytes))
      } catch let error as HTTP2Error {
        return error
      }
      if answering { _ = try server.writes() }
      if let error = server.session.connectionError { return error }
    }
    return nil
  }

  @Test func rapidResetsEndTheConnection() throws {
    let server = try strict()
    let error = try flood(server) { [.headers($0, requestFields()), .reset($0, 8)] }
    #expect(error?.code == .enhanceYourCalm)
    #expect(server.seen.count { if case .headers = $0 { true } else { false } } == 21)
    let goAway = try server.writesFrames().first { $0.kind == .goAway }
    #expect(goAway?.goAwayCode == 11)
    #expect(server.session.isDone)
  }

  @Test func requestsThatProvokeResetsEndTheConnection() throws {
    let error = try flood(strict()) { [.headers($0, [("Upper", "case")])] }
    #expect(error?.code == .enhanceYourCalm)
  }

  @Test func windowsThatOverflowEndTheConnection() throws {
    let error = try flood(strict()) { [.headers($0, requestFields()), .windowUpdate($0, .max >> 1)] }
    #expect(error?.code == .enhanceYourCalm)
  }

  @Test func emptyFramesEndTheConnection() throws {
    let server = try strict()
    try server.receives(.headers(1, requestFields()))
    #expect(try flood(server) { _ in [.data(1, [])] }?.code == .enhanceYourCalm)
  }

  @Test func settingsEndTheConnection() throws {
    #expect(try flood(strict()) { _ in [.settings()] }?.code == .enhanceYourCalm)
  }

  @Test func pingsWithoutAReasonEndTheConnection() throws {
    #expect(try flood(strict(), answering: false) { _ in [.ping(1)] }?.code == .enhanceYourCalm)
    #expect(try flood(strict(), answering: true) { _ in [.ping(1)] }?.code == .enhanceYourCalm)
  }

  @Test func endlessContinuationEndsTheConnection() throws {
    let server = try strict()
    try server.receives(.headers(1, requestFields(), endHeaders: false))
    let chunk = [("x", String(repeating: "y", count: 10000))]
    let error = try flood(server) { _ in [.continuation(1, chunk, endHeaders: false)] }
    #expect(error?.code == .enhanceYourCalm)
    #expect(server.seen.isEmpty)
  }

  @Test func headerListMadeOfTinyReferencesIsCountedAtItsFullSize() throws {
    let server = try Endpoint.established(.server)
    // A 4,000 byte value enters the table once (literal with indexing) and is named 2,000 times by one byte each.
    let value = Array(repeating: UInt8(ascii: "v"), count: 4000)
    var block = HPACK.literals(requestFields())
    block += [0x40, 1, UInt8(ascii: "k"), 0x7f, 0xa1, 0x1e] + value
    block += Array(repeating: 0x80 | 62, count: 2000)
    let frame = Frame(kind: .headers, flags: Frame.endHeaders | Frame.endStream, stream: 1, payload: block)
    try server.receives(frame)
    #expect(server.seen == [.headersTooLarge(1, endStream: true)])
  }

  @Test func framesWithinTheRateAreAlwaysTaken() {
    var plenty = FloodGuard(burst: 10, perSecond: 1_000_000_000)
    let refused = (0..<100_000).count { _ in !plenty.admit() }
    #expect(refused == 0)
  }

  @Test func framesBeyondTheBurstAreNotTaken() {
    var strict = FloodGuard(burst: 10, perSecond: 0)
    let taken = (0..<20).map { _ in strict.admit() }
    #expect(taken == Array(repeating: true, count: 10) + Array(repeating: false, count: 10))
  }
}
