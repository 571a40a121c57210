import Logging
import NIOCore
import SwiftGRPCHTTP2
import Synchronization

/// A kind of fault that ends or refuses a connection of a server, or one of its calls; ``GRPCServer/connectionFaults`` counts them.
public struct ConnectionFault: Hashable, Sendable, CaseIterable, CustomStringConvertible {
  private enum Kind: String, CaseIterable {
    case connectionLimit = "too many connections"
    case handshakeTimeout = "handshake timeout"
    case slowHeaders = "slow headers"
    case slowRequest = "slow request"
    case foreignProtocol = "not HTTP/2"
    case tls = "TLS"
    case flood = "flood"
    case protocolViolation = "HTTP/2 protocol violation"
    case tooManyPings = "too many PINGs"
    case keepaliveTimeout = "keepalive timeout"
    case transport = "transport"
  }

  private let kind: Kind

  private init(kind: Kind) { self.kind = kind }

  /// There were as many connections as ``ServerTransport/Config/Connection/maxConnections`` allows.
  public static let connectionLimit = ConnectionFault(kind: .connectionLimit)
  /// TLS and the first SETTINGS took longer than ``ServerTransport/Config/Connection/handshakeTimeout``.
  public static let handshakeTimeout = ConnectionFault(kind: .handshakeTimeout)
  /// A request's headers did not end within ``ServerTransport/Config/Connection/handshakeTimeout``.
  public static let slowHeaders = ConnectionFault(kind: .slowHeaders)
  /// A request stood still for longer than ``ServerTransport/Config/Connection/maxRequestPause``; only its call was ended.
  public static let slowRequest = ConnectionFault(kind: .slowRequest)
  /// The client spoke HTTP/1, TLS to a plaintext port, or plaintext to a TLS port.
  public static let foreignProtocol = ConnectionFault(kind: .foreignProtocol)
  /// The TLS handshake failed, HTTP/2 was not agreed on, or the TLS connection broke.
  public static let tls = ConnectionFault(kind: .tls)
  /// The client sent too many frames that do no work, or did not read the answers that it asked for.
  public static let flood = ConnectionFault(kind: .flood)
  /// The client broke the HTTP/2 protocol, also with bytes that are none of it.
  public static let protocolViolation = ConnectionFault(kind: .protocolViolation)
  /// The client sent more PINGs than it may.
  public static let tooManyPings = ConnectionFault(kind: .tooManyPings)
  /// The client did not answer a PING.
  public static let keepaliveTimeout = ConnectionFault(kind: .keepaliveTimeout)
  /// Reading from or writing to the socket failed.
  public static let transport = ConnectionFault(kind: .transport)

  /// All kinds.
  public static var allCases: [ConnectionFault] { Kind.allCases.map(ConnectionFault.init(kind:)) }

  /// The kind in words.
  public var description: String { self.kind.rawValue }

  /// The fault that a connection ended with; `nil` if it ended without one.
  init?(_ reason: ConnectionCloseReason) {
    switch reason {
    case .local, .remote: return nil
    case .transport: self = .transport
    case .tls, .noHTTP2: self = .tls
    case .handshakeTimeout: self = .handshakeTimeout
    case .slowHeaders: self = .slowHeaders
    case .foreignProtocol: self = .foreignProtocol
    case .keepaliveTimeout: self = .keepaliveTimeout
    case .tooManyPings: self = .tooManyPings
    case .http2(let error): self = error.code == .enhanceYourCalm ? .flood : .protocolViolation
    }
  }

  /// How loud the first of them is in the log: what an attack or a wrong setting looks like is a warning.
  fileprivate var logLevel: Logger.Level {
    switch self.kind {
    case .connectionLimit, .flood: .warning
    case .handshakeTimeout, .slowHeaders, .slowRequest, .foreignProtocol, .tls, .protocolViolation, .tooManyPings: .info
    case .keepaliveTimeout, .transport: .debug
    }
  }
}

/// Counts a server's connection faults, and logs each kind once a minute, so that hostile peers cannot fill a disk.
///
/// What is not logged as loud as its kind is goes to the `trace` level.
final class ConnectionFaultLog: Sendable {
  /// The time from one line about a kind to the next.
  static let interval = TimeAmount.minutes(1)

  private struct Entry {
    var count = 0
    var loggedCount = 0
    var loggedAt: NIODeadline?
  }

  private let logger: Logger
  private let entries = Mutex<[ConnectionFault: Entry]>([:])

  init(logger: Logger) {
    self.logger = logger
  }

  /// How many faults there were of each kind; kinds without any are left out.
  var counts: [ConnectionFault: Int] { self.entries.withLock { $0.mapValues(\.count) } }

  /// Counts a fault, and logs it unless one of its kind was logged a short time ago.
  ///
  /// - Parameters:
  ///   - reason: What happened, for people.
  ///   - peer: The client's address.
  ///   - now: The present instant on the loop's clock.
  func note(_ fault: ConnectionFault, reason: String, peer: String, now: NIODeadline) {
    let silent: Int? = self.entries.withLock { entries in
      var entry = entries[fault, default: Entry()]
      defer { entries[fault] = entry }
      entry.count += 1
      if let loggedAt = entry.loggedAt, now - loggedAt < Self.interval { return nil }
      defer {
        entry.loggedAt = now
        entry.loggedCount = entry.count
      }
      return entry.count - entry.loggedCount - 1
    }
    var metadata: Logger.Metadata = ["grpc.fault": "\(fault)", "grpc.peer": "\(peer)", "reason": "\(reason)"]
    if let silent, silent > 0 { metadata["grpc.faults_not_logged"] = "\(silent)" }
    self.logger.log(level: silent == nil ? .trace : fault.logLevel, "connection fault", metadata: metadata)
  }
}
