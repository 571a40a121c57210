import SwiftGRPCTLS
import Synchronization

/// Makes the TLS ends of connections, all from one set of settings, whose files can be read again.
final class TLSSource: Sendable {
  private struct Loaded {
    var configuration: TLSConfiguration
    var context: TLSContext
  }

  private let role: TLSConfiguration.Role
  private let read: @Sendable () throws(RPCError) -> TLSConfiguration
  private let loaded: Mutex<Loaded>

  /// For a client's connections.
  ///
  /// - Throws: ``RPCError`` with `unavailable` if a certificate or key cannot be read or used.
  convenience init(_ settings: ClientTransportSecurity.TLS) throws(RPCError) {
    try self.init(.client) { () throws(RPCError) in try Self.configuration(settings) }
  }

  /// For a server's connections.
  ///
  /// - Throws: ``RPCError`` with `unavailable` if a certificate or key cannot be read or used.
  convenience init(_ settings: ServerTransportSecurity.TLS) throws(RPCError) {
    try self.init(.server) { () throws(RPCError) in try Self.configuration(settings) }
  }

  private init(
    _ role: TLSConfiguration.Role, read: @escaping @Sendable () throws(RPCError) -> TLSConfiguration
  ) throws(RPCError) {
    self.role = role
    self.read = read
    let configuration = try read()
    let context = try Self.makeContext(configuration, role: role)
    self.loaded = Mutex(Loaded(configuration: configuration, context: context))
  }

  /// The TLS end of a new connection.
  ///
  /// - Parameters:
  ///   - serverName: the name that a client asks for and checks; a server gives none.
  ///   - memory: what the engine shares with others of its loop.
  /// - Throws: ``RPCError`` with `unavailable` if OpenSSL has no memory, or the name is none.
  func makeEngine(serverName: String? = nil, memory: TLSMemory) throws(RPCError) -> TLSEngine {
    do {
      return try TLSEngine(context: self.loaded.withLock { $0.context }, serverName: serverName, memory: memory)
    } catch {
      throw Self.setUpFailed(error)
    }
  }

  /// Reads the files again; returns whether anything has changed. Connections that exist keep what they have.
  ///
  /// - Throws: ``RPCError`` with `unavailable` if something cannot be read or used; what was read before still holds then.
  func reload() throws(RPCError) -> Bool {
    let configuration = try self.read()
    guard configuration != self.loaded.withLock({ $0.configuration }) else { return false }
    let context = try Self.makeContext(configuration, role: self.role)
    self.loaded.withLock { $0 = Loaded(configuration: configuration, context: context) }
    return true
  }

  // MARK: Settings

  private static func configuration(_ settings: ClientTransportSecurity.TLS) throws(RPCError) -> TLSConfiguration {
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
    configuration.minimumVersion = .init(settings.minimumVersion)
    configuration.maximumVersion = settings.maximumVersion.map(TLSConfiguration.Version.init)
    configuration.cipherSuites = settings.cipherSuites
    configuration.revocationLists = try TLSConfig.revocationLists(settings.revocationLists)
    return configuration
  }

  private static func configuration(_ settings: ServerTransportSecurity.TLS) throws(RPCError) -> TLSConfiguration {
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
    configuration.minimumVersion = .init(settings.minimumVersion)
    configuration.maximumVersion = settings.maximumVersion.map(TLSConfiguration.Version.init)
    configuration.cipherSuites = settings.cipherSuites
    configuration.revocationLists = try TLSConfig.revocationLists(settings.revocationLists)
    return configuration
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

extension TLSConfiguration.Version {
  fileprivate init(_ version: TLSConfig.Version) {
    switch version {
    case .tls12: self = .v1_2
    case .tls13: self = .v1_3
    }
  }
}
