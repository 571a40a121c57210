import NIOCore
import SwiftGRPCHTTP2
import SwiftGRPCTLS

/// What a ``ConnectionDriver`` tells about its connection: the server's or the client's side implements it.
///
/// Everything is called on the connection's loop, inside a batch: commands to the session may be given at once, and what they
/// queue is sent when the batch ends, provided ``ConnectionDriver/setNeedsFlush()`` was called.
protocol ConnectionHandler: AnyObject {
  /// The transport is up: TCP is connected, the TLS handshake is done and HTTP/2 was agreed on. Called once, before any event.
  ///
  /// The peer's SETTINGS are still to come; they are an event.
  func connectionDidBecomeReady(_ driver: ConnectionDriver)

  /// What one read, or one write, led to, in order. `data` events are valid during the call and not longer.
  func received(_ events: [HTTP2Event])

  /// The connection is over. Called once, also when it never became ready.
  ///
  /// If streams were open their `closed` events follow with one last call of ``received(_:)``; then the driver lets go of the handler.
  func connectionClosed(_ reason: ConnectionCloseReason)
}

/// Why a connection ended.
enum ConnectionCloseReason: Sendable {
  /// This side closed it, after everything was sent or without waiting.
  case local
  /// The peer closed it.
  case remote
  /// Reading or writing failed.
  case transport(any Error)
  /// The TLS handshake failed, or the TLS connection broke.
  case tls(TLSError)
  /// TLS came up, but HTTP/2 was not agreed on; the text is what the peer chose.
  case noHTTP2(negotiated: String?)
  /// The handshake took too long.
  case handshakeTimeout
  /// The peer began a header list and did not end it in time.
  case slowHeaders
  /// The peer's first bytes belong to another protocol.
  case foreignProtocol(Greeting.Foreign, isServer: Bool, isTLS: Bool)
  /// The peer was silent for this long after a PING.
  case keepaliveTimeout(TimeAmount)
  /// The peer sent more PINGs than it may.
  case tooManyPings
  /// The peer broke the HTTP/2 protocol, or this side had to give up.
  case http2(HTTP2Error)
}

extension ConnectionCloseReason: CustomStringConvertible {
  /// What happened, for people.
  var description: String {
    switch self {
    case .local: "closed by this side"
    case .remote: "closed by the peer"
    case .transport(let error): "\(error)"
    case .tls(let error): "\(error)"
    case .noHTTP2(let negotiated):
      "the peer did not agree on HTTP/2 (ALPN chose \(negotiated.map { "\"\($0)\"" } ?? "nothing"))"
    case .handshakeTimeout: "the handshake took too long"
    case .slowHeaders: "the end of a header list took too long"
    case .foreignProtocol(let foreign, let isServer, let isTLS): Self.text(foreign, isServer: isServer, isTLS: isTLS)
    case .keepaliveTimeout(let time): "no answer to a PING within \(time.secondsText)"
    case .tooManyPings: "too many PINGs from the peer"
    case .http2(let error): "\(error)"
    }
  }

  private static func text(_ foreign: Greeting.Foreign, isServer: Bool, isTLS: Bool) -> String {
    let peer = isServer ? "client" : "server"
    let mend = isServer ? "" : isTLS ? ": use transportSecurity .plaintext" : ": use transportSecurity .tls"
    switch foreign {
    case .tls: return "the \(peer) speaks TLS on this port, which was not expected\(mend)"
    case .plaintextHTTP2: return "the \(peer) speaks no TLS on this port, but plaintext HTTP/2\(mend)"
    case .http1(let line):
      return "the \(peer) speaks HTTP/1 on this port, not HTTP/2\(isTLS ? " over TLS" : ""): \"\(line)\""
    }
  }

  /// The error behind it, if there is one.
  var cause: (any Error)? {
    switch self {
    case .transport(let error): error
    case .tls(let error): error
    case .http2(let error): error
    case .local, .remote, .noHTTP2, .handshakeTimeout, .slowHeaders, .foreignProtocol, .keepaliveTimeout, .tooManyPings:
      nil
    }
  }
}

extension TimeAmount {
  /// The time in milliseconds for logs, to the microsecond.
  var millisecondsText: String { "\(Double(self.nanoseconds / 1000) / 1000)" }

  /// The time for people, such as `20 s` or `0.25 s`.
  var secondsText: String {
    let milliseconds = self.nanoseconds / 1_000_000
    return milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(Double(milliseconds) / 1000) s"
  }
}
