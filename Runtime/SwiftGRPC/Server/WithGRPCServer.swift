/// Listens, serves while `body` runs, then shuts down gracefully.
///
/// - Parameters:
///   - transport: Where to listen, and how to talk.
///   - services: What to serve.
///   - interceptors: Run around every call, the first one outermost.
///   - configuration: How handlers run.
///   - body: Gets the server, which listens. Does not run if it cannot.
/// - Returns: what `body` returns.
/// - Throws: what `body` or ``GRPCServer/serve()`` throws.
public func withGRPCServer<Result: Sendable>(
  transport: ServerTransport, services: [any RegistrableRPCService], interceptors: [any ServerInterceptor] = [],
  configuration: GRPCServer.Configuration = .init(),
  isolation: isolated (any Actor)? = #isolation,
  _ body: (GRPCServer) async throws -> Result
) async throws -> Result {
  let server = GRPCServer(
    transport: transport, services: services, interceptors: interceptors, configuration: configuration
  )
  return try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask { try await server.serve() }
    let result: Result
    do {
      // A client that the body makes finds the server listening; where it cannot listen, that is the error.
      _ = try await server.listeningAddresses
      result = try await body(server)
    } catch {
      server.beginGracefulShutdown()
      throw error
    }
    server.beginGracefulShutdown()
    try await group.waitForAll()
    return result
  }
}
