import COpenSSL

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Reads certificates and keys out of PEM text. Spec: RFC 7468.
struct PEMReader {
  private let bytes: [UInt8]
  /// What the text is for, for errors: `private key`, or `private key server.key`.
  private let name: String

  /// - Throws: ``TLSError`` when the file cannot be read.
  init(_ pem: TLSConfiguration.PEM, _ purpose: String) throws(TLSError) {
    switch pem {
    case .bytes(let bytes):
      self.bytes = bytes
      self.name = purpose
    case .file(let path):
      self.name = "\(purpose) \(path)"
      self.bytes = try Self.read(path, name)
    }
  }

  /// All certificates, in order.
  ///
  /// - Throws: ``TLSError`` when there is none or one of them cannot be read.
  func certificates() throws(TLSError) -> [Certificate] {
    let source = try open()
    defer { BIO_free(source) }
    var certificates: [Certificate] = []
    while let handle = PEM_read_bio_X509(source, nil, Self.noPassword, nil) {
      certificates.append(Certificate(handle: handle))
    }
    let errors = OpenSSLErrors.take()
    // The end of the text is said as an error, too.
    guard errors.reasonCode == PEM_R_NO_START_LINE, !certificates.isEmpty else {
      throw certificates.isEmpty && errors.reasonCode == PEM_R_NO_START_LINE
        ? TLSError(code: .configuration, message: "the \(name) holds no PEM certificate", details: errors.lines)
        : TLSError(.configuration, "certificate \(certificates.count + 1) of the \(name) cannot be read", errors)
    }
    return certificates
  }

  /// The first key: PKCS#8, PKCS#1 (RSA) or SEC 1 (EC).
  ///
  /// - Throws: ``TLSError`` when there is none, or it is encrypted.
  func privateKey() throws(TLSError) -> PrivateKey {
    let source = try open()
    defer { BIO_free(source) }
    if let handle = PEM_read_bio_PrivateKey(source, nil, Self.noPassword, nil) { return PrivateKey(handle: handle) }
    let errors = OpenSSLErrors.take()
    let isEncrypted = bytes.withUnsafeBytes { bytes in
      bytes.firstRange(ofText: "ENCRYPTED")
    }
    throw isEncrypted
      ? TLSError(code: .configuration, message: "the \(name) is encrypted: decrypt it first", details: errors.lines)
      : TLSError(.configuration, "the \(name) holds no PEM private key that can be read", errors)
  }

  /// All revocation lists, in order.
  ///
  /// - Throws: ``TLSError`` when there is none or one of them cannot be read.
  func revocationLists() throws(TLSError) -> [RevocationList] {
    let source = try open()
    defer { BIO_free(source) }
    var lists: [RevocationList] = []
    while let handle = PEM_read_bio_X509_CRL(source, nil, Self.noPassword, nil) {
      lists.append(RevocationList(handle: handle))
    }
    let errors = OpenSSLErrors.take()
    guard errors.reasonCode == PEM_R_NO_START_LINE, !lists.isEmpty else {
      throw TLSError(.configuration, "the \(name) holds no PEM revocation list that can be read", errors)
    }
    return lists
  }

  private func open() throws(TLSError) -> OpaquePointer {
    ERR_clear_error()
    // The memory is copied, so that it need not outlive the call.
    guard let source = BIO_new(BIO_s_mem()) else { throw TLSError(.configuration, "the \(name) cannot be read") }
    BIO_write(source, bytes, Int32(clamping: bytes.count))
    return source
  }

  /// Instead of asking on the terminal.
  private static let noPassword:
    @convention(c) (UnsafeMutablePointer<CChar>?, Int32, Int32, UnsafeMutableRawPointer?) -> Int32 = {
      _, _, _, _ in -1
    }

  private static func read(_ path: String, _ name: String) throws(TLSError) -> [UInt8] {
    guard let file = fopen(path, "rb") else {
      throw TLSError(code: .configuration, message: "the \(name) cannot be opened: \(String(cString: strerror(errno)))")
    }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16384)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      guard count > 0 else { break }
      bytes += chunk[..<count]
    }
    guard ferror(file) == 0 else {
      throw TLSError(code: .configuration, message: "the \(name) cannot be read: \(String(cString: strerror(errno)))")
    }
    return bytes
  }
}

extension UnsafeRawBufferPointer {
  /// Whether `text` occurs in these bytes.
  fileprivate func firstRange(ofText text: StaticString) -> Bool {
    text.withUTF8Buffer { text in
      guard count >= text.count else { return false }
      return (0...count - text.count).contains { start in self[start..<start + text.count].elementsEqual(text) }
    }
  }
}

/// Owns an X509.
final class Certificate {
  let handle: OpaquePointer

  init(handle: OpaquePointer) {
    self.handle = handle
  }

  deinit {
    X509_free(handle)
  }
}

/// Owns an X509_CRL.
final class RevocationList {
  let handle: OpaquePointer

  init(handle: OpaquePointer) {
    self.handle = handle
  }

  deinit {
    X509_CRL_free(handle)
  }
}

/// Owns an EVP_PKEY.
final class PrivateKey {
  let handle: OpaquePointer

  init(handle: OpaquePointer) {
    self.handle = handle
  }

  deinit {
    EVP_PKEY_free(handle)
  }
}
