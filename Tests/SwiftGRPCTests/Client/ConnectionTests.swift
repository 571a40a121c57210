import Foundation
import NIOCore
import SwiftGRPCHTTP2
import Synchronization
import Testing

@testable import SwiftGRPC

/// How connections are made, used, lost and closed.
@Suite(.timeLimit(.minutes(1))) struct ConnectionTests {
  /// A script that answers every call with one message.
  static let answering: ScriptedServer.Script = { event, connection in
    if case .endOfStream(let stream) = event { connection.respond([UInt8(connection.number)], on: stream) }
  }

  // MARK: Connecting

  @Test func aRefusedConnectionFailsTheCallAndNamesAddressAndCause() async throws {
    let reserved = try ReservedPort()
    defer { reserved.release() }
    let port = reserved.number
    try await withGRPCClient(transport: .plaintext(port: port)) { client in
      let error = await rpcError { try await client.call() }
      #expect(error?.code == .unavailable)
      #expect(error?.message == "connect to 127.0.0.1:\(port): connection refused")
      #expect(error?.cause != nil)
      #expect(client.connectivityState == .transientFailure)
      let next = await rpcError { try await client.call() }
      #expect(next?.message == error?.message)
    }
  }

  @Test func everyAddressOfANameIsNamedInTheError() async throws {
    let reserved = try ReservedPort()
    defer { reserved.release() }
    let port = reserved.number
    let transport = ClientTransport.http2(
      target: .dns(host: "localhost", port: port), transportSecurity: .plaintext
    )
    try await withGRPCClient(transport: transport) { client in
      let message = await rpcError { try await client.call() }?.message ?? ""
      #expect(message.hasPrefix("connect to localhost:\(port): "))
      #expect(message.contains("127.0.0.1:\(port): connection refused"))
    }
  }

  @Test func anUnknownNameIsUnavailable() async throws {
    let transport = ClientTransport.http2(
      target: .dns(host: "does-not-exist.invalid", port: 1), transportSecurity: .plaintext
    )
    try await withGRPCClient(transport: transport) { client in
      let error = await rpcError { try await client.call() }
      #expect(error?.code == .unavailable)
      #expect(error?.message.hasPrefix("connect to does-not-exist.invalid:1: ") == true)
    }
  }

  @Test func aMalformedAddressIsUnavailableAndNamed() async throws {
    let transport = ClientTransport.http2(target: .ipv4(host: "1.2.3", port: 1), transportSecurity: .plaintext)
    try await withGRPCClient(transport: transport) { client in
      let error = await rpcError { try await client.call() }
      #expect(error?.message == "connect to 1.2.3:1: \"1.2.3\" is no IP address")
    }
  }

  @Test func aServerThatNeverSendsSettingsIsUnavailable() async throws {
    try await withSilentServer { port in
      let transport = ClientTransport.plaintext(port: port) {
        $0.connection.connectTimeout = .milliseconds(20)
        $0.backoff.initial = .milliseconds(20)
        $0.backoff.jitter = 0
      }
      try await withGRPCClient(transport: transport) { client in
        let error = await rpcError { try await client.call() }
        #expect(error?.code == .unavailable)
        #expect(error?.message.hasPrefix("connect to 127.0.0.1:\(port): no answer") == true)
      }
    }
  }

  @Test func aCallThatWaitsForReadyGetsItsConnectionWhenTheServerIsThere() async throws {
    let reserved = try ReservedPort()
    defer { reserved.release() }
    let port = reserved.number
    let transport = ClientTransport.plaintext(port: port) {
      $0.backoff.initial = .milliseconds(5)
      $0.backoff.max = .milliseconds(10)
    }
    let client = GRPCClient(transport: transport)
    let task = Task { try await client.call(options: CallOptions(timeout: .seconds(50), waitForReady: true)) }
    while client.connectivityState != .transientFailure {
      await client.waitForConnectivityChange(from: client.connectivityState)
    }
    reserved.release()
    try await ScriptedServer.with(port: port, Self.answering) { _ in
      let response = try await task.value
      #expect(response == [1])
      #expect(client.connectivityState == .ready)
    }
    try await client.close()
  }

  @Test func connectMakesAConnectionWithoutACall() async throws {
    try await ScriptedServer.with(Self.answering) { server in
      let client = GRPCClient(transport: server.transport)
      #expect(client.connectivityState == .idle)
      client.connect()
      while client.connectivityState != .ready {
        await client.waitForConnectivityChange(from: client.connectivityState)
      }
      #expect(server.connectionCount == 1)
      try await client.close()
      #expect(client.connectivityState == .shutdown)
    }
  }

  @Test func aServerThatSpeaksSomethingElseIsNamedInTheError() async throws {
    try await ScriptedServer.with { _, connection in
    } _: { server in
      let transport = ClientTransport.http2(
        target: .ipv4(host: "127.0.0.1", port: server.port), transportSecurity: .tls
      )
      try await withGRPCClient(transport: transport) { client in
        let error = await rpcError { try await client.call() }
        #expect(error?.code == .unavailable)
        #expect(error?.message.hasPrefix("connect to 127.0.0.1:\(server.port): ") == true)
      }
    }
  }

  // MARK: Losing connections

  @Test func aLostConnectionEndsEveryCallAndTheNextOneReconnects() async throws {
    try await ScriptedServer.with { event, connection in
      if connection.number > 1 { return Self.answering(event, connection) }
      if case .endOfStream(let stream) = event, stream.id == 5 { connection.close() }
    } _: { server in
      try await withGRPCClient(transport: server.transport) { client in
        await withTaskGroup { group in
          for _ in 0..<3 { group.addTask { await rpcError { try await client.call() } } }
          for await error in group {
            #expect(error?.code == .unavailable)
            #expect(error?.message == "connection to 127.0.0.1:\(server.port): closed by the peer")
          }
        }
        let response = try await client.call()
        #expect(response == [2])
      }
    }
  }

  @Test func aStreamLosesItsConnectionWithUnavailable() async throws {
    try await ScriptedServer.with { event, connection in
      if case .headers(let stream, _, _) = event {
        connection.begin(on: stream)
        connection.message([1], on: stream)
        connection.close()
      }
    } _: { server in
      try await withGRPCClient(transport: server.transport) { client in
        let call = try await client.stream()
        let error = await rpcError { for try await _ in call {} }
        #expect(error?.code == .unavailable)
      }
    }
  }

  // MARK: GOAWAY and refused streams

  @Test func afterGoAwayRunningCallsFinishAndNewOnesUseANewConnection_W15() async throws {
    let first = LateValue<Void>()
    try await ScriptedServer.with { event, connection in
      switch event {
      case .headers(let stream, _, _) where connection.number == 1 && stream.id == 1:
        connection.begin(on: stream)
        connection.session.goAway()
      case .endOfStream(let stream): connection.respond([UInt8(connection.number)], on: stream)
      default: break
      }
      if connection.number == 2 { first.set(()) }
    } _: { server in
      try await withGRPCClient(transport: server.transport) { client in
        let call = try await client.stream()
        _ = try await call.initialMetadata
        while client.connectivityState == .ready { await client.waitForConnectivityChange(from: .ready) }
        let response = try await client.call()
        #expect(response == [2])
        // The call on the old connection is still there.
        try await call.write([1])
        call.cancel()
      }
    }
  }

  @Test func aCallThatTheServerNeverSawIsMadeOnceMore_W15() async throws {
    try await ScriptedServer.with { event, connection in
      guard case .endOfStream(let stream) = event else { return }
      if connection.number == 1 {
        connection.session.goAway(lastStreamID: 0)
        connection.close()
      } else {
        connection.respond([UInt8(connection.number)], on: stream)
      }
    } _: { server in
      try await withGRPCClient(transport: server.transport) { client in
        let response = try await client.call()
        #expect(response == [2])
      }
    }
  }

  @Test func aRefusedCallIsMadeOnceMoreAndNotForEver_W12() async throws {
    let attempts = LateCounter()
    try await ScriptedServer.with { event, connection in
      guard case .endOfStream(let stream) = event else { return }
      if attempts.next() % 2 == 1 || stream.id > 3 {
        connection.reset(stream, .refusedStream)
      } else {
        connection.respond([9], on: stream)
      }
    } _: { server in
      try await withGRPCClient(transport: server.transport) { client in
        let response = try await client.call()
        #expect(response == [9])
        let error = await rpcError { try await client.call() }
        #expect(error?.code == .unavailable)
        #expect(attempts.count == 4)
        let streaming = await rpcError {
          try await client.serverStreaming(
            request: ClientRequest<[UInt8]>(message: [1]), descriptor: GRPCClient.method, serializer: BytesSerializer(),
            deserializer: BytesDeserializer(), options: .defaults
          ) { for try await _ in $0.messages {} }
        }
        #expect(streaming?.code == .unavailable)
        #expect(attempts.count == 6)
      }
    }
  }

  @Test func callsQueueWhenTheServerAllowsOneStreamAtATime_W18() async throws {
    var configuration = HTTP2Configuration()
    configuration.maxConcurrentStreams = 1
    try await ScriptedServer.with(configuration: configuration, Self.answering) { server in
      try await withGRPCClient(transport: server.transport) { client in
        try await withThrowingTaskGroup { group in
          for _ in 0..<10 { group.addTask { try await client.call() } }
          for try await response in group { #expect(response == [1]) }
        }
      }
    }
  }

  @Test func aGoAwayWithAnErrorIsNamedByTheCallsThatItEnds() async throws {
    try await ScriptedServer.with { event, connection in
      guard case .endOfStream = event else { return }
      connection.session.goAway(code: .enhanceYourCalm, debug: "too_many_pings")
      connection.close()
    } _: { server in
      try await withGRPCClient(transport: server.transport) { client in
        let error = await rpcError { try await client.call() }
        #expect(error?.code == .unavailable)
        #expect(
          error?.message
            == "connection to 127.0.0.1:\(server.port): the server said GOAWAY with ENHANCE_YOUR_CALM (too_many_pings)"
        )
      }
    }
  }

  // MARK: Closing

  @Test func aClosedClientRefusesCalls() async throws {
    try await ScriptedServer.with(Self.answering) { server in
      let client = GRPCClient(transport: server.transport)
      _ = try await client.call()
      try await client.close()
      let error = await rpcError { try await client.call() }
      #expect(error == RPCError(code: .unavailable, message: "the client is shut down"))
      try await client.close()
    }
  }

  @Test func gracefulShutdownLetsRunningCallsFinish() async throws {
    let stream = LateValue<Void>()
    try await ScriptedServer.with { event, connection in
      if case .headers(let stream, _, _) = event { connection.begin(on: stream) }
      if case .data = event { stream.set(()) }
      if case .endOfStream(let stream) = event {
        connection.message([1], on: stream)
        connection.trailers([("grpc-status", "0")], on: stream)
      }
    } _: { server in
      let client = GRPCClient(transport: server.transport)
      let call = try await client.stream()
      try await call.write([1])
      try await stream.get()
      client.beginGracefulShutdown()
      let refused = await rpcError { try await client.call() }
      #expect(refused?.code == .unavailable)
      try await call.finish()
      var messages: [[UInt8]] = []
      for try await message in call { messages.append(message) }
      #expect(messages == [[1]])
      try await client.close()
    }
  }

  @Test func theGracePeriodEndsCallsThatGoOn() async throws {
    try await ScriptedServer.with { event, connection in
      if case .headers(let stream, _, _) = event { connection.begin(on: stream) }
    } _: { server in
      let client = GRPCClient(transport: server.transport)
      let call = try await client.stream()
      _ = try await call.initialMetadata
      try await client.close(gracePeriod: .milliseconds(10))
      let error = await rpcError { for try await _ in call {} }
      #expect(error?.code == .cancelled)
    }
  }

  @Test func aClosedClientLeavesNothingBehind() async throws {
    let reserved = try ReservedPort()
    defer { reserved.release() }
    let port = reserved.number
    weak var channel: ClientChannel?
    do {
      let client = GRPCClient(transport: .plaintext(port: port))
      channel = client.channel
      let error = await rpcError {
        try await client.call(options: CallOptions(timeout: .milliseconds(20), waitForReady: true))
      }
      #expect(error?.code == .deadlineExceeded)
      try await client.close()
    }
    // What the loop still has to do with the client is done before this.
    for executor in LoopGroup.shared.executors { try await executor.eventLoop.submit {}.get() }
    #expect(channel == nil)
  }

  @Test func runConnectionsWaitsUntilTheClientIsClosed() async throws {
    try await ScriptedServer.with(Self.answering) { server in
      let client = GRPCClient(transport: server.transport)
      let running = Task { try await client.runConnections() }
      _ = try await client.call()
      client.beginGracefulShutdown()
      try await running.value
      #expect(client.connectivityState == .shutdown)
    }
  }

  @Test func cancellingRunConnectionsEndsCalls() async throws {
    try await ScriptedServer.with { event, connection in
      if case .headers(let stream, _, _) = event { connection.begin(on: stream) }
    } _: { server in
      let client = GRPCClient(transport: server.transport)
      let running = Task { try await client.runConnections() }
      let call = try await client.stream()
      _ = try await call.initialMetadata
      running.cancel()
      try await running.value
      let error = await rpcError { for try await _ in call {} }
      #expect(error?.code == .cancelled)
    }
  }

  @Test func anIdleConnectionIsClosedAndMadeAgain() async throws {
    try await ScriptedServer.with(Self.answering) { server in
      let transport = server.transport { $0.connection.maxIdleTime = .milliseconds(20) }
      try await withGRPCClient(transport: transport) { client in
        let first = try await client.call()
        #expect(first == [1])
        while client.connectivityState != .idle {
          await client.waitForConnectivityChange(from: client.connectivityState)
        }
        let second = try await client.call()
        #expect(second == [2])
      }
    }
  }
}

/// Counts from one, on any thread.
final class LateCounter: Sendable {
  private let value = Mutex(0)

  var count: Int { value.withLock { $0 } }

  func next() -> Int {
    value.withLock {
      $0 += 1
      return $0
    }
  }
}
