import Logging
import NIOCore
import NIOEmbedded
import SwiftGRPCHTTP2
import SwiftGRPCProtobuf
import Synchronization

@testable import SwiftGRPC

/// A message with bytes of the test's choice.
typealias Note = Google_Protobuf_StringValue

/// The name of a method of the tests' service.
func testMethod(_ name: String) -> MethodDescriptor {
  MethodDescriptor(fullyQualifiedService: "test.Notes", method: name)
}

/// One call as its client sees it: what arrived on its stream.
final class ScriptedCall: HTTP2Stream {
  private(set) var headers: HeaderBlock?
  private(set) var trailers: HeaderBlock?
  private(set) var body: [UInt8] = []
  private(set) var resetCode: HTTP2ErrorCode?
  private(set) var isClosed = false
  private(set) var isEnded = false

  /// Whether received bytes open the window again at once.
  var readsAtOnce = true

  func received(_ event: HTTP2Event, _ session: HTTP2Session) {
    switch event {
    case .headers(_, let block, let endStream):
      self.headers = block
      if endStream { self.end(block) }
    case .trailers(_, let block):
      self.end(block)
    case .data(_, let bytes):
      self.body += bytes
      if self.readsAtOnce { session.consume(bytes.count, on: self) }
    case .endOfStream: self.isEnded = true
    case .reset(_, let code): self.resetCode = code
    case .closed: self.isClosed = true
    default: break
    }
  }

  private func end(_ block: HeaderBlock) {
    self.isEnded = true
    self.trailers = block
  }

  var httpStatus: Int? { self.headers?.status }
  var status: String? { self.trailers?.first(named: "grpc-status") }
  var statusMessage: String? { self.trailers?.first(named: "grpc-message") }

  /// Whether one header list was the whole answer.
  var isTrailersOnly: Bool { self.trailers?.status != nil }

  /// The texts of the whole messages that arrived.
  var notes: [String] {
    self.frames.map { (try? Note(serializedBytes: $0.message))?.value ?? "?" }
  }

  /// The whole messages that arrived, each with its flag.
  var frames: [(flag: UInt8, message: [UInt8])] {
    var frames: [(UInt8, [UInt8])] = []
    var rest = self.body[...]
    while rest.count >= 5, let flag = rest.first {
      let length = rest.dropFirst().prefix(4).reduce(0) { $0 << 8 | Int($1) }
      guard rest.count >= 5 + length else { break }
      frames.append((flag, [UInt8](rest.dropFirst(5).prefix(length))))
      rest = rest.dropFirst(5 + length)
    }
    return frames
  }
}

/// A server's connection in memory, and the client's end of it as a bare HTTP/2 session that a test drives step by step.
///
/// Everything runs on the test's thread: time passes by ``advance(by:)``, bytes move by ``exchange()``.
final class ScriptedClient {
  let loop = EmbeddedEventLoop()
  let executor: LoopExecutor
  let channel: EmbeddedChannel
  let session: HTTP2Session
  let server: HTTP2Session
  let connection: ServerConnection
  let log = RecordingLogHandler.Log()
  let faults: ConnectionFaultLog

  /// What happened on the connection itself.
  private(set) var connectionEvents: [HTTP2Event] = []
  private(set) var serverHasClosed = false

  /// How many times the server has written to its channel.
  private(set) var writeCount = 0

  /// Whether the client neither hears nor says anything any more.
  var isCut = false

  private var calls: [ScriptedCall] = []

  init(
    clientConfiguration: HTTP2Configuration = .init(), serverConfiguration: HTTP2Configuration = .init(),
    maxRequestMessageBytes: Int = 4 << 20, connection config: ServerTransport.Config.Connection = .withoutProbes,
    interceptors: [any ServerInterceptor] = [], execution: HandlerExecution = .onLoop,
    compression: ServerTransport.Config.Compression = .defaults,
    register: (inout RPCRouter) -> Void
  ) throws {
    self.executor = LoopExecutor(eventLoop: self.loop)
    self.session = try HTTP2Session(role: .client, configuration: clientConfiguration)
    self.server = try HTTP2Session(role: .server, configuration: serverConfiguration, streamType: ServerCall.self)
    var router = RPCRouter()
    register(&router)
    router.registerInterceptors(pipeline: interceptors.map { .apply($0, to: .all) })
    let log = self.log
    let logger = Logger(label: "test") { _ in RecordingLogHandler(log: log) }
    self.faults = ConnectionFaultLog(logger: logger)
    self.connection = ServerConnection(
      executor: self.executor, methods: router.makeTable { _ in execution },
      maxRequestMessageBytes: maxRequestMessageBytes,
      compression: CompressionSupport(algorithm: compression.algorithm, enabled: compression.enabledAlgorithms),
      config: config, logger: logger, callLogLevel: .debug, faults: self.faults
    ) { _ in }
    self.channel = EmbeddedChannel(loop: self.loop)
    let driver = ConnectionDriver(executor: self.executor, session: self.server, tls: nil, handler: self.connection)
    self.connection.attach(driver)
    try self.channel.pipeline.syncOperations.addHandler(driver)
    try self.channel.connect(to: NIOCore.SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    self.exchange()
  }

  /// Sends a request's headers.
  func open(
    _ method: String, headers: [(String, String)] = [], contentType: String = "application/grpc",
    httpMethod: String = "POST", endStream: Bool = false
  ) throws -> ScriptedCall {
    var fields = HeaderFields()
    fields.add(name: ":method", value: httpMethod)
    fields.add(name: ":scheme", value: "http")
    fields.add(name: ":path", value: "/test.Notes/\(method)")
    fields.add(name: ":authority", value: "test")
    fields.add(name: "te", value: "trailers")
    fields.add(name: "content-type", value: contentType)
    for (name, value) in headers {
      fields.add(name: name, value: value)
    }
    let call = ScriptedCall()
    self.calls.append(call)
    try self.session.submitRequest(fields, on: call, endStream: endStream)
    return call
  }

  /// Sends raw bytes of the body.
  func send(_ bytes: [UInt8], on call: ScriptedCall, end: Bool = false) {
    bytes.withUnsafeBytes { call.outbound.append(copying: $0) }
    self.session.outboundDidGrow(call)
    if end { self.session.finishOutbound(call) }
  }

  /// Sends one message.
  func send(_ text: String, on call: ScriptedCall, end: Bool = false) throws {
    self.send(try Self.frame(text), on: call, end: end)
  }

  /// A whole call: sends a request of these messages and lets both sides work until nothing moves.
  func call(_ method: String, _ messages: String..., headers: [(String, String)] = []) throws -> ScriptedCall {
    let call = try self.open(method, headers: headers)
    for message in messages { try self.send(message, on: call) }
    self.session.finishOutbound(call)
    self.exchange()
    return call
  }

  static func frame(_ text: String) throws -> [UInt8] {
    let message: [UInt8] = try Note.with { $0.value = text }.serializedBytes()
    return Self.prefix(message.count) + message
  }

  static func prefix(_ count: Int, flag: UInt8 = 0) -> [UInt8] {
    [flag, UInt8(count >> 24 & 0xFF), UInt8(count >> 16 & 0xFF), UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF)]
  }

