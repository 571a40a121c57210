import COpenSSL
import Testing

@testable import SwiftGRPCTLS

/// Where records are read from and written to, and who keeps buffers for them.
struct TLSRecordTests {
  // MARK: Output

  @Test func recordsGoToTheGivenPlace() throws {
    let pair = try TLSPair()
    pair.exchange()
    for byteCount in [1, 16384, 16385, 65536] {
      pair.serverReceived = []
      let plaintext = [UInt8](repeating: 7, count: byteCount)
      let records = try pair.client.write(plaintext, room: TLSEngine.ciphertextBytes(of: byteCount))
      #expect(pair.client.pendingCiphertextBytes == 0 && !pair.client.holdsBytes)
      pair.server.receive(records)
      #expect(try pair.server.readAll() == plaintext)
    }
  }

  @Test(arguments: [0, 1, 21, 22, 23, 24, 60, 16000, 16434, 20000, 40000])
  func whatFindsNoRoomWaits(byteCount: Int) throws {
    let pair = try TLSPair()
    pair.exchange()
    var sent: [UInt8] = []
    // The first waits, and goes out before the second; of that the one record may fit and the other not.
    try pair.client.write([1])
    sent += try pair.client.write([UInt8](repeating: 2, count: 20000), room: byteCount)
    #expect(sent.count <= byteCount)
    sent += try pair.client.write([3], room: 1)
    while pair.client.pendingCiphertextBytes > 0 { sent += try pair.client.write([4], room: 10000) }
    pair.server.receive(sent)
    let received = try pair.server.readAll()
    #expect(received.starts(with: [1] + [UInt8](repeating: 2, count: 20000) + [3]))
  }

  @Test func shorterRecordsThatThePeerAskedForArriveToo() throws {
    let context = try TLSContext(TLSPair.clientConfiguration(), role: .client)
    SSL_CTX_set_tlsext_max_fragment_length(context.handle, UInt8(TLSEXT_max_fragment_length_512))
    let pair = try TLSPair(client: TLSEngine(context: context, serverName: "localhost"))
    pair.exchange()
    let plaintext = (0..<50000).map { UInt8(truncatingIfNeeded: $0) }
    let records = try pair.server.write(plaintext, room: TLSEngine.ciphertextBytes(of: plaintext.count))
    #expect(pair.server.pendingCiphertextBytes > 0)
    pair.client.receive(records)
    pair.exchange()
    #expect(pair.clientReceived == plaintext)
  }

  @Test func answerToAKeyUpdateGoesOutWithTheNextRecord() throws {
    let pair = try TLSPair()
    pair.exchange()
    #expect(SSL_key_update(pair.client.handle, SSL_KEY_UPDATE_REQUESTED) == 1)
    try pair.client.write([1])
    pair.exchange()
    let records = try pair.server.write([2], room: TLSEngine.ciphertextBytes(of: 1))
    #expect(pair.server.pendingCiphertextBytes > 0)
    pair.client.receive(records)
    try pair.server.write([3])
    pair.exchange()
    #expect(pair.serverReceived == [1] && pair.clientReceived == [2, 3])
  }

  @Test func alertStaysForWhoeverTakesItWhenAWriteFails() throws {
    let pair = try TLSPair()
    pair.exchange()
    pair.server.receive([UInt8](repeating: 0, count: 100))
    #expect(throws: TLSError.self) { try pair.server.readAll() }
    let alertBytes = pair.server.pendingCiphertextBytes
    #expect(alertBytes > 0)
    #expect(throws: TLSError.self) { try pair.server.write([1], room: 1000) }
    #expect(pair.server.pendingCiphertextBytes == alertBytes)
  }

  // MARK: Errors of others

