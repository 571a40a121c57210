import GoldenModuleService
import GoldenModuleValues
import GoldenServices
import SwiftGRPC
import SwiftGRPCProtobuf
import Testing

private typealias Guide = Fixtures_Services_Guide
private typealias Point = Fixtures_Services_Point
private typealias Feature = Fixtures_Services_Feature
private typealias Summary = Fixtures_Services_Summary
private typealias Note = Fixtures_Services_Note
private typealias Area = Fixtures_Services_Area
private typealias Empty = Google_Protobuf_Empty

/// Services as a user writes and calls them, over a connection of this machine.
@Suite struct ServiceTests {
  /// Serves `service` and gives `body` a client of the server.
  private func serving(
    _ service: any RegistrableRPCService, _ body: @Sendable @escaping (GRPCClient) async throws -> Void
  ) async throws {
    try await withGRPCServer(
      transport: .http2(address: .ipv4(host: "127.0.0.1", port: 0), transportSecurity: .plaintext),
      services: [service]
    ) { server in
      let port = try #require(try await server.listeningAddress.port)
      try await withGRPCClient(
        transport: .http2(target: .ipv4(address: "127.0.0.1", port: port), transportSecurity: .plaintext)
      ) { try await body($0) }
    }
  }

  @Test func descriptorsHaveTheNamesOfTheWire() {
    #expect(Guide.descriptor.fullyQualifiedService == "fixtures.services.Guide")
    #expect(
      Guide.Method.descriptors.map(\.method)
        == ["GetFeature", "ListFeatures", "RecordRoute", "RouteChat", "OldFeature", "Ping"])
    #expect(Guide.Method.RouteChat.descriptor.service == Guide.descriptor)
    #expect(Guide.Method.Ping.Input.self == Empty.self)
    #expect(Fixtures_Services_Nothing.Method.descriptors.isEmpty)
  }

  @Test(arguments: [0, 1, 2])
  func eachKindOfServerAnswersEachKindOfCall(server: Int) async throws {
    let services: [any RegistrableRPCService] = [SimpleGuide(), RequestGuide(), StreamGuide()]
    try await serving(services[server]) { client in
      let guide = Guide.Client(wrapping: client)
      let point = Point.with { $0.latitude = 3 }
      #expect(try await guide.getFeature(point).location == point)
      #expect(try await guide.ping(Empty()) == Empty())

      var names: [String] = []
      for try await feature in try await guide.listFeatures(.with { $0.high.latitude = 3 }) {
        names.append(feature.name)
      }
      #expect(names == ["0", "1", "2"])

      let route = try await guide.recordRoute()
      try await route.write(contentsOf: [point, point])
      #expect(try await route.finish().pointCount == 2)

      let chat = try await guide.routeChat()
      try await chat.write(.with { $0.text = "a" })
      try await chat.finish()
      var texts: [String] = []
      for try await note in chat { texts.append(note.text) }
      #expect(texts == ["a!"])
    }
  }

  @Test func closuresSeeTheWholeResponse() async throws {
    try await serving(SimpleGuide()) { client in
      let guide = Guide.Client(wrapping: client)
      let name = try await guide.getFeature(.with { $0.latitude = 1 }) { try $0.message.name }
      #expect(name == "1")
      #expect(try await guide.getFeature(request: ClientRequest(message: Point())).name == "0")
      let count = try await guide.listFeatures(.with { $0.high.latitude = 4 }) { response in
        var count = 0
        for try await _ in response.messages { count += 1 }
        return count
      }
      #expect(count == 4)
      let summary = try await guide.recordRoute { writer in
        try await writer.write(Point())
      }
      #expect(summary.pointCount == 1)
      let texts = try await guide.routeChat { writer in
        for text in ["x", "y"] { try await writer.write(.with { $0.text = text }) }
      } onResponse: { response in
        var texts: [String] = []
        for try await note in response.messages { texts.append(note.text) }
        return texts
      }
      #expect(texts == ["x!", "y!"])
    }
  }

  @Test func methodsWithDefaultImplementationsCanBeLeftOut() async throws {
    try await serving(PartialService()) { client in
      let options = Fixtures_ServiceOptions_Options.Client(wrapping: client)
      let answer = try await options.Unary(.with { $0.text = "a" })
      #expect(answer.text == "a")
      let error = await #expect(throws: RPCError.self) {
        try await options.Collect { try await $0.write(.init()) }
      }
      #expect(error?.code == .unimplemented)
      #expect(error?.message == "method /fixtures.service_options.Options/Collect is not implemented")
    }
  }

  @Test func serviceUsesMessagesOfAnotherModule() async throws {
    try await serving(Converter()) { client in
      let converter = Fixtures_Modules_Service_Converter.Client(wrapping: client)
      let value = try await converter.convert(
        .with {
          $0.value.amount = 2
          $0.factor.factor = 3
        })
      #expect(value.amount == 6 && value.unit == .metre)
    }
  }
}

