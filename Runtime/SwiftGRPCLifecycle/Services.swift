public import ServiceLifecycle
public import SwiftGRPC

/// A server as a service: it is shut down gracefully when its group is.
///
/// ```swift
/// let group = ServiceGroup(
///   services: [server], gracefulShutdownSignals: [.sigterm], cancellationSignals: [.sigint], logger: logger
/// )
/// try await group.run()
/// ```
///
/// With SIGTERM, the server then accepts no more calls, and those that run may go on for the transport's `shutdownGracePeriod`.
extension GRPCServer: Service {
  /// Listens and serves until the group shuts down; see `serve()`.
  ///
  /// - Throws: what `serve()` throws.
  public func run() async throws {
    try await withGracefulShutdownHandler {
      try await self.serve()
    } onGracefulShutdown: {
      self.beginGracefulShutdown()
    }
  }
}

/// A client as a service: it takes no more calls when its group shuts down, and those that run finish.
extension GRPCClient: Service {
  /// Returns when the client has been closed, which the group's shutdown does; see `runConnections()`.
  ///
  /// - Throws: what `runConnections()` throws.
  public func run() async throws {
    try await withGracefulShutdownHandler {
      try await self.runConnections()
    } onGracefulShutdown: {
      self.beginGracefulShutdown()
    }
  }
}
