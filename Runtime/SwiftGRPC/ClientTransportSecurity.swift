/// Plaintext or TLS, as a client uses it.
public struct ClientTransportSecurity: Sendable, Hashable {
  let tls: TLS?

  /// HTTP/2 without TLS, "with prior knowledge" (RFC 9113, section 3.3).
  public static let plaintext = ClientTransportSecurity(tls: nil)

  /// TLS that trusts the system's authorities and checks the server's name.
  public static let tls = ClientTransportSecurity(tls: .defaults)

  /// TLS with these settings.
  public static func tls(_ tls: TLS) -> ClientTransportSecurity { ClientTransportSecurity(tls: tls) }

  /// TLS with changes to the defaults.
  public static func tls(configure: (_ tls: inout TLS) -> Void) -> ClientTransportSecurity {
    .tls(.defaults(configure: configure))
  }

  /// TLS in which the client, too, shows a certificate.
  public static func mTLS(
    certificateChain: [TLSConfig.CertificateSource],
    privateKey: TLSConfig.PrivateKeySource,
    configure: (_ tls: inout TLS) -> Void = { _ in }
  ) -> ClientTransportSecurity {
    .tls {
      $0.certificateChain = certificateChain
      $0.privateKey = privateKey
      configure(&$0)
    }
  }

  /// A client's settings for TLS 1.2 or later. ALPN must agree on `h2`.
  public struct TLS: Sendable, Hashable {
    /// The client's own certificate and those between it and its authority; none by default.
    public var certificateChain: [TLSConfig.CertificateSource] = []

    /// The key of the client's own certificate.
    public var privateKey: TLSConfig.PrivateKeySource?

    /// The authorities that the server's certificate may come from; the system's by default.
    public var trustRoots = TLSConfig.TrustRootsSource.systemDefault

    /// What is demanded of the server's certificate; everything by default.
    public var serverCertificateVerification = TLSConfig.CertificateVerification.fullVerification

    /// The name that the server's certificate must be for, which is also sent as SNI and `:authority`; the target's host
    /// if it is `nil`.
    public var serverHostname: String?

    /// Creates the defaults.
    public init() {}

    /// The defaults.
    public static var defaults: TLS { TLS() }

    /// The defaults with changes.
    public static func defaults(configure: (_ tls: inout TLS) -> Void) -> TLS {
      var tls = TLS()
      configure(&tls)
      return tls
    }
  }
}
