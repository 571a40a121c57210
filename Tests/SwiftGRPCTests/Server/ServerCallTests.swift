import SwiftGRPCHTTP2
import SwiftGRPCProtobuf
import Testing

@testable import SwiftGRPC

/// The four kinds of call, and what ends them, as a client sees it on the wire.
@Suite struct ServerCallTests {
  private func echo() throws -> ScriptedClient {
    try ScriptedClient { router in
      router.registerUnary(testMethod("Get")) { (note: Note, _: ServerContext) in note }
    }
  }

  // MARK: Kinds

  @Test func unaryCallIsAnsweredWithHeadersMessageAndTrailers_W6() throws {
    let client = try self.echo()
    let call = try client.call("Get", "hello")
    #expect(call.httpStatus == 200)
    #expect(call.headers?.first(named: "content-type") == "application/grpc")
    #expect(call.notes == ["hello"])
    #expect(call.status == "0")
    #expect(call.statusMessage == nil)
    #expect(!call.isTrailersOnly)
    #expect(call.isClosed)
  }

  @Test func answersOfOneReadLeaveInOneWrite() throws {
    let client = try self.echo()
    let before = client.writeCount
    let calls = try (0..<10).map { index in
      let call = try client.open("Get")
      try client.send("note \(index)", on: call, end: true)
      return call
    }
    client.exchange()
    #expect(calls.map(\.notes) == (0..<10).map { ["note \($0)"] })
    #expect(client.writeCount == before + 1)
  }

  @Test func manyAnswersOfOneReadLeaveInParts() throws {
    let client = try self.echo()
    let before = client.writeCount
    // A first part, one that is longer, and one of what is left.
    let count = ServerConnection.answersOfFirstWrite * (1 + ServerConnection.writeGrowth) + 1
    let calls = try (0..<count).map { index in
      let call = try client.open("Get")
      try client.send("note \(index)", on: call, end: true)
      return call
    }
    client.exchange()
    #expect(calls.map(\.notes) == calls.indices.map { ["note \($0)"] })
    #expect(calls.allSatisfy { $0.status == "0" && $0.isClosed })
    #expect(client.writeCount == before + 3)
  }

  @Test(arguments: [1, 2, 5, 6, 7, 100]) func requestMayArriveInPiecesOfAnySize_W4(pieceSize: Int) throws {
    let client = try self.echo()
    let call = try client.open("Get")
    let bytes = try ScriptedClient.frame("a note that is cut into pieces")
    for start in stride(from: 0, to: bytes.count, by: pieceSize) {
      client.send(Array(bytes[start..<min(start + pieceSize, bytes.count)]), on: call)
      client.exchange()
    }
    #expect(call.trailers == nil)
    client.session.finishOutbound(call)
    client.exchange()
    #expect(call.notes == ["a note that is cut into pieces"])
    #expect(call.status == "0")
  }

  @Test func emptyMessageIsAMessage() throws {
    let client = try self.echo()
    let call = try client.call("Get", "")
    #expect(call.body == [0, 0, 0, 0, 0])
    #expect(call.status == "0")
  }

  @Test func serverStreamEndsAfterItsMessages() throws {
    let client = try ScriptedClient { router in
      router.registerServerStreaming(testMethod("List")) { (note: Note, writer: RPCWriter<Note>, _: ServerContext) in
        for index in 1...3 {
          try await writer.write(.with { $0.value = "\(note.value) \(index)" })
        }
      }
    }
    let call = try client.call("List", "page")
    #expect(call.notes == ["page 1", "page 2", "page 3"])
    #expect(call.status == "0")
  }

  @Test func clientStreamIsReadToItsEnd() throws {
    let client = try ScriptedClient { router in
      router.registerClientStreaming(testMethod("Join")) {
        (notes: RPCAsyncSequence<Note, any Error>, _: ServerContext) in
        var text = ""
        for try await note in notes { text += note.value }
        return Note.with { $0.value = text }
      }
    }
    let call = try client.open("Join")
    for text in ["a", "b", "c"] {
      try client.send(text, on: call)
      client.exchange()
    }
    #expect(call.headers == nil)
    client.session.finishOutbound(call)
    client.exchange()
    #expect(call.notes == ["abc"])
    #expect(call.status == "0")
  }

  @Test func bidirectionalStreamAnswersEachMessageAsItComes() throws {
    let client = try ScriptedClient { router in
      router.registerBidirectionalStreaming(testMethod("Chat")) {
        (notes: RPCAsyncSequence<Note, any Error>, writer: RPCWriter<Note>, _: ServerContext) in
        for try await note in notes { try await writer.write(note) }
      }
    }
    let call = try client.open("Chat")
    for text in ["one", "two", "three"] {
      try client.send(text, on: call)
      client.exchange()
      #expect(call.notes.last == text)
    }
    client.session.finishOutbound(call)
    client.exchange()
    #expect(call.status == "0")
  }

