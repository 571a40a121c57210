import NIOCore
import SwiftGRPCHTTP2

/// One connection of a client: hands calls to the HTTP/2 session and the session's events to the calls. Loop-confined.
final class ClientConnection: ConnectionHandler {
  /// The driver, while the connection is open.
  @exclusivity(unchecked) private(set) var driver: ConnectionDriver?

  private let channel: ClientChannel
  private let authority: String
  private let isSecure: Bool
  private let name: String

  /// Whether the server's SETTINGS have arrived.
  private var isReady = false

  /// Whether the connection takes no more calls and is closed after the last one.
  @exclusivity(unchecked) private var isDraining = false

  /// What the server said when it gave the connection up, if that was an error.
  private var goAwayText: String?

  /// What the calls end with that the connection takes with it.
  @exclusivity(unchecked) private var closeError: RPCError?

  @exclusivity(unchecked) private var openCalls = 0
  @exclusivity(unchecked) private var lastUse = NIODeadline.uptimeNanoseconds(0)
  private var readinessTimer: Scheduled<Void>?
  @exclusivity(unchecked) private var keepaliveTimer: KeepaliveTimer?
  private var idleTimer: Scheduled<Void>?

  /// The header list that is being written; its memory is used again.
  @exclusivity(unchecked) private var fields = HeaderFields()

  /// The last list that had nothing of its call but the path, and that path: calls of one method often follow one another.
  @exclusivity(unchecked) private var plainFields = HeaderFields()
  @exclusivity(unchecked) private var plainPath = ""

  init(channel: ClientChannel, authority: String, isSecure: Bool, name: String) {
    self.channel = channel
    self.authority = authority
    self.isSecure = isSecure
    self.name = name
  }

  // MARK: Commands

  /// Puts the connection on a channel that is connected.
  ///
  /// - Parameter timeLeft: how long the server may take for the handshake and its SETTINGS.
  func attach(_ driver: ConnectionDriver, to channel: any Channel, timeLeft: TimeAmount) throws {
    self.driver = driver
    let loop = channel.eventLoop.assumeIsolated()
    readinessTimer = loop.scheduleTask(in: timeLeft) {
      self.channel.executor.performBatch {
        self.close(RPCError(code: .unavailable, message: "connect to \(self.name): no answer in time"))
      }
    }
    try channel.pipeline.syncOperations.addHandler(driver)
  }

  /// Starts a call.
  func start(_ call: ClientCall) {
    if let extras = call.extras, let credentials = extras.credentials, extras.credentialsMetadata == nil {
      guard isSecure || credentials.allowsPlaintext else {
        call.fail(
          RPCError(code: .unauthenticated, message: "the connection has no TLS, so the call's credentials are not sent")
        )
        return
      }
      guard let metadata = credentials.metadataAtHand else {
        channel.authorize(call, credentials, authority: authority)
        return
      }
      extras.credentialsMetadata = metadata
    }
    guard let driver, call.state.submit() else { return }
    do {
      if call.hasPlainHeaders {
        if plainPath != call.method.path {
          plainPath = ""  // until the list is complete
          try writeFields(of: call, to: &plainFields)
          plainPath = call.method.path
        }
        try submit(call, plainFields, to: driver.session)
      } else {
        try writeFields(of: call, to: &fields)
        try submit(call, fields, to: driver.session)
      }
    } catch let error as RPCError {
      call.fail(error)
      return
    } catch {
      call.fail(RPCError(code: .internalError, message: "the call cannot be sent: \(error)", cause: error))
      return
    }
    openCalls += 1
    if openCalls == 1 { keepaliveTimer?.callStarted() }
    call.submitted(on: self)
    if call.state.requestIsFinished { driver.session.finishOutbound(call) }
    driver.setNeedsFlush()
  }

  private func writeFields(of call: ClientCall, to fields: inout HeaderFields) throws(RPCError) {
    fields.removeAll()
    try RequestHeaders.write(
      method: call.method, authority: authority, isSecure: isSecure,
      timeout: call.deadline.map { $0.timeLeft.clampedNanoseconds },
      encoding: call.extras?.compression?.algorithm ?? .none, accepted: call.acceptedEncodings,
      metadata: call.metadata,
      to: &fields
    )
    if let metadata = call.extras?.credentialsMetadata { try fields.add(metadata) }
  }

  private func submit(_ call: ClientCall, _ fields: HeaderFields, to session: HTTP2Session) throws {
    // Spec: RFC 9113, section 6.5.2, SETTINGS_MAX_HEADER_LIST_SIZE.
    if let limit = session.peerMaxHeaderListBytes, fields.byteSize > limit {
      throw RPCError(
        code: .resourceExhausted,
        message: "request headers of \(fields.byteSize) bytes exceed the server's limit of \(limit)"
      )
    }
    try session.submitRequest(fields, on: call, endStream: false)
  }

  /// Ends the request's side of a call.
  func finishRequest(of call: ClientCall) {
    guard let driver else { return }
    driver.session.finishOutbound(call)
    driver.setNeedsFlush()
  }

  /// Resets a call's stream.
  func reset(_ call: ClientCall, code: HTTP2ErrorCode) {
    guard let driver else { return }
    driver.session.reset(call, code: code)
    driver.setNeedsFlush()
  }

  /// Takes no more calls, and closes after the last one.
  func drain() {
    guard !isDraining else { return }
    isDraining = true
    closeIfDone()
  }

  /// Closes at once; the calls end with this error.
  func close(_ error: RPCError) {
    if closeError == nil { closeError = error }
    guard let driver else {
      connectionClosed(.local)
      return
    }
    driver.session.goAway()
    driver.closeAfterFlushing()
  }

