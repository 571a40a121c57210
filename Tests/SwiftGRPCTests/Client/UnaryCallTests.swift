import SwiftGRPCHTTP2
import Testing

@testable import SwiftGRPC

@Suite(.timeLimit(.minutes(1))) struct UnaryCallTests {
  @Test func aMessageGoesThereAndBackWithMetadata() async throws {
    try await ScriptedServer.with { event, connection in
      switch event {
      case .headers(let stream, let block, _):
        connection.begin(on: stream, metadata: [("initial", block.first(named: "key") ?? "none")])
      case .data(let stream, let bytes):
        connection.data(Array(bytes), on: stream)
      case .endOfStream(let stream):
        connection.trailers([("grpc-status", "0"), ("trailing-bin", "q6ur")], on: stream)
      default: break
      }
    } _: { server in
      try await withGRPCClient(transport: server.transport) { client in
        let response = try await client.response([1, 2, 3], metadata: ["Key": "value"])
        #expect(try response.message == [1, 2, 3])
        #expect(response.metadata == ["initial": "value"])
        #expect(response.trailingMetadata == ["trailing-bin": [0xAB, 0xAB, 0xAB]])
      }
    }
  }
}
