/// The server that a client talks to.
///
/// ```swift
/// .dns(host: "api.example.com", port: 443)
/// .ipv4(host: "127.0.0.1", port: 50051)
/// .ipv6(host: "::1", port: 50051)
/// .unixDomainSocket(path: "/run/greeter.sock")
/// ```
public struct ClientTarget: Sendable, Hashable {
  enum Kind: Sendable, Hashable {
    case dns
    case ipv4
    case ipv6
    case unix
  }

  let kind: Kind

  /// A name, an address in text, or a path.
  let host: String
  let port: Int

  /// What to send as `:authority` instead of host and port.
  var authorityOverride: String?

  /// A host name, which is looked up each time a connection is made.
  ///
  /// If it has several addresses, they are tried in the order of Happy Eyeballs (RFC 8305): IPv6 first, another one
  /// 250 ms later, and the first connection wins.
  /// - Parameter port: The port; 443 if it is `nil`.
  public static func dns(host: String, port: Int? = nil) -> ClientTarget {
    ClientTarget(kind: .dns, host: host, port: port ?? 443)
  }

  /// An IPv4 address in text, such as `127.0.0.1`.
  public static func ipv4(host: String, port: Int) -> ClientTarget {
    ClientTarget(kind: .ipv4, host: host, port: port)
  }

  /// An IPv4 address in text, such as `127.0.0.1`.
  public static func ipv4(address: String, port: Int) -> ClientTarget { .ipv4(host: address, port: port) }

  /// An IPv6 address in text without brackets, such as `::1`.
  public static func ipv6(host: String, port: Int) -> ClientTarget {
    ClientTarget(kind: .ipv6, host: host, port: port)
  }

  /// An IPv6 address in text without brackets, such as `::1`.
  public static func ipv6(address: String, port: Int) -> ClientTarget { .ipv6(host: address, port: port) }

  /// A Unix domain socket.
  ///
  /// - Parameters:
  ///   - path: The socket's path.
  ///   - authority: What to call the server in requests; `localhost` if it is `nil`.
  public static func unixDomainSocket(path: String, authority: String? = nil) -> ClientTarget {
    ClientTarget(kind: .unix, host: path, port: 0, authorityOverride: authority)
  }

  /// The name of the server in requests. Spec: RFC 9113, section 8.3.1, `:authority`.
  var authority: String {
    if let authorityOverride { return authorityOverride }
    switch kind {
    case .dns, .ipv4: return "\(host):\(port)"
    case .ipv6: return "[\(host)]:\(port)"
    case .unix: return "localhost"
    }
  }

  /// The name or address that the server's certificate must be for.
  var serverName: String {
    kind == .unix ? authorityOverride ?? "localhost" : host
  }

  /// How to name the server in an error.
  var displayName: String {
    switch kind {
    case .dns, .ipv4: "\(host):\(port)"
    case .ipv6: "[\(host)]:\(port)"
    case .unix: host
    }
  }
}

extension ClientTarget: CustomStringConvertible {
  /// The target as gRPC writes it, such as `dns:localhost:50051`. Spec: "gRPC Name Resolution".
  public var description: String {
    switch kind {
    case .dns: "dns:\(host):\(port)"
    case .ipv4: "ipv4:\(host):\(port)"
    case .ipv6: "ipv6:[\(host)]:\(port)"
    case .unix: "unix:\(host)"
    }
  }
}
