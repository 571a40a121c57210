public import SwiftGRPC

/// Tells load balancers, orchestrators and clients whether a server takes calls: the service `grpc.health.v1.Health`.
///
/// ```swift
/// let health = HealthService()
/// let server = GRPCServer(transport: transport, services: [Greeter(), health])
/// health.provider.updateStatus(.serving, forService: Helloworld_Greeter.descriptor)
/// ```
///
/// The whole server, whose name is the empty one, is ``ServingStatus/serving`` from the start; services are known once their status was
/// set. When the server begins to shut down gracefully all of them become ``ServingStatus/notServing`` for good, before any client is told
/// to go elsewhere, and calls of `Watch` end with `unavailable` once they have told so, so that they do not hold the server up.
///
/// A service object belongs to one server; copies are the same service. Spec: `health-checking.md`; A17; A90.
public struct HealthService: RegistrableRPCService {
  /// Sets what the service tells. Keep it wherever that is known.
  public let provider: Provider

  private let health = ServerHealth()

  /// Creates the service of one server.
  public init() {
    self.provider = Provider(health: self.health)
  }

  /// Registers `Check`, `Watch` and `List`, and lets the service know of the server's shutdown.
  public func registerMethods(with router: inout RPCRouter) {
    HealthMethods(health: self.health).registerMethods(with: &router)
    router.onGracefulShutdown { [health] in health.shutDown() }
  }
}

extension HealthService {
  /// Sets the status of services. Safe to use from any task.
  public struct Provider: Sendable {
    let health: ServerHealth

    /// Sets the status of a service, which is known from then on. Those who watch it are told if it has changed.
    ///
    /// Once the server is shutting down every service is ``ServingStatus/notServing``, whatever is set.
    public func updateStatus(_ status: ServingStatus, forService service: ServiceDescriptor) {
      self.updateStatus(status, forService: service.fullyQualifiedService)
    }

    /// Sets the status of a service by its name.
    ///
    /// - Parameters:
    ///   - status: The status from now on.
    ///   - service: The name with its package, such as `helloworld.Greeter`; empty for the whole server.
    public func updateStatus(_ status: ServingStatus, forService service: String) {
      self.health.update(status, service)
    }
  }
}
