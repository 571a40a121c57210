import SwiftGRPC
import SwiftGRPCProtobuf

/// The methods of `grpc.health.v1.Health`.
struct HealthMethods: Grpc_Health_V1_Health.SimpleServiceProtocol {
  /// How many services `List` tells of at most. Spec: A90.
  private static let mostListed = 100

  let health: ServerHealth

  /// Spec: `health-checking.md`: a service that the server does not know is NOT_FOUND.
  func check(
    request: Grpc_Health_V1_HealthCheckRequest, context: ServerContext
  ) async throws -> Grpc_Health_V1_HealthCheckResponse {
    guard let status = self.health.statuses[request.service] else {
      throw RPCError(code: .notFound, message: "the server has no service \(request.service)")
    }
    return Self.response(status)
  }

  /// Spec: `health-checking.md`: the first answer comes at once, others when something has changed.
  func watch(
    request: Grpc_Health_V1_HealthCheckRequest, response: RPCWriter<Grpc_Health_V1_HealthCheckResponse>,
    context: ServerContext
  ) async throws {
    var last: ServingStatus??
    for await status in self.health.watch(request.service) where status != last {
      try await response.write(Self.response(status))
      last = .some(status)
    }
    try Task.checkCancellation()
    throw RPCError(code: .unavailable, message: "the server is shutting down")
  }

  /// Spec: A90.
  func list(
    request: Grpc_Health_V1_HealthListRequest, context: ServerContext
  ) async throws -> Grpc_Health_V1_HealthListResponse {
    let statuses = self.health.statuses
    guard statuses.count <= Self.mostListed else {
      throw RPCError(
        code: .resourceExhausted,
        message: "the server has \(statuses.count) services, more than the \(Self.mostListed) that List tells of")
    }
    return .with { $0.statuses = statuses.mapValues { Self.response($0) } }
  }

  private static func response(_ status: ServingStatus?) -> Grpc_Health_V1_HealthCheckResponse {
    .with { $0.status = status?.onWire ?? .serviceUnknown }
  }
}
