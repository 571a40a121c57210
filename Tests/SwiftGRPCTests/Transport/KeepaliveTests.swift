import Logging
import NIOCore
import NIOPosix
import Testing

@testable import SwiftGRPC

/// When PINGs are sent and when a peer is given up, by the clock of the test. Spec: A8.
@Suite struct KeepaliveTests {
  private func keepalive(withoutCalls: Bool = false) -> Keepalive {
    Keepalive(time: .seconds(10), timeout: .seconds(3), probesWithoutCalls: withoutCalls)
  }

  private func second(_ seconds: UInt64) -> NIODeadline { .uptimeNanoseconds(seconds * 1_000_000_000) }

  @Test func aPeerThatWasHeardOfIsLookedAtWhenItsTimeIsOver() {
    var keepalive = self.keepalive()
    let action = keepalive.check(now: second(7), lastRead: second(4), readCount: 1, hasCalls: true)
    #expect(action == .wait(.seconds(7)))
  }

  @Test func aSilentPeerIsProbedAndGivenUpAfterTheTimeout() {
    var keepalive = self.keepalive()
    let check = { keepalive.check(now: second($0), lastRead: second(0), readCount: 1, hasCalls: true) }
    #expect(check(10) == .ping(.seconds(3)))
    #expect(check(12) == .wait(.seconds(1)))
    #expect(check(13) == .giveUp)
  }

  @Test func anyByteIsASignOfLife() {
    var keepalive = self.keepalive()
    #expect(keepalive.check(now: second(10), lastRead: second(0), readCount: 1, hasCalls: true) == .ping(.seconds(3)))
    // In the same instant by the clock.
    #expect(keepalive.check(now: second(13), lastRead: second(10), readCount: 2, hasCalls: true) == .wait(.seconds(7)))
    #expect(keepalive.check(now: second(20), lastRead: second(10), readCount: 2, hasCalls: true) == .ping(.seconds(3)))
  }

  @Test func withoutCallsItRestsUnlessAskedOtherwise() {
    var resting = self.keepalive()
    #expect(resting.check(now: second(10), lastRead: second(0), readCount: 1, hasCalls: false) == .rest)
    #expect(resting.check(now: second(99), lastRead: second(0), readCount: 1, hasCalls: true) == .ping(.seconds(3)))
    var probing = self.keepalive(withoutCalls: true)
    #expect(probing.check(now: second(10), lastRead: second(0), readCount: 1, hasCalls: false) == .ping(.seconds(3)))
  }

  @Test func aClientsTimeIsAtLeastTenSeconds() {
    let keepalive = Keepalive(ClientTransport.Config.Keepalive(time: .milliseconds(1)))
    #expect(keepalive.time == .seconds(10))
    #expect(keepalive.timeout == .seconds(20))
    #expect(!keepalive.probesWithoutCalls)
  }

  #if os(Linux)
    @Test func sentBytesAreGivenUpAfterTheKeepaliveTimeout_A18() async throws {
      let accepted = LateValue<any Channel>()
      var group: MultiThreadedEventLoopGroup { MultiThreadedEventLoopGroup.singleton }
      let listener = try await ServerListener.bind(
        [.init(ipAddress: "127.0.0.1", port: 0)], on: .shared, backlog: 16, userTimeout: .seconds(7),
        logger: .init(label: "")
      ) { accepted.set($0) }
      var transport = ClientTransport.http2(
        target: .ipv4(host: "127.0.0.1", port: listener.addresses.first?.port ?? 0), transportSecurity: .plaintext)
      transport.config.connection.keepalive = .init(time: .seconds(10), timeout: .milliseconds(1500))
      let client = try await ConnectionAttempt.connect(transport, on: group.next(), timeout: .seconds(60)).get()
      let server = try await accepted.get()
      let clientTimeout = try await client.getOption(TCPUserTimeout.option).get()
      #expect(clientTimeout == 1500)
      let serverTimeout = try await server.getOption(TCPUserTimeout.option).get()
      #expect(serverTimeout == 7000)
      try await client.close()
      await listener.close()
    }
  #endif
}
