import COpenSSL

/// A key with a certificate, made when a test needs it, so that none of them ever expires.
public final class Identity {
  /// The kind of key.
  public enum KeyKind: Sendable { case ec, rsa }

  let key: OpaquePointer
  let certificate: OpaquePointer

  /// Makes a key and signs its certificate.
  ///
  /// - Parameter names: subject alternative names in OpenSSL's notation, such as `DNS:localhost,IP:127.0.0.1`.
  /// - Parameter issuer: who signs; nobody else for a root.
  public init(
    _ commonName: String, names: String? = nil, issuer: Identity? = nil, isAuthority: Bool = false,
    kind: KeyKind = .ec, validFrom: Int = -3600, validUntil: Int = 3600
  ) {
    key = Self.makeKey(kind)
    certificate = X509_new()
    X509_set_version(certificate, 2)
    ASN1_INTEGER_set_int64(X509_get_serialNumber(certificate), Int64.random(in: 1...Int64.max))
    X509_gmtime_adj(X509_getm_notBefore(certificate), validFrom)
    X509_gmtime_adj(X509_getm_notAfter(certificate), validUntil)
    X509_set_pubkey(certificate, key)
    let subject = X509_get_subject_name(certificate)
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, commonName, -1, -1, 0)
    X509_set_issuer_name(certificate, issuer.map { X509_get_subject_name($0.certificate) } ?? subject)
    add(NID_basic_constraints, isAuthority ? "critical,CA:TRUE" : "critical,CA:FALSE")
    if let names { add(NID_subject_alt_name, names) }
    X509_sign(certificate, issuer?.key ?? key, EVP_sha256())
  }

  deinit {
    X509_free(certificate)
    EVP_PKEY_free(key)
  }

  /// The certificate.
  public var certificatePEM: [UInt8] { Self.text { PEM_write_bio_X509($0, certificate) } }
  /// PKCS#8.
  public var keyPEM: [UInt8] { Self.text { PEM_write_bio_PKCS8PrivateKey($0, key, nil, nil, 0, nil, nil) } }
  /// PKCS#1 for RSA, SEC 1 for EC.
  public var traditionalKeyPEM: [UInt8] {
    Self.text { PEM_write_bio_PrivateKey_traditional($0, key, nil, nil, 0, nil, nil) }
  }
  /// PKCS#8 behind the password `secret`.
  public var encryptedKeyPEM: [UInt8] {
    Self.text { PEM_write_bio_PKCS8PrivateKey($0, key, EVP_aes_128_cbc(), "secret", 6, nil, nil) }
  }

  /// A list of certificates that this identity has revoked.
  public func revocationListPEM(revoking revoked: [Identity], validUntil: Int = 3600) -> [UInt8] {
    let list = X509_CRL_new()
    defer { X509_CRL_free(list) }
    X509_CRL_set_version(list, 1)
    X509_CRL_set_issuer_name(list, X509_get_subject_name(certificate))
    let time = X509_gmtime_adj(nil, -3600)
    X509_CRL_set1_lastUpdate(list, time)
    for identity in revoked {
      let entry = X509_REVOKED_new()
      X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(identity.certificate))
      X509_REVOKED_set_revocationDate(entry, time)
      X509_CRL_add0_revoked(list, entry)
    }
    X509_gmtime_adj(time, validUntil)
    X509_CRL_set1_nextUpdate(list, time)
    ASN1_STRING_free(time)
    X509_CRL_sort(list)
    X509_CRL_sign(list, key, EVP_sha256())
    return Self.text { PEM_write_bio_X509_CRL($0, list) }
  }

  private func add(_ extensionID: Int32, _ value: String) {
    let ext = X509V3_EXT_conf_nid(nil, nil, extensionID, value)
    X509_add_ext(certificate, ext, -1)
    X509_EXTENSION_free(ext)
  }

  private static func makeKey(_ kind: KeyKind) -> OpaquePointer {
    let context = EVP_PKEY_CTX_new_id(kind == .ec ? EVP_PKEY_EC : EVP_PKEY_RSA, nil)
    defer { EVP_PKEY_CTX_free(context) }
    EVP_PKEY_keygen_init(context)
    switch kind {
    case .ec: EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1)
    case .rsa: EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048)
    }
    var key: OpaquePointer?
    EVP_PKEY_keygen(context, &key)
    return key!  // Both kinds are part of every OpenSSL.
  }

  private static func text(_ write: (OpaquePointer?) -> Int32) -> [UInt8] {
    let sink = BIO_new(BIO_s_mem())
    defer { BIO_free(sink) }
    _ = write(sink)
    var bytes: UnsafeMutablePointer<CChar>?
    let count = copenssl_bio_memory(sink, &bytes)
    return Array(UnsafeRawBufferPointer(start: bytes, count: count))
  }
}
