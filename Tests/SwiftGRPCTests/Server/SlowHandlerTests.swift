import Logging
import SwiftGRPCHTTP2
import SwiftGRPCProtobuf
import Testing

@testable import SwiftGRPC

/// Handlers that hold their event loop are named in the log.
@Suite struct SlowHandlerTests {
  /// A client of a server that takes whatever lasts longer than nothing for slow, and whose handlers last until the coarse clock ticks.
  private func client(_ gate: Gate) throws -> ScriptedClient {
    let client = try ScriptedClient { router in
      router.registerUnary(testMethod("AtOnce")) { (note: Note, _: ServerContext) in
        Self.holdTheLoop()
        return note
      }
      router.registerUnary(testMethod("AfterWaiting")) { (note: Note, _: ServerContext) in
        await gate.wait()
        Self.holdTheLoop()
        return note
      }
      router.registerServerStreaming(testMethod("Unfinished")) {
        (note: Note, writer: RPCWriter<Note>, _: ServerContext) in
        await gate.wait()
        Self.holdTheLoop()
        try await Task.sleep(for: .seconds(3600))
      }
    }
    client.executor.slowSegmentNanoseconds = 0
    return client
  }

  private static func holdTheLoop() {
    let start = CoarseClock.now
    while CoarseClock.now == start {}
  }

  private func warnings(_ client: ScriptedClient) -> [String] {
    client.log.lines.filter { $0.level == .warning }.map(\.text)
  }

  @Test func handlerThatHoldsTheLoopFromItsStartIsNamed() throws {
    let client = try self.client(Gate())
    #expect(try client.call("AtOnce", "x").status == "0")
    #expect(self.warnings(client).contains { $0.contains("grpc.method=test.Notes/AtOnce") })
  }

  @Test(arguments: ["AfterWaiting", "Unfinished"])
  func handlerThatHoldsTheLoopLaterIsNamed(method: String) throws {
    let gate = Gate()
    let client = try self.client(gate)
    let call = try client.call(method, "x")
    gate.open()
    client.exchange()
    #expect(self.warnings(client).contains { $0.contains("grpc.method=test.Notes/\(method)") })
    client.session.reset(call, code: .cancel)
    client.exchange()
  }

  @Test func waitingIsNotHoldingTheLoop() throws {
    let gate = Gate()
    let client = try self.client(gate)
    client.executor.slowSegmentNanoseconds = 100_000_000
    let call = try client.call("AfterWaiting", "x")
    gate.open()
    client.exchange()
    #expect(call.status == "0")
    #expect(self.warnings(client) == [])
  }
}
