import SwiftGRPCTLS

/// Makes the TLS ends of connections, all from one set of settings whose files are read once.
struct TLSSource: Sendable {
  private let context: TLSContext

  /// For a client's connections.
  ///
  /// - Throws: ``RPCError`` with `unavailable` if a certificate or key cannot be read or used.
  init(_ settings: ClientTransportSecurity.TLS) throws(RPCError) {
    var configuration = TLSConfiguration(role: .client)
    if !settings.certificateChain.isEmpty {
      configuration.certificateChain = try TLSConfig.pem(of: settings.certificateChain)
    }
    if let privateKey = settings.privateKey { configuration.privateKey = try TLSConfig.pem(of: privateKey) }
    configuration.trustRoots = try TLSConfig.trustRoots(settings.trustRoots)
    configuration.peerVerification =
      switch settings.serverCertificateVerification {
      case .noVerification: .none
      case .noHostnameVerification: .withoutName
      case .fullVerification: .full
      }
    context = try Self.makeContext(configuration, role: .client)
  }

  /// For a server's connections.
  ///
  /// - Throws: ``RPCError`` with `unavailable` if a certificate or key cannot be read or used.
  init(_ settings: ServerTransportSecurity.TLS) throws(RPCError) {
    var configuration = TLSConfiguration(role: .server)
    configuration.certificateChain = try TLSConfig.pem(of: settings.certificateChain)
    configuration.privateKey = try TLSConfig.pem(of: settings.privateKey)
    configuration.trustRoots = try TLSConfig.trustRoots(settings.trustRoots)
    configuration.peerVerification =
      switch settings.clientCertificateVerification {
      case .none: .none
      case .optional: .optional
      case .required: .full
      }
    context = try Self.makeContext(configuration, role: .server)
  }

  /// The TLS end of a new connection.
  ///
  /// - Parameter serverName: the name that a client asks for and checks; a server gives none.
  /// - Throws: ``RPCError`` with `unavailable` if OpenSSL has no memory, or the name is none.
  func makeEngine(serverName: String? = nil) throws(RPCError) -> TLSEngine {
    do {
      return try TLSEngine(context: context, serverName: serverName)
    } catch {
      throw Self.setUpFailed(error)
    }
  }

  private static func makeContext(
    _ configuration: TLSConfiguration, role: TLSConfiguration.Role
  ) throws(RPCError) -> TLSContext {
    do {
      return try TLSContext(configuration, role: role)
    } catch {
      throw setUpFailed(error)
    }
  }

  private static func setUpFailed(_ error: TLSError) -> RPCError {
    RPCError(code: .unavailable, message: "TLS cannot be set up: \(error.message)", cause: error)
  }
}
