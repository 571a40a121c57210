import COpenSSL

/// Why a TLS context could not be made, or a TLS connection failed.
public struct TLSError: Error, Sendable, Hashable {
  /// What kind of failure it is.
  public enum Code: Sendable, Hashable {
    /// A certificate, key or option cannot be used.
    case configuration
    /// The handshake failed: no common version, cipher or protocol, or the peer refused.
    case handshake
    /// The peer's certificate is missing, not trusted, expired or names somebody else.
    case certificateVerification
    /// The peer broke the protocol after the handshake, or the data was tampered with.
    case connection
    /// Something was to be written after the end.
    case closed
  }

  /// What kind of failure it is.
  public var code: Code
  /// What happened, for people.
  public var message: String
  /// OpenSSL's error stack, the oldest first.
  public var details: [String]

  /// Creates an error.
  public init(code: Code, message: String, details: [String] = []) {
    self.code = code
    self.message = message
    self.details = details
  }

  /// Creates an error that ends with the reason on OpenSSL's error stack, which it empties.
  init(_ code: Code, _ message: String, _ stack: OpenSSLErrors = .take()) {
    let reason = stack.reason.map { "\(message): \($0)" } ?? message
    self.init(code: code, message: reason, details: stack.lines)
  }
}

extension TLSError: CustomStringConvertible {
  /// The message, then OpenSSL's own words.
  public var description: String {
    details.isEmpty ? message : "\(message) (\(details.joined(separator: "; ")))"
  }
}

/// The errors that OpenSSL has stacked up on this thread.
struct OpenSSLErrors {
  /// OpenSSL's lines, the oldest first.
  private(set) var lines: [String] = []
  /// What the oldest one says; the later ones only say where that led to.
  private(set) var reason: String?
  /// The reason's number (`SSL_R_…`).
  private(set) var reasonCode: Int32 = 0

  /// Drops what earlier calls, of anybody, have left on the thread's stack: `SSL_get_error` would take it for the next one's.
  ///
  /// There is hardly ever anything, and to clear a stack, even an empty one, takes a tenth of the time that a record takes.
  static func discard() {
    if ERR_peek_error() != 0 { ERR_clear_error() }
  }

  /// Takes the errors off the thread's stack.
  static func take() -> OpenSSLErrors {
    var errors = OpenSSLErrors()
    var data: UnsafePointer<CChar>?
    var flags: Int32 = 0
    while true {
      let number = ERR_get_error_all(nil, nil, nil, &data, &flags)
      guard number != 0 else { return errors }
      let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
        ERR_error_string_n(number, buffer.baseAddress, buffer.count)
        return buffer.baseAddress.map { String(cString: $0) } ?? ""
      }
      let detail = flags & ERR_TXT_STRING != 0 ? data.map { String(cString: $0) } ?? "" : ""
      errors.lines.append(detail.isEmpty ? text : "\(text) (\(detail))")
      if errors.reason == nil {
        errors.reason = ERR_reason_error_string(number).map { String(cString: $0) } ?? text
        errors.reasonCode = copenssl_error_reason(number)
      }
    }
  }
}
