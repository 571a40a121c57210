import SwiftGRPCHTTP2
import SwiftGRPCProtobuf
import Testing

@testable import SwiftGRPC

/// Slow readers stop fast writers, both ways.
@Suite struct ServerFlowControlTests {
  @Test func writerWaitsForAClientThatDoesNotRead() throws {
    let written = Record<Int>()
    var small = HTTP2Configuration()
    small.initialStreamWindowBytes = 65_535
    let client = try ScriptedClient(clientConfiguration: small) { router in
      router.registerServerStreaming(testMethod("List")) {
        (note: Note, writer: RPCWriter<Note>, _: ServerContext) in
        for index in 1...1000 {
          try await writer.write(.with { $0.value = String(repeating: "x", count: 1000) })
          written.add(index)
        }
      }
    }
    let call = try client.open("List")
    call.readsAtOnce = false
    try client.send("x", on: call, end: true)
    client.exchange()
    // One window has gone out and one high-water mark is queued.
    let stopped = written.values.count
    #expect(call.body.count == 65_535)
    #expect((125...140).contains(stopped))
    client.exchange()
    #expect(written.values.count == stopped)
    call.readsAtOnce = true
    client.session.consume(call.body.count, on: call)
    client.exchange()
    #expect(written.values.count == 1000)
    #expect(call.notes.count == 1000)
    #expect(call.status == "0")
  }

  @Test func clientIsStoppedByAHandlerThatDoesNotRead() throws {
    let gate = Gate()
    let read = Record<Int>()
    var small = HTTP2Configuration()
    small.initialStreamWindowBytes = 100_000
    let client = try ScriptedClient(serverConfiguration: small) { router in
      router.registerClientStreaming(testMethod("Join")) {
        (notes: RPCAsyncSequence<Note, any Error>, _: ServerContext) in
        await gate.wait()
        for try await note in notes { read.add(note.value.count) }
        return Note()
      }
    }
    let call = try client.open("Join")
    for _ in 0..<1000 { try client.send(String(repeating: "x", count: 1000), on: call) }
    client.session.finishOutbound(call)
    client.exchange()
    #expect(call.outbound.count == 1_008_000 - 100_000)
    gate.open()
    client.exchange()
    #expect(read.values.count == 1000)
    #expect(call.status == "0")
  }

  @Test func messageThatIsLargerThanTheWindowArrives() throws {
    var small = HTTP2Configuration()
    small.initialStreamWindowBytes = 1000
    let client = try ScriptedClient(serverConfiguration: small) { router in
      router.registerUnary(testMethod("Get")) { (note: Note, _: ServerContext) in note }
    }
    let text = String(repeating: "x", count: 300_000)
    #expect(try client.call("Get", text).notes == [text])
  }

  @Test func messagesThatAreLongerThanTheWindowFollowEachOther() throws {
    let gate = Gate()
    let read = Record<Int>()
    var small = HTTP2Configuration()
    small.initialStreamWindowBytes = 65_535
    let client = try ScriptedClient(serverConfiguration: small) { router in
      router.registerClientStreaming(testMethod("Join")) {
        (notes: RPCAsyncSequence<Note, any Error>, _: ServerContext) in
        for try await note in notes {
          read.add(note.value.utf8.count)
          // The next window is filled while nobody reads.
          await gate.wait()
        }
        return Note()
      }
    }
    let call = try client.open("Join")
    try client.send(String(repeating: "x", count: 68_375), on: call)
    client.exchange()
    #expect(read.values == [68_375])
    for _ in 0..<9 { try client.send(String(repeating: "x", count: 68_375), on: call) }
    client.session.finishOutbound(call)
    client.exchange()
    gate.open()
    client.exchange()
    #expect(read.values == Array(repeating: 68_375, count: 10))
    #expect(call.status == "0")
  }

  @Test func slowHandlerDoesNotStopOtherCallsOfItsConnection() throws {
    let gate = Gate()
    var small = HTTP2Configuration()
    small.initialStreamWindowBytes = 65_535
    small.connectionWindowBytes = 65_535
    let client = try ScriptedClient(serverConfiguration: small) { router in
      router.registerClientStreaming(testMethod("Join")) {
        (notes: RPCAsyncSequence<Note, any Error>, _: ServerContext) in
        await gate.wait()
        for try await _ in notes {}
        return Note()
      }
      router.registerUnary(testMethod("Get")) { (note: Note, _: ServerContext) in note }
    }
    let slow = try client.open("Join")
    for _ in 0..<100 { try client.send(String(repeating: "x", count: 1000), on: slow) }
    client.exchange()
    #expect(try client.call("Get", String(repeating: "y", count: 50_000)).status == "0")
    gate.open()
    client.session.finishOutbound(slow)
    client.exchange()
    #expect(slow.status == "0")
  }

  @Test func connectionClosesWhileAWriterWaits() throws {
    let errors = Record<String>()
    var small = HTTP2Configuration()
    small.initialStreamWindowBytes = 1
    let client = try ScriptedClient(clientConfiguration: small) { router in
      router.registerServerStreaming(testMethod("List")) {
        (note: Note, writer: RPCWriter<Note>, _: ServerContext) in
        do {
          while true { try await writer.write(.with { $0.value = String(repeating: "x", count: 10_000) }) }
        } catch {
          errors.add((error as? RPCError)?.code.description ?? "\(error)")
        }
      }
    }
    let call = try client.open("List")
    call.readsAtOnce = false
    try client.send("x", on: call, end: true)
    client.exchange()
    #expect(errors.values == [])
    client.loseConnection()
    #expect(errors.values == ["cancelled"])
  }
}
