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
  private let faults: ConnectionFaultLog
  private let onClose: (ServerConnection) -> Void

  @exclusivity(unchecked) private(set) var driver: ConnectionDriver?
  @exclusivity(unchecked) private(set) var info: ServerConnectionInfo

  /// The calls whose streams are open.
  @exclusivity(unchecked) private(set) var calls: [ServerCall] = []
  @exclusivity(unchecked) private var runningHandlers = 0

  /// How many handlers have ended since answers were sent.
  @exclusivity(unchecked) private var unsentAnswers = 0

  /// So many answers to what one read brought are sent before the rest of it is worked off, so that the client reads them meanwhile. Each
  /// write after that waits for ``writeGrowth`` times as many as the one before: each costs a system call and a TLS record, and the more
  /// the client has to read, the longer it can do without more.
  static let answersOfFirstWrite = 32
  static let writeGrowth = 3
  @exclusivity(unchecked) private var fields = HeaderFields()
  private var lifetime: ConnectionLifetime?
  @exclusivity(unchecked) private var requestPauses: RequestPauses?
  private var begun: NIODeadline?
  @exclusivity(unchecked) private var closeReason: ConnectionCloseReason?

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
    compression: CompressionSupport, config: ServerTransport.Config.Connection = .init(), logger: Logger,
    callLogLevel: Logger.Level? = nil,
    faults: ConnectionFaultLog,
    onClose: @escaping (ServerConnection) -> Void
  ) {
    self.executor = executor
    self.methods = methods
    self.maxRequestMessageBytes = maxRequestMessageBytes
    self.compression = compression
    self.logger = logger
    self.faults = faults
    self.onClose = onClose
    self.info = ServerConnectionInfo(
      executor: executor, remotePeer: "", localPeer: "", isSecure: false, peerCertificate: nil,
      maxRequestMessageBytes: maxRequestMessageBytes, compression: compression, logger: logger,
      callLogLevel: callLogLevel.flatMap { logger.logLevel <= $0 ? $0 : nil }
    )
    self.lifetime = ConnectionLifetime(config, executor: executor, connection: self)
    self.requestPauses = config.maxRequestPause.map {
      RequestPauses(limit: $0, executor: executor, connection: self)
    }
  }

  /// Whether a call's stream is open.
  var hasCalls: Bool { !self.calls.isEmpty }

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
      compression: self.compression, logger: self.logger, callLogLevel: self.info.callLogLevel
    )
    self.begun = self.executor.eventLoop.now
    self.logger.debug(
      "connection opened", metadata: ["grpc.peer": "\(self.info.remotePeer)", "tls": "\(driver.isSecure)"])
    self.executor.slowSegmentObservers[ObjectIdentifier(self)] = { [unowned self] job, nanoseconds in
      // Removed when the connection closes.
      self.reportSlowJob(job, nanoseconds: nanoseconds)
    }
    self.lifetime?.begin(driver)
  }

  func received(_ events: [HTTP2Event]) {
    var index = 0
    self.unsentAnswers = 0
    var answersOfNextWrite = Self.answersOfFirstWrite
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
        if self.unsentAnswers >= answersOfNextWrite {
          self.unsentAnswers = 0
          answersOfNextWrite *= Self.writeGrowth
          self.driver?.flushEarly()
        }
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
        self.lifetime?.receivedPing(isAcknowledgement: isAcknowledgement, payload: payload)
      case .settings:
        self.driver?.handshakeIsDone()
      case .goAway:
        break
      }
      index += 1
    }
  }

  func connectionClosed(_ reason: ConnectionCloseReason) {
    self.closeReason = reason
    if let begun {
      self.logger.debug(
        "connection closed",
        metadata: [
          "grpc.peer": "\(self.info.remotePeer)", "reason": "\(reason)",
          "milliseconds": "\((self.executor.eventLoop.now - begun).millisecondsText)",
        ])
    }
    if let fault = ConnectionFault(reason) {
      let peer = self.driver?.remoteAddress?.peerDescription ?? "unknown"
      self.faults.note(fault, reason: "\(reason)", peer: peer, now: self.executor.eventLoop.now)
    }
    self.executor.slowSegmentObservers[ObjectIdentifier(self)] = nil
    self.lifetime?.end()
    self.requestPauses?.stop()
    self.onClose(self)
  }

  /// The one place where a stream becomes the call that it is: the session was created with `ServerCall` as its stream type.
  private static func call(of stream: HTTP2Stream) -> ServerCall {
    unsafeDowncast(stream, to: ServerCall.self)
  }

  // MARK: Requests

  private func receivedRequest(_ call: ServerCall, _ block: HeaderBlock, endStream: Bool) {
    call.indexInConnection = self.calls.count
    self.calls.append(call)
    if let requestPauses, !requestPauses.isLooking { requestPauses.begin() }
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
      case .rpc(let error):
        self.sendTrailersOnly(error.status, metadata: error.metadata, on: call)
        if self.info.callLogLevel != nil {
          let path = block.first(named: ":path") ?? ""
          self.info.logCall(
            String(path.drop { $0 == "/" }.prefix(200)), ended: error.status.code, start: self.executor.eventLoop.now)
        }
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
    if self.calls.isEmpty, let lifetime {
      if lifetime.isDraining { self.driver?.closeAfterFlushing() } else { lifetime.lastCallEnded() }
    }
  }

  // MARK: What calls ask for

  func handlerStarted() {
    self.runningHandlers += 1
  }

  func handlerEnded() {
    self.runningHandlers -= 1
    self.unsentAnswers += 1
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
    try self.checkSize("response headers")
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
      try self.checkSize("response trailers")
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
      try self.checkSize("response trailers")
    } catch {
      self.replaceUnsendable(error, on: call) { error throws(RPCError) in
        try Trailers.writeTrailersOnly(error, metadata: [:], to: &self.fields)
      }
    }
    self.submit(on: call) { session throws(HTTP2Error) in
      try session.submitHeaders(self.fields, on: call, endStream: true)
    }
  }

  /// Holds a header list against what the client takes.
  ///
  /// - Throws: `resourceExhausted` if the list is longer. Spec: RFC 9113, section 6.5.2, SETTINGS_MAX_HEADER_LIST_SIZE.
  private func checkSize(_ list: StaticString) throws(RPCError) {
    guard let limit = self.driver?.session.peerMaxHeaderListBytes, self.fields.byteSize > limit else { return }
    throw RPCError(
      code: .resourceExhausted,
      message: "\(list) of \(self.fields.byteSize) bytes exceed the client's limit of \(limit)")
  }

  /// Writes the error about metadata that cannot be sent instead of what it was to go with.
  private func replaceUnsendable(
    _ error: RPCError, on call: ServerCall, _ write: (Status) throws(RPCError) -> Void
  ) {
    // A client with a small limit is no fault of the server's, and could fill its log.
    self.logger.log(
      level: error.code == .resourceExhausted ? .debug : .error, "metadata cannot be sent",
      metadata: ["error": "\(error)", "grpc.method": "\(call.descriptor)"])
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

  /// Ends a call whose request did not go on for as long as it may.
  func endSlowRequest(of call: ServerCall, limit: Duration) {
    let error = RPCError(
      code: .deadlineExceeded, message: "nothing of the request came for \(TimeAmount(limit).secondsText)")
    self.faults.note(
      .slowRequest, reason: "\(call.descriptor): \(error.message)", peer: self.info.remotePeer,
      now: self.executor.eventLoop.now)
    call.cut(error)
  }

  // MARK: Shutdown

  /// Lets running calls finish and takes no new ones. From any thread.
  ///
  /// Not at once, but in the loop's next turn: what handlers were made ready to send by the same shutdown is sent first.
  func beginGracefulShutdown() {
    self.executor.eventLoop.execute {
      self.executor.performBatch {
        if self.closeReason == nil { self.lifetime?.beginShutdown(.serverShutdown, grace: nil) }
      }
    }
  }

  /// Cancels every call with `unavailable` and closes the connection. From any thread.
  func cancelCallsAndClose(_ reason: ConnectionLifetime.Reason = .serverShutdown) {
    self.executor.execute {
      guard self.closeReason == nil, let driver = self.driver else { return }
      for call in self.calls {
        call.cut(RPCError(code: .unavailable, message: "the server is shutting down"))
      }
      driver.session.goAway(debug: reason.rawValue)
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
