import Logging
import NIOCore
import SwiftGRPCHTTP2
import Synchronization

/// A client's long-lived handle to its server: the calls that wait, the connection they wait for, and when to try again.
///
/// The decisions are ``ChannelState``'s. One connection at a time takes calls; one that the server is giving up (GOAWAY) may
/// finish the calls it has. Loop-confined but for what says otherwise.
@usableFromInline
final class ClientChannel: @unchecked Sendable {
  // Sendable: immutable, locked, or touched on the executor's thread only.

  /// Runs everything here. Callers that run on it make calls without a change of thread.
  @usableFromInline let executor: LoopExecutor

  let transport: ClientTransport

  /// Whether the end of each call is logged.
  let logsCalls: Bool

  private let connector: ConnectionAttempt.Connector

  /// What the next connections do to find out whether the server is still there; nothing if it is `nil`.
  private(set) var keepalive: Keepalive?

  /// How messages are compressed, unless a call says otherwise.
  let compression: CompressionSupport

  /// What responses may be compressed with, for calls whose requests are not.
  let enabledEncodings: CompressionAlgorithmSet

  /// Whether every call has compression or credentials.
  private let allCallsHaveExtras: Bool

  /// The bits of the algorithms that the server reads, or `unknownEncodings`. From any thread.
  private let serverEncodings = Atomic(ClientChannel.unknownEncodings)

  private static let unknownEncodings = UInt32.max

  @exclusivity(unchecked) private var state = ChannelState()
  private var backoff: ConnectionBackoff
  private var tlsSource: TLSSource?

  /// The connection that is being made or takes calls.
  @exclusivity(unchecked) private var current: ClientConnection?

  /// Connections that finish their calls.
  private var draining: [ClientConnection] = []

  /// Calls that wait for a connection, in order; those that ended meanwhile are still among them.
  private var waiting: [ClientCall] = []

  /// Calls that wait for the metadata of their credentials.
  private var authorizing: [ClientCall] = []
  private var retryTimer: Scheduled<Void>?
  private var attemptStart = NIODeadline.uptimeNanoseconds(0)

  /// The time from the start of the last attempt to that of the next.
  private var attemptSpacing = Duration.zero

  /// Counts attempts, so that the outcome of one that was given up is told from the present one's.
  private var attemptNumber = 0
  private var isConnecting = false

  /// Why the last attempt to connect failed, if it did.
  private(set) var lastConnectError: RPCError?

  @exclusivity(unchecked) private var callCount = 0
  @exclusivity(unchecked) private var isShuttingDown = false
  private var closed = Milestone()

  /// The state that was published last: each call asks whether it is another one now, and takes no lock for that.
  @exclusivity(unchecked) private var published = ConnectivityState.idle

  /// What other threads may know.
  let connectivity = PublishedConnectivity()

  /// - Parameter connector: How a transport connection is made.
  init(
    transport: ClientTransport, executor: LoopExecutor,
    connector: @escaping ConnectionAttempt.Connector = ConnectionAttempt.connect
  ) {
    self.transport = transport
    self.compression = CompressionSupport(
      algorithm: transport.config.compression.algorithm, enabled: transport.config.compression.enabledAlgorithms
    )
    self.enabledEncodings = transport.config.compression.enabledAlgorithms
    self.allCallsHaveExtras =
      transport.config.compression.algorithm != .none || transport.config.credentials != nil
    self.executor = executor
    self.connector = connector
    self.logsCalls = transport.logger.logLevel <= .debug
    self.keepalive = transport.config.connection.keepalive.map(Keepalive.init)
    self.backoff = ConnectionBackoff(transport.config.backoff)
  }

  // MARK: Calls

  /// Starts a call, or lets it wait, or ends it.
  func start(_ call: ClientCall) {
    guard !isShuttingDown else {
      call.fail(Self.shutDownError)
      return
    }
    callCount += 1
    call.isCounted = true
    dispatch(call)
  }

