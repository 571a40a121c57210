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
    let size: Int
    let count: Int

    func registerMethods(with router: inout RPCRouter) {
      let (size, count) = (self.size, self.count)
      router.registerServerStreaming(testMethod("List")) { (_: Blob, writer: RPCWriter<Blob>, _: ServerContext) in
        for number in 0..<count { try await writer.write(SlowReaderTests.blob(number, size)) }
      }
    }
  }

  private static func blob(_ number: Int, _ size: Int) -> Blob {
    .with { $0.value = Data((0..<size).map { UInt8(truncatingIfNeeded: $0 &+ number) }) }
  }

  /// Asks for the list and returns the payloads of all DATA frames, from a socket that has room for a few packets.
  private static func list(port: Int) async throws -> [UInt8] {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.socketOption(.so_rcvbuf), value: 4096)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    return try await channel.executeThenClose { inbound, outbound in
      let request: [(String, String)] = [
        (":method", "POST"), (":scheme", "http"), (":path", testMethod("List").path), (":authority", "x"),
        ("te", "trailers"), ("content-type", "application/grpc"),
      ]
      let frames: [Frame] = [
        .settings([(4, 0x7FFF_FFFF)]), .windowUpdate(0, 0x7FFF_0000), .headers(1, request),
        .data(1, [0, 0, 0, 0, 0], endStream: true),
      ]
      try await outbound.write(ByteBuffer(bytes: Frame.clientPreface + frames.flatMap(\.bytes)))
      var received: [UInt8] = []
      var body: [UInt8] = []
      for try await buffer in inbound {
        received += Array(buffer: buffer)
        let frames = Frame.parse(received)
        received.removeFirst(frames.reduce(0) { $0 + 9 + $1.payload.count })
        for frame in frames where frame.stream == 1 {
          if frame.kind == .data { body += frame.payload }
          if frame.flags & Frame.endStream != 0 { return body }
        }
      }
      return body
    }
  }

  @Test(arguments: [(size: 1000, count: 3000), (size: 100_000, count: 50)])
  func messagesComeWholeAndInOrder(size: Int, count: Int) async throws {
    let transport = ServerTransport.http2(
      address: .ipv4(host: "127.0.0.1", port: 0), transportSecurity: .plaintext)
    try await withGRPCServer(transport: transport, services: [Blobs(size: size, count: count)]) { server in
      let body = try await Self.list(port: try await server.listeningAddress.port ?? 0)
      var deframer = Deframer(maxMessageBytes: size + 100)
      try body.withUnsafeBytes { bytes in
        deframer.push(bytes)
        for number in 0..<count {
          let message = try #require(try deframer.next())
          #expect(try Blob(decoding: message.bytes) == Self.blob(number, size))
        }
      }
      try deframer.checkEnd()
    }
  }
}
