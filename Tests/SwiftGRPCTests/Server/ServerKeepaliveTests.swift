import NIOCore
import SwiftGRPCHTTP2
import SwiftGRPCProtobuf
import Testing

@testable import SwiftGRPC

/// Whether clients are still there, and how often they may ask the same of the server. Spec: A8, A9.
@Suite struct ServerKeepaliveTests {
  private func client(
    _ gate: Gate = Gate(), _ keepalive: ServerTransport.Config.Keepalive = .init()
  ) throws -> ScriptedClient {
    var connection = ServerTransport.Config.Connection()
    connection.keepalive = keepalive
    return try ScriptedClient(connection: connection) { router in
      router.registerUnary(testMethod("Get")) { (note: Note, _: ServerContext) in
        await gate.wait()
        return note
      }
    }
  }

  /// Sends a PING as a client's keepalive does.
  private func ping(_ client: ScriptedClient) {
    client.session.ping(1)
    client.exchange()
  }

  private func pingsFromTheServer(_ client: ScriptedClient) -> Int {
    client.connectionEvents.count { if case .ping(ack: false, _) = $0 { true } else { false } }
  }

  private func goAway(_ client: ScriptedClient) -> (HTTP2ErrorCode, String)? {
    for case .goAway(_, let code, let debug) in client.connectionEvents {
      return (code, String(decoding: debug, as: UTF8.self))
    }
    return nil
  }

  // MARK: The server's own PINGs

  @Test func aSilentClientIsProbedAfterTwoHoursAlsoWithoutACall() throws {
    let client = try self.client()
    client.advance(by: .hours(2) - .seconds(1))
    #expect(self.pingsFromTheServer(client) == 0)
    client.advance(by: .seconds(1))
    #expect(self.pingsFromTheServer(client) == 1)
    client.advance(by: .hours(2))
    #expect(!client.serverHasClosed)
  }

  @Test func callsOfAClientThatIsGoneAreCancelled_W16() throws {
    let seen = Record<String>()
    var connection = ServerTransport.Config.Connection()
    connection.keepalive.time = .seconds(60)
    let client = try ScriptedClient(connection: connection) { router in
      router.registerClientStreaming(testMethod("Join")) {
        (notes: RPCAsyncSequence<Note, any Error>, context: ServerContext) in
        do {
          for try await _ in notes {}
        } catch let error as RPCError {
          seen.add("\(error.code) \(error.message) \(context.isCancelled)")
        }
        return Note()
      }
    }
    _ = try client.open("Join")
    client.exchange()
    client.isCut = true
    client.advance(by: .seconds(79))
    #expect(seen.values == [])
    client.advance(by: .seconds(1))
    #expect(seen.values == ["cancelled the connection was lost: no answer to a PING within 20 s true"])
    #expect(client.serverHasClosed)
  }

  @Test func keepaliveCanBeTurnedOff() throws {
    let client = try self.client(Gate(), .init(time: nil))
    client.isCut = true
    client.advance(by: .hours(48))
    #expect(!client.serverHasClosed)
  }

  // MARK: The client's PINGs

  @Test func theFourthPingInARowEndsTheConnection() throws {
    let client = try self.client()
    _ = try client.call("Get", "x")
    for _ in 0..<3 { self.ping(client) }
    #expect(!client.serverHasClosed)
    self.ping(client)
    #expect(client.serverHasClosed)
    let goAway = try #require(self.goAway(client))
    #expect(goAway == (.enhanceYourCalm, "too_many_pings"))
    #expect(client.log.lines.contains { $0.text.contains("too many PINGs") })
  }

  @Test func pingsAtThePermittedIntervalAreFineWhileThereIsACall() throws {
    let client = try self.client()
    _ = try client.call("Get", "x")
    for _ in 0..<20 {
      self.ping(client)
      client.advance(by: .minutes(5))
    }
    #expect(!client.serverHasClosed)
  }

  @Test func withoutACallTheIntervalIsTwoHoursUnlessItIsAllowed() throws {
    let strict = try self.client()
    for _ in 0..<4 {
      self.ping(strict)
      strict.advance(by: .minutes(100))
    }
    #expect(strict.serverHasClosed)
    let lenient = try self.client(Gate(), .init(clientBehavior: .init(allowWithoutCalls: true)))
    for _ in 0..<20 {
      self.ping(lenient)
      lenient.advance(by: .minutes(5))
    }
    #expect(!lenient.serverHasClosed)
  }

  @Test func anAnswerWipesStrikesOut() throws {
    let gate = Gate()
    gate.open()
    let client = try self.client(gate)
    for _ in 0..<10 {
      for _ in 0..<3 { self.ping(client) }
      #expect(try client.call("Get", "x").status == "0")
    }
    #expect(!client.serverHasClosed)
  }
}
