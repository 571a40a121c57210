import Logging
import NIOCore
import NIOEmbedded
import SwiftGRPCHTTP2

@testable import SwiftGRPC

/// One connection between a simulated client and server: two channels in memory, and what is on the way between them.
final class SimulatedLink {
  /// The client's end.
  let clientChannel: EmbeddedChannel
  /// The server's end.
  let serverChannel: EmbeddedChannel
  let serverSession: HTTP2Session
  private(set) weak var serverConnection: ServerConnection?

  /// Whether bytes vanish on the way, both ways.
  var isBlackHole = false

  private var toServer: [UInt8] = []
  private var toClient: [UInt8] = []

  init(
    loop: EmbeddedEventLoop, executor: LoopExecutor, methods: MethodTable, compression: CompressionSupport,
    configuration: HTTP2Configuration, lifetime: ServerTransport.Config.Connection = .init()
  ) throws {
    self.clientChannel = EmbeddedChannel(loop: loop)
    self.serverChannel = EmbeddedChannel(loop: loop)
    self.serverSession = try HTTP2Session(role: .server, configuration: configuration, streamType: ServerCall.self)
    let logger = Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() }
    let connection = ServerConnection(
      executor: executor, methods: methods, maxRequestMessageBytes: 4 << 20,
      compression: compression, config: lifetime, logger: logger,
      faults: ConnectionFaultLog(logger: logger)
    ) { _ in }
    self.serverConnection = connection
    let driver = ConnectionDriver(executor: executor, session: self.serverSession, tls: nil, handler: connection)
    connection.attach(driver)
    try self.serverChannel.pipeline.syncOperations.addHandler(driver)
    let address = try NIOCore.SocketAddress(ipAddress: "10.0.0.1", port: 443)
    try self.serverChannel.connect(to: address).wait()
    try self.clientChannel.connect(to: address).wait()
  }

  /// The client's session, once the client has put it there.
  var clientSession: HTTP2Session? {
    try? self.clientChannel.pipeline.syncOperations.handler(type: ConnectionDriver.self).session
  }

  /// Whether both ends are open.
  var isOpen: Bool { self.clientChannel.isActive && self.serverChannel.isActive }

  /// Whether anything is on the way.
  var isEmpty: Bool { self.toServer.isEmpty && self.toClient.isEmpty }

  /// Takes what both ends have written onto the way; returns whether there was something.
  func collect() -> Bool {
    let fromClient = Self.take(from: self.clientChannel)
    let fromServer = Self.take(from: self.serverChannel)
    if !self.isBlackHole {
      self.toServer += fromClient
      self.toClient += fromServer
    }
    return !fromClient.isEmpty || !fromServer.isEmpty
  }

  /// Lets up to `count` bytes arrive at the server, or its end of the connection when the client has closed.
  func deliverToServer(_ count: Int) -> Bool {
    Self.deliver(count, of: &self.toServer, from: self.clientChannel, to: self.serverChannel, self.isBlackHole)
  }

  /// Lets up to `count` bytes arrive at the client, or its end of the connection when the server has closed.
  func deliverToClient(_ count: Int) -> Bool {
    Self.deliver(count, of: &self.toClient, from: self.serverChannel, to: self.clientChannel, self.isBlackHole)
  }

  /// Breaks the connection; what is on the way is lost.
  func cut() {
    self.toServer = []
    self.toClient = []
    Self.close(self.clientChannel)
    Self.close(self.serverChannel)
  }

  /// Lets channels take bytes, or not.
  func setWritable(_ isWritable: Bool) {
    for channel in [self.clientChannel, self.serverChannel] where channel.isActive && channel.isWritable != isWritable {
      channel.isWritable = isWritable
      channel.pipeline.fireChannelWritabilityChanged()
    }
  }

  /// Frees the channels, which must be closed.
  func finish() {
    self.cut()
    _ = try? self.clientChannel.finish(acceptAlreadyClosed: true)
    _ = try? self.serverChannel.finish(acceptAlreadyClosed: true)
  }

  private static func close(_ channel: EmbeddedChannel) {
    if channel.isActive { channel.close(promise: nil) }
  }

  private static func take(from channel: EmbeddedChannel) -> [UInt8] {
    var bytes: [UInt8] = []
    while let buffer = try? channel.readOutbound(as: ByteBuffer.self) {
      bytes += Array(buffer: buffer)
    }
    return bytes
  }

  private static func deliver(
    _ count: Int, of pipe: inout [UInt8], from sender: EmbeddedChannel, to receiver: EmbeddedChannel, _ isLost: Bool
  ) -> Bool {
    guard receiver.isActive else {
      let hadBytes = !pipe.isEmpty
      pipe = []
      return hadBytes
    }
    guard !pipe.isEmpty else {
      guard !sender.isActive, !isLost else { return false }
      self.close(receiver)
      return true
    }
    let bytes = ByteBuffer(bytes: pipe.prefix(count))
    pipe.removeFirst(min(count, pipe.count))
    _ = try? receiver.writeInbound(bytes)
    return true
  }
}
