import NIOCore

/// A client of one server: makes calls, and the connection that they need.
///
/// It can be used at once and from any task; the first call connects. All calls share one connection, which is made again
/// when it is lost. Close the client when it is no longer needed, or use ``withGRPCClient(transport:interceptors:isolation:handleClient:)``.
///
/// ```swift
/// let client = GRPCClient(transport: .http2(target: .dns(host: "localhost", port: 50051), transportSecurity: .plaintext))
/// let greeter = Helloworld_Greeter.Client(wrapping: client)
/// let reply = try await greeter.sayHello(.with { $0.name = "world" })
/// try await client.close()
/// ```
public final class GRPCClient: Sendable {
  @usableFromInline let channel: ClientChannel
  @usableFromInline let interceptors: [ConditionalInterceptor<any ClientInterceptor>]

  /// Creates a client whose interceptors are for every method; the first one sees a call first.
  public convenience init(transport: ClientTransport, interceptors: [any ClientInterceptor] = []) {
    self.init(transport: transport, interceptorPipeline: interceptors.map { .apply($0, to: .all) })
  }

  /// Creates a client with interceptors that say which methods they are for; the first one sees a call first.
  public init(transport: ClientTransport, interceptorPipeline: [ConditionalInterceptor<any ClientInterceptor>]) {
    let loops = transport.eventLoopGroup.map { LoopGroup(eventLoopGroup: $0) } ?? LoopGroup.shared
    self.channel = ClientChannel(transport: transport, executor: loops.next())
    self.interceptors = interceptorPipeline
  }

  /// Creates a client of a channel, which a test has made.
  init(channel: ClientChannel) {
    self.channel = channel
    self.interceptors = []
  }

  deinit {
    // Nobody can start calls any more; those that run may finish.
    channel.executor.execute { [channel] in channel.beginGracefulShutdown() }
  }

  /// The executor of the event loop that the client's connection lives on.
  ///
  /// A task that prefers it (`Task(executorPreference:)`) makes calls without a change of thread. Such a task must not
  /// compute for long or block, since the connection waits meanwhile.
  public var executor: any TaskExecutor { channel.executor }

  // MARK: Connection

  /// Where the client stands with its server.
  public var connectivityState: ConnectivityState { channel.connectivity.state }

  /// Returns when ``connectivityState`` is another one than `state`, at once if it is already, or when the task is cancelled.
  public func waitForConnectivityChange(from state: ConnectivityState) async {
    await channel.connectivity.waitForChange(from: state)
  }

  /// Makes a connection although there is no call yet. Returns at once.
  public func connect() {
    channel.executor.execute { [channel] in channel.connectNow() }
  }

  /// Returns when the client has been closed. Connections are made without it too: it is here for programs that call it.
  ///
  /// Cancelling the task closes the client; calls that run then end with `cancelled`.
  public func runConnections() async throws {
    await waitUntilClosed()
    if Task.isCancelled {
      channel.executor.execute { [channel] in channel.closeNow() }
      await waitUntilClosed(isCancellable: false)
    }
  }

  /// Takes no new calls; they fail with `unavailable`. Calls that run or wait may finish, then the connection is closed.
  public func beginGracefulShutdown() {
    channel.executor.execute { [channel] in channel.beginGracefulShutdown() }
  }

  /// Shuts down gracefully and waits until the last call and the connection are over.
  ///
  /// - Parameter gracePeriod: After this time the calls that still run end with `cancelled`; `nil` waits as long as they take.
  ///   Cancelling the task does the same at once.
  public func close(gracePeriod: Duration? = nil) async throws {
    beginGracefulShutdown()
    let timer = gracePeriod.map { time in
      channel.executor.eventLoop.scheduleTask(in: TimeAmount(time)) { [channel] in
        channel.executor.performBatch { channel.closeNow() }
      }
    }
    await waitUntilClosed()
    timer?.cancel()
    if Task.isCancelled {
      channel.executor.execute { [channel] in channel.closeNow() }
      await waitUntilClosed(isCancellable: false)
    }
  }

  private func waitUntilClosed(isCancellable: Bool = true) async {
    let ticket = Milestone.Ticket()
    let channel = channel
    await withTaskCancellationHandler {
      _ = await withUnsafeContinuation { continuation in
        channel.executor.execute { channel.waitUntilClosed(continuation, ticket: ticket) }
      }
    } onCancel: {
      if isCancellable { channel.executor.execute { channel.cancelWait(ticket) } }
    }
  }

  // MARK: Interceptors

  /// The interceptors that are for a method.
  func interceptors(for method: MethodDescriptor) -> ArraySlice<ConditionalInterceptor<any ClientInterceptor>> {
    ArraySlice(interceptors.filter { $0.applies(to: method) })
  }

  /// Whether calls of a method go straight to the connection.
  @usableFromInline
  func isDirect(_ method: MethodDescriptor) -> Bool {
    interceptors.isEmpty || !interceptors.contains { $0.applies(to: method) }
  }
}
