public import Logging
import NIOCore
import SwiftGRPCHTTP2
import Synchronization

/// A gRPC server: listens on its transport's addresses and answers calls with its services.
///
/// ```swift
/// let server = GRPCServer(
///   transport: .http2(address: .ipv4(host: "127.0.0.1", port: 50051), transportSecurity: .plaintext),
///   services: [Greeter()]
/// )
/// try await server.serve()
/// ```
///
/// ``serve()`` returns after ``beginGracefulShutdown()``, when the last call has ended. A server serves once. Safe to use from any task.
public final class GRPCServer: Sendable {
  /// How a server runs its handlers and what it tells.
  public struct Configuration: Sendable {
    /// Where handlers run, unless their service or method says otherwise; on the event loop by default.
    public var handlerExecution = HandlerExecution.onLoop

    /// Where the handlers of single services run.
    public var serviceExecution: [ServiceDescriptor: HandlerExecution] = [:]

    /// Where the handlers of single methods run.
    public var methodExecution: [MethodDescriptor: HandlerExecution] = [:]

    /// Gets the errors of handlers, warnings about slow ones and what befalls connections. Contexts' loggers are made from it.
    public var logger = Logger(label: "swift-grpc.server")

    /// The level at which the end of each call is logged, with its method, peer, status and duration; `debug`. Not at all if it is `nil`.
    ///
    /// The logger's own level is asked for when a connection is accepted, so that calls cost nothing where nobody would see it.
    public var callLogLevel: Logger.Level? = .debug

    /// Creates the defaults.
    public init() {}

    func execution(of method: MethodDescriptor) -> HandlerExecution {
      self.methodExecution[method] ?? self.serviceExecution[method.service] ?? self.handlerExecution
    }
  }

  private let transport: ServerTransport
  private let methods: MethodTable
  private let shutdownActions: [@Sendable () -> Void]
  private let configuration: Configuration
  private let loops: LoopGroup
  private let compression: CompressionSupport
  private let listening = OneTimeValue<[SocketAddress]>()
  private let closed = OneTimeValue<Void>()
  private let state = Mutex(State())
  private let faults: ConnectionFaultLog

  private struct State {
    var phase = Phase.new
    var listener: ServerListener?
    var tls: TLSSource?
    var connections: [ObjectIdentifier: ServerConnection] = [:]
  }

  private enum Phase {
    case new
    /// Shut down before it served: ``GRPCServer/serve()`` returns at once.
    case shutDownEarly
    case serving
    /// The services are told that the server is going to shut down; all else is as before.
    case announcingShutdown
    case shuttingDown
    case stopped
  }

  /// Creates a server; it listens once ``serve()`` is called.
  ///
  /// - Parameters:
  ///   - transport: Where to listen, and how to talk.
  ///   - services: What to serve.
  ///   - interceptors: Run around every call, the first one outermost.
  ///   - configuration: How handlers run.
  public convenience init(
    transport: ServerTransport, services: [any RegistrableRPCService], interceptors: [any ServerInterceptor] = [],
    configuration: Configuration = Configuration()
  ) {
    self.init(
      transport: transport, services: services, interceptorPipeline: interceptors.map { .apply($0, to: .all) },
      configuration: configuration
    )
  }

  /// Creates a server with interceptors that are for certain methods.
  public convenience init(
    transport: ServerTransport, services: [any RegistrableRPCService],
    interceptorPipeline: [ConditionalInterceptor<any ServerInterceptor>], configuration: Configuration = Configuration()
  ) {
    var router = RPCRouter()
    for service in services {
      service.registerMethods(with: &router)
    }
    router.registerInterceptors(pipeline: interceptorPipeline)
    self.init(transport: transport, router: router, configuration: configuration)
  }

  /// Creates a server with the methods of a router.
  public init(transport: ServerTransport, router: RPCRouter, configuration: Configuration = Configuration()) {
    self.transport = transport
    self.configuration = configuration
    self.faults = ConnectionFaultLog(logger: configuration.logger)
    self.methods = router.makeTable(execution: configuration.execution(of:))
    self.shutdownActions = router.shutdownActions
    self.loops = transport.eventLoopGroup.map(LoopGroup.init(eventLoopGroup:)) ?? .shared
    self.compression = CompressionSupport(
      algorithm: transport.config.compression.algorithm, enabled: transport.config.compression.enabledAlgorithms
    )
  }

  /// The first address that the server listens on, with the port that was picked; waits until it listens.
  ///
  /// - Throws: what ``serve()`` throws if it cannot listen.
  public var listeningAddress: SocketAddress {
    get async throws {
      guard let first = try await self.listeningAddresses.first else {
        throw RPCError(code: .unavailable, message: "the server has no address to listen on")
      }
      return first
    }
  }

