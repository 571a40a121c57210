import Logging
import NIOCore
import SwiftGRPCHTTP2

/// One client's connection: turns its streams into calls, and sends what the calls answer.
///
/// Confined to the loop of its driver, except for the methods whose comment says otherwise.
final class ServerConnection: ConnectionHandler, @unchecked Sendable {
  // Sendable: other threads only call the methods that hop to the loop, which need nothing but the immutable `executor`.

  private let executor: LoopExecutor
  private let methods: MethodTable
  private let maxRequestMessageBytes: Int
  private let compression: CompressionSupport
  private let logger: Logger
  private let onClose: (ServerConnection) -> Void

  @exclusivity(unchecked) private(set) var driver: ConnectionDriver?
  @exclusivity(unchecked) private(set) var info: ServerConnectionInfo

  /// The calls whose streams are open.
  @exclusivity(unchecked) private var calls: [ServerCall] = []
  @exclusivity(unchecked) private var runningHandlers = 0
  @exclusivity(unchecked) private var fields = HeaderFields()
  @exclusivity(unchecked) private var shutdown = Shutdown.no
  @exclusivity(unchecked) private var closeReason: ConnectionCloseReason?

  private enum Shutdown {
    case no
    /// The notice was sent; waiting for its PING to come back, by when every request sent before has arrived.
    case announced
    /// The final GOAWAY was sent.
    case draining
  }

  /// Marks the PING of the shutdown notice.
  private static let shutdownPing: UInt64 = 0x7377_6966_7467_7270

  /// How long the answer to that PING may take.
  private static let shutdownPingTimeout = TimeAmount.seconds(5)

  private static let plainHeaders: HeaderFields = {
    var fields = HeaderFields()
    fields.add(":status", "200")
    fields.add("content-type", "application/grpc")
    return fields
  }()

  private static let okTrailers: HeaderFields = {
    var fields = HeaderFields()
    fields.add("grpc-status", "0")
    return fields
  }()

  init(
    executor: LoopExecutor, methods: MethodTable, maxRequestMessageBytes: Int,
    compression: CompressionSupport, logger: Logger,
    onClose: @escaping (ServerConnection) -> Void
  ) {
    self.executor = executor
    self.methods = methods
    self.maxRequestMessageBytes = maxRequestMessageBytes
    self.compression = compression
    self.logger = logger
    self.onClose = onClose
    self.info = ServerConnectionInfo(
      executor: executor, remotePeer: "", localPeer: "", isSecure: false, peerCertificate: nil,
      maxRequestMessageBytes: maxRequestMessageBytes, compression: compression, logger: logger
    )
  }

  /// Names the driver. Before it exists ``closeNow()`` does nothing.
  func attach(_ driver: ConnectionDriver) {
    self.driver = driver
  }

  // MARK: ConnectionHandler

  func connectionDidBecomeReady(_ driver: ConnectionDriver) {
    self.driver = driver
    self.info = ServerConnectionInfo(
      executor: self.executor, remotePeer: driver.remoteAddress?.peerDescription ?? "unknown",
      localPeer: driver.localAddress?.peerDescription ?? "unknown", isSecure: driver.isSecure,
      peerCertificate: driver.peerCertificate, maxRequestMessageBytes: self.maxRequestMessageBytes,
      compression: self.compression, logger: self.logger
    )
    self.executor.slowSegmentObservers[ObjectIdentifier(self)] = { [unowned self] job, nanoseconds in
      // Removed when the connection closes.
      self.reportSlowJob(job, nanoseconds: nanoseconds)
    }
    if case .announced = self.shutdown {
      self.announceShutdown()
    }
  }

  func received(_ events: [HTTP2Event]) {
    var index = 0
    while index < events.count {
      switch events[index] {
      case .headers(let stream, let block, let endStream):
        self.receivedRequest(Self.call(of: stream), block, endStream: endStream)
      case .data(let stream, let bytes):
        var isEnd = false
        if index + 1 < events.count, case .endOfStream(let next) = events[index + 1], next === stream {
          isEnd = true
          index += 1
        }
        Self.call(of: stream).received(bytes, isEnd: isEnd)
      case .endOfStream(let stream), .trailers(let stream, _):
        // A client's trailers have no meaning in gRPC but that of their END_STREAM.
        Self.call(of: stream).receivedEnd()
      case .headersTooLarge(let stream, _, _):
        self.refuse(Self.call(of: stream), httpStatus: 431)
      case .reset(let stream, let code):
        Self.call(of: stream).receivedReset(code)
      case .outboundDrained(let stream):
        Self.call(of: stream).outboundDrained()
      case .closed(let stream, let code):
        self.closed(Self.call(of: stream), code)
      case .ping(let isAcknowledgement, let payload):
        if isAcknowledgement, payload == Self.shutdownPing, case .announced = self.shutdown {
          self.drain()
        }
      case .goAway, .settings:
        break
      }
      index += 1
    }
  }

