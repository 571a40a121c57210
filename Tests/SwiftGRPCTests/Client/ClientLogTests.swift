import Logging
import NIOCore
import SwiftGRPCHTTP2
import Testing

@testable import SwiftGRPC

/// What a client's log tells about its calls and connections.
@Suite struct ClientLogTests {
  private func lines(_ peer: ScriptedPeer, _ prefix: String) -> [String] {
    peer.log.lines.filter { $0.text.hasPrefix(prefix) }.map { "\($0.level) \($0.text)" }
  }

  @Test func theEndOfACallIsToldWithMethodPeerStatusAndDuration() throws {
    let peer = ScriptedPeer()
    _ = peer.startCall()
    peer.advance(by: .milliseconds(250))
    try peer.connection.respond([1], on: #require(peer.connection.requests.first))
    peer.exchange()
    #expect(
      self.lines(peer, "call ended") == [
        "debug call ended grpc.method=test.Echo/Call grpc.peer=ipv4:10.0.0.1:443 grpc.status=ok milliseconds=250.0"
      ])
  }

  @Test func aFailedCallIsToldWithItsReason() throws {
    let peer = ScriptedPeer()
    _ = peer.startCall()
    peer.connection.session.reset(try #require(peer.connection.requests.first), code: .enhanceYourCalm)
    peer.exchange()
    let line = try #require(self.lines(peer, "call ended").first)
    #expect(line.contains("grpc.status=resourceExhausted"))
    #expect(line.contains("error=stream reset with ENHANCE_YOUR_CALM"))
  }

  @Test func connectionsAreToldWhenTheyComeAndGo() throws {
    let peer = ScriptedPeer()
    peer.connect()
    peer.connection.lose()
    peer.exchange()
    #expect(
      self.lines(peer, "connect") == [
        "debug connected grpc.peer=ipv4:10.0.0.1:443 grpc.target=dns:server.test:443",
        "debug connection closed error=connection to server.test:443 (10.0.0.1:443): closed by the peer "
          + "grpc.target=dns:server.test:443",
      ])
  }

  @Test func anAttemptThatFailsIsToldWithItsReason() throws {
    let peer = ScriptedPeer()
    peer.isMute = true
    peer.connect()
    peer.advance(by: .seconds(20))
    #expect(
      self.lines(peer, "cannot connect") == [
        "info cannot connect error=connect to server.test:443 (10.0.0.1:443): no answer in time "
          + "grpc.target=dns:server.test:443"
      ])
  }
}
