import COpenSSL

/// One TLS connection without I/O: ciphertext in, plaintext out, and back. Confined to one thread.
///
/// After `receive` and after `write` look at ``pendingCiphertextBytes``: a handshake answers while it reads.
public final class TLSEngine {
  /// Creates one end of a connection. A client's first message is ready to be taken at once.
  ///
  /// - Parameter serverName: client: the name or IP address that the server's certificate must be for, sent as SNI when it is a name.
  /// - Throws: ``TLSError`` when a client that checks names got none.
  public init(context: TLSContext, serverName: String?) throws(TLSError) {}

  /// Feeds received bytes; they are copied only as far as no whole record can be read yet.
  public func receive(_ ciphertext: UnsafeRawBufferPointer) {}

  /// Reads decrypted bytes and drives the handshake. Returns 0 when more ciphertext is needed, or ``isClosed``.
  public func readPlaintext(into buffer: UnsafeMutableRawBufferPointer) throws(TLSError) -> Int { 0 }

  /// Encrypts `plaintext`; before the handshake is complete it is kept and encrypted then.
  public func write(_ plaintext: UnsafeRawBufferPointer) throws(TLSError) {}

  /// Moves bytes for the wire into `buffer` and returns how many.
  public func takeCiphertext(into buffer: UnsafeMutableRawBufferPointer) -> Int { 0 }

  /// How many bytes for the wire wait.
  public var pendingCiphertextBytes: Int { 0 }

  /// Whether both sides have finished the handshake.
  public var isHandshakeComplete: Bool { false }

  /// The protocol that ALPN selected.
  public var negotiatedProtocol: String? { nil }

  /// The peer's certificate, once the handshake is complete; `nil` if it sent none.
  public var peerCertificate: TLSPeerCertificate? { nil }

  /// Queues the close-notify alert.
  public func shutdown() {}

  /// Whether the peer has sent its close-notify alert: nothing more will come.
  public var isClosed: Bool { false }
}
