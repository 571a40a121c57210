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
    /// The peer ended TLS, or the bytes ended without its close-notify alert.
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
}
