import NIOCore
import NIOPosix
import SwiftGRPCHTTP2
import Testing

@testable import SwiftGRPC

/// Deadlines and cancellation.
@Suite(.timeLimit(.minutes(1))) struct EndingCallsTests {
  /// Tells a test what a server saw.
  struct Seen: Sendable {
    let timeouts = LateValue<String?>()
    let reset = LateValue<HTTP2ErrorCode>()

    /// A script that never answers.
    var script: ScriptedServer.Script {
      { event, _ in
        switch event {
        case .headers(_, let block, _): timeouts.set(block.first(named: "grpc-timeout"))
        case .reset(_, let code): reset.set(code)
        default: break
        }
      }
    }
  }

  @Test func theDeadlineIsSentAndEnforcedWithAReset_W14() async throws {
    let seen = Seen()
    try await ScriptedServer.with(seen.script) { server in
      try await withGRPCClient(transport: server.transport) { client in
        client.connect()
        await client.waitForConnectivityChange(from: .idle)
        await client.waitForConnectivityChange(from: .connecting)
        // Between two tests' work this one may not get its turn for longer than that; then it tries again with twice the time.
        var milliseconds = 200
        var error: RPCError?
        repeat {
          milliseconds *= 2
          error = await rpcError { try await client.call(options: CallOptions(timeout: .milliseconds(milliseconds))) }
        } while error?.message.hasSuffix("while it waited for a connection") == true
        #expect(error?.code == .deadlineExceeded)
        #expect(error?.message == "the call took longer than \(Double(milliseconds) / 1000) seconds")
        #expect(error?.origin == .local)
        let reset = try await seen.reset.get()
        #expect(reset == .cancel)
        let timeout = try #require(try await seen.timeouts.get())
        let nanoseconds = Array(timeout.utf8).withUnsafeBytes { TimeoutText.decode($0) }
        #expect(try (1...Int64(milliseconds) * 1_000_000).contains(#require(nanoseconds)))
      }
    }
  }

  @Test func aDeadlineThatHasPassedIsNotSent() async throws {
    try await ScriptedServer.with { _, _ in
    } _: { server in
      try await withGRPCClient(transport: server.transport) { client in
        let error = await rpcError { try await client.call(options: CallOptions(deadline: .now())) }
        #expect(error?.code == .deadlineExceeded)
        #expect(server.connectionCount == 0)
      }
    }
  }

  @Test func theDeadlineHoldsWhileACallWaitsForAConnection() async throws {
    try await withSilentServer { port in
      try await withGRPCClient(transport: .plaintext(port: port)) { client in
        let error = await rpcError { try await client.call(options: CallOptions(timeout: .milliseconds(30))) }
        #expect(error?.code == .deadlineExceeded)
        #expect(error?.message == "the call took longer than 0.03 seconds while it waited for a connection")
        // The attempt goes on, so the client cannot be closed gracefully before its time is up.
      }
    }
  }

  @Test func aDeadlineErrorSaysWhyThereWasNoConnection() async throws {
    let reserved = try ReservedPort()
    defer { reserved.release() }
    let port = reserved.number
    try await withGRPCClient(transport: .plaintext(port: port)) { client in
      client.connect()
      while client.connectivityState != .transientFailure {
        await client.waitForConnectivityChange(from: client.connectivityState)
      }
      let error = await rpcError {
        try await client.call(options: CallOptions(timeout: .milliseconds(30), waitForReady: true))
      }
      #expect(error?.code == .deadlineExceeded)
      #expect(
        error?.message
          == "the call took longer than 0.03 seconds while it waited for a connection "
          + "(connect to 127.0.0.1:\(port): connection refused)"
      )
    }
  }

  @Test func theServersCancelledAfterTheDeadlineIsDeadlineExceeded_W14() async throws {
    try await ScriptedServer.with { event, connection in
      if case .endOfStream(let stream) = event {
        // The deadline of the client has passed when this arrives, whatever its timer says.
        let until = NIODeadline.now() + .milliseconds(20)
        while NIODeadline.now() < until {}
        connection.reset(stream, .cancel)
      }
    } _: { server in
      try await withGRPCClient(transport: server.transport) { client in
        let error = await rpcError { try await client.call(options: CallOptions(timeout: .milliseconds(10))) }
        #expect(error?.code == .deadlineExceeded)
      }
    }
  }

  @Test func cancellingTheTaskResetsTheStreamAndThrowsCancelled() async throws {
    let seen = Seen()
    try await ScriptedServer.with(seen.script) { server in
      try await withGRPCClient(transport: server.transport) { client in
        let task = Task { try await client.call() }
        _ = try await seen.timeouts.get()
        task.cancel()
        let error = await rpcError { try await task.value }
        #expect(error?.code == .cancelled)
        let reset = try await seen.reset.get()
        #expect(reset == .cancel)
      }
    }
  }

  @Test func aCallOfACancelledTaskIsNotMade() async throws {
    try await ScriptedServer.with { _, _ in
    } _: { server in
      try await withGRPCClient(transport: server.transport) { client in
        let task = Task {
          withUnsafeCurrentTask { $0?.cancel() }
          return try await client.call()
        }
        let error = await rpcError { try await task.value }
        #expect(error?.code == .cancelled)
      }
    }
  }

  @Test func aCallThatWaitsForAConnectionCanBeCancelled() async throws {
    let reserved = try ReservedPort()
    defer { reserved.release() }
    let port = reserved.number
    try await withGRPCClient(transport: .plaintext(port: port)) { client in
      let task = Task { try await client.call(options: CallOptions(waitForReady: true)) }
      while client.connectivityState != .transientFailure {
        await client.waitForConnectivityChange(from: client.connectivityState)
      }
      task.cancel()
      let error = await rpcError { try await task.value }
      #expect(error?.code == .cancelled)
    }
  }

  @Test func cancellingAStreamsReaderThrowsCancelledAndNotUnknown() async throws {
    let seen = Seen()
    try await ScriptedServer.with(seen.script) { server in
      try await withGRPCClient(transport: server.transport) { client in
        let task = Task {
          let call = try await client.stream()
          for try await _ in call {}
        }
        _ = try await seen.timeouts.get()
        task.cancel()
        let error = await rpcError { try await task.value }
        #expect(error?.code == .cancelled)
        // The task held the last copy of the call.
        let reset = try await seen.reset.get()
        #expect(reset == .cancel)
      }
    }
  }

  @Test func aCallThatNobodyHoldsIsCancelled() async throws {
    let seen = Seen()
    try await ScriptedServer.with(seen.script) { server in
      try await withGRPCClient(transport: server.transport) { client in
        var call: BidirectionalCall<[UInt8], [UInt8]>? = try await client.stream()
        _ = try await seen.timeouts.get()
        #expect(call != nil)
        call = nil
        let reset = try await seen.reset.get()
        #expect(reset == .cancel)
      }
    }
  }

  @Test func cancelEndsAStreamForItsReaderAndItsWriter() async throws {
    let seen = Seen()
    try await ScriptedServer.with(seen.script) { server in
      try await withGRPCClient(transport: server.transport) { client in
        let call = try await client.stream()
        call.cancel()
        let read = await rpcError { for try await _ in call {} }
        #expect(read?.code == .cancelled)
        let written = await rpcError { try await call.write([1]) }
        #expect(written?.code == .cancelled)
        let initial = await rpcError { try await call.initialMetadata }
        #expect(initial?.code == .cancelled)
        let trailing = await rpcError { try await call.trailingMetadata }
        #expect(trailing?.code == .cancelled)
      }
    }
  }

  @Test func aClosureThatReturnsEarlyEndsItsCall() async throws {
    let seen = Seen()
    try await ScriptedServer.with { event, connection in
      if case .headers(let stream, _, _) = event { connection.begin(on: stream) }
      seen.script(event, connection)
    } _: { server in
      try await withGRPCClient(transport: server.transport) { client in
        let request = StreamingClientRequest<[UInt8]> { try await $0.write([1]) }
        try await client.bidirectionalStreaming(
          request: request, descriptor: GRPCClient.method, serializer: BytesSerializer(),
          deserializer: BytesDeserializer(), options: .defaults
        ) { _ in }
        let reset = try await seen.reset.get()
        #expect(reset == .cancel)
      }
    }
  }
}

extension ClientTransport {
  /// A server on loopback, in plaintext.
  static func plaintext(port: Int, configure: (inout Config) -> Void = { _ in }) -> ClientTransport {
    .http2(
      target: .ipv4(host: "127.0.0.1", port: port), transportSecurity: .plaintext,
      config: .defaults(configure: configure)
    )
  }
}

/// Runs a test with the port of a server that accepts and never says anything.
func withSilentServer(_ body: (_ port: Int) async throws -> Void) async throws {
  let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
    .bind(host: "127.0.0.1", port: 0).get()
  try await body(channel.localAddress?.port ?? 0)
  try await channel.close()
}
