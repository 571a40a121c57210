import COpenSSL

/// Certificates, trust and options, shared by all connections of one server or client.
///
/// Immutable after `init`; used from any thread. TLS 1.2 and later with forward secret AEAD ciphers, no renegotiation and no
/// compression. Spec: RFC 9113, section 9.2.
public final class TLSContext: Sendable {
  /// Which side of the connection this is for.
  public let role: TLSConfiguration.Role
  let peerVerification: TLSConfiguration.PeerVerification
  let applicationProtocols: [String]

  /// OpenSSL's context. Only `init` changes it, and `SSL_new` counts references atomically. Freed in `deinit`.
  nonisolated(unsafe) let handle: OpaquePointer
  /// How connections read and write; only `init` changes it. Freed in `deinit`, after the last engine, which holds this context.
  nonisolated(unsafe) let transport: OpaquePointer
  /// The protocols in ALPN's form, for OpenSSL's callback; nothing writes to it after `init`. Freed in `deinit`.
  nonisolated(unsafe) let protocolList: UnsafeMutableBufferPointer<UInt8>

  /// Reads the certificates and keys and checks that they belong together.
  ///
  /// - Throws: ``TLSError`` with code `configuration` that names what cannot be used.
  public init(_ configuration: TLSConfiguration, role: TLSConfiguration.Role) throws(TLSError) {
    self.role = role
    self.peerVerification = configuration.peerVerification
    self.applicationProtocols = configuration.applicationProtocols
    ERR_clear_error()
    guard let handle = SSL_CTX_new(role == .client ? TLS_client_method() : TLS_server_method()),
      let transport = TLSEngine.makeTransport()
    else { throw TLSError(.configuration, "no TLS context can be made") }
    self.handle = handle
    self.transport = transport

    var list: [UInt8] = []
    for name in configuration.applicationProtocols where (1...255).contains(name.utf8.count) {
      list.append(UInt8(name.utf8.count))
      list.append(contentsOf: name.utf8)
    }
    self.protocolList = .allocate(capacity: list.count)
    _ = protocolList.initialize(from: list)

    setOptions()
    try setVersions(configuration)
    try setCipherSuites(configuration)
    setProtocols()
    try setOwnCertificate(configuration)
    try setTrust(configuration)
  }

  deinit {
    SSL_CTX_free(handle)
    BIO_meth_free(transport)
    protocolList.deallocate()
  }

  private func setOptions() {
    copenssl_ctx_set_options(handle)
    // A connection keeps no record buffers unless it is told to. The chain is sent as it was given, not as OpenSSL could complete it.
    copenssl_ctx_set_mode(
      handle, Int(SSL_MODE_RELEASE_BUFFERS) | Int(SSL_MODE_AUTO_RETRY) | Int(SSL_MODE_NO_AUTO_CHAIN))
    copenssl_ctx_set_read_ahead(handle)
    // A ticket of a connection with a client certificate is only good here.
    let name = Array("swift-grpc".utf8)
    SSL_CTX_set_session_id_context(handle, name, UInt32(name.count))
  }

  private func setVersions(_ configuration: TLSConfiguration) throws(TLSError) {
    let range = (configuration.minimumVersion.number, configuration.maximumVersion?.number ?? 0)
    guard range.1 == 0 || range.0 <= range.1, copenssl_ctx_set_min_version(handle, range.0) == 1,
      copenssl_ctx_set_max_version(handle, range.1) == 1
    else {
      throw TLSError(.configuration, "there is no TLS version between the oldest and the newest that are allowed")
    }
  }

  private func setCipherSuites(_ configuration: TLSConfiguration) throws(TLSError) {
    // TLS 1.3 has no others than those that HTTP/2 allows; of TLS 1.2, RFC 9113 forbids all but these in appendix A.
    let old = configuration.cipherSuites.filter { !$0.hasPrefix("TLS_") }
    let new = configuration.cipherSuites.filter { $0.hasPrefix("TLS_") }
    let oldList = old.isEmpty ? "ECDHE+AESGCM:ECDHE+CHACHA20" : old.joined(separator: ":")
    guard SSL_CTX_set_cipher_list(handle, oldList) == 1,
      new.isEmpty || SSL_CTX_set_ciphersuites(handle, new.joined(separator: ":")) == 1
    else {
      let names = configuration.cipherSuites.joined(separator: ", ")
      throw TLSError(.configuration, "the cipher suites \(names) cannot be used")
    }
  }

