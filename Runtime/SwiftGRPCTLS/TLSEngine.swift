import COpenSSL

/// One TLS connection without I/O: ciphertext in, plaintext out, and back. Confined to one thread.
///
/// After `readPlaintext` and after `write` look at ``pendingCiphertextBytes``: a handshake answers while it reads. After an error the
/// alert that tells the peer waits there, too.
///
/// The fields are not checked for exclusive access at run time: one thread, and no access encloses a call to the outside.
public final class TLSEngine {
  /// What a peer may make us answer (key updates) while it reads nothing.
  private static var maxAnswerBytes: Int { 1 << 20 }

  private let context: TLSContext
  private let serverName: String?
  /// OpenSSL's connection; owned, freed in `deinit`.
  let handle: OpaquePointer

  @exclusivity(unchecked) fileprivate var inbound: CiphertextInput
  @exclusivity(unchecked) fileprivate var outbound: CiphertextOutput
  @exclusivity(unchecked) private var failure: TLSError?
  /// The certificate in the peer's chain that was not accepted.
  @exclusivity(unchecked) private var refusedCertificate: TLSPeerCertificate?
  @exclusivity(unchecked) private var isShutDown = false

  /// Whether both sides have finished the handshake.
  @exclusivity(unchecked) public private(set) var isHandshakeComplete = false
  /// Whether the peer has sent its close-notify alert: nothing more will come.
  @exclusivity(unchecked) public private(set) var isClosed = false

  /// Creates one end of a connection. A client's first message is ready to be taken at once.
  ///
  /// - Parameters:
  ///   - serverName: client: the name or IP address that the server's certificate must be for, sent as SNI when it is a name.
  ///   - memory: what the engine shares with others of its thread.
  /// - Throws: ``TLSError`` when a client that checks names got none.
  public init(
    context: TLSContext, serverName: String?, memory: TLSMemory = TLSMemory()
  ) throws(TLSError) {
    ERR_clear_error()
    guard let handle = SSL_new(context.handle), let bio = BIO_new(context.transport) else {
      throw TLSError(.configuration, "no TLS connection can be made")
    }
    self.context = context
    self.handle = handle
    self.inbound = CiphertextInput(memory)
    self.outbound = CiphertextOutput(memory)
    self.serverName = serverName.map { $0.hasSuffix(".") ? String($0.dropLast()) : $0 }
    // The connection owns the BIO, and `self` the connection.
    BIO_set_data(bio, Unmanaged.passUnretained(self).toOpaque())
    BIO_set_init(bio, 1)
    SSL_set_bio(handle, bio, bio)
    SSL_set_ex_data(handle, 0, Unmanaged.passUnretained(self).toOpaque())
    switch context.role {
    case .client:
      try setServerName()
      SSL_set_connect_state(handle)
      try proceedWithHandshake()
    case .server:
      SSL_set_accept_state(handle)
    }
  }

  deinit {
    SSL_free(handle)
  }

  /// Lends received bytes to `body`, which reads the plaintext until there is none. What it leaves is copied.
  ///
  /// - Throws: What `body` throws.
  public func receive(_ ciphertext: UnsafeRawBufferPointer, _ body: () throws(TLSError) -> Void) throws(TLSError) {
    inbound.lend(ciphertext)
    defer {
      // Nobody reads after the end.
      if isClosed || failure != nil { inbound.removeAll() } else { inbound.keepRest() }
    }
    try body()
  }