  /// All addresses that the server listens on; waits until it listens.
  ///
  /// - Throws: what ``serve()`` throws if it cannot listen.
  public var listeningAddresses: [SocketAddress] {
    get async throws { try await self.listening.value }
  }

  /// How many connections or calls were refused or ended for each kind of fault since the server was made; kinds without any are left out.
  ///
  /// Each kind is also logged, at most once a minute.
  public var connectionFaults: [ConnectionFault: Int] { self.faults.counts }

  /// The number of connections that are open.
  public var connectionCount: Int { self.state.withLock { $0.connections.count } }

  /// Listens and serves until ``beginGracefulShutdown()`` was called and the last connection is closed.
  ///
  /// When the task is cancelled, running calls are cancelled too, with `unavailable`, and the server ends.
  /// - Throws: ``RPCError``: `unavailable` with the reason if an address cannot be listened on, TLS cannot be set up, or the server
  ///   serves already or has served.
  public func serve() async throws {
    guard try self.enterServing() else {
      self.listening.set(.failure(RPCError(code: .unavailable, message: "the server was shut down before it listened")))
      return
    }
    do {
      try await withTaskCancellationHandler {
        try await self.listen()
        let reloading = Task { await self.reloadCertificatesAgainAndAgain() }
        defer { reloading.cancel() }
        // Not cancelled: the handler below ends what it waits for.
        await Task { try? await self.closed.value }.value
      } onCancel: {
        self.stop()
      }
    } catch {
      self.state.withLock { $0.phase = .stopped }
      self.listening.set(.failure(error))
      throw error
    }
    self.state.withLock { $0.phase = .stopped }
  }

  /// Accepts no more connections and calls; running calls may go on for the transport's grace period.
  ///
  /// Before that, what services have registered for it with ``RPCRouter/onGracefulShutdown(_:)`` is done.
  ///
  /// Returns at once; ``serve()`` returns when the server is done. Does nothing the second time.
  public func beginGracefulShutdown() {
    let hasNotServed = self.state.withLock { state -> Bool? in
      switch state.phase {
      case .new:
        state.phase = .shutDownEarly
        return true
      case .serving:
        state.phase = .announcingShutdown
        return false
      case .shutDownEarly, .announcingShutdown, .shuttingDown, .stopped:
        return nil
      }
    }
    guard let hasNotServed else { return }
    for action in self.shutdownActions {
      action()
    }
    if !hasNotServed { self.shutDownListenerAndConnections() }
  }

  private func shutDownListenerAndConnections() {
    let (listener, connections) = self.state.withLock { state in
      // Unless it could not listen meanwhile.
      if case .announcingShutdown = state.phase { state.phase = .shuttingDown }
      defer { state.listener = nil }
      return (state.listener, Array(state.connections.values))
    }
    for connection in connections {
      connection.beginGracefulShutdown()
    }
    if let period = self.transport.config.connection.shutdownGracePeriod, !connections.isEmpty {
      self.loops.next().eventLoop.scheduleTask(in: TimeAmount(period)) { [weak self] in self?.cancelConnections() }
    }
    self.close(listener)
  }

  // MARK: Certificates

  /// Reads the files of certificates, keys and revocation lists again; new connections use what has changed. Does nothing without TLS.
  ///
  /// The server does so itself every ``ServerTransportSecurity/TLS/reloadInterval``.
  /// - Throws: ``RPCError`` with `unavailable` if something cannot be read or used; what was read before still holds then.
  public func reloadCertificates() throws {
    guard let tls = self.state.withLock({ $0.tls }), try tls.reload() else { return }
    self.configuration.logger.info("the certificates have changed")
  }

  private func reloadCertificatesAgainAndAgain() async {
    guard let interval = self.transport.transportSecurity.tls?.reloadInterval else { return }
    var lastError: RPCError?
    while (try? await Task.sleep(for: interval)) != nil {
      do {
        try self.reloadCertificates()
        lastError = nil
      } catch {
        let error = RPCError.wrapping(error, code: .unavailable, message: "\(error)")
        // The same fault is told once.
        guard error != lastError else { continue }
        lastError = error
        self.configuration.logger.warning(
          "the certificates cannot be read again: the old ones still hold", metadata: ["error": "\(error)"])
      }
    }
  }

  // MARK: Phases

  /// Returns whether there is something to do.
  private func enterServing() throws -> Bool {
    try self.state.withLock { state in
      switch state.phase {
      case .new:
        state.phase = .serving
        return true
      case .shutDownEarly:
        state.phase = .stopped
        return false
      case .serving, .announcingShutdown, .shuttingDown:
        throw RPCError(code: .unavailable, message: "the server serves already")
      case .stopped:
        throw RPCError(code: .unavailable, message: "the server has been shut down; make another one to serve again")
      }
    }
  }

