import NIOCore
import NIOPosix
import SwiftGRPCHTTP2
import Synchronization
import Testing

@testable import SwiftGRPC

/// An HTTP/2 server on loopback that does what a test tells it to, also what a gRPC server must not do.
///
/// The script is called with every event of every connection, on the server's thread.
final class ScriptedServer: Sendable {
  /// What a test does when something happens on a connection.
  typealias Script = @Sendable (_ event: HTTP2Event, _ connection: Connection) -> Void

  private let channel: any Channel
  private let group: MultiThreadedEventLoopGroup
  private let counter: Counter

  /// Counts connections.
  final class Counter: Sendable {
    let value = Atomic<Int>(0)
  }

  /// The number of connections that were accepted.
  var connectionCount: Int { counter.value.load(ordering: .relaxed) }

  /// The port.
  var port: Int { channel.localAddress?.port ?? 0 }

  /// Where a client finds the server, in plaintext.
  var transport: ClientTransport { transport() }

  /// Where a client finds the server, with changes to its configuration.
  func transport(configure: (inout ClientTransport.Config) -> Void = { _ in }) -> ClientTransport {
    .http2(
      target: .ipv4(host: "127.0.0.1", port: port), transportSecurity: .plaintext,
      config: .defaults(configure: configure)
    )
  }

  private init(channel: any Channel, group: MultiThreadedEventLoopGroup, counter: Counter) {
    self.channel = channel
    self.group = group
    self.counter = counter
  }

  /// Runs a test with a server.
  static func with<Result>(
    port: Int = 0,
    configuration: HTTP2Configuration = HTTP2Configuration(),
    _ script: @escaping Script,
    _ body: (ScriptedServer) async throws -> Result
  ) async throws -> Result {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let counter = Counter()
    let channel = try await ServerBootstrap(group: group)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let number = counter.value.add(1, ordering: .relaxed).newValue
          let session = try HTTP2Session(role: .server, configuration: configuration)
          try channel.pipeline.syncOperations.addHandler(Connection(session, number: number, script))
        }
      }
      .bind(host: "127.0.0.1", port: port).get()
    let server = ScriptedServer(channel: channel, group: group, counter: counter)
    do {
      let result = try await body(server)
      try await server.stop()
      return result
    } catch {
      try? await server.stop()
      throw error
    }
  }

  private func stop() async throws {
    try? await channel.close()
    try await group.shutdownGracefully()
  }

  /// One connection.
  final class Connection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The first connection is 1.
    let number: Int
    let session: HTTP2Session
    private let script: Script
    private var context: ChannelHandlerContext?
    private var closesAfterFlush = false

    /// Whether to send bytes that are no HTTP/2 after everything else.
    var sendsGarbage = false

    init(_ session: HTTP2Session, number: Int, _ script: @escaping Script) {
      self.session = session
      self.number = number
      self.script = script
    }

    func channelActive(context: ChannelHandlerContext) {
      self.context = context
      flush()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
      self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let buffer = unwrapInboundIn(data)
      buffer.withUnsafeReadableBytes { bytes in
        do {
          try session.receive(bytes)
        } catch {
          close()
        }
        deliver()
      }
      flush()
    }

    private func deliver() {
      var events: [HTTP2Event] = []
      session.takeEvents(into: &events)
      for event in events { script(event, self) }
    }

    private func flush() {
      guard let context else { return }
      // Writing may lead to events, and these to more to write.
      repeat {
        var buffer = context.channel.allocator.buffer(capacity: 65536)
        var isMore = true
        while isMore {
          let count =
            (try? buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 65536) {
              try session.writeOutput(into: UnsafeMutableRawBufferPointer(rebasing: $0[..<65536]))
            }) ?? 0
          isMore = count == 65536
        }
        if buffer.readableBytes > 0 { context.writeAndFlush(wrapOutboundOut(buffer), promise: nil) }
        deliver()
      } while session.hasOutput
      if sendsGarbage {
        sendsGarbage = false
        // A SETTINGS frame that belongs to a stream. Spec: RFC 9113, section 6.5.
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: [0, 0, 0, 4, 0, 0, 0, 0, 1])), promise: nil)
      }
      if closesAfterFlush {
        // An empty write after the others: when it is done, so are they.
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { _ in channel.close(promise: nil) }
      }
    }

    // MARK: What scripts use

    /// Sends a header list.
    func headers(_ fields: [(String, String)], on stream: HTTP2Stream, endStream: Bool = false) {
      try? session.submitHeaders(Self.fields(fields), on: stream, endStream: endStream)
    }

    /// Sends the header list that begins a gRPC response.
    func begin(on stream: HTTP2Stream, metadata: [(String, String)] = []) {
      headers([(":status", "200"), ("content-type", "application/grpc")] + metadata, on: stream)
    }

    /// Sends a header list that ends the stream.
    func trailers(_ fields: [(String, String)], on stream: HTTP2Stream) {
      try? session.submitTrailers(Self.fields(fields), on: stream)
    }

    /// Sends bytes of the body as they are.
    func data(_ bytes: [UInt8], on stream: HTTP2Stream) {
      bytes.withUnsafeBytes { stream.outbound.append(copying: $0) }
      session.outboundDidGrow(stream)
    }

    /// Sends a message.
    func message(_ bytes: [UInt8], on stream: HTTP2Stream) {
      data(DeframerTests.framed(bytes), on: stream)
    }

    /// Sends a whole response of one message.
    func respond(_ message: [UInt8], on stream: HTTP2Stream) {
      begin(on: stream)
      self.message(message, on: stream)
      trailers([("grpc-status", "0")], on: stream)
    }

    /// Ends the stream without trailers.
    func end(_ stream: HTTP2Stream) { session.finishOutbound(stream) }

    /// Sends RST_STREAM.
    func reset(_ stream: HTTP2Stream, _ code: HTTP2ErrorCode) { session.reset(stream, code: code) }

    /// Closes the connection once everything has been sent, by RST instead of FIN if `abruptly`.
    func close(abruptly: Bool = false) {
      closesAfterFlush = true
      if abruptly, let socket = context?.channel as? any SocketOptionProvider {
        // The fields of `struct linger`: on, for no seconds.
        _ = socket.unsafeSetSocketOption(level: .socket, name: .so_linger, value: (Int32(1), Int32(0)))
      }
    }

    private static func fields(_ fields: [(String, String)]) -> HeaderFields {
      var list = HeaderFields()
      for (name, value) in fields { list.add(name: name, value: value) }
      return list
    }
  }
}