  /// Reads decrypted bytes and drives the handshake. Returns 0 when more ciphertext is needed, or at the end (``isClosed``).
  ///
  /// - Throws: ``TLSError`` when the connection has failed, each time from then on.
  public func readPlaintext(into buffer: UnsafeMutableRawBufferPointer) throws(TLSError) -> Int {
    if let failure { throw failure }
    if !isHandshakeComplete {
      try proceedWithHandshake()
      guard isHandshakeComplete else { return 0 }
    }
    guard !isClosed else { return 0 }
    let answered = outbound.count
    var count = 0
    OpenSSLErrors.discard()
    let result = SSL_read_ex(handle, buffer.baseAddress, buffer.count, &count)
    if outbound.count > answered, outbound.count > Self.maxAnswerBytes {
      throw fail(TLSError(code: .connection, message: "the peer demands answers and does not read them"))
    }
    if result == 1 { return count }
    switch SSL_get_error(handle, result) {
    case SSL_ERROR_WANT_READ:
      return 0
    case SSL_ERROR_ZERO_RETURN:
      isClosed = true
      return 0
    default:
      throw fail(TLSError(.connection, "the TLS connection broke"))
    }
  }

  /// Whether ``readPlaintext(into:)`` might find something without more ciphertext. After the handshake only: what it finds out by
  /// reading once more is known here for less.
  public var mayReadMore: Bool { !isHandshakeComplete || !inbound.isEmpty || SSL_has_pending(handle) == 1 }

  /// How many bytes for the wire `byteCount` bytes become at most, unless the peer wants records of less than 16 KiB.
  ///
  /// Spec: RFC 8446, section 5.2; RFC 5288, section 3: at most 29 bytes of header, nonce and tag a record.
  public static func ciphertextBytes(of byteCount: Int) -> Int { byteCount + 29 * ((byteCount + 16383) / 16384) }

  /// Encrypts `plaintext` after moving to `destination` what waits for the wire, and as much of the result as fits whole; the rest
  /// waits. Returns how many bytes were moved.
  ///
  /// - Throws: ``TLSError`` when the handshake is not complete, or the connection has failed or was shut down.
  public func write(
    _ plaintext: UnsafeRawBufferPointer, to destination: UnsafeMutableRawBufferPointer
  ) throws(TLSError) -> Int {
    // Before what waits has been moved: an alert has to stay.
    try requireWritable()
    outbound.beginPlacing(in: destination)
    defer { outbound.endPlacing() }
    try encrypt(plaintext)
    return outbound.placedCount
  }

  /// Encrypts `plaintext`; the result waits for ``takeCiphertext(into:)``.
  ///
  /// - Throws: ``TLSError`` when the handshake is not complete, or the connection has failed or was shut down.
  public func write(_ plaintext: UnsafeRawBufferPointer) throws(TLSError) {
    try requireWritable()
    try encrypt(plaintext)
  }

  private func requireWritable() throws(TLSError) {
    if let failure { throw failure }
    guard !isShutDown else { throw TLSError(code: .closed, message: "the TLS connection was shut down") }
    guard isHandshakeComplete else { throw TLSError(code: .handshake, message: "the TLS handshake is not complete") }
  }

  @inline(__always)
  private func encrypt(_ plaintext: UnsafeRawBufferPointer) throws(TLSError) {
    guard plaintext.count > 0 else { return }
    var written = 0
    // `outbound` takes everything, so that this never comes back half done.
    guard SSL_write_ex(handle, plaintext.baseAddress, plaintext.count, &written) == 1 else {
      throw fail(TLSError(.connection, "the TLS connection cannot be written to"))
    }
  }

  /// Moves bytes for the wire into `buffer` and returns how many.
  public func takeCiphertext(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    outbound.moveFirst(to: buffer)
  }

  /// Whether the engine has memory for bytes that wait, besides what OpenSSL has.
  var holdsBytes: Bool { inbound.holdsMemory || outbound.holdsMemory }

  /// How many bytes for the wire wait.
  public var pendingCiphertextBytes: Int { outbound.count }