  private func listen() async throws {
    let tls = try self.transport.transportSecurity.tls.map(TLSSource.init)
    self.state.withLock { $0.tls = tls }
    let addresses = try self.transport.addresses.map { address in
      do {
        return try address.makeNIOAddress()
      } catch {
        throw RPCError(code: .unavailable, message: "cannot listen on \(address): \(error)", cause: error)
      }
    }
    let config = self.transport.config.connection
    let listener = try await ServerListener.bind(
      addresses, on: self.loops, backlog: config.backlog,
      userTimeout: config.keepalive.time == nil ? nil : config.keepalive.timeout, logger: self.configuration.logger
    ) { channel in
      try self.accept(channel) { executor, session, connection in
        ConnectionDriver(
          executor: executor, session: session, tls: try tls?.makeEngine(memory: executor.tlsMemory),
          handler: connection, handshakeTimeout: config.handshakeTimeout, busyPollDuration: config.busyPollDuration
        )
      }
    }
    let isServing = self.state.withLock { state in
      switch state.phase {
      case .serving, .announcingShutdown:
        state.listener = listener
        return true
      case .new, .shutDownEarly, .shuttingDown, .stopped:
        return false
      }
    }
    if isServing {
      self.listening.set(.success(listener.addresses.compactMap(SocketAddress.init)))
    } else {
      self.listening.set(.failure(RPCError(code: .unavailable, message: "the server was shut down before it listened")))
      self.close(listener)
    }
  }

  private func close(_ listener: ServerListener?) {
    Task {
      await listener?.close()
      self.closeIfDone(listenerIsClosed: true)
    }
  }

  private func stop() {
    self.beginGracefulShutdown()
    self.cancelConnections()
  }

  private func cancelConnections() {
    for connection in self.state.withLock({ Array($0.connections.values) }) {
      connection.cancelCallsAndClose()
    }
  }

  private let listenerIsClosed = Atomic(false)

  private func closeIfDone(listenerIsClosed: Bool) {
    if listenerIsClosed { self.listenerIsClosed.store(true, ordering: .sequentiallyConsistent) }
    let isDone = self.state.withLock { state in
      if case .shuttingDown = state.phase { state.connections.isEmpty } else { false }
    }
    if isDone, self.listenerIsClosed.load(ordering: .sequentiallyConsistent) {
      self.closed.set(.success(()))
    }
  }

  // MARK: Connections

  /// Turns an accepted channel into a connection, on its loop.
  private func accept(
    _ channel: any Channel, makeDriver: (LoopExecutor, HTTP2Session, ServerConnection) throws -> ConnectionDriver
  ) throws {
    let executor = self.loops.executor(of: channel.eventLoop)
    if let limit = self.transport.config.connection.maxConnections, self.connectionCount >= limit {
      self.faults.note(
        .connectionLimit, reason: "\(limit) connections are open, as many as maxConnections allows",
        peer: channel.remoteAddress?.peerDescription ?? "unknown", now: executor.eventLoop.now)
      channel.close(promise: nil)
      return
    }
    let session = try HTTP2Session(
      role: .server, configuration: self.transport.config.http2.sessionConfiguration, streamType: ServerCall.self,
      memory: executor.sessionMemory)
    let connection = ServerConnection(
      executor: executor, methods: self.methods,
      maxRequestMessageBytes: self.transport.config.rpc.maxRequestPayloadSize, compression: self.compression,
      config: self.transport.config.connection, logger: self.configuration.logger,
      callLogLevel: self.configuration.callLogLevel, faults: self.faults
    ) { [weak self] connection in
      guard let self else { return }
      self.state.withLock { $0.connections[ObjectIdentifier(connection)] = nil }
      self.closeIfDone(listenerIsClosed: false)
    }
    let driver = try makeDriver(executor, session, connection)
    connection.attach(driver)
    let isShuttingDown = self.state.withLock { state in
      state.connections[ObjectIdentifier(connection)] = connection
      switch state.phase {
      case .serving, .announcingShutdown: return false
      case .new, .shutDownEarly, .shuttingDown, .stopped: return true
      }
    }
    try channel.pipeline.syncOperations.addHandler(driver)
    if isShuttingDown {
      connection.beginGracefulShutdown()
    }
  }
}

extension ServerTransport.Config.HTTP2 {
  /// The same for the HTTP/2 engine.
  var sessionConfiguration: HTTP2Configuration {
    var configuration = HTTP2Configuration()
    configuration.initialStreamWindowBytes = self.targetWindowSize
    configuration.connectionWindowBytes = self.connectionWindowSize
    configuration.maxConcurrentStreams = self.maxConcurrentStreams
    configuration.maxFrameBytes = self.maxFrameSize
    configuration.maxHeaderListBytes = self.maxHeaderListBytes
    configuration.wastefulFramesBurst = self.wastefulFramesBurst
    configuration.wastefulFramesPerSecond = self.wastefulFramesPerSecond
    configuration.maxQueuedAcknowledgements = self.maxQueuedAcknowledgements
    return configuration
  }
}
