/// Looks at the first bytes of a peer: whether it speaks the protocol that this side expects, and if not, which one.
///
/// Without it, a browser on a gRPC port, or a client with TLS on a port without, would end in errors of HTTP/2 or TLS that name
/// neither mistake.
struct Greeting {
  /// What should come first.
  enum Expected {
    /// A client of HTTP/2 without TLS. Spec: RFC 9113, section 3.4.
    case clientPreface
    /// A server of HTTP/2 without TLS: SETTINGS. Spec: RFC 9113, section 3.4.
    case serverSettings
    /// Either side of TLS. Spec: RFC 8446, section 5.1.
    case tls
  }

  /// A protocol that is told by its first bytes.
  enum Foreign: Equatable {
    /// HTTP/1: a request to a server, or a response with this first line.
    case http1(String)
    /// HTTP/2 without TLS.
    case plaintextHTTP2
    /// TLS.
    case tls
  }

  /// What the bytes have shown.
  enum Verdict: Equatable {
    /// Too few bytes, all of them as expected.
    case undecided
    /// Go on. What is neither expected nor known is left to the protocol that reads it.
    case goOn
    /// The peer speaks something else.
    case foreign(Foreign)
  }

  private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
  private static let methods = [
    "GET ", "POST ", "HEAD ", "PUT ", "DELETE ", "OPTIONS ", "CONNECT ", "PATCH ", "TRACE ",
  ]
  .map { Array($0.utf8) }
  private static let http1Response = Array("HTTP/1.".utf8)

  private let expected: Expected
  private var seen: [UInt8] = []

  init(_ expected: Expected) {
    self.expected = expected
  }

  /// Looks at the next bytes.
  mutating func received(_ bytes: some Collection<UInt8>) -> Verdict {
    // The first line of a response is worth telling.
    self.seen += bytes.prefix(64 - self.seen.count)
    guard let first = self.seen.first else { return .undecided }
    switch self.expected {
    case .clientPreface:
      let count = min(self.seen.count, Self.preface.count)
      guard self.seen[..<count] != Self.preface[..<count] else {
        return count == Self.preface.count ? .goOn : .undecided
      }
    case .serverSettings:
      guard self.seen.count >= 4 else { return .undecided }
      if self.isSettingsFrame { return .goOn }
    case .tls:
      // Change cipher spec, alert, handshake, application data.
      if (0x14...0x17).contains(first) { return .goOn }
      guard self.seen.count >= 4 else { return .undecided }
    }
    return self.foreign.map { .foreign($0) } ?? .goOn
  }

  /// The protocol that the bytes belong to.
  private var foreign: Foreign? {
    if self.seen.count >= 2, self.seen[0] == 0x15 || self.seen[0] == 0x16, self.seen[1] == 3 { return .tls }
    if Self.agree(self.seen, Self.preface) || self.isSettingsFrame { return .plaintextHTTP2 }
    if Self.agree(self.seen, Self.http1Response) || Self.methods.contains(where: { Self.agree(self.seen, $0) }) {
      return .http1(String(decoding: self.seen.prefix { $0 >= 0x20 && $0 < 0x7f }, as: UTF8.self))
    }
    return nil
  }

  /// SETTINGS on stream 0, as far as the bytes go. Spec: RFC 9113, section 4.1.
  private var isSettingsFrame: Bool {
    self.seen.count >= 4 && self.seen[0] == 0 && self.seen[3] == 4
      && self.seen.dropFirst(5).prefix(4).allSatisfy { $0 == 0 }
  }

  /// Whether two texts are the same as far as both go.
  private static func agree(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    let count = min(one.count, other.count)
    return count > 0 && one[..<count] == other[..<count]
  }
}

extension Greeting {
  /// What a server without HTTP/1 answers to an HTTP/1 request, as the only thing on the connection. Spec: RFC 9110, section 15.6.6.
  static func http1Answer(isTLS: Bool) -> String {
    let text =
      isTLS
      ? "This is a gRPC server: on this port it speaks HTTP/2 over TLS only.\n"
      : "This is a gRPC server: it speaks HTTP/2 only.\n"
    let status = isTLS ? "400 Bad Request" : "505 HTTP Version Not Supported"
    return "HTTP/1.1 \(status)\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n"
      + "Content-Length: \(text.utf8.count)\r\n\r\n\(text)"
  }
}
