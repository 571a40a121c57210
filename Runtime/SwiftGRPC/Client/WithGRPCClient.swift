/// Runs a closure with a client, which is closed when the closure is done.
///
/// When the closure returns, calls that still run may finish; when it throws or the task is cancelled, they are ended.
/// - Throws: what the closure throws.
public func withGRPCClient<Result: Sendable>(
  transport: ClientTransport,
  interceptors: [any ClientInterceptor] = [],
  isolation: isolated (any Actor)? = #isolation,
  handleClient: (GRPCClient) async throws -> Result
) async throws -> Result {
  try await withGRPCClient(
    transport: transport, interceptorPipeline: interceptors.map { .apply($0, to: .all) }, isolation: isolation,
    handleClient: handleClient
  )
}

/// Runs a closure with a client whose interceptors say which methods they are for; the client is closed when the closure is done.
///
/// When the closure returns, calls that still run may finish; when it throws or the task is cancelled, they are ended.
/// - Throws: what the closure throws.
public func withGRPCClient<Result: Sendable>(
  transport: ClientTransport,
  interceptorPipeline: [ConditionalInterceptor<any ClientInterceptor>],
  isolation: isolated (any Actor)? = #isolation,
  handleClient: (GRPCClient) async throws -> Result
) async throws -> Result {
  let client = GRPCClient(transport: transport, interceptorPipeline: interceptorPipeline)
  do {
    let result = try await handleClient(client)
    try await client.close()
    return result
  } catch {
    try? await client.close(gracePeriod: .zero)
    throw error
  }
}
