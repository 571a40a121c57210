import NIOCore

extension SocketAddress {
  /// The address that a channel was bound to.
  init?(_ address: NIOCore.SocketAddress) {
    switch address {
    case .v4: self = .ipv4(host: address.ipAddress ?? "0.0.0.0", port: address.port ?? 0)
    case .v6: self = .ipv6(host: address.ipAddress ?? "::", port: address.port ?? 0)
    case .unixDomainSocket:
      guard let path = address.pathname else { return nil }
      self = .unixDomainSocket(path: path)
    }
  }

  /// The address as NIO takes it.
  ///
  /// - Throws: an error of NIO when the text is no such address or the path is too long.
  func makeNIOAddress() throws -> NIOCore.SocketAddress {
    switch self.kind {
    case .ip(let host, let port, _): try NIOCore.SocketAddress(ipAddress: host, port: port)
    case .unix(let path): try NIOCore.SocketAddress(unixDomainSocketPath: path)
    }
  }
}