  /// Whether OpenSSL's record buffers are kept while they are empty; ``RecordBufferKeepers`` changes it.
  @exclusivity(unchecked) var keepsRecordBuffers = false {
    didSet {
      if keepsRecordBuffers {
        copenssl_clear_mode(handle, Int(SSL_MODE_RELEASE_BUFFERS))
      } else {
        copenssl_set_mode(handle, Int(SSL_MODE_RELEASE_BUFFERS))
        // Those with a part of a record in them stay until it is whole.
        _ = SSL_free_buffers(handle)
      }
    }
  }

  /// Queues the close-notify alert. Before the end of the handshake, and after an error, there is nothing to be said.
  public func shutdown() {
    guard isHandshakeComplete, failure == nil, !isShutDown else { return }
    isShutDown = true
    ERR_clear_error()
    SSL_shutdown(handle)
  }

  // MARK: Handshake

  private func proceedWithHandshake() throws(TLSError) {
    ERR_clear_error()
    let result = SSL_do_handshake(handle)
    guard result == 1 else {
      if SSL_get_error(handle, result) == SSL_ERROR_WANT_READ { return }
      throw fail(handshakeError())
    }
    // RFC 9113, section 3.3: HTTP/2 over TLS is agreed on by ALPN, also where a peer does not know ALPN at all.
    guard context.applicationProtocols.isEmpty || negotiatedProtocol != nil else {
      throw fail(
        TLSError(
          code: .handshake,
          message: "the peer agreed on no application protocol (ALPN); "
            + "\(context.applicationProtocols.joined(separator: ", ")) is required"))
    }
    isHandshakeComplete = true
  }

