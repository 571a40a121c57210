import NIOCore
import SwiftGRPCHTTP2
import SwiftGRPCProtobuf
import Testing

@testable import SwiftGRPC

/// One connection's way out; ``ServerSocketTests`` has the whole server's.
@Suite struct ServerShutdownTests {
  private func client(_ gate: Gate) throws -> ScriptedClient {
    try ScriptedClient { router in
      router.registerUnary(testMethod("Get")) { (note: Note, _: ServerContext) in
        await gate.wait()
        return note
      }
    }
  }

  private func goAways(_ client: ScriptedClient) -> [Int32] {
    client.connectionEvents.compactMap { if case .goAway(let id, .noError, _) = $0 { id } else { nil } }
  }

  @Test func idleConnectionIsAnnouncedDrainedAndClosed_W15() throws {
    let client = try self.client(Gate())
    client.connection.beginGracefulShutdown()
    client.exchange()
    #expect(self.goAways(client) == [.max])
    // libnghttp2's client without a call is done with the first GOAWAY and answers no PING after it.
    client.advance(by: .seconds(5))
    #expect(client.serverHasClosed)
  }

  @Test func runningCallFinishesBeforeTheConnectionCloses() throws {
    let gate = Gate()
    let client = try self.client(gate)
    let call = try client.call("Get", "x")
    client.connection.beginGracefulShutdown()
    client.exchange()
    #expect(self.goAways(client) == [.max, call.id])
    #expect(!client.serverHasClosed)
    gate.open()
    client.exchange()
    #expect(call.notes == ["x"])
    #expect(call.status == "0")
    #expect(client.serverHasClosed)
  }

  @Test func requestThatWasOnItsWayIsServed() throws {
    let gate = Gate()
    gate.open()
    let client = try self.client(gate)
    let call = try client.open("Get")
    try client.send("x", on: call, end: true)
    // Nothing has been moved: the request crosses the notice.
    client.connection.beginGracefulShutdown()
    client.exchange()
    #expect(call.notes == ["x"])
    #expect(call.status == "0")
    client.advance(by: .seconds(5))
    #expect(client.serverHasClosed)
  }

  @Test func afterTheGracePeriodCallsAreUnavailable() throws {
    let gate = Gate()
    let client = try self.client(gate)
    let call = try client.call("Get", "x")
    client.connection.beginGracefulShutdown()
    client.exchange()
    client.connection.cancelCallsAndClose()
    client.exchange()
    #expect(call.status == "14")
    #expect(client.serverHasClosed)
    // What a handler returns that does not heed its cancellation goes nowhere.
    gate.open()
    client.exchange()
  }

  @Test func whatHandlersAreReadyToSendIsSentBeforeTheGoAway() throws {
    let gate = Gate()
    let client = try RawClient.established { router in
      router.registerUnary(testMethod("Get")) { (note: Note, _: ServerContext) in
        await gate.wait()
        return note
      }
    }
    client.send(.headers(1, RawClient.request()), .data(1, try ScriptedClient.frame("x"), endStream: true))
    // As services do that are told of the shutdown.
    gate.open()
    client.connection.beginGracefulShutdown()
    client.advance(by: .zero)
    let kinds = client.frames.map(\.kind).filter { [.headers, .data, .goAway].contains($0) }
    #expect(kinds == [.headers, .data, .headers, .goAway])
  }

  @Test func secondShutdownChangesNothing() throws {
    let client = try self.client(Gate())
    client.connection.beginGracefulShutdown()
    client.connection.beginGracefulShutdown()
    client.exchange()
    client.connection.beginGracefulShutdown()
    client.connection.cancelCallsAndClose()
    client.exchange()
    #expect(self.goAways(client).first == .max)
    #expect(client.serverHasClosed)
  }
}
