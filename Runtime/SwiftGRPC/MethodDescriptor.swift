/// The name of a method and of its service, and the path that stands for them on the wire.
///
/// Two descriptors are equal when their paths are.
public struct MethodDescriptor: Sendable {
  /// The service that the method belongs to.
  public let service: ServiceDescriptor

  /// The method's own name, such as `SayHello`; case-sensitive.
  public let method: String

  /// The value of the `:path` header, such as `/helloworld.Greeter/SayHello`.
  ///
  /// Spec: gRPC over HTTP/2, "Path".
  public let path: String

  /// Which sides send a stream of messages, if that is known.
  public let type: RPCType?

  /// Creates a descriptor.
  public init(service: ServiceDescriptor, method: String, type: RPCType? = nil) {
    self.service = service
    self.method = method
    self.type = type
    self.path = "/\(service.fullyQualifiedService)/\(method)"
  }

  /// Creates a descriptor from the service's whole name, such as `helloworld.Greeter`.
  public init(fullyQualifiedService: String, method: String, type: RPCType? = nil) {
    self.init(service: ServiceDescriptor(fullyQualifiedService: fullyQualifiedService), method: method, type: type)
  }

  /// The whole name without the leading slash, such as `helloworld.Greeter/SayHello`.
  public var fullyQualifiedMethod: String { String(path.dropFirst()) }
}

extension MethodDescriptor: Hashable {
  /// Compares the paths.
  public static func == (lhs: MethodDescriptor, rhs: MethodDescriptor) -> Bool { lhs.path == rhs.path }

  /// Hashes the path.
  public func hash(into hasher: inout Hasher) { hasher.combine(path) }
}

extension MethodDescriptor: CustomStringConvertible {
  /// The whole name without the leading slash.
  public var description: String { fullyQualifiedMethod }
}

extension MethodDescriptor {
  /// The four kinds of method: one or many messages each way.
  public enum RPCType: Sendable, Hashable, CaseIterable {
    /// One request, one response.
    case unary
    /// Many requests, one response.
    case clientStreaming
    /// One request, many responses.
    case serverStreaming
    /// Many requests, many responses.
    case bidirectionalStreaming

    /// Whether the client sends any number of messages rather than one.
    public var isRequestStreaming: Bool { self == .clientStreaming || self == .bidirectionalStreaming }

    /// Whether the server sends any number of messages rather than one.
    public var isResponseStreaming: Bool { self == .serverStreaming || self == .bidirectionalStreaming }
  }
}
