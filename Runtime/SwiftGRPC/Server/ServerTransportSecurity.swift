import SwiftGRPCTLS

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

    /// What makes the TLS end of each connection.
    ///
    /// - Throws: ``RPCError`` with `unavailable` if a certificate or key cannot be read or used.
    func makeEngines() throws(RPCError) -> @Sendable () throws -> TLSEngine {
      var configuration = TLSConfiguration(role: .server)
      configuration.certificateChain = try TLSConfig.pem(of: self.certificateChain)
      configuration.privateKey = try TLSConfig.pem(of: self.privateKey)
      configuration.trustRoots = try TLSConfig.trustRoots(self.trustRoots)
      configuration.peerVerification =
        switch self.clientCertificateVerification {
        case .none: .none
        case .optional: .optional
        case .required: .full
        }
      do {
        let context = try TLSContext(configuration, role: .server)
        return { try TLSEngine(context: context, serverName: nil) }
      } catch {
        throw RPCError(code: .unavailable, message: "TLS cannot be set up: \(error.message)", cause: error)
      }
    }
  }
}
