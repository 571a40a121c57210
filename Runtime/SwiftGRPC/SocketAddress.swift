/// An address that a server listens on.
public struct SocketAddress: Sendable, Hashable {
  enum Kind: Sendable, Hashable {
    case ip(host: String, port: Int, isIPv6: Bool)
    case unix(path: String)
  }

  let kind: Kind

  /// An IPv4 address in text, such as `127.0.0.1`; `0.0.0.0` is every interface. Port 0 picks a free one.
  public static func ipv4(host: String, port: Int) -> SocketAddress {
    SocketAddress(kind: .ip(host: host, port: port, isIPv6: false))
  }

  /// An IPv6 address in text without brackets, such as `::1`; `::` is every interface. Port 0 picks a free one.
  public static func ipv6(host: String, port: Int) -> SocketAddress {
    SocketAddress(kind: .ip(host: host, port: port, isIPv6: true))
  }

  /// A Unix domain socket. The file is made when the server starts and removed when it ends.
  public static func unixDomainSocket(path: String) -> SocketAddress {
    SocketAddress(kind: .unix(path: path))
  }

  /// The host of an IP address, without brackets; `nil` for a Unix domain socket.
  public var host: String? {
    if case .ip(let host, _, _) = self.kind { host } else { nil }
  }

  /// The port of an IP address; `nil` for a Unix domain socket.
  public var port: Int? {
    if case .ip(_, let port, _) = self.kind { port } else { nil }
  }

  /// The path of a Unix domain socket; `nil` for an IP address.
  public var path: String? {
    if case .unix(let path) = self.kind { path } else { nil }
  }
}

extension SocketAddress: CustomStringConvertible {
  /// `127.0.0.1:50051`, `[::1]:50051` or the path.
  public var description: String {
    switch self.kind {
    case .ip(let host, let port, let isIPv6): isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unix(let path): path
    }
  }
}
