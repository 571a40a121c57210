import SwiftGRPCHTTP2

/// Sessions that read an input, with a user who answers, writes, resets and consumes as the input says.
///
/// Every stream that was shown must end once, and nothing may be said of it afterwards.
enum SessionFuzzing {
  static func run(_ input: inout FuzzInput, asFrames: Bool) {
    let choice = input.byte()
    let role: HTTP2Session.Role = choice & 1 == 0 ? .server : .client
    var configuration = HTTP2Configuration()
    configuration.maxConcurrentStreams = choice & 2 == 0 ? 3 : nil
    configuration.initialStreamWindowBytes = choice & 4 == 0 ? 1000 : 65_535
    configuration.maxHeaderListBytes = 1000
    configuration.wastefulFramesBurst = 100
    configuration.wastefulFramesPerSecond = 0
    guard let session = try? HTTP2Session(role: role, configuration: configuration) else {
      preconditionFailure("the configuration is refused")
    }
    var user = SessionUser(session)
    if role == .client { for _ in 0..<3 { user.request(endsStream: choice & 8 == 0) } }
    if choice & 16 == 0 || asFrames {
      user.receives((role == .server ? Frame.clientPreface : []) + Frame.settings().bytes + Frame.settingsAck.bytes)
    }
    while !input.isEmpty, !user.hasFailed {
      if asFrames {
        user.receives(Self.frame(from: &input).bytes)
      } else {
        let size = Int(input.byte())
        user.receives(input.take(size == 255 ? 4096 : size))
      }
      user.act(input.byte())
    }
    user.close()
  }

  /// A frame of right structure: its kind, flags, stream and payload are the input's.
  private static func frame(from input: inout FuzzInput) -> Frame {
    let kind = Frame.Kind(rawValue: input.byte() % 10) ?? .data
    let flags = input.byte()
    let stream = Int32(input.byte() % 16)
    switch kind {
    case .headers, .continuation:
      return Frame(kind: kind, flags: flags, stream: stream, payload: Self.headers(from: &input))
    case .ping:
      return Frame(kind: kind, flags: flags & 1, payload: Self.padded(input.take(8), to: 8))
    case .windowUpdate, .reset:
      return Frame(kind: kind, stream: stream, payload: Self.padded(input.take(4), to: 4))
    case .settings:
      let count = Int(input.byte() % 4)
      let settings = (0..<count).flatMap { _ -> [UInt8] in [0, input.byte() % 10] + Self.padded(input.take(4), to: 4) }
      return Frame(kind: kind, payload: settings)
    case .goAway:
      return Frame(
        kind: kind, payload: [0, 0, 0, input.byte(), 0, 0, 0, input.byte()] + input.take(Int(input.byte() % 20)))
    case .priority:
      return Frame(kind: kind, stream: stream, payload: Self.padded(input.take(5), to: 5))
    case .data, .pushPromise:
      return Frame(kind: kind, flags: flags, stream: stream, payload: input.take(Int(input.byte()) * 8))
    }
  }

  /// A header block: one that gRPC could send, with fields of the input's, or any bytes.
  private static func headers(from input: inout FuzzInput) -> [UInt8] {
    let choice = input.byte()
    let request = [
      (":method", "POST"), (":scheme", "http"), (":path", "/a.B/C"), (":authority", "a"), ("te", "trailers"),
      ("content-type", "application/grpc"),
    ]
    let response = [(":status", choice & 8 == 0 ? "200" : "100"), ("content-type", "application/grpc")]
    switch choice % 4 {
    case 0: return HPACK.literals(request) + input.take(Int(choice) / 4)
    case 1: return HPACK.literals(response) + input.take(Int(choice) / 4)
    case 2: return HPACK.literals([("grpc-status", "\(choice / 4)")])
    default: return input.take(Int(choice))
    }
  }

  private static func padded(_ bytes: [UInt8], to count: Int) -> [UInt8] {
    bytes + Array(repeating: 0, count: count - bytes.count)
  }
}

/// The user of a fuzzed session.
private struct SessionUser {
  private let session: HTTP2Session
  private var streams: [ObjectIdentifier: HTTP2Stream] = [:]
  private var closed: [ObjectIdentifier: HTTP2Stream] = [:]
  private var events: [HTTP2Event] = []
  private(set) var hasFailed = false

