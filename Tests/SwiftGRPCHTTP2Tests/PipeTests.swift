import Testing

@testable import SwiftGRPCHTTP2

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A client and a server joined by a pipe that splits the bytes anywhere, doing random things from a seed.
struct PipeTests {
  @Test(arguments: 0..<10)
  func everyStreamClosesOnceAndEveryBodyArrives(block: Int) throws {
    for seed in seeds(ofBlock: block, size: 100) {
      var conversation = try Conversation(seed: seed)
      try conversation.run()
    }
  }
}

/// What both sides do, and what must hold at the end.
private struct Conversation {
  private final class Call: HTTP2Stream {
    var number = 0
    var sent: [UInt8] = []
    var received: [UInt8] = []
    var remaining = 0
    var hasAnswered = false
    var isFinished = false
    var inboundEnded = false
    var wasReset = false
    var closes = 0
  }

  private static let pattern = (0..<100_300).map { UInt8(truncatingIfNeeded: $0) }

  private let seed: Int
  private let window: Int
  private var generator: SeededGenerator
  private let client: HTTP2Session
  private let server: HTTP2Session
  private var clientCalls: [Call] = []
  private var serverCalls: [Call] = []
  private var toServer: [UInt8] = []
  private var toClient: [UInt8] = []
  private var events: [HTTP2Event] = []
  private var callsToMake: Int
  private let pieces = OutputPieces()

  init(seed: Int) throws {
    self.seed = seed
    generator = SeededGenerator(seed: seed)
    var configuration = HTTP2Configuration()
    window = [100, 5000, 65535, 1 << 20].randomElement(using: &generator) ?? 0
    configuration.initialStreamWindowBytes = window
    configuration.connectionWindowBytes = [65535, 1 << 20].randomElement(using: &generator) ?? 0
    configuration.maxConcurrentStreams = [1, 2, 10, nil].randomElement(using: &generator) ?? nil
    configuration.maxFrameBytes = [16384, 40000].randomElement(using: &generator) ?? 0
    // As two connections of one loop do, each of which has to stop anywhere.
    let memory = SessionMemory()
    client = try HTTP2Session(role: .client, configuration: configuration, memory: memory)
    server = try HTTP2Session(role: .server, configuration: configuration, streamType: Call.self, memory: memory)
    callsToMake = Int.random(in: 1...12, using: &generator)
  }

  mutating func run() throws {
    for _ in 0..<100_000 {
      try step()
      if callsToMake == 0, client.openStreamCount == 0, server.openStreamCount == 0,
        toServer.isEmpty, toClient.isEmpty, !client.hasOutput, !server.hasOutput
      {
        break
      }
    }
    let isIdle = client.openStreamCount == 0 && server.openStreamCount == 0
    #expect(isIdle, "seed \(seed): streams are left")
    guard isIdle else { return }
    #expect(client.connectionError == nil && server.connectionError == nil, "seed \(seed)")
    for call in clientCalls { #expect(call.closes == 1, "seed \(seed): call \(call.number)") }
    for call in serverCalls {
      #expect(call.closes == 1, "seed \(seed): stream \(call.id)")
      guard let peer = clientCalls.first(where: { $0.id == call.id }) else {
        Issue.record("seed \(seed): stream \(call.id) has no caller")
        continue
      }
      // A body that was cut off by a reset is a part of what was sent.
      expect(peer.sent.begins(with: call.received), "seed \(seed): request \(call.number)")
      expect(call.sent.begins(with: peer.received), "seed \(seed): answer \(call.number)")
      if !call.wasReset && !peer.wasReset {
        expect(call.sent.count == peer.received.count, "seed \(seed): answer \(call.number)")
        #expect(peer.inboundEnded, "seed \(seed)")
        if call.inboundEnded { expect(peer.sent.count == call.received.count, "seed \(seed): request \(call.number)") }
      }
    }
  }

  /// Like `#expect`, which would print both bodies.
  private func expect(_ condition: Bool, _ comment: Comment) {
    #expect(condition, comment)
  }

  private mutating func step() throws {
    switch Int.random(in: 0..<10, using: &generator) {
    case 0 where callsToMake > 0:
      try makeCall()
    case 1, 2:
      if let call = clientCalls.filter(\.isActive).randomElement(using: &generator) { try send(call, on: client) }
    case 3, 4:
      if let call = serverCalls.filter(\.isActive).randomElement(using: &generator) { try send(call, on: server) }
    case 5, 6:
      try write(client, to: \.toServer)
    case 7, 8:
      try write(server, to: \.toClient)
    default:
      try deliver()
    }
  }

  private mutating func makeCall() throws {
    callsToMake -= 1
    let call = Call()
    call.number = clientCalls.count
    call.remaining = Int.random(in: 0...4, using: &generator)
    call.isFinished = call.remaining == 0 && Bool.random(using: &generator)
    clientCalls.append(call)
    try client.submitRequest(.request("/a.B/\(call.number)"), on: call, endStream: call.isFinished)
    try take(from: client)
  }

  /// Sends a part of a body or its end, now and then a reset.
  private mutating func send(_ call: Call, on session: HTTP2Session) throws {
    guard !call.isFinished else { return }
    if Int.random(in: 0..<60, using: &generator) == 0 {
      call.wasReset = true
      call.isFinished = true
      session.reset(call, code: .cancel)
      try take(from: session)
      return
    }
    if session.role == .server, !call.hasAnswered {
      call.hasAnswered = true
      try session.submitHeaders(.response, on: call)
    }
    if call.remaining > 0 {
      call.remaining -= 1
      let limit = [10, 1000, 100_000].randomElement(using: &generator) ?? 0
      let start = Int.random(in: 0...255, using: &generator)
      let bytes = Self.pattern[start..<start + min(limit, 10 * window).random(using: &generator)]
      bytes.withUnsafeBytes { call.sent.append(contentsOf: $0) }
      bytes.withUnsafeBytes { call.outbound.append(copying: $0) }
      session.outboundDidGrow(call)
    } else {
      call.isFinished = true
      if session.role == .client { session.finishOutbound(call) } else { try session.submitTrailers(.ok, on: call) }
    }
    try take(from: session)
  }

  private mutating func write(_ session: HTTP2Session, to pipe: WritableKeyPath<Self, [UInt8]>) throws {
    let room = [1, 9, 30, 1000, 20000, 65536].randomElement(using: &generator) ?? 1
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: room, alignment: 1)
    defer { buffer.deallocate() }
    let leavesBodies = Bool.random(using: &generator)
    let count = try session.writeOutput(into: buffer, pieces: leavesBodies ? pieces : nil)
    if pieces.isEmpty {
      self[keyPath: pipe].append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    } else {
      self[keyPath: pipe] += pieces.copied(from: 0)
      pieces.removeAll()
    }
    try take(from: session)
  }

