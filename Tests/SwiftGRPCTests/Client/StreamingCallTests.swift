import NIOCore
import SwiftGRPCHTTP2
import Synchronization
import Testing

@testable import SwiftGRPC

/// Calls with streams of messages, as values and as closures.
@Suite(.timeLimit(.minutes(1))) struct StreamingCallTests {
  /// A script that sends every message back at once and ends with `ok`.
  static let echo: ScriptedServer.Script = { event, connection in
    switch event {
    case .headers(let stream, _, _): connection.begin(on: stream, metadata: [("first", "1")])
    case .data(let stream, let bytes):
      connection.data(Array(bytes), on: stream)
      connection.session.consume(bytes.count, on: stream)
    case .endOfStream(let stream): connection.trailers([("grpc-status", "0"), ("last", "2")], on: stream)
    default: break
    }
  }

  // MARK: Values

  @Test func aBidirectionalCallTakesTurns() async throws {
    try await withEchoClient { client in
      let call = try await client.stream()
      var messages = call.makeAsyncIterator()
      for size in [27182, 8, 1828, 45904] {
        let message = Array(repeating: UInt8(size % 251), count: size)
        try await call.write(message)
        let echoed = try await messages.next()
        #expect(echoed == message)
      }
      let initial = try await call.initialMetadata
      #expect(initial == ["first": "1"])
      try await call.finish()
      let end = try await messages.next()
      #expect(end == nil)
      let trailing = try await call.trailingMetadata
      #expect(trailing == ["last": "2"])
    }
  }

  @Test func aBidirectionalCallTakesTurnsOnTheLoop() async throws {
    try await withEchoClient { client in
      try await Task(executorPreference: client.executor) {
        let call = try await client.stream()
        var messages = call.makeAsyncIterator()
        for number in 0..<100 {
          try await call.write([UInt8(number)])
          let echoed = try await messages.next()
          #expect(echoed == [UInt8(number)])
        }
        try await call.finish()
        let end = try await messages.next()
        #expect(end == nil)
      }.value
    }
  }

  @Test func manyMessagesKeepTheirOrder() async throws {
    try await withEchoClient { client in
      let call = try await client.stream()
      let writing = Task {
        for number in 0..<5000 { try await call.write([UInt8(number & 0xFF), UInt8(number >> 8)]) }
        try await call.finish()
      }
      var expected = 0
      for try await message in call {
        #expect(message == [UInt8(expected & 0xFF), UInt8(expected >> 8)])
        expected += 1
      }
      #expect(expected == 5000)
      try await writing.value
    }
  }

  @Test func writingAfterTheEndThrows() async throws {
    try await withEchoClient { client in
      let call = try await client.stream()
      try await call.finish()
      for try await _ in call {}
      let error = await rpcError { try await call.write([1]) }
      #expect(error?.code == .internalError || error?.code == .cancelled)
    }
  }

  @Test func anErrorComesAfterTheMessagesBeforeIt() async throws {
    try await ScriptedServer.with { event, connection in
      guard case .headers(let stream, _, _) = event else { return }
      connection.begin(on: stream)
      for number in 1...3 { connection.message([UInt8(number)], on: stream) }
      connection.trailers([("grpc-status", "8"), ("grpc-message", "no more"), ("k", "v")], on: stream)
    } _: { server in
      try await withGRPCClient(transport: server.transport) { client in
        let call = try await client.stream()
        var messages: [[UInt8]] = []
        let error = await rpcError { for try await message in call { messages.append(message) } }
        #expect(messages == [[1], [2], [3]])
        #expect(error == RPCError(code: .resourceExhausted, message: "no more", metadata: ["k": "v"], origin: .remote))
      }
    }
  }

  enum Loss: CaseIterable {
    case closed, reset, garbage
  }

  @Test(arguments: Loss.allCases) func aLostConnectionIsToldAfterTheMessagesBeforeIt(loss: Loss) async throws {
    try await ScriptedServer.with { event, connection in
      guard case .headers(let stream, _, _) = event else { return }
      connection.begin(on: stream)
      connection.message([1], on: stream)
      connection.message([2], on: stream)
      switch loss {
      case .closed: connection.close()
      case .reset: connection.close(abruptly: true)
      case .garbage: connection.sendsGarbage = true
      }
    } _: { server in
      try await withGRPCClient(transport: server.transport) { client in
        let call = try await client.stream()
        // The end of the call, so that everything has arrived before anybody reads.
        _ = await rpcError { try await call.trailingMetadata }
        var messages = call.makeAsyncIterator()
        let first = try await messages.next()
        let second = try await messages.next()
        #expect([first, second] == [[1], [2]])
        let error = await rpcError { try await messages.next() }
        #expect(error?.code == (loss == .garbage ? .internalError : .unavailable))
      }
    }
  }

  @Test func earlyTrailersEndTheWriter_W11() async throws {
    try await ScriptedServer.with { event, connection in
      guard case .data(let stream, _) = event else { return }
      connection.begin(on: stream)
      connection.message([7], on: stream)
      connection.trailers([("grpc-status", "0")], on: stream)
    } _: { server in
      try await withGRPCClient(transport: server.transport) { client in
        let call = try await client.stream()
        try await call.write([1])
        var messages: [[UInt8]] = []
        for try await message in call { messages.append(message) }
        #expect(messages == [[7]])
        let error = await rpcError { try await call.write([2]) }
        #expect(error?.code == .cancelled)
      }
    }
  }

  @Test func aMessageAboveTheLimitEndsTheStream() async throws {
    try await withEchoClient { client in
      let call = try await client.stream(options: CallOptions(timeout: .seconds(50), maxResponseMessageBytes: 2))
      try await call.write([1, 2])
      try await call.write([1, 2, 3])
      var messages: [[UInt8]] = []
      let error = await rpcError { for try await message in call { messages.append(message) } }
      #expect(messages == [[1, 2]])
      #expect(error == RPCError(code: .resourceExhausted, message: "message of 3 bytes exceeds the limit of 2"))
    }
  }

  @Test func aRequestMessageAboveTheLimitEndsTheCall() async throws {
    try await withEchoClient { client in
      let call = try await client.stream(options: CallOptions(timeout: .seconds(50), maxRequestMessageBytes: 2))
      let expected = RPCError(code: .resourceExhausted, message: "request message of 3 bytes exceeds the limit of 2")
      let written = await rpcError { try await call.write([1, 2, 3]) }
      #expect(written == expected)
      let read = await rpcError { for try await _ in call {} }
      #expect(read == expected)
    }
  }

  // MARK: Back-pressure

  @Test func aSlowServerStopsAFastWriter() async throws {
    let received = Mutex(0)
    let isReleased = Mutex(false)
    try await ScriptedServer.with { event, connection in
      switch event {
      case .data(let stream, let bytes):
        received.withLock { $0 += bytes.count }
        if isReleased.withLock({ $0 }) { connection.session.consume(bytes.count, on: stream) }
      case .headers(let stream, _, _): connection.begin(on: stream)
      case .endOfStream(let stream): connection.trailers([("grpc-status", "0")], on: stream)
      default: break
      }
    } _: { server in
      try await withGRPCClient(transport: server.transport) { client in
        let call = try await client.stream()
        let written = Mutex(0)
        let writing = Task {
          let message = [UInt8](repeating: 1, count: 10_000)
          while true {
            try await call.write(message)
            written.withLock { $0 += message.count }
          }
        }
        // The window of 4 MiB fills, and then what the client queues. Nothing tells that nothing more comes: it is looked at again.
        var before = -1
        while before != written.withLock({ $0 }) || received.withLock({ $0 }) < 4 << 20 {
          before = written.withLock { $0 }
          try await Task.sleep(for: .milliseconds(20))
        }
        #expect(written.withLock { $0 } <= (4 << 20) + 200_000)
        call.cancel()
        let error = await rpcError { try await writing.value }
        #expect(error?.code == .cancelled)
      }
    }
  }

  @Test func aSlowReaderStopsAFastServer() async throws {
    let sent = Mutex(0)
    try await ScriptedServer.with { event, connection in
      switch event {
      case .headers(let stream, _, _):
        connection.begin(on: stream)
        for _ in 0..<20 { connection.message([UInt8](repeating: 1, count: 9_995), on: stream) }
        sent.withLock { $0 += 200_000 }
      case .outboundDrained(let stream) where sent.withLock({ $0 < 20_000_000 }):
        for _ in 0..<20 { connection.message([UInt8](repeating: 1, count: 9_995), on: stream) }
        sent.withLock { $0 += 200_000 }
        if sent.withLock({ $0 >= 20_000_000 }) { connection.trailers([("grpc-status", "0")], on: stream) }
      default: break
      }
    } _: { server in
      try await withGRPCClient(transport: server.transport) { client in
        let call = try await client.stream()
        _ = try await call.initialMetadata
        // Nothing tells that nothing more comes: it is looked at again.
        var before = -1
        while before != sent.withLock({ $0 }) {
          before = sent.withLock { $0 }
          try await Task.sleep(for: .milliseconds(50))
        }
        #expect(sent.withLock { $0 } <= (4 << 20) + 400_000)
        var count = 0
        for try await message in call { count += message.count + 5 }
        #expect(count == 20_000_000)
      }
    }
  }

  // MARK: Closures

  @Test func bidirectionalStreamingRunsWriterAndReaderTogether() async throws {
    try await withEchoClient { client in
      let request = StreamingClientRequest<[UInt8]>(metadata: ["k": "v"]) { writer in
        for number in 0..<10 { try await writer.write([UInt8(number)]) }
      }
      let (messages, trailing) = try await client.bidirectionalStreaming(
        request: request, descriptor: GRPCClient.method, serializer: BytesSerializer(),
        deserializer: BytesDeserializer(), options: .defaults
      ) { response in
        #expect(response.metadata == ["first": "1"])
        var messages: [[UInt8]] = []
        var trailing = Metadata()
        for try await part in response.bodyParts {
          switch part {
          case .message(let message): messages.append(message)
          case .trailingMetadata(let metadata): trailing = metadata
          }
        }
        return (messages, trailing)
      }
      #expect(messages == (0..<10).map { [UInt8($0)] })
      #expect(trailing == ["last": "2"])
    }
  }

  @Test func clientStreamingHasOneResponse() async throws {
    let total = Mutex(0)
    try await ScriptedServer.with { event, connection in
      switch event {
      case .data(_, let bytes): total.withLock { $0 += bytes.count }
      case .endOfStream(let stream): connection.respond([UInt8(total.withLock { $0 })], on: stream)
      default: break
      }
    } _: { server in
      try await withGRPCClient(transport: server.transport) { client in
        let request = StreamingClientRequest<[UInt8]> { try await $0.write(contentsOf: [[1], [2, 2], [3, 3, 3]]) }
        let response = try await client.clientStreaming(
          request: request, descriptor: GRPCClient.method, serializer: BytesSerializer(),
          deserializer: BytesDeserializer(), options: .defaults
        ) { try $0.message }
        #expect(response == [21])
      }
    }
  }

  @Test func serverStreamingHasOneRequest() async throws {
    try await withEchoClient { client in
      let messages = try await client.serverStreaming(
        request: ClientRequest<[UInt8]>(message: [1, 2]), descriptor: GRPCClient.method, serializer: BytesSerializer(),
        deserializer: BytesDeserializer(), options: .defaults
      ) { response in
        var messages: [[UInt8]] = []
        for try await message in response.messages { messages.append(message) }
        return messages
      }
      #expect(messages == [[1, 2]])
    }
  }

  @Test func aRefusedStreamingCallHasNoContents() async throws {
    try await ScriptedServer.with { event, connection in
      guard case .headers(let stream, _, _) = event else { return }
      connection.headers(
        [(":status", "200"), ("content-type", "application/grpc"), ("grpc-status", "12")], on: stream, endStream: true
      )
    } _: { server in
      try await withGRPCClient(transport: server.transport) { client in
        let accepted = try await client.serverStreaming(
          request: ClientRequest<[UInt8]>(message: [1]), descriptor: GRPCClient.method, serializer: BytesSerializer(),
          deserializer: BytesDeserializer(), options: .defaults
        ) { $0.accepted.map { _ in () } }
        guard case .failure(let error) = accepted else {
          Issue.record("accepted")
          return
        }
        #expect(error.code == .unimplemented)
      }
    }
  }

  @Test func aProducerThatThrowsCancelsTheCallAndIsTheCause() async throws {
    struct Broken: Error {}
    try await withEchoClient { client in
      let request = StreamingClientRequest<[UInt8]> { _ in throw Broken() }
      let error = await rpcError {
        try await client.clientStreaming(
          request: request, descriptor: GRPCClient.method, serializer: BytesSerializer(),
          deserializer: BytesDeserializer(), options: .defaults
        ) { try $0.message }
      }
      #expect(error?.code == .cancelled)
      #expect(error?.cause is Broken)
    }
  }

  @Test func whatTheClosureThrowsIsThrown() async throws {
    struct Mine: Error {}
    try await withEchoClient { client in
      await #expect(throws: Mine.self) {
        try await client.unary(
          request: ClientRequest<[UInt8]>(message: [1]), descriptor: GRPCClient.method, serializer: BytesSerializer(),
          deserializer: BytesDeserializer(), options: .defaults
        ) { _ in throw Mine() }
      }
    }
  }

  private func withEchoClient(_ body: (GRPCClient) async throws -> Void) async throws {
    try await ScriptedServer.with(Self.echo) { server in
      try await withGRPCClient(transport: server.transport, handleClient: body)
    }
  }
}
