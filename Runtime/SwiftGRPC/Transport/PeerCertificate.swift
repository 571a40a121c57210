import SwiftGRPCTLS

/// The certificate that the other side of a connection proved to own during the TLS handshake.
public struct PeerCertificate: Sendable, Hashable {
  /// The subject's distinguished name, as in RFC 2253.
  public let subject: String
  /// The issuer's distinguished name, as in RFC 2253.
  public let issuer: String
  /// The DNS names among the subject's alternative names.
  public let dnsNames: [String]
  /// The URIs among the subject's alternative names, such as SPIFFE identities.
  public let uris: [String]
  /// The IP addresses among the subject's alternative names, as text.
  public let ipAddresses: [String]
  /// The certificates as they were sent, in DER, the peer's own first.
  public let chain: [[UInt8]]

  init(_ certificate: TLSPeerCertificate) {
    self.subject = certificate.subject
    self.issuer = certificate.issuer
    self.dnsNames = certificate.dnsNames
    self.uris = certificate.uris
    self.ipAddresses = certificate.ipAddresses
    self.chain = certificate.chain
  }
}
