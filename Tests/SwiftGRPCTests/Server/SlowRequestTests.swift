import Logging
import NIOCore
import SwiftGRPCHTTP2
import SwiftGRPCProtobuf
import Testing

@testable import SwiftGRPC

/// Requests that stand still: which of them are ended, when, and what else that touches.
@Suite struct SlowRequestTests {
  /// As the default with a limit of its own.
  private static func config(_ limit: Duration?) -> ServerTransport.Config.Connection {
    var config = ServerTransport.Config.Connection()
    config.keepalive.time = nil
    config.maxRequestPause = limit
    return config
  }

  private func client(
    _ limit: Duration? = .seconds(30), gate: Gate = Gate(), interceptors: [any ServerInterceptor] = []
  ) throws -> ScriptedClient {
    try ScriptedClient(connection: Self.config(limit), interceptors: interceptors) { router in
      router.registerUnary(testMethod("Get")) { (note: Note, _: ServerContext) in note }
      router.registerServerStreaming(testMethod("List")) {
        (note: Note, writer: RPCWriter<Note>, _: ServerContext) in try await writer.write(note)
      }
      router.registerBidirectionalStreaming(testMethod("Chat")) {
        (notes: RPCAsyncSequence<Note, any Error>, writer: RPCWriter<Note>, _: ServerContext) in
        for try await note in notes { try await writer.write(note) }
      }
      router.registerHandler(
        forMethod: testMethod("Whole"), deserializer: ProtobufDeserializer<Note>(),
        serializer: ProtobufSerializer<Note>()
      ) { request, _ in
        let single = try await ServerRequest(stream: request)
        return StreamingServerResponse(single: ServerResponse(message: single.message))
      }
      router.registerClientStreaming(testMethod("Later")) {
        (notes: RPCAsyncSequence<Note, any Error>, _: ServerContext) in
        await gate.wait()
        return try await notes.reduce(into: Note()) { $0.value += $1.value }
      }
    }
  }

  /// Looks are seven and a half seconds apart: one is the first that sees the pause, and one the first after its thirty seconds.
  private static let mostSeconds = TimeAmount.seconds(45)

  private static let partOfAMessage: [UInt8] = [0, 0, 0, 0, 9, 10, 7]

  @Test(arguments: ["Get", "List", "Whole"], [[], [0, 0], partOfAMessage, [0, 0, 0, 0, 0]])
  func requestOfOneMessageThatDoesNotEndIsEnded(method: String, bytes: [UInt8]) throws {
    let client = try self.client()
    let call = try client.open(method)
    client.send(bytes, on: call)
    client.exchange()
    client.advance(by: .seconds(29))
    #expect(!call.isEnded)
    client.advance(by: Self.mostSeconds - .seconds(29))
    #expect(call.status == "4")
    #expect(call.statusMessage == "nothing of the request came for 30 s")
    #expect(call.isClosed)
    #expect(client.faults.counts == [.slowRequest: 1])
  }

  @Test func otherCallsOfTheConnectionGoOn() throws {
    let client = try self.client()
    let slow = try client.open("Get")
    let chat = try client.open("Chat")
    client.exchange()
    client.advance(by: Self.mostSeconds)
    #expect(slow.status == "4")
    try client.send("still here", on: chat)
    client.exchange()
    #expect(chat.notes == ["still here"])
    let next = try client.call("Get", "next")
    #expect(next.notes == ["next"])
    #expect(!client.serverHasClosed)
  }

  @Test func whatComesAfterTheEndGoesNowhere() throws {
    let client = try self.client()
    let call = try client.open("Get")
    client.exchange()
    client.advance(by: Self.mostSeconds)
    client.sendRaw(Frame.data(call.id, try ScriptedClient.frame("late"), endStream: true).bytes)
    #expect(call.status == "4")
    #expect(!client.serverHasClosed)
  }

  @Test func streamThatStopsInsideAMessageIsEnded() throws {
    let client = try self.client()
    let call = try client.open("Chat")
    try client.send("whole", on: call)
    client.send(Self.partOfAMessage, on: call)
    client.exchange()
    client.advance(by: Self.mostSeconds)
    #expect(call.notes == ["whole"])
    #expect(call.status == "4")
  }

  @Test func streamMayRestBetweenItsMessages() throws {
    let client = try self.client()
    let call = try client.open("Chat")
    client.exchange()
    client.advance(by: .hours(1))
    try client.send("one", on: call)
    client.exchange()
    client.advance(by: .hours(1))
    try client.send("two", on: call, end: true)
    client.exchange()
    #expect(call.notes == ["one", "two"])
    #expect(call.status == "0")
    #expect(client.faults.counts.isEmpty)
  }

  @Test func requestThatGoesOnMayTakeLong() throws {
    let client = try self.client()
    let call = try client.open("Get")
    for byte in try ScriptedClient.frame("slow") {
      client.advance(by: .seconds(25))
      client.send([byte], on: call)
      client.exchange()
    }
    client.session.finishOutbound(call)
    client.exchange()
    #expect(call.notes == ["slow"])
    #expect(call.status == "0")
  }

  @Test func clientIsNotHurriedWhileNobodyReads() throws {
    let gate = Gate()
    let client = try self.client(gate: gate)
    let call = try client.open("Later")
    let message = try ScriptedClient.frame("x")
    client.send(Array(message.dropLast()), on: call)
    client.exchange()
    client.advance(by: .hours(1))
    #expect(!call.isEnded)
    gate.open()
    client.exchange()
    client.send(Array(message.suffix(1)), on: call, end: true)
    client.exchange()
    #expect(call.notes == ["x"])
  }

  @Test func interceptorsChangeNothing() throws {
    struct Through: ServerInterceptor {
      func intercept<Input: Sendable, Output: Sendable>(
        request: StreamingServerRequest<Input>, context: ServerContext,
        next: @Sendable (StreamingServerRequest<Input>, ServerContext) async throws -> StreamingServerResponse<Output>
      ) async throws -> StreamingServerResponse<Output> {
        try await next(request, context)
      }
    }
    let client = try self.client(interceptors: [Through()])
    let slow = try client.open("Get")
    let resting = try client.open("Chat")
    client.exchange()
    client.advance(by: Self.mostSeconds)
    #expect(slow.status == "4")
    #expect(!resting.isEnded)
  }

  @Test func limitCanBeChangedAndSwitchedOff() throws {
    let hasty = try self.client(.seconds(2))
    let hastyCall = try hasty.open("Get")
    hasty.exchange()
    hasty.advance(by: .seconds(3))
    #expect(hastyCall.statusMessage == "nothing of the request came for 2 s")
    let patient = try self.client(nil)
    let patientCall = try patient.open("Get")
    patient.exchange()
    patient.advance(by: .hours(24))
    #expect(!patientCall.isEnded)
  }

  @Test func manySlowRequestsAreOneLineInTheLog() throws {
    let client = try self.client()
    for _ in 0..<10 { _ = try client.open("Get") }
    client.exchange()
    client.advance(by: Self.mostSeconds)
    #expect(client.faults.counts == [.slowRequest: 10])
    let lines = client.log.lines.filter { $0.level > .trace && $0.text.contains("grpc.fault=slow request") }
    #expect(
      lines.map(\.text) == [
        "connection fault grpc.fault=slow request grpc.peer=ipv4:127.0.0.1:1 "
          + "reason=test.Notes/Get: nothing of the request came for 30 s"
      ])
  }
}
