import Foundation
import NIOCore
import SwiftGRPCProtobuf
import Testing

@testable import SwiftGRPC

/// Messages that are longer than what is read and written at a time, whole servers and real clients, over sockets.
@Suite(.timeLimit(.minutes(2))) struct LongMessageTests {
  typealias Blob = Google_Protobuf_BytesValue

  private struct Blobs: RegistrableRPCService {
    func registerMethods(with router: inout RPCRouter) {
      router.registerUnary(testMethod("Same")) { (blob: Blob, _: ServerContext) in blob }
      // What it changes must be the handler's own.
      router.registerUnary(testMethod("Changed")) { (blob: Blob, _: ServerContext) in
        var changed = blob
        changed.value[0] ^= 0xff
        changed.value.append(contentsOf: blob.value.prefix(1000))
        return changed
      }
      router.registerBidirectionalStreaming(testMethod("Chat")) {
        (blobs: RPCAsyncSequence<Blob, any Error>, writer: RPCWriter<Blob>, _: ServerContext) in
        // All are kept until the last one has come.
        var all: [Blob] = []
        for try await blob in blobs { all.append(blob) }
        for blob in all.reversed() { try await writer.write(blob) }
      }
    }
  }

  /// Bytes that are different at each place of each blob.
  private static func blob(_ count: Int, seed: Int = 1) -> Blob {
    Blob.with { blob in
      blob.value = Data(capacity: count)
      for index in 0..<(count + 7) / 8 {
        let word = UInt64(truncatingIfNeeded: index &* 0x9E37_79B9 &+ seed)
        withUnsafeBytes(of: word) { blob.value.append(contentsOf: $0) }
      }
      blob.value.removeLast(blob.value.count - count)
    }
  }

  private func withClient(
    _ execution: HandlerExecution = .onLoop, _ body: @Sendable @escaping (GRPCClient) async throws -> Void
  ) async throws {
    var configuration = GRPCServer.Configuration()
    configuration.handlerExecution = execution
    let address = ServerTransport.http2(address: .ipv4(host: "127.0.0.1", port: 0), transportSecurity: .plaintext)
    try await withGRPCServer(transport: address, services: [Blobs()], configuration: configuration) { server in
      let target = try await server.listeningAddress.target
      try await withGRPCClient(transport: .http2(target: target, transportSecurity: .plaintext)) { client in
        try await body(client)
      }
    }
  }

  private static let options = CallOptions(timeout: .seconds(60))
  private static let sizes = [
    4000, 8180, 8183, 8187, 8188, 8192, 16_380, 65_531, 65_532, 70_000, 262_144, (1 << 20) - 5, 1 << 20, (4 << 20) - 10,
  ]

  @Test(arguments: sizes, [HandlerExecution.onLoop, .globalPool])
  func longMessageComesBackAsItWas(size: Int, execution: HandlerExecution) async throws {
    try await self.withClient(execution) { client in
      let blob = Self.blob(size)
      let answer: Blob = try await client.unary(blob, testMethod("Same"), options: Self.options)
      #expect(answer == blob)
    }
  }

  @Test func callerOnTheLoopGetsTheSame() async throws {
    try await self.withClient { client in
      try await Task(executorPreference: client.executor) {
        for size in Self.sizes {
          let blob = Self.blob(size)
          let answer: Blob = try await client.unary(blob, testMethod("Same"), options: Self.options)
          #expect(answer == blob)
        }
      }.value
    }
  }

  @Test func manyLongMessagesAtOnceAreNotMixedUp() async throws {
    try await self.withClient { client in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<24 {
          group.addTask {
            for round in 0..<3 {
              let blob = Self.blob(100_000 + number * 40_000, seed: number << 8 | round)
              let answer: Blob = try await client.unary(blob, testMethod("Same"), options: Self.options)
              #expect(answer == blob)
            }
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test func handlerThatChangesALongMessageChangesItsOwn() async throws {
    try await self.withClient { client in
      let blob = Self.blob(300_000)
      let answer: Blob = try await client.unary(blob, testMethod("Changed"), options: Self.options)
      #expect(answer.value.count == 301_000)
      #expect(answer.value[0] == blob.value[0] ^ 0xff)
      #expect(answer.value[1..<300_000] == blob.value[1...])
      #expect(answer.value[300_000...].elementsEqual(blob.value[..<1000]))
    }
  }

  @Test(arguments: [HandlerExecution.onLoop, .globalPool])
  func messagesThatAreKeptStayAsTheyWere(execution: HandlerExecution) async throws {
    try await self.withClient(execution) { client in
      let blobs = [200_000, 10, 1 << 20, 70_000, 65_530, 500_000].enumerated().map { Self.blob($1, seed: $0) }
      let chat: BidirectionalCall<Blob, Blob> = try await client.makeBidirectionalCall(
        testMethod("Chat"), options: Self.options)
      for blob in blobs { try await chat.write(blob) }
      try await chat.finish()
      var answers: [Blob] = []
      for try await answer in chat { answers.append(answer) }
      #expect(answers == blobs.reversed())
    }
  }
}
