import NIOCore
import NIOEmbedded
import SwiftGRPCHTTP2
import SwiftGRPCProtobuf
import Testing

@testable import SwiftGRPC

/// What ends a call from outside: the client, the deadline, the connection, the server.
@Suite struct ServerCancellationTests {
  /// A server whose handlers tell what they have seen.
  private func client(_ record: Record<String>) throws -> ScriptedClient {
    try ScriptedClient { router in
      router.registerBidirectionalStreaming(testMethod("Read")) {
        (notes: RPCAsyncSequence<Note, any Error>, writer: RPCWriter<Note>, context: ServerContext) in
        do {
          for try await _ in notes {}
          record.add("end")
        } catch {
          record.add("read: \((error as? RPCError)?.code.description ?? "\(error)")")
          record.add("task: \(Task.isCancelled), context: \(context.isCancelled)")
          do {
            try await writer.write(Note())
          } catch {
            record.add("write: \((error as? RPCError)?.code.description ?? "\(error)")")
          }
          throw error
        }
      }
      router.registerUnary(testMethod("Deadline")) { (note: Note, context: ServerContext) in
        record.add(context.deadline == nil ? "none" : "some")
        if let left = context.timeRemaining { record.add("\(left > .seconds(9) && left <= .seconds(10))") }
        return note
      }
    }
  }

  @Test func resetByTheClientCancelsTheHandler() throws {
    let record = Record<String>()
    let client = try self.client(record)
    let call = try client.open("Read")
    try client.send("x", on: call)
    client.exchange()
    client.session.reset(call, code: .cancel)
    client.exchange()
    #expect(record.values == ["read: cancelled", "task: true, context: true", "write: cancelled"])
    #expect(call.isClosed)
    #expect(client.server.openStreamCount == 0)
  }

  @Test func deadlineCancelsTheHandlerAndResetsTheStream_W14() throws {
    let record = Record<String>()
    let client = try self.client(record)
    let call = try client.open("Read", headers: [("grpc-timeout", "200m")])
    client.exchange()
    #expect(record.values == [])
    client.advance(by: try #require(client.executor.timers.earliest) - client.loop.now)
    #expect(record.values == ["read: deadlineExceeded", "task: true, context: true", "write: deadlineExceeded"])
    // The client is given the time to end the call by its own deadline.
    #expect(call.resetCode == nil)
    client.advance(by: .milliseconds(100))
    #expect(call.resetCode == .cancel)
    #expect(call.status == nil)
    #expect(client.executor.timers.count == 0)
  }

  @Test func clientThatResetsAtTheDeadlineGetsNoResetBack() throws {
    let client = try self.client(Record<String>())
    let call = try client.open("Read", headers: [("grpc-timeout", "200m")])
    client.exchange()
    client.advance(by: .seconds(1_000_000_000))
    client.session.reset(call, code: .cancel)
    client.exchange()
    #expect(client.server.openStreamCount == 0)
    #expect(client.executor.timers.count == 0)
  }

  @Test func finishedCallLeavesNoTimerBehind() throws {
    let record = Record<String>()
    let client = try self.client(record)
    #expect(try client.call("Deadline", "x", headers: [("grpc-timeout", "10S")]).status == "0")
    #expect(record.values == ["some", "true"])
    #expect(client.executor.timers.count == 0)
    #expect(try client.call("Deadline", "x").status == "0")
    #expect(record.values.last == "none")
  }

  @Test func lossOfTheConnectionCancelsEveryCall_W16() throws {
    let record = Record<String>()
    let client = try self.client(record)
    _ = try client.open("Read")
    _ = try client.open("Read")
    client.exchange()
    client.loseConnection()
    #expect(record.values.filter { $0 == "read: cancelled" }.count == 2)
    #expect(record.values.filter { $0 == "write: cancelled" }.count == 2)
  }

  @Test func brokenFrameEndsTheConnectionAndItsCalls() throws {
    let record = Record<String>()
    let client = try self.client(record)
    _ = try client.open("Read")
    client.exchange()
    // A SETTINGS frame of five bytes. Spec: RFC 9113, section 6.5.
    client.sendRaw([0, 0, 5, 4, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5])
    #expect(record.values.first == "read: cancelled")
    #expect(client.serverHasClosed)
    let goAway = client.connectionEvents.contains {
      if case .goAway(_, .frameSizeError, _) = $0 { true } else { false }
    }
    #expect(goAway)
  }

  @Test func contextOutlivesItsCall() throws {
    let contexts = Record<ServerContext>()
    let client = try ScriptedClient { router in
      router.registerServerStreaming(testMethod("List")) {
        (note: Note, writer: RPCWriter<Note>, context: ServerContext) in
        contexts.add(context)
      }
    }
    #expect(try client.call("List", "x", headers: [("k", "v")]).status == "0")
    let context = try #require(contexts.values.first)
    #expect(context.metadata.firstString(forKey: "k") == "v")
    #expect(context.descriptor == testMethod("List"))
    context.trailingMetadata.addString("ignored", forKey: "late")
    contexts.removeAll()
  }

  @Test func writerThrowsAfterTheCallHasEnded() throws {
    let writers = Record<RPCWriter<Note>>()
    let client = try ScriptedClient { router in
      router.registerServerStreaming(testMethod("List")) {
        (note: Note, writer: RPCWriter<Note>, context: ServerContext) in
        writers.add(writer)
      }
    }
    #expect(try client.call("List", "x").status == "0")
    let writer = try #require(writers.values.first)
    let record = Record<String>()
    Task(executorPreference: client.executor) {
      do {
        try await writer.write(Note())
      } catch {
        record.add("\((error as? RPCError)?.message ?? "")")
      }
    }
    client.exchange()
    #expect(record.values == ["the call has ended"])
  }
}
