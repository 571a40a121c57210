import Logging
import NIOCore
import NIOEmbedded
import SwiftGRPCHTTP2
import SwiftGRPCProtobuf
import Testing

@testable import SwiftGRPC

/// Clients that break the rules, waste the server's time or hold on to its memory; each by its bytes.
@Suite struct HostileClientTests {
  private static func notes(_ router: inout RPCRouter) {
    router.registerUnary(testMethod("Get")) { (note: Note, _: ServerContext) in note }
    router.registerClientStreaming(testMethod("Join")) {
      (notes: RPCAsyncSequence<Note, any Error>, _: ServerContext) in
      for try await _ in notes {}
      return Note()
    }
  }

  // MARK: Before HTTP/2

  @Test func garbageIsAnsweredWithGoAway() throws {
    let client = try RawClient()
    client.send(Array("\u{1}\u{2}garbage that is no preface at all".utf8))
    #expect(client.isClosed)
    #expect(client.count(.protocolViolation) == 1)
  }

  @Test(arguments: [
    "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "POST /test.Notes/Get HTTP/1.0\r\n\r\n", "OPTIONS * HTTP/1.1\r\n\r\n",
  ])
  func http1IsAnsweredInItsOwnWords(request: String) throws {
    for isSplit in [false, true] {
      let client = try RawClient()
      if isSplit {
        for byte in request.utf8 { client.send([byte]) }
      } else {
        client.send(Array(request.utf8))
      }
      #expect(client.text.hasPrefix("HTTP/1.1 505 HTTP Version Not Supported\r\n"))
      #expect(client.text.hasSuffix("\r\n\r\nThis is a gRPC server: it speaks HTTP/2 only.\n"))
      #expect(client.isClosed)
      #expect(client.count(.foreignProtocol) == 1)
      #expect(client.log.lines.contains { $0.text.contains("the client speaks HTTP/1 on this port") })
    }
  }

