import Logging
import NIOCore
import NIOEmbedded
import SwiftGRPCHTTP2
import SwiftGRPCProtobuf
import Testing

@testable import SwiftGRPC

/// What a server's log tells about its calls and connections.
@Suite struct ServerLogTests {
  private func client(_ gate: Gate) throws -> ScriptedClient {
    try ScriptedClient { router in
      router.registerUnary(testMethod("Get")) { (note: Note, _: ServerContext) in
        await gate.wait()
        if note.value == "fail" { throw RPCError(code: .notFound, message: "no such note") }
        return note
      }
    }
  }

  private func lines(_ client: ScriptedClient, _ prefix: String) -> [String] {
    client.log.lines.filter { $0.level == .debug && $0.text.hasPrefix(prefix) }.map(\.text)
  }

  @Test func theEndOfACallIsToldWithMethodPeerStatusAndDuration() throws {
    let gate = Gate()
    let client = try self.client(gate)
    _ = try client.call("Get", "x")
    #expect(self.lines(client, "call ended") == [])
    client.advance(by: .milliseconds(1500))
    gate.open()
    client.exchange()
    #expect(
      self.lines(client, "call ended") == [
        "call ended grpc.method=test.Notes/Get grpc.peer=\(client.connection.info.remotePeer) grpc.status=ok "
          + "milliseconds=1500.0"
      ])
  }

  @Test(arguments: [("fail", "notFound"), ("reset", "cancelled"), ("late", "deadlineExceeded"), ("lost", "cancelled")])
  func everyEndHasItsStatus(note: String, status: String) throws {
    let gate = Gate()
    let client = try self.client(gate)
    let call = try client.call("Get", note, headers: note == "late" ? [("grpc-timeout", "1m")] : [])
    switch note {
    case "fail":
      gate.open()
      client.exchange()
    case "reset":
      client.session.reset(call, code: .cancel)
      client.exchange()
    case "late":
      client.loop.advanceTime(to: .now() + .hours(1))
      client.exchange()
    default:
      client.loseConnection()
    }
    let lines = self.lines(client, "call ended")
    #expect(lines.count == 1)
    #expect(lines.first?.contains("grpc.status=\(status) ") == true, "\(lines)")
    gate.open()
    client.exchange()
  }

  @Test func anUnknownMethodIsToldToo() throws {
    let client = try self.client(Gate())
    _ = try client.call("Nothing", "x")
    let line = try #require(self.lines(client, "call ended").first)
    #expect(line.contains("grpc.method=test.Notes/Nothing"))
    #expect(line.contains("grpc.status=unimplemented"))
  }

  @Test func connectionsAreToldWhenTheyComeAndGo() throws {
    let client = try self.client(Gate())
    client.advance(by: .seconds(3))
    client.loseConnection()
    let peer = client.connection.info.remotePeer
    #expect(self.lines(client, "connection opened") == ["connection opened grpc.peer=\(peer) tls=false"])
    #expect(
      self.lines(client, "connection closed") == [
        "connection closed grpc.peer=\(peer) milliseconds=3000.0 reason=closed by the peer"
      ])
  }

  @Test func nothingIsAskedForWhereTheLevelIsHigher() {
    var logger = Logger(label: "test") { _ in RecordingLogHandler(log: .init()) }
    logger.logLevel = .info
    let connection = ServerConnection(
      executor: LoopExecutor(eventLoop: EmbeddedEventLoop()), methods: RPCRouter().makeTable { _ in .onLoop },
      maxRequestMessageBytes: 1, compression: CompressionSupport(algorithm: .none, enabled: .all), logger: logger,
      callLogLevel: .debug, faults: ConnectionFaultLog(logger: logger)
    ) { _ in }
    #expect(connection.info.callLogLevel == nil)
  }
}
