/// What proves to a server who makes a call: metadata that is added to it, such as a token.
///
/// ```swift
/// let credentials = CallCredentials.tokens { AccessToken(try await login(), expiresIn: .seconds(3600)) }
/// let transport = ClientTransport.http2(
///   target: target, transportSecurity: .tls, config: .defaults { $0.credentials = credentials }
/// )
/// ```
/// They are sent over TLS only, unless ``allowsPlaintext`` says otherwise: a call over a plaintext connection fails with
/// `unauthenticated` instead. A call waits for its credentials as it waits for a connection, within its deadline.
///
/// If they cannot be had, the call ends with the ``RPCError`` that was thrown, or with `unauthenticated` and any other error as
/// the cause; throw `unavailable` where trying again may help. Codes that the library never generates, such as `notFound`, would
/// look like the server's and become `internalError`. Spec: A54, "Restrict Control Plane Status Codes".
///
/// Two values are equal if one is a copy of the other.
public struct CallCredentials: Sendable {
  /// What is known about the call that the credentials are for.
  public struct Context: Sendable, Hashable {
    /// The method that is called.
    public var descriptor: MethodDescriptor

    /// The server's name as in `:authority`.
    public var authority: String

    /// The audience for which tokens are usually made: `https://`, the authority, and the service's name.
    public var serviceURL: String { "https://\(authority)/\(descriptor.service.fullyQualifiedService)" }

    /// Creates a context.
    public init(descriptor: MethodDescriptor, authority: String) {
      self.descriptor = descriptor
      self.authority = authority
    }
  }

  private final class Provider: Sendable {
    let metadata: @Sendable (Context) async throws -> Metadata

    init(_ metadata: @escaping @Sendable (Context) async throws -> Metadata) {
      self.metadata = metadata
    }
  }

  private let provider: Provider

  /// Whether they may be sent over a connection without TLS, where everybody on the way can read them; `false` by default.
  public var allowsPlaintext = false

  private init(_ metadata: @escaping @Sendable (Context) async throws -> Metadata) {
    self.provider = Provider(metadata)
  }

  /// Metadata that is made for each call.
  ///
  /// - Parameter provider: Makes the metadata; asked once for each attempt at a call, by many tasks at the same time.
  public static func metadata(
    _ provider: @escaping @Sendable (_ context: Context) async throws -> Metadata
  ) -> CallCredentials {
    CallCredentials(provider)
  }

  /// A token that does not expire, sent as `authorization: Bearer …`. Spec: RFC 6750, section 2.1.
  public static func token(_ value: String) -> CallCredentials {
    let metadata: Metadata = ["authorization": "Bearer \(value)"]
    return CallCredentials { _ in metadata }
  }

  /// Tokens that expire, sent as `authorization: Bearer …`. Spec: RFC 6750, section 2.1.
  ///
  /// A token is used for all calls until it is about to expire; then one task asks for the next while calls go on with the old
  /// one.
  /// - Parameters:
  ///   - refreshMargin: How long before its end a token is replaced; 60 s. Half of its life or less is a good choice.
  ///   - provider: Gets a new token.
  public static func tokens(
    refreshMargin: Duration = .seconds(60), provider: @escaping @Sendable () async throws -> AccessToken
  ) -> CallCredentials {
    let cache = TokenCache(refreshMargin: refreshMargin, provider: provider)
    return CallCredentials { _ in ["authorization": "Bearer \(try await cache.token().value)"] }
  }

  /// The metadata for a call, or the error to end it with.
  func metadata(for context: Context) async -> Result<Metadata, RPCError> {
    do {
      return .success(try await provider.metadata(context))
    } catch {
      let error = RPCError.wrapping(
        error, code: .unauthenticated, message: "the call's credentials cannot be had: \(error)"
      )
      return .failure(error.restrictedToControlPlane(of: "credentials"))
    }
  }
}

extension CallCredentials: Hashable {
  /// Whether both have the same provider.
  public static func == (lhs: CallCredentials, rhs: CallCredentials) -> Bool {
    lhs.provider === rhs.provider && lhs.allowsPlaintext == rhs.allowsPlaintext
  }

  /// Hashes the provider's identity.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(ObjectIdentifier(provider))
    hasher.combine(allowsPlaintext)
  }
}
