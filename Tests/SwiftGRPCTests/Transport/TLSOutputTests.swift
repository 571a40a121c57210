import COpenSSL
import NIOCore
import NIOEmbedded
import SwiftGRPCHTTP2
import TestSupport
import Testing

@testable import SwiftGRPC
@testable import SwiftGRPCTLS

/// How a connection's output gets through TLS.
@Suite struct TLSOutputTests {
  private final class Handler: ConnectionHandler {
    func connectionDidBecomeReady(_ driver: ConnectionDriver) {}
    func received(_ events: [HTTP2Event]) {}
    func connectionClosed(_ reason: ConnectionCloseReason) {}
  }

  /// A server's connection, and a client's end of it.
  private final class Pair {
    let loop = EmbeddedEventLoop()
    let executor: LoopExecutor
    let channel: EmbeddedChannel
    let driver: ConnectionDriver
    let client: TLSEngine
    let session: HTTP2Session

    init(maxFragmentLength: Int32?) throws {
      let identity = Identity("server", names: "DNS:localhost")
      var configuration = TLSConfiguration(role: .server)
      configuration.certificateChain = .bytes(identity.certificatePEM)
      configuration.privateKey = .bytes(identity.keyPEM)
      let server = try TLSEngine(context: TLSContext(configuration, role: .server), serverName: nil)
      configuration = TLSConfiguration(role: .client)
      configuration.peerVerification = .none
      let context = try TLSContext(configuration, role: .client)
      if let maxFragmentLength { SSL_CTX_set_tlsext_max_fragment_length(context.handle, UInt8(maxFragmentLength)) }
      self.client = try TLSEngine(context: context, serverName: nil)
      self.session = try HTTP2Session(role: .client, configuration: .init())
      self.executor = LoopExecutor(eventLoop: self.loop)
      self.driver = ConnectionDriver(
        executor: self.executor, session: try HTTP2Session(role: .server, configuration: .init()), tls: server,
        handler: Handler())
      self.channel = EmbeddedChannel(loop: self.loop)
      try self.channel.pipeline.syncOperations.addHandler(self.driver)
      try self.channel.connect(to: NIOCore.SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    deinit {
      // Channel and driver hold each other until then.
      _ = try? self.channel.finish(acceptAlreadyClosed: true)
    }

    /// Moves bytes both ways until nothing moves; returns what the client heard.
    func exchange() throws -> [HTTP2Event] {
      let plaintext = PlaintextBuffer()
      var events: [HTTP2Event] = []
      var moved = true
      while moved {
        moved = false
        if self.client.isHandshakeComplete {
          let count = try self.session.writeOutput(into: plaintext.bytes)
          try self.client.write(UnsafeRawBufferPointer(rebasing: plaintext.bytes[..<count]))
        }
        var bytes = ByteBuffer()
        self.driver.takeCiphertext(self.client, into: &bytes)
        if bytes.readableBytes > 0 {
          moved = true
          try self.channel.writeInbound(bytes)
        }
        self.loop.run()
        while let bytes = try self.channel.readOutbound(as: ByteBuffer.self) {
          moved = true
          try bytes.withUnsafeReadableBytes { bytes in
            try self.client.receive(bytes) { () throws(TLSError) in
              while case let count = try self.client.readPlaintext(into: plaintext.bytes), count > 0 {
                try? self.session.receive(UnsafeRawBufferPointer(rebasing: plaintext.bytes[..<count]))
                var some: [HTTP2Event] = []
                self.session.takeEvents(into: &some)
                events += some
              }
            }
          }
        }
      }
      return events
    }
  }

  @Test(arguments: [nil, TLSEXT_max_fragment_length_512, TLSEXT_max_fragment_length_4096])
  func outputIsSentWholeHoweverShortTheRecordsAre(maxFragmentLength: Int32?) throws {
    let pair = try Pair(maxFragmentLength: maxFragmentLength)
    _ = try pair.exchange()
    // With an open stream the client goes on hearing.
    var fields = HeaderFields()
    for (name, value) in [(":method", "POST"), (":scheme", "https"), (":path", "/"), (":authority", "test")] {
      fields.add(name: name, value: value)
    }
    let stream = HTTP2Stream()
    try pair.session.submitRequest(fields, on: stream, endStream: false)
    _ = try pair.exchange()
    // 16,272 bytes: in records of 512 they do not fit into the 16 KiB that one record of theirs fits into.
    let notices = (0..<16).map { number in "\(number)" + String(repeating: "x", count: 1000) }.map { $0.prefix(1000) }
    pair.executor.performBatch {
      for notice in notices { pair.driver.session.goAway(lastStreamID: .max, debug: String(notice)) }
      pair.driver.setNeedsFlush()
    }
    let heard = try pair.exchange().compactMap { event in
      if case .goAway(_, _, let debug) = event { String(decoding: debug, as: UTF8.self) } else { nil }
    }
    #expect(heard == notices.map(String.init))
  }

  @Test func connectionKeepsRecordBuffersUntilItEnds() throws {
    let pair = try Pair(maxFragmentLength: nil)
    _ = try pair.exchange()
    let tls = try #require(pair.driver.tls)
    #expect(tls.keepsRecordBuffers)
    pair.driver.closeAfterFlushing()
    _ = try pair.exchange()
    #expect(!tls.keepsRecordBuffers)
  }
}