  /// Hands a call to the connection, or lets it wait for one, or ends it.
  func dispatch(_ call: ClientCall) {
    guard !call.state.isFinished else { return }
    switch state.startCall(waitForReady: call.options.waitForReady ?? false) {
    case .start:
      current?.start(call)
    case .wait(let connects):
      append(call)
      if connects { connect() }
    case .fail(let error):
      call.fail(error)
    }
    publish()
  }

  /// Gets the metadata that proves who makes a call, then hands the call to the connection that is there then.
  func authorize(_ call: ClientCall, _ credentials: CallCredentials, authority: String) {
    guard !call.state.isFinished else { return }
    call.extras?.isAuthorizing = true
    authorizing.append(call)
    let context = CallCredentials.Context(descriptor: call.method, authority: authority)
    Task {
      let result = await credentials.metadata(for: context)
      executor.execute { self.authorized(call, result) }
    }
  }

  private func authorized(_ call: ClientCall, _ result: Result<Metadata, RPCError>) {
    authorizing.removeAll { $0 === call }
    call.extras?.isAuthorizing = false
    switch result {
    case .success(let metadata):
      call.extras?.credentialsMetadata = metadata
      dispatch(call)
    case .failure(let error):
      call.fail(error)
    }
  }

  /// A call that was started here is over.
  func callEnded() {
    callCount -= 1
    if isShuttingDown { closeIfDone() }
  }

  private func append(_ call: ClientCall) {
    if waiting.count == waiting.capacity, waiting.count > 64 {
      // Calls that ended while they waited would otherwise stay for as long as the server is away.
      waiting.removeAll { $0.state.isFinished }
    }
    waiting.append(call)
  }

  private func takeWaiting(where isTaken: (ClientCall) -> Bool) -> [ClientCall] {
    var taken: [ClientCall] = []
    waiting.removeAll { call in
      guard !call.state.isFinished else { return true }
      guard isTaken(call) else { return false }
      taken.append(call)
      return true
    }
    return taken
  }

  // MARK: Compression and credentials, from any thread

  /// The compression and the credentials of a call with these options; `nil` if it has neither.
  func extras(for options: CallOptions) -> ClientCallExtras? {
    guard allCallsHaveExtras || options.hasExtras else { return nil }
    return ClientCallExtras(
      compression: messageCompression(options), credentials: options.credentials ?? transport.config.credentials
    )
  }

  /// How the messages of a call with these options are compressed; `nil` if they are not.
  ///
  /// The server is not asked before, so the first call may fail with `unimplemented`; after that the algorithms that it
  /// named are known, and calls that want others go out uncompressed. Spec: `compression.md`.
  private func messageCompression(_ options: CallOptions) -> MessageCompression? {
    let algorithm = options.compression ?? compression.algorithm
    guard algorithm != .none else { return nil }
    let accepted = CompressionAlgorithmSet(rawValue: serverEncodings.load(ordering: .relaxed))
    return accepted.contains(algorithm) ? compression.messageCompression(algorithm) : nil
  }

  /// The server has said which algorithms it reads.
  func serverAccepts(_ algorithms: CompressionAlgorithmSet) {
    serverEncodings.store(algorithms.rawValue, ordering: .relaxed)
  }

  // MARK: Connecting

  /// Makes a connection although there is no call yet.
  func connectNow() {
    if state.connect() { connect() }
    publish()
  }

  private func connect() {
    attemptNumber += 1
    let number = attemptNumber
    isConnecting = true
    attemptStart = executor.eventLoop.now
    attemptSpacing = backoff.next(randomness: .random(in: -1...1))
    let timeout = max(transport.config.connection.connectTimeout, attemptSpacing)
    do throws(RPCError) {
      let session = try makeSession()
      let tls = try tls()
      connector(transport, executor.eventLoop, TimeAmount(timeout))
        .assumeIsolated().whenComplete { result in
          self.executor.performBatch {
            self.connected(result, number: number, session: session, tls: tls, timeout: timeout)
          }
        }
    } catch {
      connectFailed(error)
    }
  }

