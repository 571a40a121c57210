/// Where certificates and keys come from, and what is demanded of the peer's; used by clients and servers alike.
public enum TLSConfig: Sendable {
  /// How a certificate or key is written down.
  public enum SerializationFormat: Sendable, Hashable {
    /// Text between `-----BEGIN …-----` and `-----END …-----`; may hold several certificates. Spec: RFC 7468.
    case pem
    /// The bytes themselves: X.509 for a certificate, PKCS#8 for a key.
    case der
  }

  /// A version of TLS.
  public enum Version: Sendable, Hashable {
    /// TLS 1.2, RFC 5246.
    case tls12
    /// TLS 1.3, RFC 8446.
    case tls13
  }

  /// One or more certificates, or revocation lists.
  public enum CertificateSource: Sendable, Hashable {
    /// In a file, which is read when the server starts and a client connects, and again as the settings say.
    case file(path: String, format: SerializationFormat)
    /// In memory.
    case bytes([UInt8], format: SerializationFormat)
  }

  /// A private key that is not encrypted.
  public enum PrivateKeySource: Sendable, Hashable {
    /// In a file, which is read when the server starts and a client connects, and again as the settings say.
    case file(path: String, format: SerializationFormat)
    /// In memory.
    case bytes([UInt8], format: SerializationFormat)
  }

  /// The certificate authorities to trust.
  public enum TrustRootsSource: Sendable, Hashable {
    /// Those of the system.
    case systemDefault
    /// Exactly these.
    case certificates([CertificateSource])
  }

  /// What is demanded of the peer's certificate.
  public enum CertificateVerification: Sendable, Hashable {
    /// Nothing. Whoever is on the way can pretend to be the peer.
    case noVerification
    /// That it leads to a trusted authority; the name in it does not matter.
    case noHostnameVerification
    /// That it leads to a trusted authority, and, on clients, that it is for the server's name.
    case fullVerification
  }
}
