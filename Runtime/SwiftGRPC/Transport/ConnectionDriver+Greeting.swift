import NIOCore
import SwiftGRPCHTTP2

/// What a connection does about a peer that speaks another protocol.
extension ConnectionDriver {
  /// Whether the peer's first bytes are for the TLS engine or the session to read.
  func isExpected(_ bytes: some Collection<UInt8>, _ context: ChannelHandlerContext) -> Bool {
    switch self.greeting?.received(bytes) {
    case .foreign(let foreign):
      guard self.closeReason == nil else { return false }
      self.tellMistake(foreign, context)
      self.beginClosing(.foreignProtocol(foreign, isServer: self.session.role == .server, isTLS: self.tls != nil))
      return false
    case .goOn:
      self.greeting = nil
      return true
    case .undecided, nil:
      return true
    }
  }

  /// A server's answer in the protocol that its client has taken by mistake.
  private func tellMistake(_ foreign: Greeting.Foreign, _ context: ChannelHandlerContext) {
    guard self.session.role == .server else { return }
    switch foreign {
    case .http1:
      let answer = Greeting.http1Answer(isTLS: self.tls != nil)
      context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
    case .plaintextHTTP2, .tls:
      // A client that expects TLS sees at least that this is none.
      self.session.goAway(
        code: .inadequateSecurity,
        debug: self.tls == nil ? "this port speaks plaintext HTTP/2" : "this port speaks TLS")
      var output = ByteBuffer()
      _ = try? output.writeWithUnsafeMutableBytes(minimumWritableBytes: 1024) { try self.session.writeOutput(into: $0) }
      context.writeAndFlush(self.wrapOutboundOut(output), promise: nil)
    }
  }
}
