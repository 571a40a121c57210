import Foundation
import NIOCore
import NIOPosix
import SwiftGRPCProtobuf
import Testing

@testable import SwiftGRPC

/// What a socket does not take at once follows in its order, over sockets with little room.
@Suite(.timeLimit(.minutes(1))) struct SlowReaderTests {
  typealias Blob = Google_Protobuf_BytesValue

  private struct Blobs: RegistrableRPCService {
    func registerMethods(with router: inout RPCRouter) {
      router.registerServerStreaming(testMethod("List")) { (_: Blob, writer: RPCWriter<Blob>, _: ServerContext) in
        for number in 0..<50 { try await writer.write(SlowReaderTests.blob(number, 100_000)) }
      }
      router.registerUnary(testMethod("Get")) { (_: Blob, _: ServerContext) in SlowReaderTests.blob(0, 4000) }
    }
  }

  private static func blob(_ number: Int, _ size: Int) -> Blob {
    .with { $0.value = Data((0..<size).map { UInt8(truncatingIfNeeded: $0 &+ number) }) }
  }

  /// Makes calls at once and returns the payloads of the DATA frames of each, in the order of the calls, from a socket that has room for a
  /// few packets.
  private static func call(_ method: String, count: Int, port: Int) async throws -> [[UInt8]] {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.socketOption(.so_rcvbuf), value: 4096)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    return try await channel.executeThenClose { inbound, outbound in
      let list: [(String, String)] = [
        (":method", "POST"), (":scheme", "http"), (":path", testMethod(method).path), (":authority", "x"),
        ("te", "trailers"), ("content-type", "application/grpc"),
      ]
      let requests = (0..<Int32(count)).flatMap { number -> [Frame] in
        [.headers(2 * number + 1, list), .data(2 * number + 1, [0, 0, 0, 0, 0], endStream: true)]
      }
      let frames: [Frame] = [.settings([(4, 0x7FFF_FFFF)]), .windowUpdate(0, 0x7FFF_0000)] + requests
      try await outbound.write(ByteBuffer(bytes: Frame.clientPreface + frames.flatMap(\.bytes)))
      var received: [UInt8] = []
      var bodies = [[UInt8]](repeating: [], count: count)
      var ended = 0
      for try await buffer in inbound {
        received += Array(buffer: buffer)
        let frames = Frame.parse(received)
        received.removeFirst(frames.reduce(0) { $0 + 9 + $1.payload.count })
        for frame in frames where frame.stream > 0 {
          if frame.kind == .data { bodies[Int(frame.stream) / 2] += frame.payload }
          if frame.kind == .headers, frame.flags & Frame.endStream != 0 { ended += 1 }
        }
        if ended == count { break }
      }
      return bodies
    }
  }

  private func withServer(_ body: (_ port: Int) async throws -> Void) async throws {
    let transport = ServerTransport.http2(
      address: .ipv4(host: "127.0.0.1", port: 0), transportSecurity: .plaintext)
    try await withGRPCServer(transport: transport, services: [Blobs()]) { server in
      try await body(try await server.listeningAddress.port ?? 0)
    }
  }

  private static func blobs(in body: [UInt8]) throws -> [Blob] {
    var deframer = Deframer(maxMessageBytes: 200_000)
    return try body.withUnsafeBytes { bytes in
      deframer.push(bytes)
      var blobs: [Blob] = []
      while let message = try deframer.next() { blobs.append(try Blob(decoding: message.bytes)) }
      try deframer.checkEnd()
      return blobs
    }
  }

  @Test func longMessagesComeWholeAndInOrder() async throws {
    try await self.withServer { port in
      let bodies = try await Self.call("List", count: 1, port: port)
      #expect(try Self.blobs(in: bodies[0]) == (0..<50).map { Self.blob($0, 100_000) })
    }
  }

  @Test func shortAnswersComeWhole() async throws {
    try await self.withServer { port in
      // As many as the server lets be open at a time: none is answered as far as the socket has no room.
      let bodies = try await Self.call("Get", count: 1000, port: port)
      let expected = [Self.blob(0, 4000)]
      #expect(try bodies.allSatisfy { try Self.blobs(in: $0) == expected })
    }
  }
}
