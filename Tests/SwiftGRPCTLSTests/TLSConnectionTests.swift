import COpenSSL
import Testing

@testable import SwiftGRPCTLS

/// Two ends of a connection that trust one another.
struct TLSConnectionTests {
  @Test func handshakeAgreesOnH2AndTheNewestVersion() throws {
    let pair = try TLSPair()
    #expect(pair.client.pendingCiphertextBytes > 0)
    let errors = pair.exchange()
    #expect(errors.client == nil && errors.server == nil)
    for engine in [pair.client, pair.server] {
      #expect(engine.isHandshakeComplete)
      #expect(engine.negotiatedProtocol == "h2")
      #expect(engine.negotiatedVersion == "TLSv1.3")
    }
    #expect(pair.server.requestedServerName == "localhost")
  }

  @Test(arguments: [1, 2, 5, 100, 1000, 16384, 100_000])
  func bytesArriveBothWaysThroughChunksOfAnySize(chunk: Int) throws {
    let pair = try TLSPair()
    let request = (0..<50000).map { UInt8(truncatingIfNeeded: $0) }
    let answer = (0..<40000).map { UInt8(truncatingIfNeeded: $0 &* 3) }
    pair.exchange { chunk }
    try pair.client.write(request)
    try pair.server.write(answer)
    pair.exchange { chunk }
    #expect(pair.serverReceived == request)
    #expect(pair.clientReceived == answer)
  }

  @Test(arguments: [10, 200_000])
  func aConnectionHoldsNoMemoryForBytesWhileNoneWait(byteCount: Int) throws {
    let pair = try TLSPair()
    pair.exchange()
    try pair.client.write([UInt8](repeating: 1, count: byteCount))
    #expect(pair.client.holdsBytes)
    pair.exchange()
    #expect(pair.serverReceived.count == byteCount)
    #expect(!pair.client.holdsBytes && !pair.server.holdsBytes)
  }

  @Test func nothingIsWrittenBeforeTheHandshakeIsComplete() throws {
    let pair = try TLSPair()
    let pending = pair.client.pendingCiphertextBytes
    let early = TLSError(code: .handshake, message: "the TLS handshake is not complete")
    #expect(throws: early) { try pair.client.write([1]) }
    #expect(throws: early) { try pair.client.write([1], room: 1000) }
    #expect(throws: early) { try pair.server.write([2]) }
    #expect(pair.client.pendingCiphertextBytes == pending)
    pair.exchange()
    try pair.client.write([3])
    pair.exchange()
    #expect(pair.serverReceived == [3])
  }

  @Test func closeNotifyEndsTheOtherSide() throws {
    let pair = try TLSPair()
    pair.exchange()
    try pair.client.write([1])
    pair.client.shutdown()
    pair.client.shutdown()
    #expect(throws: TLSError(code: .closed, message: "the TLS connection was shut down")) { try pair.client.write([2]) }
    pair.exchange()
    #expect(pair.serverReceived == [1])
    #expect(pair.server.isClosed)
    #expect(!pair.client.isClosed)
    try pair.server.write([3])
    pair.exchange()
    #expect(pair.clientReceived == [3])
  }

  @Test func shutdownBeforeTheHandshakeSaysNothing() throws {
    let pair = try TLSPair()
    let pending = pair.client.pendingCiphertextBytes
    pair.client.shutdown()
    #expect(pair.client.pendingCiphertextBytes == pending)
  }

  @Test func changedCiphertextIsAnErrorThatStays() throws {
    let pair = try TLSPair()
    pair.exchange()
    try pair.client.write([1, 2, 3])
    var bytes = [UInt8](repeating: 0, count: 1000)
    let count = bytes.withUnsafeMutableBytes { pair.client.takeCiphertext(into: $0) }
    bytes[count - 1] ^= 1
    pair.server.receive(Array(bytes[..<count]))
    for _ in 0..<2 {
      let error = #expect(throws: TLSError.self) { try pair.server.read() }
      #expect(error?.code == .connection)
      #expect(error?.message.contains("bad record mac") == true)
    }
    #expect(pair.server.pendingCiphertextBytes > 0)
    #expect(pair.exchange().client?.code == .connection)
  }

