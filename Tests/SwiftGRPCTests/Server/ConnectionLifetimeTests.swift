import NIOCore
import NIOEmbedded
import SwiftGRPCHTTP2
import Testing

@testable import SwiftGRPC

/// Connections that were idle for too long, or are too old. Spec: A9.
@Suite struct ConnectionLifetimeTests {
  private func client(
    _ gate: Gate = Gate(), configure: (inout ServerTransport.Config.Connection) -> Void
  ) throws -> ScriptedClient {
    var connection = ServerTransport.Config.Connection()
    configure(&connection)
    return try ScriptedClient(connection: connection) { router in
      router.registerUnary(testMethod("Get")) { (note: Note, _: ServerContext) in
        await gate.wait()
        return note
      }
    }
  }

  /// The GOAWAYs: last stream and text.
  private func goAways(_ client: ScriptedClient) -> [String] {
    client.connectionEvents.compactMap {
      guard case .goAway(let last, .noError, let debug) = $0 else { return nil }
      return "\(last == .max ? "notice" : "\(last)") \(String(decoding: debug, as: UTF8.self))"
    }
  }

  @Test func byDefaultConnectionsLastForEver() throws {
    let client = try self.client { $0.keepalive.time = nil }
    client.advance(by: .hours(1000))
    #expect(!client.serverHasClosed)
    #expect(self.goAways(client) == [])
  }

  // MARK: Idleness

  @Test func aConnectionThatNeverHadACallIsIdle() throws {
    let client = try self.client { $0.maxIdleTime = .seconds(60) }
    client.advance(by: .seconds(59))
    #expect(self.goAways(client) == [])
    client.advance(by: .seconds(1))
    #expect(self.goAways(client).first == "notice max_idle")
    client.advance(by: .seconds(5))
    #expect(client.serverHasClosed)
  }

  @Test func idlenessCountsFromTheEndOfTheLastCall() throws {
    let gate = Gate()
    let client = try self.client(gate) { $0.maxIdleTime = .seconds(60) }
    client.advance(by: .seconds(50))
    let call = try client.call("Get", "x")
    client.advance(by: .seconds(500))
    #expect(self.goAways(client) == [])
    gate.open()
    client.exchange()
    #expect(call.status == "0")
    client.advance(by: .seconds(59))
    #expect(self.goAways(client) == [])
    client.advance(by: .seconds(1))
    #expect(self.goAways(client).first == "notice max_idle")
  }

  @Test func aCallThatCrossesTheNoticeOfIdlenessIsServed() throws {
    let gate = Gate()
    gate.open()
    let client = try self.client(gate) { $0.maxIdleTime = .seconds(60) }
    let call = try client.open("Get")
    try client.send("x", on: call, end: true)
    // The request waits on the client's side while the server's time passes.
    client.loop.advanceTime(by: .seconds(60))
    client.exchange()
    #expect(self.goAways(client).first == "notice max_idle")
    #expect(call.status == "0")
    // The client is done with the notice and its only call, and answers no PING.
    client.advance(by: .seconds(5))
    #expect(client.serverHasClosed)
  }

  // MARK: Age

  @Test func anOldConnectionIsAnnouncedWithinATenthOfItsAge() throws {
    for _ in 0..<20 {
      let client = try self.client(Gate()) { $0.maxAge = .seconds(1000) }
      _ = try client.call("Get", "x")
      client.advance(by: .seconds(899))
      #expect(self.goAways(client) == [])
      client.advance(by: .seconds(202))
      #expect(self.goAways(client) == ["notice max_age", "1 max_age"])
      #expect(!client.serverHasClosed)
    }
  }

  @Test func callsMayFinishOnAnOldConnection() throws {
    let gate = Gate()
    let client = try self.client(gate) { $0.maxAge = .seconds(1000) }
    let call = try client.call("Get", "x")
    client.advance(by: .hours(1))
    #expect(!call.isEnded)
    gate.open()
    client.exchange()
    #expect(call.status == "0")
    #expect(client.serverHasClosed)
  }

  @Test func afterTheGraceTimeCallsOfAnOldConnectionAreUnavailable() throws {
    let gate = Gate()
    let client = try self.client(gate) {
      $0.maxAge = .seconds(1000)
      $0.maxGraceTime = .seconds(500)
    }
    let call = try client.call("Get", "x")
    client.advance(by: .seconds(1100))
    #expect(!call.isEnded)
    client.advance(by: .seconds(500))
    #expect(call.status == "14")
    #expect(client.serverHasClosed)
    gate.open()
    client.exchange()
  }

  @Test func aClosedConnectionLeavesNoTimerBehind() throws {
    weak var connection: ServerConnection?
    do {
      let client = try self.client {
        $0.maxAge = .seconds(1000)
        $0.maxIdleTime = .seconds(1000)
      }
      connection = client.connection
      client.loseConnection()
      client.advance(by: .hours(3))
    }
    #expect(connection == nil)
  }
}