  func connectionClosed(_ reason: ConnectionCloseReason) {
    self.closeReason = reason
    switch reason {
    case .local, .remote: break
    case .transport, .http2: self.logger.debug("connection closed", metadata: self.logMetadata(reason))
    case .tls, .noHTTP2, .handshakeTimeout: self.logger.info("connection refused", metadata: self.logMetadata(reason))
    }
    self.executor.slowSegmentObservers[ObjectIdentifier(self)] = nil
    self.onClose(self)
  }

  private func logMetadata(_ reason: ConnectionCloseReason) -> Logger.Metadata {
    ["reason": "\(reason)", "grpc.peer": "\(self.driver?.remoteAddress?.peerDescription ?? "unknown")"]
  }

  /// The one place where a stream becomes the call that it is: the session was created with `ServerCall` as its stream type.
  private static func call(of stream: HTTP2Stream) -> ServerCall {
    unsafeDowncast(stream, to: ServerCall.self)
  }

  // MARK: Requests

  private func receivedRequest(_ call: ServerCall, _ block: HeaderBlock, endStream: Bool) {
    call.indexInConnection = self.calls.count
    self.calls.append(call)
    do throws(RequestHeaders.Refusal) {
      let request = try RequestHeaders(reading: block, enabled: self.compression.enabled)
      guard let handler = block.withField(at: request.pathIndex, { _, path in self.methods.handler(forPath: path) })
      else {
        let path = block.first(named: ":path") ?? ""
        throw .rpc(RPCError(code: .unimplemented, message: "there is no method \(path)"))
      }
      call.begin(
        handler, headers: block, timeout: request.timeout, encoding: request.encoding, connection: self,
        isEnd: endStream
      )
    } catch {
      switch error {
      case .http(let status): self.refuse(call, httpStatus: status)
      case .rpc(let error): self.sendTrailersOnly(error.status, metadata: error.metadata, on: call)
      }
    }
  }

  private func refuse(_ call: ServerCall, httpStatus: Int) {
    self.fields.removeAll()
    ResponseHeaders.writeHTTPError(status: httpStatus, to: &self.fields)
    self.submit(on: call) { session throws(HTTP2Error) in
      try session.submitHeaders(self.fields, on: call, endStream: true)
    }
  }

  private func closed(_ call: ServerCall, _ code: HTTP2ErrorCode) {
    let index = call.indexInConnection
    if index >= 0 {
      call.indexInConnection = -1
      let last = self.calls.removeLast()
      if last !== call {
        self.calls[index] = last
        last.indexInConnection = index
      }
    }
    call.streamClosed(self.closeReason.map { "the connection was lost: \($0)" } ?? "the stream was closed with \(code)")
    if case .draining = self.shutdown, self.calls.isEmpty {
      self.driver?.closeAfterFlushing()
    }
  }

  // MARK: What calls ask for

  func handlerStarted() {
    self.runningHandlers += 1
  }

  func handlerEnded() {
    self.runningHandlers -= 1
  }

  /// Opens the window again for bytes that need no reader.
  func drop(_ byteCount: Int, of call: ServerCall) {
    self.driver?.consume(byteCount, on: call)
  }

  /// Sends RST_STREAM.
  func reset(_ call: ServerCall, code: HTTP2ErrorCode) {
    self.driver?.session.reset(call, code: code)
    self.driver?.setNeedsFlush()
  }

  /// Tells the session that a message was queued.
  func outboundDidGrow(_ call: ServerCall) {
    self.driver?.outboundDidGrow(call)
  }

  /// Sends the headers before the messages.
  ///
  /// - Throws: ``RPCError`` with `internalError` if the metadata cannot be sent; nothing was sent then.
  func sendHeaders(metadata: Metadata, encoding: CompressionAlgorithm, on call: ServerCall) throws {
    if metadata.isEmpty, encoding == .none, call.requestEncoding == .none {
      self.sendPlainHeaders(on: call)
      return
    }
    self.fields.removeAll()
    try ResponseHeaders.write(
      encoding: encoding, accepted: self.encodings(toldTo: call), metadata: metadata, to: &self.fields
    )
    self.submit(on: call) { session throws(HTTP2Error) in
      try session.submitHeaders(self.fields, on: call, endStream: false)
    }
  }

  /// Sends headers without metadata.
  func sendPlainHeaders(on call: ServerCall) {
    self.submit(on: call) { session throws(HTTP2Error) in
      try session.submitHeaders(Self.plainHeaders, on: call, endStream: false)
    }
  }

  /// Sends the status `ok` without metadata.
  func sendPlainTrailers(on call: ServerCall) {
    self.submit(on: call) { session throws(HTTP2Error) in
      try session.submitTrailers(Self.okTrailers, on: call)
    }
  }

  /// The encodings to name in the answer: a client that uses one is told of all, others would not use what they learn.
  ///
  /// Spec: `compression.md`: what a client uses without having been told of it is to be in the answer's list.
  private func encodings(toldTo call: ServerCall) -> CompressionAlgorithmSet? {
    call.requestEncoding == .none ? nil : self.compression.enabled
  }