  @Test func handlerThatEndsEarlyTakesNothingFromTheAnswer_W11() throws {
    let client = try ScriptedClient { router in
      router.registerClientStreaming(testMethod("First")) {
        (notes: RPCAsyncSequence<Note, any Error>, _: ServerContext) in
        for try await note in notes { return note }
        return Note()
      }
    }
    let call = try client.open("First")
    try client.send("enough", on: call)
    client.exchange()
    #expect(call.notes == ["enough"])
    #expect(call.status == "0")
    #expect(call.resetCode == nil || call.resetCode == .noError)
    #expect(call.isClosed)
  }

  // MARK: Refusals

  @Test func unknownMethodIsUnimplemented() throws {
    let call = try self.echo().call("Nope", "x")
    #expect(call.isTrailersOnly)
    #expect(call.status == "12")
    #expect(call.statusMessage == "there is no method /test.Notes/Nope")
  }

  @Test(arguments: ["text/html", "application/json", "application/grpcx"])
  func otherContentTypeIsHTTP415_W2(contentType: String) throws {
    let client = try self.echo()
    let call = try client.open("Get", contentType: contentType, endStream: true)
    client.exchange()
    #expect(call.httpStatus == 415)
    #expect(call.status == nil)
  }

  @Test func otherHTTPMethodIsHTTP405() throws {
    let client = try self.echo()
    let call = try client.open("Get", httpMethod: "PUT", endStream: true)
    client.exchange()
    #expect(call.httpStatus == 405)
  }

  @Test func headersAboveTheLimitAreHTTP431_W10() throws {
    let client = try self.echo()
    let call = try client.open(
      "Get", headers: [("x-large", String(repeating: "x", count: 17000))], endStream: true)
    client.exchange()
    #expect(call.httpStatus == 431)
    #expect(try client.call("Get", "still here").notes == ["still here"])
  }

  @Test(arguments: ["1x", "123456789S", "S", "-1S", "1 S"]) func malformedTimeoutIsInternal_W3(text: String) throws {
    let call = try self.echo().call("Get", "x", headers: [("grpc-timeout", text)])
    #expect(call.status == "13")
  }

  @Test func compressedFlagWithoutEncodingIsInternal_W4() throws {
    let client = try self.echo()
    let call = try client.open("Get")
    client.send(ScriptedClient.prefix(2, flag: 1) + [1, 2], on: call, end: true)
    client.exchange()
    #expect(call.status == "13")
  }

  @Test func messageAboveTheLimitIsResourceExhausted() throws {
    let client = try ScriptedClient(maxRequestMessageBytes: 100) { router in
      router.registerUnary(testMethod("Get")) { (note: Note, _: ServerContext) in note }
    }
    let call = try client.call("Get", String(repeating: "x", count: 101))
    #expect(call.status == "8")
    #expect(call.statusMessage == "message of 103 bytes exceeds the limit of 100")
    #expect(try client.call("Get", String(repeating: "x", count: 98)).status == "0")
  }

  @Test func tooLongMessageIsRefusedBeforeItHasArrived() throws {
    let client = try ScriptedClient(maxRequestMessageBytes: 100) { router in
      router.registerUnary(testMethod("Get")) { (note: Note, _: ServerContext) in note }
    }
    let call = try client.open("Get")
    client.send(ScriptedClient.prefix(101), on: call)
    client.exchange()
    #expect(call.status == "8")
    #expect(call.isClosed)
  }

  @Test func bytesThatAreNoMessageAreInternal() throws {
    let client = try self.echo()
    let call = try client.open("Get")
    client.send(ScriptedClient.prefix(2) + [0xFF, 0xFF], on: call, end: true)
    client.exchange()
    #expect(call.status == "13")
  }

  @Test func unaryCallWithoutAMessageIsUnimplemented() throws {
    let call = try self.echo().call("Get")
    #expect(call.status == "12")
  }

  @Test func unaryCallWithTwoMessagesIsUnimplemented() throws {
    let call = try self.echo().call("Get", "one", "two")
    #expect(call.status == "12")
    #expect(call.notes == [])
  }

  @Test func streamThatEndsInsideAMessageIsInternal() throws {
    let client = try self.echo()
    let call = try client.open("Get")
    client.send(ScriptedClient.prefix(100) + [1, 2, 3], on: call, end: true)
    client.exchange()
    #expect(call.status == "13")
  }
}