  private func makeSession() throws(RPCError) -> HTTP2Session {
    var configuration = HTTP2Configuration()
    configuration.initialStreamWindowBytes = transport.config.http2.targetWindowSize
    configuration.connectionWindowBytes = transport.config.http2.connectionWindowSize
    configuration.maxFrameBytes = transport.config.http2.maxFrameSize
    configuration.maxHeaderListBytes = transport.config.http2.maxHeaderListBytes
    configuration.wastefulFramesBurst = transport.config.http2.wastefulFramesBurst
    configuration.wastefulFramesPerSecond = transport.config.http2.wastefulFramesPerSecond
    configuration.maxQueuedAcknowledgements = transport.config.http2.maxQueuedAcknowledgements
    do {
      return try HTTP2Session(role: .client, configuration: configuration, memory: executor.sessionMemory)
    } catch {
      throw RPCError(code: .unavailable, message: "HTTP/2 cannot be set up: \(error)", cause: error)
    }
  }

  /// What makes the TLS ends, or `nil` for plaintext. Made when the first connection is, so that a fault fails calls.
  private func tls() throws(RPCError) -> TLSSource? {
    guard let settings = transport.transportSecurity.tls else { return nil }
    if let tlsSource {
      do throws(RPCError) {
        if try tlsSource.reload() { transport.logger.info("the certificates have changed", metadata: logMetadata) }
      } catch {
        transport.logger.warning(
          "the certificates cannot be read again: the old ones still hold",
          metadata: logMetadata.merging(["error": "\(error)"]) { $1 })
      }
      return tlsSource
    }
    let source = try TLSSource(settings)
    tlsSource = source
    return source
  }

  private func connected(
    _ result: Result<any Channel, any Error>, number: Int, session: HTTP2Session, tls: TLSSource?, timeout: Duration
  ) {
    switch result {
    case .success(let channel):
      guard number == attemptNumber, isConnecting else {
        channel.close(promise: nil)
        return
      }
      let connection = ClientConnection(
        channel: self, authority: authority, isSecure: tls != nil,
        name: transport.target.displayName(connectedTo: channel.remoteAddress)
      )
      current = connection
      do {
        let serverName = transport.transportSecurity.tls?.serverHostname ?? transport.target.serverName
        let driver = ConnectionDriver(
          executor: executor, session: session,
          tls: try tls?.makeEngine(serverName: serverName, memory: executor.tlsMemory), handler: connection,
          handshakeTimeout: timeout, busyPollDuration: transport.config.connection.busyPollDuration
        )
        try connection.attach(
          driver, to: channel, timeLeft: attemptStart + TimeAmount(timeout) - executor.eventLoop.now)
        try channel.syncOptions?.setOption(.autoRead, value: true)
      } catch {
        if connection.driver == nil { channel.close(promise: nil) }
        connection.close(ConnectionAttempt.error(error, target: transport.target))
      }
    case .failure(let error):
      guard number == attemptNumber, isConnecting else { return }
      connectFailed(ConnectionAttempt.error(error, target: transport.target))
    }
  }

  private var authority: String {
    transport.config.http2.authority ?? transport.transportSecurity.tls?.serverHostname ?? transport.target.authority
  }

  private func connectFailed(_ error: RPCError) {
    isConnecting = false
    current = nil
    lastConnectError = error
    transport.logger.info("cannot connect", metadata: logMetadata.merging(["error": "\(error.message)"]) { $1 })
    if state.connectFailed(error) {
      let wait = TimeAmount(attemptSpacing) - (executor.eventLoop.now - attemptStart)
      retryTimer = executor.eventLoop.assumeIsolated().scheduleTask(in: max(.zero, wait)) {
        self.retryTimer = nil
        self.executor.performBatch { self.connect() }
      }
      // Whoever hears of a failed call finds the state that goes with it.
      publish()
      for call in takeWaiting(where: { $0.options.waitForReady != true }) { call.fail(error) }
    }
    closeIfDone()
  }

