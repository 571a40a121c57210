import Logging
import NIOCore
import NIOEmbedded
import SwiftGRPCHTTP2

@testable import SwiftGRPC

/// A whole client in memory, and the server's end of each of its connections as a bare HTTP/2 session that a test drives.
///
/// Everything runs on the test's thread: time passes by ``advance(by:)``, bytes move by ``exchange()``.
final class ScriptedPeer {
  let loop = EmbeddedEventLoop()
  let executor: LoopExecutor
  let client: GRPCClient
  let log = RecordingLogHandler.Log()

  /// Whether the sessions say nothing: a test speaks for them.
  var isMute = false

  /// The connections that the client has made, in order.
  var connections: [Connection] { self.network.connections }

  /// The connection that was made last.
  var connection: Connection { self.network.connections[self.network.connections.count - 1] }

  private let network: Network

  /// One connection.
  final class Connection {
    let channel: EmbeddedChannel
    let session: HTTP2Session
    /// What the client did, as the server's session says it; of DATA only that there was some.
    private(set) var events: [HTTP2Event] = []
    /// Whether bytes move; a peer that is cut off neither hears nor says anything.
    var isCut = false

    init(loop: EmbeddedEventLoop, configuration: HTTP2Configuration) throws {
      self.channel = EmbeddedChannel(loop: loop)
      self.session = try HTTP2Session(role: .server, configuration: configuration)
      try self.channel.connect(to: NIOCore.SocketAddress(ipAddress: "10.0.0.1", port: 443)).wait()
    }

    /// Whether the client has closed the connection.
    var isClosedByClient: Bool { !self.channel.isActive }

    /// The streams of the requests that have arrived whole.
    var requests: [HTTP2Stream] {
      self.events.compactMap {
        switch $0 {
        case .endOfStream(let stream): stream
        case .headers(let stream, _, endStream: true): stream
        default: nil
        }
      }
    }

    /// The PINGs that came from the client.
    var pingCount: Int { self.events.count { if case .ping(ack: false, _) = $0 { true } else { false } } }

    /// Sends a whole response of one message.
    func respond(_ message: [UInt8], on stream: HTTP2Stream) throws {
      var headers = HeaderFields()
      headers.add(":status", "200")
      headers.add("content-type", "application/grpc")
      try self.session.submitHeaders(headers, on: stream)
      DeframerTests.framed(message).withUnsafeBytes { stream.outbound.append(copying: $0) }
      var trailers = HeaderFields()
      trailers.add("grpc-status", "0")
      try self.session.submitTrailers(trailers, on: stream)
    }

    /// Closes the connection from the server's side.
    func lose() {
      self.channel.pipeline.fireChannelInactive()
    }

    fileprivate func moveToServer() -> Bool {
      var moved = false
      while let buffer = try? self.channel.readOutbound(as: ByteBuffer.self) {
        guard buffer.readableBytes > 0, !self.isCut else { continue }
        moved = true
        buffer.withUnsafeReadableBytes { bytes in
          _ = try? self.session.receive(bytes)
          self.takeEvents()
        }
      }
      return moved
    }

    fileprivate func moveToClient() -> Bool {
      var buffer = ByteBuffer()
      let count =
        (try? buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 65536) { try self.session.writeOutput(into: $0) })
        ?? 0
      self.takeEvents()
      guard count > 0, self.channel.isActive, !self.isCut else { return false }
      _ = try? self.channel.writeInbound(buffer)
      return true
    }

    private func takeEvents() {
      var events: [HTTP2Event] = []
      self.session.takeEvents(into: &events)
      self.events += events
    }
  }

  /// Where the client's connections end.
  private final class Network {
    var connections: [Connection] = []
    let configuration: HTTP2Configuration

    init(_ configuration: HTTP2Configuration) {
      self.configuration = configuration
    }
  }

  init(
    configuration: HTTP2Configuration = .init(), configure: (inout ClientTransport.Config) -> Void = { _ in }
  ) {
    let loop = self.loop
    let network = Network(configuration)
    self.network = network
    self.executor = LoopExecutor(eventLoop: loop)
    var transport = ClientTransport.http2(
      target: .dns(host: "server.test"), transportSecurity: .plaintext, config: .defaults(configure: configure))
    let log = self.log
    transport.logger = Logger(label: "test") { _ in RecordingLogHandler(log: log) }
    let channel = ClientChannel(transport: transport, executor: self.executor) { _, _, _ in
      loop.makeCompletedFuture {
        let connection = try Connection(loop: loop, configuration: network.configuration)
        network.connections.append(connection)
        return connection.channel
      }
    }
    self.client = GRPCClient(channel: channel)
  }

  /// Starts a call of the test's own, which ends in the record that is returned.
  func start<Result: Sendable>(
    _ body: @escaping @Sendable (GRPCClient) async throws -> Result
  ) -> Record<Swift.Result<Result, RPCError>> {
    let record = Record<Swift.Result<Result, RPCError>>()
    let client = self.client
    Task(executorPreference: self.executor) {
      do {
        record.add(.success(try await body(client)))
      } catch {
        record.add(.failure(RPCError.wrapping(error, code: .unknown, message: "\(error)")))
      }
    }
    self.exchange()
    return record
  }

  /// Starts a unary call.
  func startCall() -> Record<Swift.Result<[UInt8], RPCError>> {
    self.start { try await $0.call(options: .defaults) }
  }

  /// Makes a connection.
  func connect() {
    self.client.connect()
    self.exchange()
  }

  /// Moves bytes both ways, and runs the loop, until nothing moves.
  func exchange() {
    var moved = true
    while moved {
      moved = false
      self.loop.run()
      for connection in self.network.connections {
        moved = connection.moveToServer() || moved
        if !self.isMute { moved = connection.moveToClient() || moved }
      }
    }
  }

  /// Lets time pass.
  func advance(by time: TimeAmount) {
    self.loop.advanceTime(by: time)
    self.exchange()
  }

  deinit {
    self.client.channel.closeNow()
    self.exchange()
    for connection in self.network.connections { _ = try? connection.channel.finish(acceptAlreadyClosed: true) }
  }
}
