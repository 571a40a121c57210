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
  ///
  /// Files are read for each connection, so that a certificate that was renewed is used by the next one. If they cannot be read or used
  /// then, what was read before still holds, and the log has a warning.
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
    /// With any, the server's certificate must not be on its issuer's list, and there must be such a list that has not expired.
    /// The authorities between it and what is trusted are held against their issuers' lists where such were given.
    /// Spec: RFC 5280, section 5; A69.
    public var revocationLists: [TLSConfig.CertificateSource] = []

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