  // MARK: Events of connections

  /// The server's SETTINGS arrived.
  func connectionIsReady(_ connection: ClientConnection) {
    guard connection === current, state.connected() else { return }
    isConnecting = false
    backoff.reset()
    lastConnectError = nil
    publish()
    transport.logger.debug("connected", metadata: logMetadata.merging(["grpc.peer": "\(remotePeer)"]) { $1 })
    for call in takeWaiting(where: { _ in true }) { connection.start(call) }
  }

  /// The connection finishes the calls it has; the next call makes a new one.
  func connectionTakesNoMoreCalls(_ connection: ClientConnection) {
    guard connection === current else { return }
    current = nil
    draining.append(connection)
    state.connectionEnded()
    publish()
  }

  /// The server has closed a connection because of its PINGs: later connections send half as many. Spec: A8.
  func serverWantsFewerPings() {
    guard let keepalive else { return }
    self.keepalive = keepalive.withDoubledTime
    transport.logger.warning(
      "the server wants fewer PINGs (too_many_pings): the keepalive time is doubled",
      metadata: logMetadata.merging(["time": "\((keepalive.time * 2).secondsText)"]) { $1 }
    )
  }

  /// The connection is gone.
  func connectionClosed(_ connection: ClientConnection, wasReady: Bool, _ error: RPCError) {
    draining.removeAll { $0 === connection }
    if connection === current {
      current = nil
      if wasReady {
        state.connectionEnded()
        transport.logger.debug(
          "connection closed", metadata: logMetadata.merging(["error": "\(error.message)"]) { $1 })
      } else {
        connectFailed(error)
      }
    }
    publish()
    closeIfDone()
  }

  // MARK: The end

  /// Takes no new calls; those that run or wait finish, then the connection is closed.
  func beginGracefulShutdown() {
    guard !isShuttingDown else { return }
    isShuttingDown = true
    publish()
    closeIfDone()
  }

  /// Takes no new calls and ends those that run or wait.
  func closeNow() {
    beginGracefulShutdown()
    let error = RPCError(code: .cancelled, message: "the client was closed while the call ran")
    for call in takeWaiting(where: { _ in true }) + authorizing { call.fail(error) }
    for connection in draining { connection.close(error) }
    current?.close(error)
    closeIfDone()
  }

  /// Resumes the continuation once everything is closed.
  func waitUntilClosed(_ continuation: UnsafeContinuation<Bool, Never>, ticket: Milestone.Ticket) {
    closed.wait(continuation, ticket: ticket)
  }

  /// Ends one wait.
  func cancelWait(_ ticket: Milestone.Ticket) {
    closed.cancelWait(ticket)
  }

  private func closeIfDone() {
    guard isShuttingDown, callCount == 0 else { return }
    if case .shutdown = state.connectivity {
    } else {
      state.shutDown(Self.shutDownError)
      isConnecting = false
      retryTimer?.cancel()
      retryTimer = nil
      // Calls that ended while they waited refer to the channel.
      waiting = []
      if let current {
        self.current = nil
        draining.append(current)
        current.drain()
      }
    }
    if draining.isEmpty { closed.reach() }
  }

  private static var shutDownError: RPCError {
    RPCError(code: .unavailable, message: "the client is shut down")
  }

  // MARK: Connectivity

  /// The server's address while there is a connection, else the target. From any thread.
  var remotePeer: String { connectivity.remotePeer ?? transport.target.description }

  private func publish() {
    let state = isShuttingDown ? ConnectivityState.shutdown : self.state.connectivity
    guard state != published else { return }
    published = state
    let driver = state == .ready ? current?.driver : nil
    connectivity.publish(
      state, remotePeer: driver?.remoteAddress?.peerDescription, localPeer: driver?.localAddress?.peerDescription)
  }
}
