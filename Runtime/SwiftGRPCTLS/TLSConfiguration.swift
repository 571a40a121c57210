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

  /// Everything at the default for this side.
  public init(role: Role) {
    self.peerVerification = role == .client ? .full : .none
  }
}