  private func closeIfDone() {
    guard isDraining, openCalls == 0, let driver else { return }
    driver.session.goAway()
    driver.closeAfterFlushing()
  }

  // MARK: Events

  func connectionDidBecomeReady(_ driver: ConnectionDriver) {}

  func received(_ events: [HTTP2Event]) {
    for event in events {
      switch event {
      case .headers(let stream, let block, let endStream): call(stream).receivedHeaders(block, endStream: endStream)
      case .data(let stream, let bytes): call(stream).receivedData(bytes)
      case .trailers(let stream, let block): call(stream).receivedTrailers(block)
      case .endOfStream(let stream): call(stream).receivedEnd()
      case .reset(let stream, let code): call(stream).receivedReset(code)
      case .outboundDrained(let stream): call(stream).didDrain()
      case .closed(let stream, let code): streamClosed(call(stream), code)
      case .headersTooLarge(let stream, let byteCount, _): headersTooLarge(call(stream), byteCount)
      case .settings: receivedSettings()
      case .goAway(_, let code, let debug): receivedGoAway(code, debug)
      case .ping: break
      }
    }
  }

  func connectionClosed(_ reason: ConnectionCloseReason) {
    guard driver != nil || closeError != nil else { return }
    driver = nil
    readinessTimer?.cancel()
    idleTimer?.cancel()
    keepaliveTimer?.stop()
    keepaliveTimer = nil
    let verb = isReady ? "connection to" : "connect to"
    let error =
      closeError
      ?? RPCError(
        code: .unavailable, message: "\(verb) \(name): \(goAwayText ?? reason.description)", cause: reason.cause,
        origin: reason.isRemote ? .remote : .local
      )
    closeError = error
    channel.connectionClosed(self, wasReady: isReady, error)
  }

  /// Every stream of a client's session was made here, as a call.
  @inline(__always)
  private func call(_ stream: HTTP2Stream) -> ClientCall {
    unsafeDowncast(stream, to: ClientCall.self)
  }

  private func streamClosed(_ call: ClientCall, _ code: HTTP2ErrorCode) {
    call.streamClosed(code, connectionError: closeError ?? goAwayError)
    openCalls -= 1
    guard openCalls == 0 else { return }
    lastUse = channel.executor.eventLoop.now
    if isDraining { closeIfDone() }
  }

  /// What calls end with that the server refused because of an error that it named.
  private var goAwayError: RPCError? {
    goAwayText.map { RPCError(code: .unavailable, message: "connection to \(name): \($0)", origin: .remote) }
  }

  private func headersTooLarge(_ call: ClientCall, _ byteCount: Int) {
    let limit = channel.transport.config.http2.maxHeaderListBytes
    call.fail(
      RPCError(
        code: .resourceExhausted, message: "response headers of \(byteCount) bytes exceed the limit of \(limit)"
      )
    )
  }

  private func receivedSettings() {
    guard !isReady, closeError == nil else { return }
    isReady = true
    readinessTimer?.cancel()
    readinessTimer = nil
    lastUse = channel.executor.eventLoop.now
    scheduleIdleCheck(in: channel.transport.config.connection.maxIdleTime.map { TimeAmount($0) })
    startKeepalive()
    channel.connectionIsReady(self)
  }

  /// The server takes no more calls; those it has may finish. Spec: gRPC over HTTP/2, "GOAWAY".
  private func receivedGoAway(_ code: HTTP2ErrorCode, _ debug: [UInt8]) {
    if code != .noError, closeError == nil {
      let text = debug.isEmpty ? "" : " (\(String(decoding: debug.prefix(256), as: UTF8.self)))"
      goAwayText = "the server said GOAWAY with \(code)\(text)"
    }
    // Spec: A8: "too_many_pings".
    if code == .enhanceYourCalm, debug.elementsEqual("too_many_pings".utf8) { channel.serverWantsFewerPings() }
    if isReady {
      channel.connectionTakesNoMoreCalls(self)
      drain()
    } else {
      close(RPCError(code: .unavailable, message: "connect to \(name): \(goAwayText ?? "the server said GOAWAY")"))
    }
  }

  // MARK: Keepalive and idleness

  private func startKeepalive() {
    guard let driver, let keepalive = channel.keepalive else { return }
    let timer = KeepaliveTimer(keepalive, on: driver) { [unowned self] in
      // The timer is stopped when the connection closes.
      openCalls > 0
    }
    keepaliveTimer = timer
    timer.start()
  }

  private func scheduleIdleCheck(in time: TimeAmount?) {
    guard let time, let idleTime = channel.transport.config.connection.maxIdleTime else { return }
    idleTimer = channel.executor.eventLoop.assumeIsolated().scheduleTask(in: time) {
      let idleFor = self.channel.executor.eventLoop.now - self.lastUse
      if self.openCalls == 0, idleFor >= TimeAmount(idleTime) {
        self.channel.executor.performBatch {
          self.channel.connectionTakesNoMoreCalls(self)
          self.drain()
        }
      } else {
        self.scheduleIdleCheck(in: self.openCalls == 0 ? TimeAmount(idleTime) - idleFor : TimeAmount(idleTime))
      }
    }
  }
}

extension ClientCall {
  /// Whether nothing but its method tells the call's header list from those of others on its connection.
  fileprivate var hasPlainHeaders: Bool {
    deadline == nil && extras == nil && metadata.isEmpty
  }
}

extension ConnectionCloseReason {
  /// Whether the peer ended the connection.
  fileprivate var isRemote: Bool {
    if case .remote = self { true } else { false }
  }
}
