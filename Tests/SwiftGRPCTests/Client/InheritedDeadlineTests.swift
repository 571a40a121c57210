import SwiftGRPC
import SwiftGRPCProtobuf
import Testing

/// Deadlines on their way from a call to the calls that its handler makes.
@Suite(.timeLimit(.minutes(1))) struct InheritedDeadlineTests {
  typealias Text = Google_Protobuf_StringValue

  private static let outer = MethodDescriptor(fullyQualifiedService: "test.Deadlines", method: "Outer")
  private static let outerStream = MethodDescriptor(fullyQualifiedService: "test.Deadlines", method: "OuterStream")
  private static let inner = MethodDescriptor(fullyQualifiedService: "test.Deadlines", method: "Inner")

  /// How an outer call's handler makes the inner one.
  enum Way: CaseIterable {
    case directly, inAChildTask, inAnotherTask, asAValue, behindAnInterceptor
  }

  struct Passing: ClientInterceptor {
    func intercept<Input: Sendable, Output: Sendable>(
      request: StreamingClientRequest<Input>, context: ClientContext,
      next: (StreamingClientRequest<Input>, ClientContext) async throws -> StreamingClientResponse<Output>
    ) async throws -> StreamingClientResponse<Output> {
      try await next(request, context)
    }
  }

  /// What the inner call's handler sees of its deadline when the outer one is called with these options.
  private func timeLeft(
    outer: CallOptions, inner: CallOptions = .defaults, way: Way = .directly, execution: HandlerExecution = .onLoop,
    isStreaming: Bool = false
  ) async throws -> Duration? {
    struct Service: RegistrableRPCService {
      let client: LateClient
      let options: CallOptions
      let way: Way

      func registerMethods(with router: inout RPCRouter) {
        router.registerUnary(InheritedDeadlineTests.inner) { (_: Text, context: ServerContext) -> Text in
          .with { $0.value = context.timeRemaining.map { "\($0.components.seconds)" } ?? "none" }
        }
        router.registerUnary(InheritedDeadlineTests.outer) { (text: Text, _: ServerContext) in try await call(text) }
        router.registerBidirectionalStreaming(InheritedDeadlineTests.outerStream) {
          (texts: RPCAsyncSequence<Text, any Error>, writer: RPCWriter<Text>, _: ServerContext) in
          for try await text in texts { try await writer.write(try await call(text)) }
        }
      }

      func call(_ text: Text) async throws -> Text {
        let client = try await self.client.get(behindInterceptor: way == .behindAnInterceptor)
        switch way {
        case .directly, .behindAnInterceptor:
          return try await client.unary(text, InheritedDeadlineTests.inner, options: options)
        case .inAChildTask:
          async let answer: Text = client.unary(text, InheritedDeadlineTests.inner, options: options)
          return try await answer
        case .inAnotherTask:
          return try await Task { try await client.unary(text, InheritedDeadlineTests.inner, options: options) }.value
        case .asAValue:
          let call: ServerStreamingCall<Text> = try await client.makeServerStreamingCall(
            InheritedDeadlineTests.inner, text, options: options)
          return try await call.reduce(Text()) { $1 }
        }
      }
    }
    let late = LateClient()
    var configuration = GRPCServer.Configuration()
    configuration.handlerExecution = execution
    return try await withGRPCServer(
      transport: .http2(address: .ipv4(host: "127.0.0.1", port: 0), transportSecurity: .plaintext),
      services: [Service(client: late, options: inner, way: way)], configuration: configuration
    ) { server in
      let transport = ClientTransport.http2(
        target: .ipv4(host: "127.0.0.1", port: try await server.listeningAddress.port ?? 0),
        transportSecurity: .plaintext)
      return try await withGRPCClient(transport: transport) { client in
        late.set(client, GRPCClient(transport: transport, interceptors: [Passing()]))
        let answer: Text
        if isStreaming {
          let call: BidirectionalCall<Text, Text> = try await client.makeBidirectionalCall(
            Self.outerStream, options: outer)
          try await call.write(Text())
          try await call.finish()
          answer = try await call.reduce(Text()) { $1 }
        } else {
          answer = try await client.unary(Text(), Self.outer, options: outer)
        }
        late.clear()
        return Int64(answer.value).map { .seconds($0) }
      }
    }
  }

  @Test(arguments: Way.allCases, [HandlerExecution.onLoop, .globalPool])
  func innerCallTakesOverTheDeadline(way: Way, execution: HandlerExecution) async throws {
    let left = try await timeLeft(outer: CallOptions(timeout: .seconds(1000)), way: way, execution: execution)
    #expect(try (.seconds(900)...(.seconds(1000))).contains(#require(left)))
  }

  @Test func innerCallOfAStreamTakesOverTheDeadline() async throws {
    let left = try await timeLeft(outer: CallOptions(timeout: .seconds(1000)), isStreaming: true)
    #expect(try (.seconds(900)...(.seconds(1000))).contains(#require(left)))
  }

  @Test func earlierDeadlineOfTheInnerCallHolds() async throws {
    let left = try await timeLeft(
      outer: CallOptions(timeout: .seconds(10_000)), inner: CallOptions(timeout: .seconds(1000)))
    #expect(try (.seconds(900)...(.seconds(1000))).contains(#require(left)))
  }

  @Test func laterDeadlineOfTheInnerCallDoesNotHold() async throws {
    let left = try await timeLeft(
      outer: CallOptions(timeout: .seconds(1000)), inner: CallOptions(timeout: .seconds(10_000)))
    #expect(try (.seconds(900)...(.seconds(1000))).contains(#require(left)))
  }

  @Test func innerCallMayOptOut() async throws {
    let left = try await timeLeft(
      outer: CallOptions(timeout: .seconds(1000)), inner: CallOptions(inheritsDeadline: false))
    #expect(left == nil)
  }

  @Test func withoutADeadlineThereIsNothingToTakeOver() async throws {
    let left = try await timeLeft(outer: .defaults)
    #expect(left == nil)
    #expect(Deadline.inherited == nil)
  }
}

/// The clients that a handler uses, which are made after its server.
private final class LateClient: Sendable {
  private let clients = Record<(direct: GRPCClient, intercepted: GRPCClient)>()

  func set(_ direct: GRPCClient, _ intercepted: GRPCClient) { clients.add((direct, intercepted)) }

  func clear() { clients.removeAll() }

  func get(behindInterceptor: Bool) async throws -> GRPCClient {
    guard let clients = clients.values.first else { throw CancellationError() }
    return behindInterceptor ? clients.intercepted : clients.direct
  }
}
