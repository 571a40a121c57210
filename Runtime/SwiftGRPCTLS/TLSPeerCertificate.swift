/// The certificate that the peer proved to own.
public struct TLSPeerCertificate: Sendable, Hashable {
  /// The subject's distinguished name, as in RFC 2253.
  public var subject: String
  /// The issuer's distinguished name, as in RFC 2253.
  public var issuer: String
  /// The DNS names among the subject's alternative names.
  public var dnsNames: [String]
  /// The URIs among the subject's alternative names, such as SPIFFE identities.
  public var uris: [String]
  /// The IP addresses among the subject's alternative names, as text.
  public var ipAddresses: [String]
  /// The certificate itself in DER.
  public var der: [UInt8]
  /// The whole chain as the peer sent it, its own certificate first, in DER.
  public var chain: [[UInt8]]
}
