import InteropService
import SwiftGRPC

// Cases whose server ends streams and connections in odd ways.
// Spec: "Negative HTTP/2 Test Case Descriptions".

/// The server says GOAWAY after the first call; the second one finds a new connection without the caller's help.
func runGoAway(_ service: TestService, _ client: GRPCClient) async throws {
  try await runLargeUnary(service)
  // GOAWAY comes right behind the response, and ends the state.
  while client.connectivityState == .ready { await client.waitForConnectivityChange(from: .ready) }
  try await runLargeUnary(service)
}

/// The server resets the stream before the status: the call must not succeed, nor be made again.
func runReset(_ service: TestService) async throws {
  do {
    _ = try await service.unaryCall(largeRequest, options: options)
  } catch is RPCError {
    return
  }
  throw FailedCheck(description: "the call succeeded, although its stream was reset")
}

/// The server allows one call at a time: the others wait, and all succeed.
func runMaxStreams(_ service: TestService) async throws {
  try await runLargeUnary(service)
  try await withThrowingTaskGroup { group in
    for _ in 0..<10 { group.addTask { try await runLargeUnary(service) } }
    try await group.waitForAll()
  }
}
