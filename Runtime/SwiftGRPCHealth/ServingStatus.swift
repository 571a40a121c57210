/// Whether a service takes calls, as its server says it.
public struct ServingStatus: Sendable, Hashable {
  enum Kind {
    case serving
    case notServing
  }

  let kind: Kind

  /// The service takes calls.
  public static let serving = ServingStatus(kind: .serving)

  /// The service is there, but takes no calls: it starts, it is overloaded, or something that it needs is missing.
  public static let notServing = ServingStatus(kind: .notServing)
}

extension ServingStatus: CustomStringConvertible {
  /// The name on the wire, `SERVING` or `NOT_SERVING`.
  public var description: String {
    switch self.kind {
    case .serving: "SERVING"
    case .notServing: "NOT_SERVING"
    }
  }

  /// The same on the wire.
  var onWire: Grpc_Health_V1_HealthCheckResponse.ServingStatus {
    switch self.kind {
    case .serving: .serving
    case .notServing: .notServing
    }
  }
}
