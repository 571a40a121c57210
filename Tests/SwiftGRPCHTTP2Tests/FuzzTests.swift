import Testing

@testable import SwiftGRPCHTTP2

/// Damaged conversations: whatever a peer sends, a session ends its streams once or says why it stops.
struct FuzzTests {
  @Test(arguments: 0..<10)
  func damagedInputNeitherCrashesNorLosesAStream(block: Int) throws {
    for seed in seeds(ofBlock: block, size: 100) {
      for role in [HTTP2Session.Role.server, .client] {
        try converse(role, seed: seed)
      }
    }
  }

  private func converse(_ role: HTTP2Session.Role, seed: Int) throws {
    var generator = SeededGenerator(seed: seed)
    var configuration = HTTP2Configuration()
    configuration.initialStreamWindowBytes = 70000
    configuration.maxConcurrentStreams = 10
    let endpoint = try Endpoint(role, configuration)
    if role == .client { for _ in 0..<3 { _ = try endpoint.requests(endStream: Bool.random(using: &generator)) } }
    var input = damaged(conversation(with: role), preface: role == .server ? Frame.clientPreface : [], &generator)
    do {
      while !input.isEmpty {
        let count = Int.random(in: 1...input.count, using: &generator)
        try endpoint.receives(Array(input.prefix(count)))
        input.removeFirst(count)
        for stream in endpoint.streams.values where stream.isActive { try answer(stream, on: endpoint, &generator) }
        _ = try endpoint.writes(room: Int.random(in: 1...3000, using: &generator))
      }
    } catch is HTTP2Error {
      _ = try? endpoint.writes()
    }
    endpoint.session.failAllStreams(code: .connectError)
    endpoint.note()
    #expect(endpoint.session.openStreamCount == 0, "seed \(seed)")
    var open: Set<Int32> = []
    for event in endpoint.seen {
      switch event {
      case .headers(let id, _, _), .headersTooLarge(let id, _): open.insert(id)
      case .closed(let id, _):
        if role == .server { #expect(open.remove(id) != nil, "seed \(seed): stream \(id) closed twice") }
      default: break
      }
    }
    if role == .server { #expect(open.isEmpty, "seed \(seed): streams without an end") }
    let closed = endpoint.seen.count { if case .closed = $0 { true } else { false } }
    if role == .client { #expect(closed == 3, "seed \(seed)") }
  }

  private func answer(_ stream: HTTP2Stream, on endpoint: Endpoint, _ generator: inout SeededGenerator) throws {
    switch Int.random(in: 0..<6, using: &generator) {
    case 0 where endpoint.session.role == .server:
      // Refused when it comes twice.
      try? endpoint.session.submitHeaders(.response, on: stream, endStream: Bool.random(using: &generator))
    case 1:
      stream.outbound.append(copying: [UInt8](repeating: 1, count: .random(in: 0...20000, using: &generator)))
      endpoint.session.outboundDidGrow(stream)
    case 2:
      endpoint.session.consume(100_000, on: stream)
    case 3:
      endpoint.session.reset(stream, code: .cancel)
    case 4:
      try endpoint.session.submitTrailers(.ok, on: stream)
    default:
      endpoint.session.finishOutbound(stream)
    }
    endpoint.note()
  }

  private func conversation(with role: HTTP2Session.Role) -> [Frame] {
    var frames: [Frame] = [.settings([(4, 1000), (3, 5)]), .settingsAck]
    for id in [Int32(1), 3, 5] {
      switch role {
      case .server:
        frames += [
          .headers(id, requestFields()), .data(id, [UInt8](repeating: 1, count: 3000)), .windowUpdate(id, 50000),
          .data(id, [0, 0, 0], endStream: true),
        ]
      case .client:
        frames += [
          .headers(id, responseFields), .data(id, [UInt8](repeating: 1, count: 3000)), .windowUpdate(id, 50000),
          .headers(id, [("grpc-status", "0")], endStream: true),
        ]
      }
    }
    return frames + [
      .windowUpdate(0, 100_000), .ping(7), .reset(3, 8), .goAway(last: 5, 0, "bye"), .settings([(3, 0)]),
    ]
  }

  /// The conversation with frames dropped, repeated, swapped, and bytes changed.
  private func damaged(_ frames: [Frame], preface: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    var frames = frames
    for _ in 0..<Int.random(in: 0...3, using: &generator) {
      let (one, other) = (
        Int.random(in: frames.indices, using: &generator), Int.random(in: frames.indices, using: &generator)
      )
      switch Int.random(in: 0..<4, using: &generator) {
      case 0: frames.remove(at: one)
      case 1: frames.insert(frames[other], at: one)
      case 2: frames.swapAt(one, other)
      default: frames[one].flags ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      }
    }
    var bytes = preface + frames.flatMap(\.bytes)
    for _ in 0..<Int.random(in: 0...4, using: &generator) {
      bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
    }
    return bytes
  }
}
