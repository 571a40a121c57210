import Logging
import Synchronization

/// What a handler or an interceptor of a server knows about its call, and what it may set for the answer.
///
/// All copies of a context speak of the same call. It may be used from any task, also after the call has ended; what is set then
/// goes nowhere.
public struct ServerContext: Sendable {
  @usableFromInline let call: ServerCall

  @inlinable
  init(_ call: ServerCall) {
    self.call = call
  }

  /// Creates a context without a call, for tests of handlers and interceptors.
  ///
  /// - Parameters:
  ///   - descriptor: The method that the handler stands for.
  ///   - remotePeer: The client's address, such as `ipv4:127.0.0.1:31415`.
  ///   - localPeer: The server's address.
  ///   - metadata: The request's metadata.
  ///   - timeout: The time that the client gives the call, from now; `nil` for no limit.
  public init(
    descriptor: MethodDescriptor, remotePeer: String = "in-process", localPeer: String = "in-process",
    metadata: Metadata = [:], timeout: Duration? = nil
  ) {
    self.call = ServerCall()
    self.call.detach(
      ServerCall.Detached(
        descriptor: descriptor, remotePeer: remotePeer, localPeer: localPeer, metadata: metadata),
      deadline: timeout.map { .after($0) })
  }

  // MARK: The request

  /// The method that was called.
  public var descriptor: MethodDescriptor { self.call.descriptor }

  /// The metadata that came with the request. It stays as it was received until somebody looks into it.
  public var metadata: Metadata { self.call.requestMetadata }

  /// When the call must have ended, from the client's `grpc-timeout`; `nil` for no limit.
  ///
  /// When it passes the handler's task is cancelled and the client's stream is reset, whatever the handler does. The calls
  /// that the handler makes itself take it over; see ``CallOptions/inheritsDeadline``.
  public var deadline: Deadline? { self.call.deadline }

  /// The time until the deadline, not negative; `nil` for no limit.
  public var timeRemaining: Duration? { self.call.deadline.map { max(.zero, $0.timeLeft) } }

  /// Whether the call was cancelled: by the client, by its deadline, by the end of its connection or of the server.
  ///
  /// The handler's task is cancelled with it, so `Task.isCancelled` says the same inside of it.
  public var isCancelled: Bool { self.call.isCancelled }

  // MARK: The peer

  /// The client's address, such as `ipv4:127.0.0.1:31415`, `ipv6:[::1]:31415` or `unix:/run/greeter.sock`.
  public var remotePeer: String { self.call.remotePeer }

  /// The address that the client connected to, in the same form.
  public var localPeer: String { self.call.localPeer }

  /// Whether the connection is encrypted by TLS.
  public var isSecure: Bool { self.call.connectionInfo?.isSecure ?? false }

  /// The certificate that the client proved to own; `nil` without TLS or if the client has shown none.
  public var peerCertificate: PeerCertificate? { self.call.connectionInfo?.peerCertificate }

  // MARK: The answer

  /// The metadata to send before the first message, beside what a response object brings. Setting it after that has no effect.
  public var initialMetadata: Metadata {
    get { self.call.userState.withLock { $0.initialMetadata } }
    nonmutating set { self.call.setForAnswer { $0.initialMetadata = newValue } }
    nonmutating _modify {
      var metadata = self.initialMetadata
      defer { self.initialMetadata = metadata }
      yield &metadata
    }
  }

  /// The metadata to send with the status, beside what a response object or an error brings.
  public var trailingMetadata: Metadata {
    get { self.call.userState.withLock { $0.trailingMetadata } }
    nonmutating set { self.call.setForAnswer { $0.trailingMetadata = newValue } }
    nonmutating _modify {
      var metadata = self.trailingMetadata
      defer { self.trailingMetadata = metadata }
      yield &metadata
    }
  }

  /// What the response's messages are compressed with: the server's setting, unless it was set here before the first message.
  ///
  /// A client that cannot read it gets uncompressed messages all the same. Setting it after the first message, or after the
  /// metadata was sent, has no effect. ``RPCWriter/write(_:compress:)`` leaves single messages of a stream uncompressed.
  public var responseCompression: CompressionAlgorithm {
    get {
      self.call.userState.withLock { $0.wantedEncoding } ?? self.call.connectionInfo?.compression.algorithm ?? .none
    }
    nonmutating set { self.call.setForAnswer { $0.wantedEncoding = newValue } }
  }

  /// Whether the request's message that was read last was compressed. For the interoperability cases, on the
  /// event loop only.
  package var lastRequestWasCompressed: Bool { self.call.lastRequestWasCompressed }

  /// Sends ``initialMetadata`` now instead of with the first message, for clients that wait for it.
  public func sendInitialMetadata() async {
    await self.call.sendHeaders(adding: [:])
  }

  // MARK: For interceptors and handlers

  /// A logger that names the method and the peer; may be replaced or given more metadata.
  public var logger: Logger {
    get { self.call.userState.withLock { $0.logger } ?? self.call.makeLogger() }
    nonmutating set { self.call.userState.withLock { $0.logger = newValue } }
  }

  /// A value that an interceptor has left for the handler, such as the user whose token it checked.
  ///
  /// ```swift
  /// enum UserKey: ServerContextKey { typealias Value = User }
  /// context[UserKey.self] = user          // interceptor
  /// let user = context[UserKey.self]      // handler
  /// ```
  public subscript<Key: ServerContextKey>(key: Key.Type) -> Key.Value? {
    get { self.call.userState.withLock { $0.storage[ObjectIdentifier(key)] as? Key.Value } }
    nonmutating set { self.call.userState.withLock { $0.storage[ObjectIdentifier(key)] = newValue } }
  }
}

/// Names a value in a ``ServerContext`` and its type.
public protocol ServerContextKey {
  /// The type of the value.
  associatedtype Value: Sendable
}
