import Testing

@testable import SwiftGRPCHTTP2

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Long bodies go out from where they wait.
struct OutputPiecesTests {
  private static let body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }

  /// A client with the long body of a request to send, and the window for it.
  private func client(bodies: [[UInt8]] = [body]) throws -> Endpoint {
    let client = try Endpoint.established(.client, peerSettings: [(4, 1 << 20)])
    try client.receives(.windowUpdate(0, 1 << 20))
    for body in bodies {
      let stream = try client.requests()
      stream.outbound.append(copying: body)
      client.session.outboundDidGrow(stream)
      client.session.finishOutbound(stream)
    }
    return client
  }

  /// All output, of which long bodies are taken as pieces; and how many of its bytes were not in `buffer`.
  private func writes(_ endpoint: Endpoint, room: Int) throws -> (bytes: [UInt8], leftCount: Int) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: room, alignment: 1)
    defer { buffer.deallocate() }
    let pieces = OutputPieces()
    var (all, leftCount) = ([UInt8](), 0)
    while true {
      let count = try endpoint.session.writeOutput(into: buffer, pieces: pieces)
      all += pieces.isEmpty ? Array(buffer[..<count]) : pieces.copied(from: 0)
      if !pieces.isEmpty { leftCount += pieces.byteCount - count }
      guard count == room || pieces.isFull else { return (all, leftCount) }
      pieces.removeAll()
    }
  }

  private static func connectedSockets() throws -> [Int32] {
    #if canImport(Glibc)
      let type = Int32(SOCK_STREAM.rawValue)
    #else
      let type = SOCK_STREAM
    #endif
    var ends: [Int32] = [0, 0]
    try #require(socketpair(AF_UNIX, type, 0, &ends) == 0)
    return ends
  }

  @Test(arguments: [10, 100, 5000, 131_072]) func outputIsTheSameAsInOneBuffer(room: Int) throws {
    let bodies = [Self.body, Array(Self.body.prefix(20)), Array(Self.body.prefix(70_000))]
    let found = try writes(client(bodies: bodies), room: room)
    #expect(found.bytes == (try client(bodies: bodies).writes()))
  }

  @Test func longBodyIsNotCopied() throws {
    let (_, leftCount) = try writes(client(), room: 131_072)
    // But for the last frame of it, if that is short, and what the queue moves as it shrinks, which stays in memory of its own.
    #expect(leftCount > 290_000)
  }

  @Test func shortBodyIsCopied() throws {
    let (_, leftCount) = try writes(client(bodies: [Array(Self.body.prefix(4000))]), room: 131_072)
    #expect(leftCount == 0)
  }

  @Test(arguments: [0, 1, 8, 9, 10, 20_000, 70_000]) func restIsWhatFollowsTheBytesThatWereSent(offset: Int) throws {
    let client = try client()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 131_072, alignment: 1)
    defer { buffer.deallocate() }
    let pieces = OutputPieces()
    _ = try client.session.writeOutput(into: buffer, pieces: pieces)
    #expect(pieces.copied(from: offset) == Array(pieces.copied(from: 0).dropFirst(offset)))
    #expect(pieces.copied(from: pieces.byteCount) == [])
  }

  @Test func socketTakesThePiecesInOrderAsFarAsItCan() throws {
    let ends = try Self.connectedSockets()
    defer { ends.forEach { _ = close($0) } }
    let client = try client()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 131_072, alignment: 1)
    defer { buffer.deallocate() }
    let pieces = OutputPieces()
    _ = try client.session.writeOutput(into: buffer, pieces: pieces)
    _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
    let sent = pieces.send(to: ends[0])
    #expect(sent > 0 && sent <= pieces.byteCount)
    var received = [UInt8](repeating: 0, count: sent)
    var count = 0
    while count < sent {
      let more = received.withUnsafeMutableBytes { read(ends[1], $0.baseAddress.map { $0 + count }, sent - count) }
      try #require(more > 0)
      count += more
    }
    #expect(received == Array(pieces.copied(from: 0).prefix(sent)))
  }

  @Test func socketTakesOnePieceAsFarAsItCan() throws {
    let ends = try Self.connectedSockets()
    defer { ends.forEach { _ = close($0) } }
    _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
    let bytes = (0..<4 << 20).map { UInt8(truncatingIfNeeded: $0 / 7) }
    let sent = bytes.withUnsafeBytes { OutputPieces.send($0, to: ends[0]) }
    #expect(sent > 0 && sent < bytes.count)
    #expect(bytes.withUnsafeBytes { OutputPieces.send($0, to: ends[0]) } == 0)
    var received = [UInt8](repeating: 0, count: sent)
    var count = 0
    while count < sent {
      let more = received.withUnsafeMutableBytes { read(ends[1], $0.baseAddress.map { $0 + count }, sent - count) }
      try #require(more > 0)
      count += more
    }
    #expect(received == Array(bytes.prefix(sent)))
  }

  @Test func socketThatIsGoneTakesNoSinglePiece() throws {
    let ends = try Self.connectedSockets()
    _ = close(ends[1])
    defer { _ = close(ends[0]) }
    #expect([1, 2, 3].withUnsafeBytes { OutputPieces.send($0, to: ends[0]) } == 0)
  }

  @Test func socketThatIsGoneTakesNothing() throws {
    let ends = try Self.connectedSockets()
    _ = close(ends[1])
    defer { _ = close(ends[0]) }
    let client = try client()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 131_072, alignment: 1)
    defer { buffer.deallocate() }
    let pieces = OutputPieces()
    _ = try client.session.writeOutput(into: buffer, pieces: pieces)
    #expect(pieces.send(to: ends[0]) == 0)
  }
}

extension OutputPieces {
  /// The bytes of all pieces but the first ones.
  func copied(from offset: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: byteCount - offset) { bytes, count in
      copy(from: offset, to: UnsafeMutableRawBufferPointer(bytes))
      count = byteCount - offset
    }
  }
}