private struct SimpleGuide: Guide.SimpleServiceProtocol {
  func getFeature(request: Point, context: ServerContext) async throws -> Feature {
    .with {
      $0.name = "\(request.latitude)"
      $0.location = request
    }
  }

  func listFeatures(request: Area, response: RPCWriter<Feature>, context: ServerContext) async throws {
    for index in 0..<request.high.latitude { try await response.write(.with { $0.name = "\(index)" }) }
  }

  func recordRoute(
    request: RPCAsyncSequence<Point, any Error>, context: ServerContext
  ) async throws -> Summary {
    var summary = Summary()
    for try await _ in request { summary.pointCount += 1 }
    return summary
  }

  func routeChat(
    request: RPCAsyncSequence<Note, any Error>, response: RPCWriter<Note>, context: ServerContext
  ) async throws {
    for try await note in request { try await response.write(.with { $0.text = note.text + "!" }) }
  }

  func oldFeature(request: Point, context: ServerContext) async throws -> Feature { Feature() }

  func ping(request: Empty, context: ServerContext) async throws -> Empty { request }
}

/// Answers as ``SimpleGuide`` does, through requests and responses.
private struct RequestGuide: Guide.ServiceProtocol {
  private let simple = SimpleGuide()

  func getFeature(request: ServerRequest<Point>, context: ServerContext) async throws -> ServerResponse<Feature> {
    ServerResponse(message: try await simple.getFeature(request: request.message, context: context))
  }

  func listFeatures(
    request: ServerRequest<Area>, context: ServerContext
  ) async throws -> StreamingServerResponse<Feature> {
    StreamingServerResponse { writer in
      try await simple.listFeatures(request: request.message, response: writer, context: context)
      return [:]
    }
  }

  func recordRoute(
    request: StreamingServerRequest<Point>, context: ServerContext
  ) async throws -> ServerResponse<Summary> {
    ServerResponse(message: try await simple.recordRoute(request: request.messages, context: context))
  }

  func routeChat(
    request: StreamingServerRequest<Note>, context: ServerContext
  ) async throws -> StreamingServerResponse<Note> {
    StreamingServerResponse { writer in
      try await simple.routeChat(request: request.messages, response: writer, context: context)
      return [:]
    }
  }

  func oldFeature(request: ServerRequest<Point>, context: ServerContext) async throws -> ServerResponse<Feature> {
    ServerResponse(message: Feature())
  }

  func ping(request: ServerRequest<Empty>, context: ServerContext) async throws -> ServerResponse<Empty> {
    ServerResponse(message: request.message)
  }
}

/// Answers as ``RequestGuide`` does, through streams.
private struct StreamGuide: Guide.StreamingServiceProtocol {
  private let guide = RequestGuide()

  func getFeature(
    request: StreamingServerRequest<Point>, context: ServerContext
  ) async throws -> StreamingServerResponse<Feature> {
    try await guide.getFeature(request: request, context: context)
  }

  func listFeatures(
    request: StreamingServerRequest<Area>, context: ServerContext
  ) async throws -> StreamingServerResponse<Feature> {
    try await guide.listFeatures(request: request, context: context)
  }

  func recordRoute(
    request: StreamingServerRequest<Point>, context: ServerContext
  ) async throws -> StreamingServerResponse<Summary> {
    try await guide.recordRoute(request: request, context: context)
  }

  func routeChat(
    request: StreamingServerRequest<Note>, context: ServerContext
  ) async throws -> StreamingServerResponse<Note> {
    try await guide.routeChat(request: request, context: context)
  }

  func oldFeature(
    request: StreamingServerRequest<Point>, context: ServerContext
  ) async throws -> StreamingServerResponse<Feature> {
    try await guide.oldFeature(request: request, context: context)
  }

  func ping(
    request: StreamingServerRequest<Empty>, context: ServerContext
  ) async throws -> StreamingServerResponse<Empty> {
    try await guide.ping(request: request, context: context)
  }
}

/// Implements one of the four methods.
private struct PartialService: Fixtures_ServiceOptions_Options.SimpleServiceProtocol {
  func Unary(
    request: Fixtures_ServiceOptions_Message, context: ServerContext
  ) async throws -> Fixtures_ServiceOptions_Message { request }
}

private struct Converter: Fixtures_Modules_Service_Converter.SimpleServiceProtocol {
  func convert(
    request: Fixtures_Modules_Service_Conversion, context: ServerContext
  ) async throws -> Fixtures_Modules_Values_Value {
    .with {
      $0.amount = request.value.amount * request.factor.factor
      $0.unit = .metre
    }
  }
}
