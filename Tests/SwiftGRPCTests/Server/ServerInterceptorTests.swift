import SwiftGRPCHTTP2
import SwiftGRPCProtobuf
import Testing

@testable import SwiftGRPC

@Suite struct ServerInterceptorTests {
  enum UserKey: ServerContextKey { typealias Value = String }

  /// Adds its name to the way in and out.
  struct Tracing: ServerInterceptor {
    let name: String
    let record: Record<String>

    func intercept<Input: Sendable, Output: Sendable>(
      request: StreamingServerRequest<Input>, context: ServerContext,
      next:
        @Sendable (StreamingServerRequest<Input>, ServerContext) async throws -> StreamingServerResponse<Output>
    ) async throws -> StreamingServerResponse<Output> {
      self.record.add("\(self.name) in \(context.descriptor.method)")
      context[UserKey.self] = self.name
      var response = try await next(request, context)
      self.record.add("\(self.name) out")
      if case .success(var contents) = response.accepted {
        contents.metadata.addString(self.name, forKey: "passed")
        response.accepted = .success(contents)
      }
      return response
    }
  }

  /// Lets nobody pass.
  struct Refusing: ServerInterceptor {
    func intercept<Input: Sendable, Output: Sendable>(
      request: StreamingServerRequest<Input>, context: ServerContext,
      next:
        @Sendable (StreamingServerRequest<Input>, ServerContext) async throws -> StreamingServerResponse<Output>
    ) async throws -> StreamingServerResponse<Output> {
      guard request.metadata.firstString(forKey: "token") == "good" else {
        throw RPCError(code: .unauthenticated, message: "who are you?")
      }
      return try await next(request, context)
    }
  }

  private func client(
    _ interceptors: [any ServerInterceptor], _ record: Record<String> = Record()
  ) throws -> ScriptedClient {
    try ScriptedClient(interceptors: interceptors) { router in
      router.registerUnary(testMethod("Get")) { (note: Note, context: ServerContext) in
        record.add("handler for \(context[UserKey.self] ?? "nobody")")
        return note
      }
      router.registerServerStreaming(testMethod("List")) { (note: Note, writer: RPCWriter<Note>, _: ServerContext) in
        try await writer.write(note)
        try await writer.write(note)
      }
      router.registerClientStreaming(testMethod("Join")) {
        (notes: RPCAsyncSequence<Note, any Error>, _: ServerContext) in
        var text = ""
        for try await note in notes { text += note.value }
        return Note.with { $0.value = text }
      }
      router.registerBidirectionalStreaming(testMethod("Chat")) {
        (notes: RPCAsyncSequence<Note, any Error>, writer: RPCWriter<Note>, _: ServerContext) in
        for try await note in notes { try await writer.write(note) }
      }
    }
  }

  @Test func interceptorsRunInTheirOrderAroundTheHandler() throws {
    let record = Record<String>()
    let client = try self.client([Tracing(name: "a", record: record), Tracing(name: "b", record: record)], record)
    let call = try client.call("Get", "x")
    #expect(record.values == ["a in Get", "b in Get", "handler for b", "b out", "a out"])
    #expect(call.notes == ["x"])
    #expect(call.status == "0")
    #expect(call.headers?.first(named: "passed") == "b")
  }

  @Test(arguments: [("List", ["x", "x"]), ("Join", ["x"]), ("Chat", ["x"])])
  func everyKindOfCallPassesThem(method: String, answer: [String]) throws {
    let record = Record<String>()
    let call = try self.client([Tracing(name: "a", record: record)]).call(method, "x")
    #expect(record.values == ["a in \(method)", "a out"])
    #expect(call.notes == answer)
    #expect(call.status == "0")
  }

  @Test func interceptorMayRefuse() throws {
    let record = Record<String>()
    let client = try self.client([Refusing()], record)
    let call = try client.call("Get", "x")
    #expect(call.status == "16")
    #expect(record.values == [])
    #expect(try client.call("Get", "x", headers: [("token", "good")]).status == "0")
  }

  @Test func unaryMethodBehindInterceptorsStillTakesOneMessage() throws {
    #expect(try self.client([Refusing()]).call("Get", "x", "y", headers: [("token", "good")]).status == "12")
  }

  @Test func generalHandlerAnswersWithAResponseObject() throws {
    let client = try ScriptedClient { router in
      router.registerHandler(
        forMethod: testMethod("General"), deserializer: ProtobufDeserializer<Note>(),
        serializer: ProtobufSerializer<Note>()
      ) { request, _ in
        let token = request.metadata.firstString(forKey: "token") ?? ""
        return StreamingServerResponse(metadata: ["first": "\(token)"]) { writer in
          try await writer.write(contentsOf: [.with { $0.value = "1" }, .with { $0.value = "2" }])
          return ["last": "end"]
        }
      }
    }
    let call = try client.call("General", "x", headers: [("token", "t")])
    #expect(call.headers?.first(named: "first") == "t")
    #expect(call.notes == ["1", "2"])
    #expect(call.trailers?.first(named: "last") == "end")
    #expect(call.status == "0")
  }

  @Test func responseObjectMayRefuse() throws {
    let client = try ScriptedClient { router in
      router.registerHandler(
        forMethod: testMethod("General"), deserializer: ProtobufDeserializer<Note>(),
        serializer: ProtobufSerializer<Note>()
      ) { _, _ in
        StreamingServerResponse(error: RPCError(code: .notFound, message: "no", metadata: ["why": "gone"]))
      }
    }
    let call = try client.call("General", "x")
    #expect(call.isTrailersOnly)
    #expect(call.status == "5")
    #expect(call.trailers?.first(named: "why") == "gone")
  }
}