  private mutating func deliver() throws {
    for (session, pipe) in [(server, \Self.toServer), (client, \Self.toClient)] {
      let available = self[keyPath: pipe].count
      guard available > 0 else { continue }
      let count = Bool.random(using: &generator) ? available : Int.random(in: 1...available, using: &generator)
      let bytes = Array(self[keyPath: pipe].prefix(count))
      self[keyPath: pipe].removeFirst(count)
      // The events are taken while the bytes are still there.
      try bytes.withUnsafeBytes { bytes in
        try session.receive(bytes)
        try take(from: session)
      }
    }
  }

  private mutating func take(from session: HTTP2Session) throws {
    session.takeEvents(into: &events)
    for event in events {
      switch event {
      case .headers(let stream, let block, let endStream):
        guard let call = stream as? Call else { continue }
        if session.role == .server {
          call.number = block.first(named: ":path").flatMap { Int($0.dropFirst(5)) } ?? -1
          call.remaining = Int.random(in: 0...4, using: &generator)
          serverCalls.append(call)
        }
        if endStream { call.inboundEnded = true }
      case .data(let stream, let bytes):
        (stream as? Call)?.received.append(contentsOf: bytes)
        session.consume(bytes.count, on: stream)
      case .endOfStream(let stream), .trailers(let stream, _):
        (stream as? Call)?.inboundEnded = true
      case .reset(let stream, _):
        (stream as? Call)?.wasReset = true
      case .closed(let stream, let code):
        guard let call = stream as? Call else { continue }
        call.closes += 1
        if code != .noError { call.wasReset = true }
      case .headersTooLarge, .outboundDrained, .goAway, .settings, .ping:
        break
      }
    }
  }
}

extension Int {
  /// A number from 0 to this one.
  fileprivate func random(using generator: inout SeededGenerator) -> Int {
    Int.random(in: 0...self, using: &generator)
  }
}

extension [UInt8] {
  /// Compares memory: element by element it would be most of the test's time in a debug build.
  fileprivate func begins(with other: [UInt8]) -> Bool {
    guard count >= other.count else { return false }
    return withUnsafeBytes { mine in
      other.withUnsafeBytes { theirs in
        guard let mine = mine.baseAddress, let start = theirs.baseAddress else { return theirs.isEmpty }
        return memcmp(mine, start, theirs.count) == 0
      }
    }
  }
}
