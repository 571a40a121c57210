import Logging
import NIOCore
import NIOEmbedded
import SwiftGRPCHTTP2

@testable import SwiftGRPC

/// A server's connection in memory whose client is bytes: what a test sends is sent, whatever HTTP/2 says to it.
///
/// Everything runs on the test's thread; time passes by ``advance(by:)``.
final class RawClient {
  let loop = EmbeddedEventLoop()
  let channel: EmbeddedChannel
  let server: HTTP2Session
  let connection: ServerConnection
  let log = RecordingLogHandler.Log()
  let faults: ConnectionFaultLog

  /// Everything that the server has sent.
  private(set) var received: [UInt8] = []

  /// Whether what the server sends is taken. A channel whose peer does not read is not writable.
  var reads = true {
    didSet { self.channel.isWritable = self.reads }
  }

  init(
    http2: ServerTransport.Config.HTTP2 = .init(), connection: ServerTransport.Config.Connection = .init(),
    register: (inout RPCRouter) -> Void = { _ in }
  ) throws {
    let executor = LoopExecutor(eventLoop: self.loop)
    self.server = try HTTP2Session(
      role: .server, configuration: http2.sessionConfiguration, streamType: ServerCall.self)
    var router = RPCRouter()
    register(&router)
    let log = self.log
    let logger = Logger(label: "test") { _ in RecordingLogHandler(log: log) }
    self.faults = ConnectionFaultLog(logger: logger)
    self.connection = ServerConnection(
      executor: executor, methods: router.makeTable { _ in .onLoop }, maxRequestMessageBytes: 4 << 20,
      compression: CompressionSupport(algorithm: .none, enabled: .all), config: connection, logger: logger,
      faults: self.faults
    ) { _ in }
    self.channel = EmbeddedChannel(loop: self.loop)
    let driver = ConnectionDriver(
      executor: executor, session: self.server, tls: nil, handler: self.connection,
      handshakeTimeout: connection.handshakeTimeout)
    self.connection.attach(driver)
    try self.channel.pipeline.syncOperations.addHandler(driver)
    try self.channel.connect(to: NIOCore.SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    self.collect()
  }

  /// A client that has sent its preface and SETTINGS.
  static func established(
    http2: ServerTransport.Config.HTTP2 = .init(), connection: ServerTransport.Config.Connection = .init(),
    settings: [(UInt16, UInt32)] = [], register: (inout RPCRouter) -> Void = { _ in }
  ) throws -> RawClient {
    let client = try RawClient(http2: http2, connection: connection, register: register)
    client.send(Frame.clientPreface)
    client.send(.settings(settings), .settingsAck)
    return client
  }

  /// The frames that the server has sent.
  var frames: [Frame] { Frame.parse(self.received) }

  /// What the server has sent as text.
  var text: String { String(decoding: self.received, as: UTF8.self) }

  /// The error code of the server's GOAWAY.
  var goAwayCode: HTTP2ErrorCode? {
    self.frames.first { $0.kind == .goAway }.map { HTTP2ErrorCode(rawValue: $0.goAwayCode) }
  }

  /// Whether the server has closed the connection.
  var isClosed: Bool { !self.channel.isActive }

  /// Sends bytes.
  func send(_ bytes: [UInt8]) {
    guard !self.isClosed else { return }
    _ = try? self.channel.writeInbound(ByteBuffer(bytes: bytes))
    self.collect()
  }

  /// Sends frames, each in a packet of its own.
  func send(_ frames: Frame...) {
    for frame in frames { self.send(frame.bytes) }
  }

  /// Lets time pass for the server.
  func advance(by time: TimeAmount) {
    self.loop.advanceTime(by: time)
    self.collect()
  }

  /// The header list of a request.
  static func request(_ method: String = "Get") -> [(String, String)] {
    [
      (":method", "POST"), (":scheme", "http"), (":path", "/test.Notes/\(method)"), (":authority", "test"),
      ("te", "trailers"), ("content-type", "application/grpc"),
    ]
  }

  /// How many faults of a kind there were.
  func count(_ fault: ConnectionFault) -> Int { self.faults.counts[fault, default: 0] }

  private func collect() {
    self.loop.run()
    while let buffer = try? self.channel.readOutbound(as: ByteBuffer.self) {
      self.received += Array(buffer: buffer)
      self.loop.run()
    }
  }

  deinit {
    _ = try? self.channel.finish(acceptAlreadyClosed: true)
  }
}
