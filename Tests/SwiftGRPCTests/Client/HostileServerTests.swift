import NIOCore
import NIOEmbedded
import SwiftGRPCHTTP2
import Testing

@testable import SwiftGRPC

/// Servers that speak something else, waste the client's time, or end calls in every way that HTTP/2 has.
@Suite struct HostileServerTests {
  /// Connects to a server that says these bytes first; returns what a call's error says.
  private func error(ofServerThatSays bytes: [UInt8]) throws -> RPCError? {
    let peer = ScriptedPeer()
    peer.isMute = true
    let call = peer.startCall()
    for byte in bytes {
      guard !peer.connection.isClosedByClient else { break }
      try peer.connection.channel.writeInbound(ByteBuffer(bytes: [byte]))
      peer.exchange()
    }
    guard case .failure(let error) = call.values.first else { return nil }
    return error
  }

  @Test func aServerThatSpeaksTLSIsNamed() throws {
    // An alert: "unexpected message".
    let error = try self.error(ofServerThatSays: [0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x0a])
    #expect(error?.code == .unavailable)
    #expect(
      error?.message
        == "connect to server.test:443 (10.0.0.1:443): the server speaks TLS on this port, which was not expected: "
        + "use transportSecurity .tls")
  }

  @Test func aServerThatSpeaksHTTP1IsNamed() throws {
    let error = try self.error(ofServerThatSays: Array("HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n".utf8))
    #expect(error?.code == .unavailable)
    #expect(
      error?.message.hasPrefix(
        "connect to server.test:443 (10.0.0.1:443): the server speaks HTTP/1 on this port, not HTTP/2: \"HTTP")
        == true)
  }

  @Test func aServerThatSaysGarbageIsUnavailable() throws {
    let error = try self.error(ofServerThatSays: Array(repeating: 0xAA, count: 100))
    #expect(error?.code == .unavailable)
  }

  /// Every code of RST_STREAM, and the status that it means. Spec: gRPC over HTTP/2, "Errors".
  static let resetCodes: [(HTTP2ErrorCode, RPCError.Code)] = [
    (.noError, .internalError), (.protocolError, .internalError), (.internalError, .internalError),
    (.flowControlError, .internalError), (.settingsTimeout, .internalError), (.streamClosed, .unknown),
    (.frameSizeError, .internalError), (.refusedStream, .unavailable), (.cancel, .cancelled),
    (.compressionError, .internalError), (.connectError, .internalError), (.enhanceYourCalm, .resourceExhausted),
    (.inadequateSecurity, .permissionDenied), (.http11Required, .internalError),
    (HTTP2ErrorCode(rawValue: 0xbeef), .internalError),
  ]

  @Test(arguments: resetCodes)
  func everyResetHasItsStatus_W12(reset: HTTP2ErrorCode, code: RPCError.Code) throws {
    let peer = ScriptedPeer()
    let call = peer.startCall()
    // A refused call is made once more.
    for _ in 0..<2 where call.values.isEmpty {
      peer.connection.session.reset(try #require(peer.connection.requests.last), code: reset)
      peer.exchange()
    }
    guard case .failure(let error) = call.values.first else {
      Issue.record("the call goes on")
      return
    }
    #expect(error.code == code)
    #expect(error.origin == .remote)
    #expect(error.message.contains("\(reset)"))
  }

  @Test func aRequestAboveTheServersHeaderLimitIsNotSent_W10() throws {
    var small = HTTP2Configuration()
    small.maxHeaderListBytes = 500
    let peer = ScriptedPeer(configuration: small)
    peer.connect()
    let call = peer.start {
      try await $0.call(metadata: ["key": "\(String(repeating: "v", count: 500))"], options: .defaults)
    }
    guard case .failure(let error) = call.values.first else {
      Issue.record("the call goes on")
      return
    }
    #expect(error.code == .resourceExhausted)
    #expect(error.message.contains("exceed the server's limit of 500"))
    #expect(peer.connection.requests.isEmpty)
    let next = peer.startCall()
    try peer.connection.respond([1], on: #require(peer.connection.requests.first))
    peer.exchange()
    #expect(try next.values.first?.get() == [1])
  }

  // MARK: Floods

  /// What a server may send again and again, as bytes.
  static let floods: [(String, [Frame])] = [
    ("SETTINGS", [.settings()]), ("PING", [.ping(1)]), ("PING answers", [.ping(1, ack: true)]),
    ("WINDOW_UPDATE", [.windowUpdate(0, 1)]), ("interim headers", [.headers(1, [(":status", "103")])]),
    ("GOAWAY", [.goAway(last: 1, 0)]),
    ("empty DATA", [.data(1, [])]),
  ]

  @Test(arguments: floods)
  func aFloodEndsTheConnection(name: String, frames: [Frame]) throws {
    let peer = ScriptedPeer()
    let call = peer.startCall()
    if name == "empty DATA" {
      try peer.connection.channel.writeInbound(
        ByteBuffer(bytes: Frame.headers(1, [(":status", "200"), ("content-type", "application/grpc")]).bytes))
    }
    var count = 0
    while !peer.connection.isClosedByClient, count < 5000 {
      let bytes = Array(repeating: frames.flatMap(\.bytes), count: 100).flatMap { $0 }
      try peer.connection.channel.writeInbound(ByteBuffer(bytes: bytes))
      peer.exchange()
      count += 100
    }
    #expect(peer.connection.isClosedByClient)
    guard case .failure(let error) = call.values.first else {
      Issue.record("the call goes on")
      return
    }
    #expect(error.code == .unavailable)
  }
}
