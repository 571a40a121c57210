import COpenSSL

/// Lists of revoked certificates: each certificate of a peer's chain is held against its issuer's. Spec: RFC 5280, section 6.3.
extension TLSContext {
  /// Takes the configuration's lists; without any nothing is checked.
  func setRevocation(_ configuration: TLSConfiguration) throws(TLSError) {
    guard !configuration.revocationLists.isEmpty else { return }
    let store = SSL_CTX_get_cert_store(handle)
    for pem in configuration.revocationLists {
      for list in try PEMReader(pem, "revocation list").revocationLists() {
        guard X509_STORE_add_crl(store, list.handle) == 1 else {
          throw TLSError(.configuration, "a revocation list cannot be used")
        }
      }
    }
    X509_STORE_set_flags(store, UInt(X509_V_FLAG_CRL_CHECK) | UInt(X509_V_FLAG_CRL_CHECK_ALL))
  }

  /// Whether OpenSSL complains about the revocation of an authority that need not be proven.
  ///
  /// It knows no middle way between checking the peer's own certificate and demanding a list for each of the chain, also for what is
  /// trusted. Here the latter is trusted whatever any list says (RFC 5280, section 6.1), and an authority below it is checked where its
  /// issuer's list was given.
  static func isRevocationLeftOpen(_ verification: OpaquePointer?) -> Bool {
    let depth = X509_STORE_CTX_get_error_depth(verification)
    guard depth > 0 else { return false }
    let error = X509_STORE_CTX_get_error(verification)
    let isTrustedItself = depth == OPENSSL_sk_num(X509_STORE_CTX_get0_chain(verification)) - 1
    return isTrustedItself ? revocationErrors.contains(error) : error == X509_V_ERR_UNABLE_TO_GET_CRL
  }

  private static let revocationErrors: Set<Int32> = [
    X509_V_ERR_UNABLE_TO_GET_CRL, X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER, X509_V_ERR_KEYUSAGE_NO_CRL_SIGN,
    X509_V_ERR_CRL_PATH_VALIDATION_ERROR, X509_V_ERR_CRL_SIGNATURE_FAILURE, X509_V_ERR_CRL_NOT_YET_VALID,
    X509_V_ERR_CRL_HAS_EXPIRED, X509_V_ERR_DIFFERENT_CRL_SCOPE, X509_V_ERR_CERT_REVOKED,
  ]
}