  @Test func tlsOnThePlaintextPortIsNamed() throws {
    let client = try RawClient()
    // The beginning of a ClientHello.
    client.send([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03] + Array(repeating: 7, count: 200))
    #expect(client.frames.first?.kind == .settings)
    #expect(client.goAwayCode == .inadequateSecurity)
    #expect(client.isClosed)
    #expect(
      client.log.lines.contains { $0.text.contains("the client speaks TLS on this port, which was not expected") })
  }

  @Test(arguments: [0, 5, 24, 30])
  func aClientMustBringItsSettingsInTime(byteCount: Int) throws {
    let client = try RawClient()
    client.send(Array((Frame.clientPreface + Frame.settings().bytes).prefix(byteCount)))
    client.advance(by: .seconds(19))
    #expect(!client.isClosed)
    client.advance(by: .seconds(1))
    #expect(client.isClosed)
    #expect(client.count(.handshakeTimeout) == 1)
  }

  @Test func aPrefaceByteByByteIsTakenAndEndsTheTimer() throws {
    let client = try RawClient()
    for byte in Frame.clientPreface + Frame.settings().bytes { client.send([byte]) }
    client.advance(by: .minutes(10))
    #expect(!client.isClosed)
    #expect(client.frames.first?.kind == .settings)
  }

  @Test func headersThatDoNotEndCloseTheConnection() throws {
    let client = try RawClient.established(register: Self.notes)
    client.send(.headers(1, RawClient.request(), endHeaders: false))
    client.advance(by: .seconds(15))
    client.send(.continuation(1, [("a", "b")], endHeaders: false))
    client.advance(by: .seconds(4))
    #expect(!client.isClosed)
    client.advance(by: .seconds(1))
    #expect(client.isClosed)
    #expect(client.faults.counts == [.slowHeaders: 1])
  }

  @Test func headersThatEndInTimeAreTaken() throws {
    let client = try RawClient.established(register: Self.notes)
    for stream in [Int32(1), 3] {
      client.send(.headers(stream, RawClient.request(), endHeaders: false))
      client.advance(by: .seconds(19))
      client.send(.continuation(stream, [("a", "b")], endHeaders: true))
      client.advance(by: .seconds(19))
    }
    #expect(!client.isClosed)
  }

  // MARK: Floods

  /// A flood, and the frames of one turn of it.
  struct Flood: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var fault = ConnectionFault.flood
    var frames: @Sendable (_ turn: Int32) -> [Frame]
  }

  static let floods: [Flood] = [
    Flood(testDescription: "rapid resets") {
      [.headers(2 * $0 + 3, RawClient.request("Join")), .reset(2 * $0 + 3, 8)]
    },
    Flood(testDescription: "requests that are malformed") { [.headers(2 * $0 + 3, [("Upper", "case")])] },
    Flood(testDescription: "window overflows") {
      [.headers(2 * $0 + 3, RawClient.request("Join")), .windowUpdate(2 * $0 + 3, 0x7fff_ffff)]
    },
    Flood(testDescription: "SETTINGS") { _ in [.settings([(4, 100)])] },
    Flood(testDescription: "PING", fault: .tooManyPings) { [.ping(UInt64($0))] },
    Flood(testDescription: "answers to PINGs that were not sent") { [.ping(UInt64($0), ack: true)] },
    Flood(testDescription: "empty DATA") { _ in [.data(1, [])] },
    Flood(testDescription: "DATA of nothing but padding") { _ in
      [Frame(kind: .data, flags: 0x8, stream: 1, payload: [3, 0, 0, 0])]
    },
    Flood(testDescription: "WINDOW_UPDATE") { _ in [.windowUpdate(0, 1)] },
    Flood(testDescription: "GOAWAY") { _ in [.goAway(last: 0, 0)] },
  ]

  @Test(arguments: floods)
  func aFloodEndsTheConnectionAndIsCountedOnce(flood: Flood) throws {
    var http2 = ServerTransport.Config.HTTP2()
    http2.wastefulFramesBurst = 50
    http2.wastefulFramesPerSecond = 0
    let client = try RawClient.established(http2: http2, register: Self.notes)
    client.send(.headers(1, RawClient.request("Join")))
    var turns: Int32 = 0
    while !client.isClosed, turns < 1000 {
      for frame in flood.frames(turns) { client.send(frame) }
      turns += 1
    }
    #expect(client.isClosed)
    #expect(client.goAwayCode == .enhanceYourCalm)
    #expect(turns <= 80)
    #expect(client.faults.counts == [flood.fault: 1])
    #expect(client.log.lines.count { $0.text.hasPrefix("connection fault") } == 1)
  }

  @Test func windowUpdatesAndPingsForWhatWasSentAreNoFlood() throws {
    var http2 = ServerTransport.Config.HTTP2()
    http2.wastefulFramesBurst = 5
    http2.wastefulFramesPerSecond = 0
    let client = try RawClient.established(http2: http2, register: Self.notes)
    for turn in 0..<Int32(200) {
      client.send(.headers(2 * turn + 1, RawClient.request()), .data(2 * turn + 1, [0, 0, 0, 0, 0], endStream: true))
      client.send(.windowUpdate(0, 5), .windowUpdate(0, 5), .ping(1))
    }
    #expect(!client.isClosed)
  }

  @Test func framesThatMeanNothingAreSkipped() throws {
    let client = try RawClient.established(register: Self.notes)
    for turn in 0..<Int32(5000) {
      client.send(Frame(kind: .priority, stream: 2 * turn + 101, payload: [0, 0, 0, 0, 1]).bytes)
      client.send([0, 0, 1, 0xfa, 0, 0, 0, 0, 0, 7])
    }
    client.send(.headers(1, RawClient.request()), .data(1, [0, 0, 0, 0, 0], endStream: true))
    #expect(client.frames.contains { $0.kind == .headers && $0.isEndOfStream })
    #expect(client.faults.counts == [:])
  }

  @Test func answersThatAreNotReadEndTheConnection() throws {
    var http2 = ServerTransport.Config.HTTP2()
    http2.maxQueuedAcknowledgements = 10
    let client = try RawClient.established(http2: http2)
    client.reads = false
    for _ in 0..<100 { client.send(.settings()) }
    // Nor does it read the GOAWAY.
    #expect(!client.isClosed)
    client.advance(by: .seconds(10))
    #expect(client.isClosed)
    #expect(client.count(.flood) == 1)
  }

  @Test(arguments: [0, 16000])
  func endlessContinuationEndsTheConnection(byteCount: Int) throws {
    let client = try RawClient.established(register: Self.notes)
    client.send(.headers(1, RawClient.request(), endHeaders: false))
    var count = 0
    while !client.isClosed, count < 1000 {
      let fields = byteCount == 0 ? [] : [("x", String(repeating: "y", count: byteCount))]
      client.send(.continuation(1, fields, endHeaders: false))
      count += 1
    }
    #expect(client.isClosed)
    #expect(count < 100)
  }

  // MARK: Header compression

  @Test func aHeaderBombIsAnsweredWith431AndTheConnectionGoesOn() throws {
    let client = try RawClient.established(register: Self.notes)
    // A 4,000 byte value enters the table once and is named 2,000 times by one byte each: 8 MB.
    var block = HPACK.literals(RawClient.request())
    block += [0x40, 1, UInt8(ascii: "k"), 0x7f, 0xa1, 0x1e] + Array(repeating: UInt8(ascii: "v"), count: 4000)
    block += Array(repeating: 0x80 | 62, count: 2000)
    client.send(Frame(kind: .headers, flags: Frame.endHeaders | Frame.endStream, stream: 1, payload: block))
    #expect(client.frames.contains { $0.kind == .headers && $0.stream == 1 && $0.isEndOfStream })
    client.send(.headers(3, RawClient.request()), .data(3, [0, 0, 0, 0, 0], endStream: true))
    #expect(client.frames.contains { $0.kind == .headers && $0.stream == 3 && $0.isEndOfStream })
    #expect(!client.isClosed)
  }

  @Test(
    arguments: [
      // A table of 1 GiB, an index that is not there, a Huffman code cut short, an integer that never ends.
      [0x3f, 0xe1, 0xff, 0xff, 0xff, 0x03], [0xff, 0xff, 0x03], [0x00, 0x81, 0xff, 0x81, 0x00],
      [0x7f] + Array(repeating: 0xff, count: 20),
    ] as [[UInt8]])
  func damagedHeaderCompressionEndsTheConnection(block: [UInt8]) throws {
    let client = try RawClient.established(register: Self.notes)
    client.send(Frame(kind: .headers, flags: Frame.endHeaders | Frame.endStream, stream: 1, payload: block))
    #expect(client.isClosed)
    #expect(client.goAwayCode == .compressionError)
    #expect(client.count(.protocolViolation) == 1)
  }

  // MARK: Windows and bodies

  @Test func aWindowThatNeverOpensBoundsTheMemoryOfEachStream() throws {
    let written = Record<Int>()
    let client = try RawClient.established(settings: [(4, 0)]) { router in
      router.registerServerStreaming(testMethod("List")) {
        (_: Note, writer: RPCWriter<Note>, _: ServerContext) in
        while true {
          try await writer.write(.with { $0.value = String(repeating: "x", count: 1000) })
          written.add(1)
        }
      }
    }
    for stream in 0..<Int32(50) {
      client.send(
        .headers(2 * stream + 1, RawClient.request("List")), .data(2 * stream + 1, [0, 0, 0, 0, 0], endStream: true))
    }
    // 64 KiB and the message that reached them.
    #expect(written.values.count <= 50 * 67)
    #expect(!client.frames.contains { $0.kind == .data })
    client.channel.pipeline.fireChannelInactive()
    client.loop.run()
  }

  @Test func prefixesThatLieReserveNothing() throws {
    let client = try RawClient.established(register: Self.notes)
    for stream in 0..<Int32(100) {
      client.send(.headers(2 * stream + 1, RawClient.request("Join")))
      client.send(.data(2 * stream + 1, [0, 0x00, 0x3f, 0xff, 0xff, 1]))
    }
    #expect(!client.isClosed)
    // One byte more than the limit is refused before any of the message has come.
    client.send(.headers(201, RawClient.request("Join")), .data(201, [0, 0x00, 0x40, 0x00, 0x01]))
    #expect(client.frames.contains { $0.kind == .headers && $0.stream == 201 && $0.isEndOfStream })
  }

  @Test func streamsThatAreNeverFinishedAreLimited() throws {
    var http2 = ServerTransport.Config.HTTP2()
    http2.maxConcurrentStreams = 10
    let client = try RawClient.established(http2: http2, register: Self.notes)
    for stream in 0..<Int32(12) { client.send(.headers(2 * stream + 1, RawClient.request("Join"))) }
    #expect(client.frames.filter { $0.kind == .reset } == [.reset(21, 7), .reset(23, 7)])
    #expect(!client.isClosed)
    // The streams that it has are as before.
    client.send(.data(1, try ScriptedClient.frame("x"), endStream: true))
    #expect(client.frames.contains { $0.kind == .headers && $0.stream == 1 && $0.isEndOfStream })
  }

  @Test func moreThanTheWindowEndsTheStreamOrTheConnection() throws {
    var http2 = ServerTransport.Config.HTTP2()
    http2.targetWindowSize = 100
    let client = try RawClient.established(http2: http2) { router in
      router.registerClientStreaming(testMethod("Join")) { (_: RPCAsyncSequence<Note, any Error>, _: ServerContext) in
        try await Task.sleep(for: .seconds(3600))
        return Note()
      }
    }
    client.send(.headers(1, RawClient.request("Join")), .data(1, Array(repeating: 0, count: 101)))
    #expect(
      client.isClosed
        || client.frames.contains {
          $0.kind == .reset && $0.number == HTTP2ErrorCode.flowControlError.rawValue
        })
    client.channel.pipeline.fireChannelInactive()
    client.loop.run()
  }

  // MARK: The log

  @Test func eachKindOfFaultIsLoggedOnceAMinuteWithTheNumberOfTheOthers() {
    let log = RecordingLogHandler.Log()
    let faults = ConnectionFaultLog(logger: .init(label: "test") { _ in RecordingLogHandler(log: log) })
    func note(at second: UInt64, _ fault: ConnectionFault = .foreignProtocol) {
      faults.note(fault, reason: "r", peer: "p", now: .uptimeNanoseconds(second * 1_000_000_000))
    }
    for second in UInt64(1)...60 { note(at: second) }
    note(at: 30, .flood)
    note(at: 61)
    let loud = log.lines.filter { $0.level > .trace }.map(\.text)
    #expect(
      loud == [
        "connection fault grpc.fault=not HTTP/2 grpc.peer=p reason=r",
        "connection fault grpc.fault=flood grpc.peer=p reason=r",
        "connection fault grpc.fault=not HTTP/2 grpc.faults_not_logged=59 grpc.peer=p reason=r",
      ])
    #expect(faults.counts == [.foreignProtocol: 61, .flood: 1])
  }
}
