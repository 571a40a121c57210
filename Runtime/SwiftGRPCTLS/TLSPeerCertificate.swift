import COpenSSL

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The certificate that the peer proved to own.
public struct TLSPeerCertificate: Sendable, Hashable {
  /// The subject's distinguished name, as in RFC 2253.
  public var subject: String
  /// The issuer's distinguished name, as in RFC 2253.
  public var issuer: String
  /// The DNS names among the subject's alternative names.
  public var dnsNames: [String] = []
  /// The URIs among the subject's alternative names, such as SPIFFE identities.
  public var uris: [String] = []
  /// The IP addresses among the subject's alternative names, as text.
  public var ipAddresses: [String] = []
  /// The certificate itself in DER.
  public var der: [UInt8]
  /// The whole chain as the peer sent it, its own certificate first, in DER.
  public var chain: [[UInt8]]

  /// Reads the certificate of a connection's peer; `nil` if it sent none.
  init?(of connection: OpaquePointer) {
    guard let handle = SSL_get1_peer_certificate(connection) else { return nil }
    let certificate = Certificate(handle: handle)
    self.init(certificate)
    // A server gets the chain without the client's own certificate, a client gets it with the server's.
    let others = SSL_get_peer_cert_chain(connection)
    for index in 0..<copenssl_certificates_count(others) {
      guard let other = copenssl_certificates_at(others, index) else { continue }
      let bytes = Self.der(other)
      if !(index == 0 && bytes == der) { chain.append(bytes) }
    }
  }

  init(_ certificate: Certificate) {
    subject = Self.text(X509_get_subject_name(certificate.handle))
    issuer = Self.text(X509_get_issuer_name(certificate.handle))
    der = Self.der(certificate.handle)
    chain = [der]
    let names = copenssl_alternative_names(certificate.handle)
    defer { GENERAL_NAMES_free(names) }
    for index in 0..<copenssl_alternative_names_count(names) {
      var bytes: UnsafePointer<UInt8>?
      var count: Int32 = 0
      let type = copenssl_alternative_name_at(names, index, &bytes, &count)
      let value = UnsafeBufferPointer(start: bytes, count: Int(count))
      switch type {
      case GEN_DNS: dnsNames.append(String(decoding: value, as: UTF8.self))
      case GEN_URI: uris.append(String(decoding: value, as: UTF8.self))
      case GEN_IPADD: ipAddresses.append(Self.address(value))
      default: break
      }
    }
  }

  /// Every name that the certificate is for, for errors.
  var names: String {
    let all = dnsNames + ipAddresses
    return all.isEmpty ? "no DNS name or IP address" : all.joined(separator: ", ")
  }

  private static func text(_ name: OpaquePointer?) -> String {
    guard let sink = BIO_new(BIO_s_mem()) else { return "" }
    defer { BIO_free(sink) }
    copenssl_print_name(sink, name)
    var bytes: UnsafeMutablePointer<CChar>?
    let count = copenssl_bio_memory(sink, &bytes)
    return bytes.map { String(decoding: UnsafeRawBufferPointer(start: $0, count: count), as: UTF8.self) } ?? ""
  }

  private static func der(_ certificate: OpaquePointer) -> [UInt8] {
    let count = Int(i2d_X509(certificate, nil))
    guard count > 0 else { return [] }
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      var position = buffer.baseAddress
      initialized = Int(max(0, i2d_X509(certificate, &position)))
    }
  }

  private static func address(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    guard let base = bytes.baseAddress, bytes.count == 4 || bytes.count == 16 else { return "" }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { text in
      let family = bytes.count == 4 ? AF_INET : AF_INET6
      return inet_ntop(family, base, text.baseAddress, socklen_t(text.count)).map { String(cString: $0) } ?? ""
    }
  }
}