  @Test func peerThatSpeaksNoTLSIsToldApart() throws {
    let pair = try TLSPair()
    pair.client.receive(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8))
    let error = #expect(throws: TLSError.self) { try pair.client.read() }
    #expect(error?.code == .handshake)
    #expect(error?.message.contains("may not speak TLS") == true)
  }

  @Test func serverRefusesAClientWithoutACommonProtocol() throws {
    let pair = try TLSPair(client: { $0.applicationProtocols = ["http/1.1"] })
    let errors = pair.exchange()
    #expect(errors.server?.message.contains("no application protocol") == true)
    #expect(errors.client?.message.contains("no application protocol") == true)
    #expect(errors.client?.code == .handshake)
  }

  @Test func peerThatKnowsNoALPNIsRefused() throws {
    let withoutServer = try TLSPair(server: { $0.applicationProtocols = [] })
    #expect(withoutServer.exchange().client?.message.contains("h2 is required") == true)
    let withoutClient = try TLSPair(client: { $0.applicationProtocols = [] })
    #expect(withoutClient.exchange().server?.message.contains("h2 is required") == true)
  }

  @Test func serverPrefersItsOwnOrder() throws {
    let pair = try TLSPair(
      client: { $0.applicationProtocols = ["http/1.1", "h2"] },
      server: { $0.applicationProtocols = ["h2", "http/1.1"] })
    pair.exchange()
    #expect(pair.client.negotiatedProtocol == "h2")
  }

  @Test func version12WorksAndOlderOnesDoNot() throws {
    for (version, works) in [(TLS1_2_VERSION, true), (TLS1_1_VERSION, false)] {
      let context = try TLSContext(TLSPair.clientConfiguration(), role: .client)
      _ = copenssl_ctx_set_min_version(context.handle, TLS1_VERSION)
      SSL_CTX_ctrl(context.handle, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(version), nil)
      SSL_CTX_set_cipher_list(context.handle, "ALL:@SECLEVEL=0")
      let client = try? TLSEngine(context: context, serverName: "localhost")
      guard works else {
        // The library itself may already refuse to offer it.
        guard let client else { continue }
        let server = try TLSEngine(context: TLSContext(TLSPair.serverConfiguration(), role: .server), serverName: nil)
        var bytes = [UInt8](repeating: 0, count: 1000)
        let count = bytes.withUnsafeMutableBytes { client.takeCiphertext(into: $0) }
        server.receive(Array(bytes[..<count]))
        #expect(throws: TLSError.self) { try server.read() }
        continue
      }
      let pair = try TLSPair(client: #require(client))
      let errors = pair.exchange()
      #expect(errors.client == nil && errors.server == nil)
      #expect(pair.client.negotiatedVersion == "TLSv1.2")
    }
  }

  @Test func damagedHandshakesNeverCrash() throws {
    let server = try TLSContext(TLSPair.serverConfiguration(), role: .server)
    let client = try TLSContext(TLSPair.clientConfiguration(), role: .client)
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<300 {
      let ends = [
        try TLSEngine(context: client, serverName: "localhost"), try TLSEngine(context: server, serverName: nil),
      ]
      let damagedTurn = Int.random(in: 0..<6, using: &generator)
      for turn in 0..<6 {
        var bytes = [UInt8](repeating: 0, count: 32768)
        let count = bytes.withUnsafeMutableBytes { ends[turn % 2].takeCiphertext(into: $0) }
        guard count > 0 else { break }
        if turn == damagedTurn {
          bytes[Int.random(in: 0..<count, using: &generator)] ^= UInt8.random(in: 1...255, using: &generator)
        }
        ends[1 - turn % 2].receive(Array(bytes[..<count]))
        _ = try? ends[1 - turn % 2].read()
      }
    }
  }
}

extension TLSEngine {
  func read() throws(TLSError) -> [UInt8] {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65536, alignment: 1)
    defer { buffer.deallocate() }
    let count = try readPlaintext(into: buffer)
    return Array(buffer[..<count])
  }
}
