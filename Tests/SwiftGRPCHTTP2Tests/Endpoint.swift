@testable import SwiftGRPCHTTP2

/// What a session said, with its bytes copied.
enum Seen: Equatable {
  case headers(Int32, [String], endStream: Bool)
  case trailers(Int32, [String])
  case headersTooLarge(Int32, endStream: Bool)
  case data(Int32, [UInt8])
  case endOfStream(Int32)
  case reset(Int32, HTTP2ErrorCode)
  case closed(Int32, HTTP2ErrorCode)
  case outboundDrained(Int32)
  case goAway(Int32, HTTP2ErrorCode, String)
  case settings
  case ping(ack: Bool, UInt64)
}

/// A session with the events it said, and the streams it showed.
final class Endpoint {
  let session: HTTP2Session
  private(set) var seen: [Seen] = []
  private(set) var streams: [Int32: HTTP2Stream] = [:]
  private var events: [HTTP2Event] = []
  private let decoder = HPACKDecoder()

  init(_ role: HTTP2Session.Role, _ configuration: HTTP2Configuration = .init()) throws {
    session = try HTTP2Session(role: role, configuration: configuration)
  }

  /// A session that has exchanged SETTINGS with a scripted peer, with nothing left to say.
  static func established(
    _ role: HTTP2Session.Role, _ configuration: HTTP2Configuration = .init(), peerSettings: [(UInt16, UInt32)] = []
  ) throws -> Endpoint {
    let endpoint = try Endpoint(role, configuration)
    if role == .server { try endpoint.receives(Frame.clientPreface) }
    try endpoint.receives(.settings(peerSettings), .settingsAck)
    _ = try endpoint.writes()
    endpoint.forget()
    return endpoint
  }

  func receives(_ frames: Frame...) throws {
    try receives(frames.flatMap(\.bytes))
  }

  func receives(_ bytes: [UInt8]) throws {
    // A copy that is freed again: whoever reads it later is caught by the address sanitizer.
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    copy.copyBytes(from: bytes)
    defer {
      note()
      copy.deallocate()
    }
    try session.receive(UnsafeRawBufferPointer(copy))
  }

  /// Everything that the session has to write, taken through a buffer of `room` bytes.
  func writes(room: Int = 65536) throws -> [UInt8] {
    var all: [UInt8] = []
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: room, alignment: 1)
    defer {
      buffer.deallocate()
      note()
    }
    while true {
      let count = try session.writeOutput(into: buffer)
      all += buffer[..<count]
      if count < room { return all }
    }
  }

  func writesFrames(room: Int = 65536) throws -> [Frame] {
    Frame.parse(try writes(room: room))
  }

  func decode(_ frame: Frame) -> [String] {
    decoder.decode(frame.payload)
  }

  func forget() {
    seen = []
  }

  func forgetStreams() {
    streams = [:]
    events = []
    session.takeEvents(into: &events)
    events = []
  }

  /// Copies the events; also to be called after a command.
  func note() {
    session.takeEvents(into: &events)
    for event in events {
      switch event {
      case .headers(let stream, let block, let endStream):
        streams[stream.id] = stream
        seen.append(.headers(stream.id, block.lines, endStream: endStream))
      case .trailers(let stream, let block): seen.append(.trailers(stream.id, block.lines))
      case .headersTooLarge(let stream, _, let endStream):
        streams[stream.id] = stream
        seen.append(.headersTooLarge(stream.id, endStream: endStream))
      case .data(let stream, let bytes): seen.append(.data(stream.id, Array(bytes)))
      case .endOfStream(let stream): seen.append(.endOfStream(stream.id))
      case .reset(let stream, let code): seen.append(.reset(stream.id, code))
      case .closed(let stream, let code): seen.append(.closed(stream.id, code))
      case .outboundDrained(let stream): seen.append(.outboundDrained(stream.id))
      case .goAway(let last, let code, let debug):
        seen.append(.goAway(last, code, String(decoding: debug, as: UTF8.self)))
      case .settings: seen.append(.settings)
      case .ping(let ack, let payload): seen.append(.ping(ack: ack, payload))
      }
    }
  }

  /// Submits a request and returns its stream.
  func requests(_ path: String = "/a.B/C", endStream: Bool = false) throws -> HTTP2Stream {
    let stream = HTTP2Stream()
    try session.submitRequest(.request(path), on: stream, endStream: endStream)
    note()
    return stream
  }
}

extension HeaderBlock {
  var lines: [String] { description.split(separator: "\n", omittingEmptySubsequences: true).map(String.init) }
}

extension HeaderFields {
  init(_ fields: [(String, String)]) {
    self.init()
    for (name, value) in fields { add(name: name, value: value) }
  }

  static func request(_ path: String) -> HeaderFields {
    HeaderFields(requestFields(path))
  }

  static var response: HeaderFields {
    var fields = HeaderFields()
    fields.add(":status", "200")
    fields.add("content-type", "application/grpc")
    return fields
  }

  static var ok: HeaderFields {
    var fields = HeaderFields()
    fields.add("grpc-status", "0")
    return fields
  }
}

/// The header list of a request, for both sides of a test.
func requestFields(_ path: String = "/a.B/C") -> [(String, String)] {
  [(":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "localhost"), ("te", "trailers")]
}

let requestLines = requestFields().map { "\($0): \($1)" }
let responseFields = [(":status", "200"), ("content-type", "application/grpc")]
let responseLines = [":status: 200", "content-type: application/grpc"]