/// Sends bytes as they are.
struct BytesSerializer: MessageSerializer {
  func serialize<Bytes: GRPCContiguousBytes>(_ message: [UInt8]) throws -> Bytes { Bytes(message) }
}

/// Takes bytes as they are.
struct BytesDeserializer: MessageDeserializer {
  func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) throws -> [UInt8] { bytes.withUnsafeBytes { Array($0) } }
}

extension GRPCClient {
  static let method = MethodDescriptor(fullyQualifiedService: "test.Echo", method: "Call")

  /// A unary call with bytes.
  func call(
    _ message: [UInt8] = [1], metadata: Metadata = [:], options: CallOptions = CallOptions(timeout: .seconds(50))
  ) async throws -> [UInt8] {
    try await response(message, metadata: metadata, options: options).message
  }

  /// A unary call with bytes, and all that came back.
  func response(
    _ message: [UInt8] = [1], metadata: Metadata = [:], options: CallOptions = CallOptions(timeout: .seconds(50))
  ) async throws -> ClientResponse<[UInt8]> {
    try await unary(
      request: ClientRequest(message: message, metadata: metadata), descriptor: Self.method,
      serializer: BytesSerializer(), deserializer: BytesDeserializer(), options: options
    ) { $0 }
  }

  /// A call with a stream of bytes each way.
  func stream(
    metadata: Metadata = [:], options: CallOptions = CallOptions(timeout: .seconds(50))
  ) async throws -> BidirectionalCall<[UInt8], [UInt8]> {
    try await makeBidirectionalCall(
      Self.method, serializer: BytesSerializer(), deserializer: BytesDeserializer(), metadata: metadata,
      options: options
    )
  }
}

/// The ``RPCError`` that a body throws.
func rpcError<Result>(
  sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Result
) async -> RPCError? {
  do {
    _ = try await body()
    Issue.record("no error was thrown", sourceLocation: sourceLocation)
    return nil
  } catch let error as RPCError {
    return error
  } catch {
    Issue.record("\(error) is no RPCError", sourceLocation: sourceLocation)
    return nil
  }
}