  /// Moves bytes both ways, and runs the loop, until nothing moves.
  func exchange() {
    var moved = true
    while moved {
      moved = self.moveToServer()
      self.loop.run()
      moved = self.moveToClient() || moved
    }
  }

  /// Lets time pass for the server.
  func advance(by time: TimeAmount) {
    self.loop.advanceTime(by: time)
    self.exchange()
  }

  /// Sends bytes as they are, whatever the session would say to them.
  func sendRaw(_ bytes: [UInt8]) {
    _ = try? self.channel.writeInbound(ByteBuffer(bytes: bytes))
    self.exchange()
  }

  /// Breaks the connection.
  func loseConnection() {
    self.channel.pipeline.fireChannelInactive()
    self.loop.run()
  }

  private func moveToServer() -> Bool {
    var buffer = ByteBuffer()
    let count =
      (try? buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 65536) { try self.session.writeOutput(into: $0) })
      ?? 0
    self.takeEvents()
    guard count > 0, !self.serverHasClosed, !self.isCut else { return false }
    _ = try? self.channel.writeInbound(buffer)
    return true
  }

  private func moveToClient() -> Bool {
    var moved = false
    while let buffer = try? self.channel.readOutbound(as: ByteBuffer.self) {
      guard buffer.readableBytes > 0, !self.isCut else { continue }
      moved = true
      self.writeCount += 1
      buffer.withUnsafeReadableBytes { bytes in
        _ = try? self.session.receive(bytes)
        self.takeEvents()
      }
    }
    self.serverHasClosed = !self.channel.isActive
    return moved
  }

  private func takeEvents() {
    var events: [HTTP2Event] = []
    self.session.takeEvents(into: &events)
    for event in events {
      switch event {
      case .headers(let stream, _, _), .trailers(let stream, _), .data(let stream, _), .endOfStream(let stream),
        .reset(let stream, _), .closed(let stream, _), .outboundDrained(let stream), .headersTooLarge(let stream, _, _):
        (stream as? ScriptedCall)?.received(event, self.session)
      case .goAway, .settings, .ping:
        self.connectionEvents.append(event)
      }
    }
  }

  deinit {
    _ = try? self.channel.finish(acceptAlreadyClosed: true)
  }
}

/// Keeps what was logged.
struct RecordingLogHandler: LogHandler {
  final class Log: Sendable {
    private let storage = Mutex<[(Logger.Level, String)]>([])

    var lines: [(level: Logger.Level, text: String)] { self.storage.withLock { $0.map { ($0.0, $0.1) } } }

    func append(_ level: Logger.Level, _ text: String) {
      self.storage.withLock { $0.append((level, text)) }
    }
  }

  let log: Log
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.trace

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { self.metadata[key] }
    set { self.metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let all = self.metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
    let fields = all.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    self.log.append(event.level, "\(event.message) \(fields)")
  }
}

/// A place where a handler waits until the test lets it go on.
final class Gate: Sendable {
  private struct State {
    var isOpen = false
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  func open() {
    let waiters = self.state.withLock { state in
      state.isOpen = true
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  func wait() async {
    await withCheckedContinuation { continuation in
      let isOpen = self.state.withLock { state in
        if !state.isOpen { state.waiters.append(continuation) }
        return state.isOpen
      }
      if isOpen { continuation.resume() }
    }
  }
}

/// What a handler has seen, for the test to look at.
final class Record<Value: Sendable>: Sendable {
  private let storage = Mutex<[Value]>([])

  var values: [Value] { self.storage.withLock { $0 } }

  func add(_ value: Value) {
    self.storage.withLock { $0.append(value) }
  }

  /// Forgets everything; ends the circle of a handler that keeps what refers to it.
  func removeAll() {
    self.storage.withLock { $0.removeAll() }
  }
}

extension ServerTransport.Config.Connection {
  /// The defaults without keepalive. Deadlines are instants of the machine's clock, which may be hours ahead of a test's
  /// own: a loop that goes on to one would find that the client has not answered for as long.
  fileprivate static var withoutProbes: Self {
    var config = Self()
    config.keepalive.time = nil
    return config
  }
}
