import NIOCore

extension NIOCore.SocketAddress {
  /// The address as contexts tell it: `ipv4:127.0.0.1:31415`, `ipv6:[::1]:31415` or `unix:/run/greeter.sock`.
  var peerDescription: String {
    switch self {
    case .v4: "ipv4:\(self.ipAddress ?? ""):\(self.port ?? 0)"
    case .v6: "ipv6:[\(self.ipAddress ?? "")]:\(self.port ?? 0)"
    case .unixDomainSocket: "unix:\(self.pathname ?? "")"
    }
  }
}
