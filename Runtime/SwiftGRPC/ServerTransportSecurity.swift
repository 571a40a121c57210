/// Plaintext or TLS, as a server uses it.
public struct ServerTransportSecurity: Sendable, Hashable {
  let tls: TLS?

  /// HTTP/2 without TLS, "with prior knowledge" (RFC 9113, section 3.3).
  public static let plaintext = ServerTransportSecurity(tls: nil)

  /// TLS with these settings.
  public static func tls(_ tls: TLS) -> ServerTransportSecurity { ServerTransportSecurity(tls: tls) }

  /// TLS with this certificate; clients show none unless `configure` asks for one.
  public static func tls(
    certificateChain: [TLSConfig.CertificateSource], privateKey: TLSConfig.PrivateKeySource,
    configure: (_ tls: inout TLS) -> Void = { _ in }
  ) -> ServerTransportSecurity {
    var tls = TLS(certificateChain: certificateChain, privateKey: privateKey)
    configure(&tls)
    return .tls(tls)
  }

  /// TLS with this certificate, in which clients, too, must show one that leads to a trusted authority.
  public static func mTLS(
    certificateChain: [TLSConfig.CertificateSource], privateKey: TLSConfig.PrivateKeySource,
    configure: (_ tls: inout TLS) -> Void = { _ in }
  ) -> ServerTransportSecurity {
    .tls(certificateChain: certificateChain, privateKey: privateKey) {
      $0.clientCertificateVerification = .required
      configure(&$0)
    }
  }

  /// What is demanded of a client's certificate.
  public enum ClientCertificateVerification: Sendable, Hashable {
    /// Clients are not asked for one.
    case none
    /// A client may come without one; one that it shows must lead to a trusted authority.
    case optional
    /// A client must show one that leads to a trusted authority.
    case required
  }

  /// A server's settings for TLS 1.2 or later. ALPN must agree on `h2`.
  public struct TLS: Sendable, Hashable {
    /// The server's certificate, then those between it and its authority.
    public var certificateChain: [TLSConfig.CertificateSource]

    /// The key of the server's certificate.
    public var privateKey: TLSConfig.PrivateKeySource

    /// The authorities that clients' certificates may come from; the system's by default.
    public var trustRoots = TLSConfig.TrustRootsSource.systemDefault

    /// What is demanded of a client's certificate; nothing by default.
    public var clientCertificateVerification = ClientCertificateVerification.none

    /// Creates settings with this certificate and otherwise the defaults.
    public init(certificateChain: [TLSConfig.CertificateSource], privateKey: TLSConfig.PrivateKeySource) {
      self.certificateChain = certificateChain
      self.privateKey = privateKey
    }
  }
}
