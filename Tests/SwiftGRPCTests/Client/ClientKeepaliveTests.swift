import Logging
import NIOCore
import SwiftGRPCHTTP2
import Testing

@testable import SwiftGRPC

/// What a client does to find out whether its server is still there. Spec: A8.
@Suite struct ClientKeepaliveTests {
  private func peer(
    time: Duration? = .seconds(30), allowWithoutCalls: Bool = false
  ) -> ScriptedPeer {
    ScriptedPeer {
      $0.connection.keepalive = time.map { .init(time: $0, allowWithoutCalls: allowWithoutCalls) }
      $0.connection.maxIdleTime = nil
    }
  }

  @Test func byDefaultNoPingIsSent() {
    let peer = ScriptedPeer()
    _ = peer.startCall()
    peer.advance(by: .hours(24))
    #expect(peer.connection.pingCount == 0)
    #expect(!peer.connection.isClosedByClient)
  }

  @Test func aCallOnASilentConnectionIsProbedAndGoesOn() throws {
    let peer = self.peer()
    let call = peer.startCall()
    peer.advance(by: .seconds(29))
    #expect(peer.connection.pingCount == 0)
    peer.advance(by: .seconds(1))
    #expect(peer.connection.pingCount == 1)
    peer.advance(by: .seconds(30))
    #expect(peer.connection.pingCount == 2)
    try peer.connection.respond([7], on: #require(peer.connection.requests.first))
    peer.exchange()
    #expect(try call.values.first?.get() == [7])
  }

  @Test func withoutACallNoPingIsSentUntilOneStarts() {
    let peer = self.peer()
    peer.connect()
    peer.advance(by: .minutes(10))
    #expect(peer.connection.pingCount == 0)
    _ = peer.startCall()
    #expect(peer.connection.pingCount == 1)
  }

  @Test func withoutACallPingsAreSentIfAskedFor() {
    let peer = self.peer(allowWithoutCalls: true)
    peer.connect()
    peer.advance(by: .seconds(30))
    #expect(peer.connection.pingCount == 1)
  }

  @Test func aServerThatIsGoneEndsCallsWithUnavailable_W16() {
    let peer = self.peer()
    let call = peer.startCall()
    peer.connection.isCut = true
    peer.advance(by: .seconds(49))
    #expect(call.values.isEmpty)
    peer.advance(by: .seconds(1))
    guard case .failure(let error) = call.values.first else {
      Issue.record("the call goes on")
      return
    }
    #expect(error.code == .unavailable)
    #expect(error.message == "connection to server.test:443 (10.0.0.1:443): no answer to a PING within 20 s")
    #expect(peer.connection.isClosedByClient)
  }

  @Test func tooManyPingsDoublesTheTimeOfLaterConnections() throws {
    let peer = self.peer()
    _ = peer.startCall()
    peer.connection.session.goAway(code: .enhanceYourCalm, debug: "too_many_pings")
    peer.exchange()
    peer.connection.lose()
    _ = peer.startCall()
    #expect(peer.connections.count == 2)
    peer.advance(by: .seconds(59))
    #expect(peer.connection.pingCount == 0)
    peer.advance(by: .seconds(1))
    #expect(peer.connection.pingCount == 1)
    let warnings = peer.log.lines.filter { $0.level == .warning }
    #expect(
      warnings.map(\.text) == [
        "the server wants fewer PINGs (too_many_pings): the keepalive time is doubled "
          + "grpc.target=dns:server.test:443 time=60 s"
      ])
  }

  @Test func anotherGoAwayLeavesTheTimeAlone() {
    let peer = self.peer()
    _ = peer.startCall()
    peer.connection.session.goAway(code: .enhanceYourCalm, debug: "too_many_calls")
    peer.exchange()
    peer.connection.lose()
    _ = peer.startCall()
    peer.advance(by: .seconds(30))
    #expect(peer.connection.pingCount == 1)
  }
}
