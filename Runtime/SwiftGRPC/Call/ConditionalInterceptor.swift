/// An interceptor, and which methods it is for.
///
/// ```swift
/// let client = GRPCClient(transport: transport, interceptorPipeline: [.apply(logging, to: .all)])
/// ```
public struct ConditionalInterceptor<Interceptor: Sendable>: Sendable {
  /// The methods that an interceptor is for.
  public struct Subject: Sendable {
    private let predicate: @Sendable (_ descriptor: MethodDescriptor) -> Bool

    /// Every method.
    public static var all: Subject { Subject { _ in true } }

    /// The methods of some services.
    public static func services(_ services: Set<ServiceDescriptor>) -> Subject {
      Subject { services.contains($0.service) }
    }

    /// Some methods.
    public static func methods(_ methods: Set<MethodDescriptor>) -> Subject {
      Subject { methods.contains($0) }
    }

    /// The methods of some services, and some methods besides.
    public static func only(services: Set<ServiceDescriptor>, methods: Set<MethodDescriptor>) -> Subject {
      Subject { services.contains($0.service) || methods.contains($0) }
    }

    /// Every method but those of some services and some others.
    public static func allExcluding(services: Set<ServiceDescriptor>, methods: Set<MethodDescriptor>) -> Subject {
      Subject { !services.contains($0.service) && !methods.contains($0) }
    }

    /// The methods that a predicate picks.
    public static func allMatching(_ predicate: @Sendable @escaping (_ descriptor: MethodDescriptor) -> Bool) -> Subject
    {
      Subject(predicate: predicate)
    }

    func contains(_ descriptor: MethodDescriptor) -> Bool { predicate(descriptor) }
  }

  /// The interceptor.
  public let interceptor: Interceptor

  private let subject: Subject

  init(interceptor: Interceptor, subject: Subject) {
    self.interceptor = interceptor
    self.subject = subject
  }

  /// Whether the interceptor is for this method.
  public func applies(to descriptor: MethodDescriptor) -> Bool { subject.contains(descriptor) }
}
