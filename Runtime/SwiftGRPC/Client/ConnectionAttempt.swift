import NIOCore
import NIOPosix

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Connecting to a target's addresses, and telling people what went wrong.
enum ConnectionAttempt {
  /// Makes a transport connection that does not read yet.
  typealias Connector =
    (_ transport: ClientTransport, _ eventLoop: any EventLoop, _ timeout: TimeAmount) ->
    EventLoopFuture<any Channel>

  /// Connects, without reading yet.
  ///
  /// A host name is looked up, and its addresses tried as Happy Eyeballs says (RFC 8305, which NIO implements; A61).
  static func connect(
    _ transport: ClientTransport, on eventLoop: any EventLoop, timeout: TimeAmount
  ) -> EventLoopFuture<any Channel> {
    let target = transport.target
    var bootstrap = ClientBootstrap(group: eventLoop)
      .connectTimeout(timeout)
      // Nothing may arrive before the connection's driver is in the pipeline.
      .channelOption(.autoRead, value: false)
    if let keepalive = transport.config.connection.keepalive, target.kind != .unix {
      bootstrap = bootstrap.channelOption(TCPUserTimeout.option, value: TCPUserTimeout.value(keepalive.timeout))
    }
    do {
      switch target.kind {
      case .dns:
        return bootstrap.connect(host: target.host, port: target.port)
      case .ipv4, .ipv6:
        return bootstrap.connect(to: try NIOCore.SocketAddress(ipAddress: target.host, port: target.port))
      case .unix:
        return bootstrap.connect(to: try NIOCore.SocketAddress(unixDomainSocketPath: target.host))
      }
    } catch {
      return eventLoop.makeFailedFuture(error)
    }
  }

  /// The error of calls that fail because of a failed attempt.
  static func error(_ error: any Error, target: ClientTarget) -> RPCError {
    RPCError(code: .unavailable, message: "connect to \(target.displayName): \(reason(error))", cause: error)
  }

  /// What an error of NIO means, for people: the system's text, for every address that was tried.
  private static func reason(_ error: any Error) -> String {
    switch error {
    case let error as IOError:
      return text(errno: error.errnoCode)
    case let error as ChannelError:
      if case .connectTimeout(let time) = error { return "no answer within \(time.secondsText)" }
      return "\(error)"
    case let error as NIOConnectionError:
      var parts = error.connectionErrors.map { "\($0.target.text): \(reason($0.error))" }
      if parts.isEmpty {
        // Both look-ups fail alike when the name does not exist.
        let lookUps = [error.dnsAError, error.dnsAAAAError].compactMap { $0 }.map { "name look-up failed: \($0)" }
        parts = lookUps.first.map { [$0] } ?? ["no address"]
      }
      return parts.joined(separator: "; then ")
    case let error as SocketAddressError:
      if case .failedToParseIPString(let text) = error { return "\"\(text)\" is no IP address" }
      return "\(error)"
    default:
      return "\(error)"
    }
  }

  /// The system's text for an error number, such as "connection refused".
  private static func text(errno number: CInt) -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    // The POSIX variant, which is the one that Swift sees on every platform.
    guard strerror_r(number, &buffer, buffer.count) == 0 else { return "error \(number)" }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).lowercased()
  }
}

extension ClientTarget {
  /// How to name the server in an error, with the address that its name has led to.
  func displayName(connectedTo address: NIOCore.SocketAddress?) -> String {
    guard kind == .dns, let text = address?.text, text != displayName else { return displayName }
    return "\(displayName) (\(text))"
  }
}

extension NIOCore.SocketAddress {
  /// The address as errors name it: `127.0.0.1:443`, `[::1]:443` or a path.
  fileprivate var text: String {
    switch self {
    case .v4: "\(ipAddress ?? ""):\(port ?? 0)"
    case .v6: "[\(ipAddress ?? "")]:\(port ?? 0)"
    case .unixDomainSocket: pathname ?? ""
    }
  }
}