  private func setServerName() throws(TLSError) {
    guard let serverName, !serverName.isEmpty else {
      guard context.peerVerification != .full else {
        throw TLSError(
          code: .configuration, message: "the server's certificate cannot be checked without the server's name")
      }
      return
    }
    let parameters = SSL_get0_param(handle)
    if context.peerVerification == .full, X509_VERIFY_PARAM_set1_ip_asc(parameters, serverName) == 1 {
      ERR_clear_error()
      return
    }
    ERR_clear_error()
    // Spec: RFC 6066, section 3: an address is never sent as a server name.
    guard !Self.isAddress(serverName) else { return }
    guard copenssl_set_server_name(handle, serverName) == 1 else {
      throw TLSError(.configuration, "the server name \(serverName) cannot be sent")
    }
    guard context.peerVerification == .full else { return }
    // Spec: RFC 9525, section 6.3: the wildcard is a whole label.
    SSL_set_hostflags(handle, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
    guard SSL_set1_host(handle, serverName) == 1 else {
      throw TLSError(.configuration, "the server name \(serverName) cannot be checked")
    }
  }

  private static func isAddress(_ name: String) -> Bool {
    guard let address = a2i_IPADDRESS(name) else { return false }
    ASN1_OCTET_STRING_free(address)
    return true
  }

  private func handshakeError() -> TLSError {
    let errors = OpenSSLErrors.take()
    let verification = SSL_get_verify_result(handle)
    let peer = context.role == .client ? "server" : "client"
    if errors.reasonCode == SSL_R_CERTIFICATE_VERIFY_FAILED {
      let reason = X509_verify_cert_error_string(verification).map { String(cString: $0) } ?? "error \(verification)"
      var message = "the \(peer)'s certificate is not accepted: \(reason)"
      if let certificate = refusedCertificate {
        message +=
          verification == Int(X509_V_ERR_HOSTNAME_MISMATCH) || verification == Int(X509_V_ERR_IP_ADDRESS_MISMATCH)
          ? ": it is for \(certificate.names), not for \(serverName ?? "")"
          : " (subject \(certificate.subject), issuer \(certificate.issuer))"
      }
      return TLSError(code: .certificateVerification, message: message, details: errors.lines)
    }
    switch errors.reasonCode {
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
      return TLSError(.certificateVerification, "the \(peer) sent no certificate", errors)
    case SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST:
      return TLSError(.handshake, "the TLS handshake failed; the \(peer) may not speak TLS on this port", errors)
    default:
      return TLSError(.handshake, "the TLS handshake failed", errors)
    }
  }

  /// Hears what OpenSSL thinks of each certificate of the peer's chain, and remembers which one was refused: OpenSSL forgets it with
  /// the handshake.
  static let judgeCertificate: @convention(c) (Int32, OpaquePointer?) -> Int32 = { isAccepted, verification in
    if isAccepted == 0, TLSContext.isRevocationLeftOpen(verification) {
      X509_STORE_CTX_set_error(verification, X509_V_OK)
      return 1
    }
    guard isAccepted == 0,
      let connection = X509_STORE_CTX_get_ex_data(verification, SSL_get_ex_data_X509_STORE_CTX_idx()),
      let engine = SSL_get_ex_data(OpaquePointer(connection), 0),
      let handle = X509_STORE_CTX_get_current_cert(verification), X509_up_ref(handle) == 1
    else { return isAccepted }
    Unmanaged<TLSEngine>.fromOpaque(engine)._withUnsafeGuaranteedRef {
      $0.refusedCertificate = TLSPeerCertificate(Certificate(handle: handle))
    }
    return isAccepted
  }

  // MARK: Results

  /// The protocol that ALPN selected.
  public var negotiatedProtocol: String? {
    var bytes: UnsafePointer<UInt8>?
    var count: UInt32 = 0
    SSL_get0_alpn_selected(handle, &bytes, &count)
    return bytes.map { String(decoding: UnsafeBufferPointer(start: $0, count: Int(count)), as: UTF8.self) }
  }

  /// The version that was agreed on, such as `TLSv1.3`.
  public var negotiatedVersion: String { String(cString: SSL_get_version(handle)) }

  /// The cipher suite that was agreed on, by OpenSSL's name; `nil` before.
  public var negotiatedCipherSuite: String? {
    SSL_get_current_cipher(handle).flatMap { SSL_CIPHER_get_name($0) }.map { String(cString: $0) }
  }

  /// The server's name as a client asked for it (SNI).
  public var requestedServerName: String? {
    SSL_get_servername(handle, TLSEXT_NAMETYPE_host_name).map { String(cString: $0) }
  }

  /// The peer's certificate, once the handshake is complete; `nil` if it sent none. Made on each call.
  public var peerCertificate: TLSPeerCertificate? { TLSPeerCertificate(of: handle) }

  // MARK: OpenSSL

  private func fail(_ error: TLSError) -> TLSError {
    failure = error
    return error
  }

  /// How OpenSSL reads from `inbound` and writes to `outbound`.
  static func makeTransport() -> OpaquePointer? {
    guard let method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "queues") else { return nil }
    BIO_meth_set_read_ex(method) { bio, destination, count, read in
      guard let engine = BIO_get_data(bio) else { return 0 }
      return Unmanaged<TLSEngine>.fromOpaque(engine)._withUnsafeGuaranteedRef { engine in
        let moved = engine.inbound.moveFirst(to: UnsafeMutableRawBufferPointer(start: destination, count: count))
        guard moved > 0 else {
          copenssl_bio_set_retry_read(bio)
          return 0
        }
        copenssl_bio_clear_retry(bio)
        read?.pointee = moved
        return 1
      }
    }
    BIO_meth_set_write_ex(method) { bio, source, count, written in
      guard let engine = BIO_get_data(bio) else { return 0 }
      return Unmanaged<TLSEngine>.fromOpaque(engine)._withUnsafeGuaranteedRef { engine in
        engine.outbound.append(UnsafeRawBufferPointer(start: source, count: count))
        copenssl_bio_clear_retry(bio)
        written?.pointee = count
        return 1
      }
    }
    BIO_meth_set_ctrl(method) { _, command, _, _ in
      // There is nothing behind the queue that had to be flushed.
      command == BIO_CTRL_FLUSH ? 1 : 0
    }
    return method
  }
}
