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

    /// The oldest version of TLS that is spoken; 1.2, the oldest that HTTP/2 allows.
    public var minimumVersion = TLSConfig.Version.tls12

    /// The newest version of TLS that is spoken; the newest there is if it is `nil` (the default).
    public var maximumVersion: TLSConfig.Version?

    /// The cipher suites by OpenSSL's names, best first: those that begin with `TLS_` for TLS 1.3, the others for TLS 1.2.
    ///
    /// None by default, which is all of TLS 1.3 and, of TLS 1.2, those with forward secrecy and AEAD. Naming suites of one version
    /// leaves the other's at the default.
    public var cipherSuites: [String] = []

    /// Lists of revoked certificates (CRL); none by default, and nothing is checked.
    ///
    /// With any, a client's certificate must not be on its issuer's list, and there must be such a list that has not expired.
    /// The authorities between it and what is trusted are held against their issuers' lists where such were given.
    /// Spec: RFC 5280, section 5; A69.
    public var revocationLists: [TLSConfig.CertificateSource] = []

    /// How often files are read again, so that a certificate that was renewed is used for new connections; 60 s. Never if it is `nil`.
    ///
    /// If they cannot be read or used then, what was read before still holds, and the log has a warning. ``GRPCServer`` also reads them
    /// when ``GRPCServer/reloadCertificates()`` is called.
    public var reloadInterval: Duration? = .seconds(60)

    /// Creates settings with this certificate and otherwise the defaults.
    public init(certificateChain: [TLSConfig.CertificateSource], privateKey: TLSConfig.PrivateKeySource) {
      self.certificateChain = certificateChain
      self.privateKey = privateKey
    }
  }
}