  /// Sends the status after the messages.
  func sendTrailers(_ status: Status, metadata: Metadata, on call: ServerCall) {
    if status == .ok, metadata.isEmpty {
      self.sendPlainTrailers(on: call)
      return
    }
    self.fields.removeAll()
    do throws(RPCError) {
      try Trailers.write(status, metadata: metadata, to: &self.fields)
    } catch {
      self.replaceUnsendable(error, on: call) { error throws(RPCError) in
        try Trailers.write(error, metadata: [:], to: &self.fields)
      }
    }
    self.submit(on: call) { session throws(HTTP2Error) in
      try session.submitTrailers(self.fields, on: call)
    }
  }

  /// Sends the status as the only answer.
  func sendTrailersOnly(_ status: Status, metadata: Metadata, on call: ServerCall) {
    self.fields.removeAll()
    do throws(RPCError) {
      try Trailers.writeTrailersOnly(
        status, accepted: self.encodings(toldTo: call), metadata: metadata, to: &self.fields
      )
    } catch {
      self.replaceUnsendable(error, on: call) { error throws(RPCError) in
        try Trailers.writeTrailersOnly(error, metadata: [:], to: &self.fields)
      }
    }
    self.submit(on: call) { session throws(HTTP2Error) in
      try session.submitHeaders(self.fields, on: call, endStream: true)
    }
  }

  /// Writes the error about metadata that cannot be sent instead of what it was to go with.
  private func replaceUnsendable(
    _ error: RPCError, on call: ServerCall, _ write: (Status) throws(RPCError) -> Void
  ) {
    self.logger.error("metadata cannot be sent", metadata: ["error": "\(error)", "grpc.method": "\(call.descriptor)"])
    self.fields.removeAll()
    do throws(RPCError) {
      try write(error.status)
    } catch {
      assertionFailure("a status without metadata can be sent: \(error)")
    }
  }

  private func submit(on call: ServerCall, _ body: (HTTP2Session) throws(HTTP2Error) -> Void) {
    guard let driver else { return }
    do throws(HTTP2Error) {
      try body(driver.session)
    } catch {
      self.logger.error("cannot answer", metadata: ["error": "\(error)", "grpc.method": "\(call.descriptor)"])
      driver.session.reset(call, code: .internalError)
    }
    driver.setNeedsFlush()
  }

  // MARK: Shutdown

  /// Lets running calls finish and takes no new ones. From any thread.
  ///
  /// First a notice (GOAWAY for the highest stream number) and a PING; when that comes back every request that was on its way has
  /// arrived, and the final GOAWAY names the last one. Spec: RFC 9113, section 6.8.
  func beginGracefulShutdown() {
    self.executor.execute {
      guard case .no = self.shutdown else { return }
      self.shutdown = .announced
      if self.driver != nil, self.closeReason == nil {
        self.announceShutdown()
      }
    }
  }

  private func announceShutdown() {
    guard let driver else { return }
    driver.session.goAway(lastStreamID: .max)
    driver.setNeedsFlush()
    // libnghttp2 sends a PING before everything else that waits, so it has to come after the notice's batch.
    let bound = NIOLoopBound(self, eventLoop: self.executor.eventLoop)
    self.executor.eventLoop.execute { bound.value.sendShutdownPing() }
  }

  private func sendShutdownPing() {
    guard self.closeReason == nil, let driver else { return }
    self.executor.performBatch {
      driver.flush()
      driver.session.ping(Self.shutdownPing)
      driver.setNeedsFlush()
    }
    // A client that takes the notice for its last frame does not answer.
    let bound = NIOLoopBound(self, eventLoop: self.executor.eventLoop)
    self.executor.eventLoop.scheduleTask(in: Self.shutdownPingTimeout) {
      if case .announced = bound.value.shutdown {
        bound.value.executor.performBatch { bound.value.drain() }
      }
    }
  }

  private func drain() {
    self.shutdown = .draining
    guard let driver else { return }
    driver.session.goAway(lastStreamID: nil, code: .noError, debug: "shutting down")
    if self.calls.isEmpty {
      driver.closeAfterFlushing()
    } else {
      driver.setNeedsFlush()
    }
  }

  /// Cancels every call with `unavailable` and closes the connection. From any thread.
  func cancelCallsAndClose() {
    self.executor.execute {
      guard self.closeReason == nil, let driver = self.driver else { return }
      for call in self.calls {
        call.cancelForShutdown()
      }
      driver.session.goAway(lastStreamID: nil, code: .noError, debug: "shut down")
      driver.closeAfterFlushing()
      // A client that does not read cannot hold the server up.
      let bound = NIOLoopBound(driver, eventLoop: self.executor.eventLoop)
      self.executor.eventLoop.assumeIsolated().scheduleTask(in: .seconds(1)) { bound.value.closeNow() }
    }
  }

  // MARK: Handlers that hold the loop

  private func reportSlowJob(_ job: UInt, nanoseconds: UInt64) {
    if let call = self.calls.first(where: { $0.isRunning(inTaskAt: job) }) {
      self.info.logSlowHandler(call.descriptor, nanoseconds: nanoseconds)
    }
  }
}
