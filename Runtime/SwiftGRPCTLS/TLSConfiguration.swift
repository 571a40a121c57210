/// What a TLS context is made from.
public struct TLSConfiguration: Sendable, Hashable {
  /// Which side of the connection this is.
  public enum Role: Sendable, Hashable {
    /// Connects, and checks the server's name.
    case client
    /// Accepts.
    case server
  }

  /// PEM text in memory or in a file.
  public enum PEM: Sendable, Hashable {
    /// The text itself.
    case bytes([UInt8])
    /// The path of a file, read when the context is made.
    case file(String)
  }

  /// Where the certificates come from that we trust.
  public enum TrustRoots: Sendable, Hashable {
    /// The system's (OpenSSL's default locations, `SSL_CERT_FILE`, `SSL_CERT_DIR`).
    case system
    /// Exactly these.
    case pem(PEM)
  }

  /// What is demanded of the peer's certificate.
  public enum PeerVerification: Sendable, Hashable {
    /// Nothing. A client that uses it can be deceived by anybody on the way.
    case none
    /// Server only: a client may come without a certificate, but one that it has must be valid.
    case optional
    /// The chain must lead to a trusted root. Client: but the name is not compared.
    case withoutName
    /// Client: chain and name. Server: a valid client certificate is required.
    case full
  }

  /// The own certificate, followed by the intermediate ones. A server needs it.
  public var certificateChain: PEM?
  /// The own private key: PKCS#8, RSA (PKCS#1) or EC (SEC 1), not encrypted.
  public var privateKey: PEM?
  /// Whom we trust. Default: the system's roots.
  public var trustRoots: TrustRoots = .system
  /// What is demanded of the peer's certificate. Default: ``PeerVerification/full`` for clients, ``PeerVerification/none`` for servers.
  public var peerVerification: PeerVerification
  /// The protocols to negotiate, best first. Default `h2`. A handshake without a common one fails. Spec: RFC 7301.
  public var applicationProtocols: [String] = ["h2"]

  /// The oldest version that is spoken. Default: TLS 1.2, the oldest that HTTP/2 allows. Spec: RFC 9113, section 9.2.
  public var minimumVersion: Version = .v1_2
  /// The newest version that is spoken; the newest that OpenSSL has if it is `nil` (the default).
  public var maximumVersion: Version?
  /// The cipher suites by OpenSSL's names, best first; those that begin with `TLS_` are for TLS 1.3, the others for TLS 1.2.
  ///
  /// Default: none named, which is all of TLS 1.3 and, of TLS 1.2, those with forward secrecy and AEAD. Naming suites of one version
  /// leaves the other's at the default.
  public var cipherSuites: [String] = []
  /// Lists of revoked certificates. With any, the peer's certificate must not be on its issuer's list, and there must be such a
  /// list that has not expired; the authorities between it and what is trusted are held against their issuers' lists where such were
  /// given. Default: none, and nothing is checked. Spec: RFC 5280, section 5; A69.
  public var revocationLists: [PEM] = []

  /// A version of TLS.
  public enum Version: Sendable, Hashable {
    /// TLS 1.2, RFC 5246.
    case v1_2
    /// TLS 1.3, RFC 8446.
    case v1_3
  }

  /// Everything at the default for this side.
  public init(role: Role) {
    self.peerVerification = role == .client ? .full : .none
  }
}