  private func setProtocols() {
    guard let base = protocolList.baseAddress, !protocolList.isEmpty else { return }
    switch role {
    case .client:
      SSL_CTX_set_alpn_protos(handle, base, UInt32(protocolList.count))
    case .server:
      // The context outlives its connections: each engine holds it.
      SSL_CTX_set_alpn_select_cb(
        handle,
        { _, selected, selectedCount, offered, offeredCount, context in
          guard let context else { return SSL_TLSEXT_ERR_ALERT_FATAL }
          return Unmanaged<TLSContext>.fromOpaque(context)._withUnsafeGuaranteedRef { context in
            var found: UnsafeMutablePointer<UInt8>?
            // Ours come first: the server chooses.
            let result = SSL_select_next_proto(
              &found, selectedCount, context.protocolList.baseAddress, UInt32(context.protocolList.count),
              offered, offeredCount)
            guard result == OPENSSL_NPN_NEGOTIATED, let found else { return SSL_TLSEXT_ERR_ALERT_FATAL }
            selected?.pointee = UnsafePointer(found)
            return SSL_TLSEXT_ERR_OK
          }
        }, Unmanaged.passUnretained(self).toOpaque())
    }
  }

  private func setOwnCertificate(_ configuration: TLSConfiguration) throws(TLSError) {
    guard let chain = configuration.certificateChain else {
      guard role == .client, configuration.privateKey == nil else {
        throw TLSError(
          code: .configuration,
          message: role == .server
            ? "a TLS server needs a certificate chain and a private key"
            : "a private key needs the certificate chain that it belongs to")
      }
      return
    }
    guard let key = configuration.privateKey else {
      throw TLSError(code: .configuration, message: "a certificate chain needs the private key that belongs to it")
    }
    let certificates = try PEMReader(chain, "certificate chain").certificates()
    for (index, certificate) in certificates.enumerated() {
      let result =
        index == 0
        ? SSL_CTX_use_certificate(handle, certificate.handle)
        : copenssl_ctx_add_chain_certificate(handle, certificate.handle)
      guard result == 1 else { throw TLSError(.configuration, "the certificate chain cannot be used") }
    }
    let privateKey = try PEMReader(key, "private key").privateKey()
    guard SSL_CTX_use_PrivateKey(handle, privateKey.handle) == 1, SSL_CTX_check_private_key(handle) == 1 else {
      throw TLSError(.configuration, "the private key does not belong to the certificate")
    }
  }

  private func setTrust(_ configuration: TLSConfiguration) throws(TLSError) {
    guard configuration.peerVerification != .none else {
      SSL_CTX_set_verify(handle, SSL_VERIFY_NONE, nil)
      return
    }
    var mode = SSL_VERIFY_PEER
    if role == .server, configuration.peerVerification != .optional { mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT }
    SSL_CTX_set_verify(handle, mode, TLSEngine.judgeCertificate)

    switch configuration.trustRoots {
    case .system:
      guard SSL_CTX_set_default_verify_paths(handle) == 1 else {
        throw TLSError(.configuration, "the system's trust roots cannot be found")
      }
    case .pem(let pem):
      let store = SSL_CTX_get_cert_store(handle)
      for certificate in try PEMReader(pem, "trust roots").certificates() {
        guard X509_STORE_add_cert(store, certificate.handle) == 1 else {
          throw TLSError(.configuration, "a trust root cannot be used")
        }
        // Tells clients which certificates are of use.
        if role == .server { SSL_CTX_add_client_CA(handle, certificate.handle) }
      }
      // What was named as trusted is trusted, also where it is not self-signed.
      X509_STORE_set_flags(store, UInt(X509_V_FLAG_PARTIAL_CHAIN))
    }
    try setRevocation(configuration)
  }
}

extension TLSConfiguration.Version {
  /// OpenSSL's number.
  fileprivate var number: Int32 {
    switch self {
    case .v1_2: TLS1_2_VERSION
    case .v1_3: TLS1_3_VERSION
    }
  }
}
