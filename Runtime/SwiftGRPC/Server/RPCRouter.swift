/// The methods that a server offers, and how each is answered.
///
/// Generated services register their methods; ``GRPCServer`` makes a router of the services that it is given. Register methods by hand
/// to offer some that are known only at run time.
public struct RPCRouter: Sendable {
  private var handlers: [MethodDescriptor: MethodHandler] = [:]
  private var interceptors: [ConditionalInterceptor<any ServerInterceptor>] = []

  /// What to do when the server begins to shut down, in the order of registration.
  private(set) var shutdownActions: [@Sendable () -> Void] = []

  /// Creates a router without methods.
  public init() {}

  /// The methods that are registered, in no particular order.
  public var methods: [MethodDescriptor] { Array(self.handlers.keys) }

  /// The number of methods.
  public var count: Int { self.handlers.count }

  /// Whether a method is registered.
  public func hasHandler(forMethod descriptor: MethodDescriptor) -> Bool {
    self.handlers[descriptor] != nil
  }

  /// Removes a method; returns whether it was there.
  @discardableResult
  public mutating func removeHandler(forMethod descriptor: MethodDescriptor) -> Bool {
    self.handlers.removeValue(forKey: descriptor) != nil
  }

  /// Adds interceptors, which run in this order, before those that are added later, around every method that they apply to.
  public mutating func registerInterceptors(pipeline: [ConditionalInterceptor<any ServerInterceptor>]) {
    self.interceptors.append(contentsOf: pipeline)
  }

  /// Has `body` called once when ``GRPCServer/beginGracefulShutdown()`` is, before any client is told.
  ///
  /// For services that have to tell others beforehand, or that have calls which end only when they are told to: all calls may still
  /// go on then, and new ones still come. `body` is called on whichever thread begins the shutdown and must return soon. What it
  /// lets handlers on event loops send goes out before the connections' GOAWAY.
  public mutating func onGracefulShutdown(_ body: @escaping @Sendable () -> Void) {
    self.shutdownActions.append(body)
  }

  @usableFromInline
  mutating func register(_ handler: MethodHandler) {
    self.handlers[handler.descriptor] = handler
  }

  /// The table that connections use: handlers behind their interceptors, each run where `execution` says.
  func makeTable(execution: (MethodDescriptor) -> HandlerExecution) -> MethodTable {
    MethodTable(
      self.handlers.values.map { handler in
        let interceptors = self.interceptors.filter { $0.applies(to: handler.descriptor) }.map(\.interceptor)
        let intercepted = interceptors.isEmpty ? handler : handler.intercepted(interceptors)
        return intercepted.with(execution: execution(handler.descriptor))
      }
    )
  }
}

/// A service whose methods a server can offer. Generated service protocols refine it.
public protocol RegistrableRPCService: Sendable {
  /// Registers the service's methods with a router.
  func registerMethods(with router: inout RPCRouter)
}
