import Logging
import SwiftGRPCHTTP2
import SwiftGRPCProtobuf
import Testing

@testable import SwiftGRPC

/// What a client gets when a handler fails, and what handlers set for the answer.
@Suite struct ServerErrorTests {
  struct Secret: Error {}

  struct Convertible: Error, RPCErrorConvertible {
    var rpcErrorCode: RPCError.Code { .notFound }
    var rpcErrorMessage: String { "gone" }
    var rpcErrorMetadata: Metadata { ["which": "this one"] }
  }

  private func client(_ handler: @escaping @Sendable (ServerContext) async throws -> Void) throws -> ScriptedClient {
    try ScriptedClient { router in
      router.registerUnary(testMethod("Get")) { (note: Note, context: ServerContext) in
        try await handler(context)
        return note
      }
      router.registerServerStreaming(testMethod("List")) {
        (note: Note, writer: RPCWriter<Note>, context: ServerContext) in
        try await writer.write(note)
        try await handler(context)
      }
    }
  }

  @Test func errorOfAHandlerIsToldAsItIs() throws {
    let client = try self.client { _ in
      throw RPCError(code: .permissionDenied, message: "not for you: ☺", metadata: ["hint": "ask", "raw-bin": [1, 2]])
    }
    let call = try client.call("Get", "x")
    #expect(call.isTrailersOnly)
    #expect(call.status == "7")
    #expect(call.statusMessage == "not for you: %E2%98%BA")
    #expect(call.trailers?.first(named: "hint") == "ask")
    #expect(call.trailers?.first(named: "raw-bin") == "AQI")
  }

  @Test func errorAfterAMessageComesInTrailers() throws {
    let client = try self.client { _ in throw RPCError(code: .aborted, message: "later") }
    let call = try client.call("List", "x")
    #expect(!call.isTrailersOnly)
    #expect(call.notes == ["x"])
    #expect(call.status == "10")
  }

  @Test func cancellationErrorIsCancelled() throws {
    #expect(try self.client { _ in throw CancellationError() }.call("Get", "x").status == "1")
  }

  @Test func convertibleErrorIsConverted() throws {
    let call = try self.client { _ in throw Convertible() }.call("Get", "x")
    #expect(call.status == "5")
    #expect(call.statusMessage == "gone")
    #expect(call.trailers?.first(named: "which") == "this one")
  }

  @Test func otherErrorIsUnknownAndGoesToTheLogOnly() throws {
    let client = try self.client { _ in throw Secret() }
    let call = try client.call("Get", "x")
    #expect(call.status == "2")
    #expect(call.statusMessage == "the handler failed")
    let line = try #require(client.log.lines.first { $0.level == .error })
    #expect(line.text.contains("Secret"))
    #expect(line.text.contains("grpc.method=test.Notes/Get"))
  }

  // MARK: Metadata

  @Test func metadataGoesBothWays_W8_W9() throws {
    let client = try self.client { context in
      context.initialMetadata.addString(context.metadata.firstString(forKey: "x-in") ?? "", forKey: "x-out")
      context.trailingMetadata.addBinary(context.metadata.firstBinary(forKey: "y-bin") ?? [], forKey: "z-bin")
    }
    let call = try client.call("Get", "x", headers: [("x-in", "here"), ("y-bin", "q6ur")])
    #expect(call.headers?.first(named: "x-out") == "here")
    #expect(call.trailers?.first(named: "z-bin") == "q6ur")
    #expect(call.status == "0")
  }

  @Test func initialMetadataIsSentEvenIfTheCallFails() throws {
    let client = try self.client { context in
      context.initialMetadata.addString("7", forKey: "id")
      throw RPCError(code: .internalError, message: "no")
    }
    let call = try client.call("Get", "x")
    #expect(call.headers?.first(named: "id") == "7")
    #expect(call.status == "13")
  }

  @Test func initialMetadataCanBeSentBeforeAnyMessage() throws {
    let gate = Gate()
    let client = try self.client { context in
      context.initialMetadata.addString("7", forKey: "id")
      await context.sendInitialMetadata()
      await gate.wait()
    }
    let call = try client.call("Get", "x")
    #expect(call.headers?.first(named: "id") == "7")
    #expect(call.trailers == nil)
    gate.open()
    client.exchange()
    #expect(call.notes == ["x"])
    #expect(call.status == "0")
  }

  @Test func metadataThatCannotBeSentFailsTheCallAndSaysWhy() throws {
    let client = try self.client { $0.initialMetadata.addString("line\nbreak", forKey: "bad") }
    let call = try client.call("Get", "x")
    #expect(call.status == "13")
    #expect(call.statusMessage?.contains("bad") == true)
    #expect(call.notes == [])
  }

  @Test func trailingMetadataThatCannotBeSentFailsTheCall() throws {
    let client = try self.client { $0.trailingMetadata.addBinary([1], forKey: "no-suffix") }
    let call = try client.call("Get", "x")
    #expect(call.status == "13")
    #expect(call.statusMessage?.contains("no-suffix") == true)
  }
}
