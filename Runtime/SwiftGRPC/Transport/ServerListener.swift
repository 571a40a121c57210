import Logging
import NIOCore
import NIOPosix

/// The listening sockets of a server.
struct ServerListener: Sendable {
  private let channels: [any Channel]
  private let unixSocketPaths: [String]

  /// The addresses that were bound, with the ports that were picked.
  var addresses: [NIOCore.SocketAddress] { self.channels.compactMap(\.localAddress) }

  /// Binds all of `addresses`, or none.
  ///
  /// - Parameters:
  ///   - userTimeout: For ``TCPUserTimeout``; the system's default if it is `nil`.
  ///   - accept: Adds the connection's driver to a new channel's pipeline, on its loop.
  /// - Throws: ``RPCError`` with `unavailable` that names the address and the reason.
  static func bind(
    _ addresses: [NIOCore.SocketAddress], on group: LoopGroup, backlog: Int, userTimeout: Duration? = nil,
    logger: Logger, accept: @escaping @Sendable (any Channel) throws -> Void
  ) async throws -> ServerListener {
    var listener = ServerListener(channels: [], unixSocketPaths: [])
    do {
      for address in addresses {
        listener = try await listener.adding(
          address, on: group, backlog: backlog, userTimeout: userTimeout, logger: logger, accept: accept)
      }
    } catch {
      await listener.close()
      throw error
    }
    return listener
  }

  private func adding(
    _ address: NIOCore.SocketAddress, on group: LoopGroup, backlog: Int, userTimeout: Duration? = nil,
    logger: Logger, accept: @escaping @Sendable (any Channel) throws -> Void
  ) async throws -> ServerListener {
    var paths = self.unixSocketPaths
    if case .unixDomainSocket = address, let path = address.pathname, !path.isEmpty {
      try await Self.removeStaleSocket(at: path, on: group)
      paths.append(path)
    }
    let bootstrap = ServerBootstrap(group: group.nioGroup)
      .serverChannelOption(ChannelOptions.backlog, value: Int32(clamping: backlog))
      .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(AcceptErrorHandler(logger: logger))
        }
      }
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try accept(channel) }
      }
    do {
      let bound =
        switch address {
        case .v4, .v6:
          try await Self.tcp(bootstrap, userTimeout).bind(to: address).get()
        case .unixDomainSocket:
          try await bootstrap.bind(to: address).get()
        }
      return ServerListener(channels: self.channels + [bound], unixSocketPaths: paths)
    } catch {
      throw RPCError(code: .unavailable, message: "cannot listen on \(address.peerDescription): \(error)", cause: error)
    }
  }

  private static func tcp(_ bootstrap: ServerBootstrap, _ userTimeout: Duration?) -> ServerBootstrap {
    let bootstrap = bootstrap.childChannelOption(ChannelOptions.socketOption(.tcp_nodelay), value: 1)
    guard let userTimeout else { return bootstrap }
    return bootstrap.childChannelOption(TCPUserTimeout.option, value: TCPUserTimeout.value(userTimeout))
  }

  /// Closes the sockets and removes the files of Unix domain sockets.
  func close() async {
    for channel in self.channels {
      try? await channel.close()
    }
    for path in self.unixSocketPaths {
      // The file may have been removed by somebody else.
      try? SocketFile.remove(path)
    }
  }

  /// Removes the socket file that a server left behind, but not that of one that runs.
  private static func removeStaleSocket(at path: String, on group: LoopGroup) async throws {
    guard SocketFile.exists(path) else { return }
    let probe = try? await ClientBootstrap(group: group.nioGroup).connectTimeout(.seconds(1))
      .connect(unixDomainSocketPath: path).get()
    if let probe {
      try? await probe.close()
      throw RPCError(code: .unavailable, message: "cannot listen on unix:\(path): another server listens there")
    }
    do {
      try SocketFile.remove(path)
    } catch {
      throw RPCError(
        code: .unavailable, message: "cannot listen on unix:\(path): the old file cannot be removed: \(error)",
        cause: error
      )
    }
  }
}

/// Keeps a listening socket alive when a connection cannot be accepted, as when the process has no file descriptor left.
///
/// Accepting rests for 100 ms then, instead of failing again at once and for ever.
private final class AcceptErrorHandler: ChannelInboundHandler {
  typealias InboundIn = any Channel

  private let logger: Logger

  init(logger: Logger) {
    self.logger = logger
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    self.logger.error("cannot accept a connection", metadata: ["error": "\(error)"])
    let channel = context.channel
    channel.setOption(ChannelOptions.autoRead, value: false).whenSuccess {
      channel.eventLoop.scheduleTask(in: .milliseconds(100)) {
        channel.setOption(ChannelOptions.autoRead, value: true)
      }
    }
  }
}