  init(_ session: HTTP2Session) {
    self.session = session
  }

  private static let request = Self.fields([
    (":method", "POST"), (":scheme", "http"), (":path", "/a.B/C"), (":authority", "a"), ("te", "trailers"),
  ])

  private static let response = Self.fields([(":status", "200"), ("content-type", "application/grpc")])

  private static let trailers = Self.fields([("grpc-status", "0")])

  private static func fields(_ fields: [(String, String)]) -> HeaderFields {
    var list = HeaderFields()
    for (name, value) in fields { list.add(name: name, value: value) }
    return list
  }

  mutating func request(endsStream: Bool) {
    let stream = HTTP2Stream()
    self.streams[ObjectIdentifier(stream)] = stream
    do {
      try self.session.submitRequest(Self.request, on: stream, endStream: endsStream)
    } catch {
      preconditionFailure("a request is refused: \(error)")
    }
  }

  mutating func receives(_ bytes: [UInt8]) {
    // Memory of its own, so that the address sanitizer sees who reads it later.
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    copy.copyBytes(from: bytes)
    do {
      try self.session.receive(UnsafeRawBufferPointer(copy))
    } catch {
      self.hasFailed = true
    }
    self.takeEvents()
    copy.deallocate()
  }

  /// Does something to a stream, and writes.
  mutating func act(_ choice: UInt8) {
    let isServer = self.session.role == .server
    if let stream = self.streams.values.max(by: { $0.id < $1.id }) {
      switch choice % 8 {
      case 0 where isServer: try? self.session.submitHeaders(Self.response, on: stream, endStream: choice & 8 == 0)
      case 1:
        stream.outbound.append(copying: UnsafeRawBufferPointer(start: nil, count: 0))
        Array(repeating: UInt8(1), count: Int(choice) * 50).withUnsafeBytes { stream.outbound.append(copying: $0) }
        self.session.outboundDidGrow(stream)
      case 2: self.session.consume(Int(choice) * 10, on: stream)
      case 3: self.session.reset(stream, code: .cancel)
      case 4: try? self.session.submitTrailers(Self.trailers, on: stream)
      case 5: self.session.finishOutbound(stream)
      case 6: self.session.ping(UInt64(choice))
      default: break
      }
      self.takeEvents()
    }
    if choice & 0x80 == 0 { self.write(room: choice & 0x40 == 0 ? 10 : 4096) }
  }

  mutating func close() {
    self.write(room: 65_536)
    self.session.failAllStreams(code: .connectError)
    self.takeEvents()
    precondition(self.streams.isEmpty, "a stream has no end")
    precondition(self.session.openStreamCount == 0, "a stream is left")
  }

  private mutating func write(room: Int) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: room, alignment: 1)
    defer { buffer.deallocate() }
    do {
      for _ in 0..<10 where try self.session.writeOutput(into: buffer) < room { break }
    } catch {
      self.hasFailed = true
    }
    self.takeEvents()
  }

  private mutating func takeEvents() {
    self.session.takeEvents(into: &self.events)
    for event in self.events {
      switch event {
      case .headers(let stream, let block, _):
        self.note(stream, isNew: true)
        _ = block.description
      case .headersTooLarge(let stream, _, _): self.note(stream, isNew: true)
      case .trailers(let stream, let block):
        self.note(stream)
        _ = block.description
      case .data(let stream, let bytes):
        self.note(stream)
        _ = bytes.reduce(0, &+)
      case .endOfStream(let stream), .reset(let stream, _), .outboundDrained(let stream): self.note(stream)
      case .closed(let stream, _):
        self.note(stream)
        self.streams[ObjectIdentifier(stream)] = nil
        self.closed[ObjectIdentifier(stream)] = stream
      case .goAway, .settings, .ping: break
      }
    }
  }

  private mutating func note(_ stream: HTTP2Stream, isNew: Bool = false) {
    let id = ObjectIdentifier(stream)
    precondition(self.closed[id] == nil, "something is said of a stream that has ended")
    if isNew, self.session.role == .server { self.streams[id] = stream }
    precondition(self.streams[id] != nil, "something is said of a stream that nobody knows")
  }
}