  @Test func errorsThatOthersLeaveOnTheThreadsStackChangeNothing() throws {
    let pair = try TLSPair()
    pair.exchange()
    leaveAnError()
    // A part of a record: more is to come.
    try pair.client.write([1, 2, 3])
    let record = pair.client.takeAll()
    pair.server.receive(Array(record[..<9]))
    #expect(try pair.server.readAll() == [])
    leaveAnError()
    pair.server.receive(Array(record[9...]))
    #expect(try pair.server.readAll() == [1, 2, 3])
    leaveAnError()
    try pair.server.write([4])
    pair.client.shutdown()
    leaveAnError()
    pair.server.receive(pair.client.takeAll())
    #expect(try pair.server.readAll() == [])
    #expect(pair.server.isClosed)
  }

  private func leaveAnError() {
    let empty = BIO_new(BIO_s_mem())
    #expect(PEM_read_bio_X509(empty, nil, nil, nil) == nil)
    BIO_free(empty)
    #expect(ERR_peek_error() != 0)
  }

  @Test func alertThatIsFatalIsNoClose() throws {
    let pair = try TLSPair()
    pair.exchange()
    try pair.client.write([1])
    var record = pair.client.takeAll()
    record[record.count - 1] ^= 1
    pair.server.receive(record)
    #expect(throws: TLSError.self) { try pair.server.readAll() }
    pair.client.receive(pair.server.takeAll())
    let error = #expect(throws: TLSError.self) { try pair.client.readAll() }
    #expect(error?.code == .connection && error?.message.contains("alert bad record mac") == true)
    #expect(!pair.client.isClosed)
  }

  // MARK: Input

  @Test func endOfAConnectionKeepsNothingThatComesAfterIt() throws {
    let pair = try TLSPair()
    pair.exchange()
    pair.client.shutdown()
    pair.server.receive(pair.client.takeAll() + [UInt8](repeating: 0, count: 50000))
    #expect(try pair.server.readAll() == [])
    #expect(pair.server.isClosed)
    pair.server.receive([UInt8](repeating: 0, count: 50000))
    #expect(!pair.server.holdsBytes)
  }

  // MARK: Buffers

  @Test func onlyTheEndsThatCameLastKeepTheirBuffers() throws {
    let pairs = try (0...RecordBufferKeepers.maxCount).map { _ in try TLSPair() }
    var keepers = RecordBufferKeepers()
    for pair in pairs {
      pair.exchange()
      keepers.add(pair.server)
      keepers.add(pair.server)
    }
    #expect(pairs.map(\.server.keepsRecordBuffers) == [false] + pairs.dropFirst().map { _ in true })
    for pair in pairs {
      try pair.client.write([1, 2])
      try pair.server.write([3])
      pair.exchange()
      #expect(pair.serverReceived == [1, 2] && pair.clientReceived == [3])
    }
  }

  @Test func partOfARecordSurvivesTheLossOfItsBuffer() throws {
    let pair = try TLSPair()
    pair.exchange()
    var keepers = RecordBufferKeepers()
    for part in [1, 5, 20, 25] {
      keepers.add(pair.server)
      try pair.client.write([1, 2, 3, 4])
      let record = pair.client.takeAll()
      pair.server.receive(Array(record[..<part]))
      #expect(try pair.server.readAll() == [])
      keepers.remove(pair.server)
      #expect(!pair.server.keepsRecordBuffers)
      pair.server.receive(Array(record[part...]))
      #expect(try pair.server.readAll() == [1, 2, 3, 4])
    }
  }

  @Test func anEndThatIsRemovedIsLetGo() throws {
    var keepers = RecordBufferKeepers()
    weak var server: TLSEngine?
    do {
      let pair = try TLSPair()
      pair.exchange()
      server = pair.server
      keepers.add(pair.server)
    }
    let kept = try #require(server)
    keepers.remove(kept)
    keepers.remove(kept)
    #expect(!kept.keepsRecordBuffers)
  }
}

extension TLSEngine {
  fileprivate func readAll() throws(TLSError) -> [UInt8] {
    var all: [UInt8] = []
    while case let bytes = try read(), !bytes.isEmpty { all += bytes }
    return all
  }

  fileprivate func takeAll() -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: pendingCiphertextBytes)
    let count = bytes.withUnsafeMutableBytes { takeCiphertext(into: $0) }
    return Array(bytes[..<count])
  }
}
