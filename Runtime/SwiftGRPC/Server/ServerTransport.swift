public import NIOCore

/// Where a server listens, and how it talks: a description, from which ``GRPCServer`` makes its listener.
///
/// ```swift
/// let server = GRPCServer(
///   transport: .http2(address: .ipv4(host: "0.0.0.0", port: 50051), transportSecurity: .plaintext),
///   services: [Greeter()]
/// )
/// ```
public struct ServerTransport: Sendable {
  /// Plaintext or TLS, as a server uses it.
  public typealias Security = ServerTransportSecurity

  /// The addresses to listen on; at least one.
  public var addresses: [SocketAddress]

  /// Plaintext or TLS.
  public var transportSecurity: Security

  /// Sizes, times and limits.
  public var config: Config

  /// The event loops to use; the process's common ones, one per core, if it is `nil`.
  ///
  /// Connections are handed to the loops in turn and stay on theirs.
  public var eventLoopGroup: (any EventLoopGroup)?

  /// HTTP/2 over TCP or a Unix domain socket.
  public static func http2(
    address: SocketAddress, transportSecurity: Security, config: Config = .defaults,
    eventLoopGroup: (any EventLoopGroup)? = nil
  ) -> ServerTransport {
    ServerTransport(
      addresses: [address], transportSecurity: transportSecurity, config: config, eventLoopGroup: eventLoopGroup
    )
  }

  /// The same as ``http2(address:transportSecurity:config:eventLoopGroup:)``.
  public static func http2NIOPosix(
    address: SocketAddress, transportSecurity: Security, config: Config = .defaults,
    eventLoopGroup: (any EventLoopGroup)? = nil
  ) -> ServerTransport {
    .http2(address: address, transportSecurity: transportSecurity, config: config, eventLoopGroup: eventLoopGroup)
  }

  /// HTTP/2 on several addresses at once, such as an IPv4 and an IPv6 one.
  public static func http2(
    addresses: [SocketAddress], transportSecurity: Security, config: Config = .defaults,
    eventLoopGroup: (any EventLoopGroup)? = nil
  ) -> ServerTransport {
    ServerTransport(
      addresses: addresses, transportSecurity: transportSecurity, config: config, eventLoopGroup: eventLoopGroup
    )
  }
}

extension ServerTransport {
  /// Sizes, times and limits of a server's connections.
  public struct Config: Sendable, Hashable {
    /// How HTTP/2 is used.
    public var http2 = HTTP2()

    /// What is accepted of one call.
    public var rpc = RPC()

    /// How messages are compressed.
    public var compression = Compression()

    /// How long connections may take to come and to go.
    public var connection = Connection()

    /// Creates the defaults.
    public init() {}

    /// The defaults.
    public static var defaults: Config { Config() }

    /// The defaults with changes.
    public static func defaults(configure: (_ config: inout Config) -> Void) -> Config {
      var config = Config()
      configure(&config)
      return config
    }
  }
}

extension ServerTransport.Config {
  /// How HTTP/2 is used.
  public struct HTTP2: Sendable, Hashable {
    /// The largest frame that a client may send, in bytes; 16,384 (the default) to 16,777,215.
    public var maxFrameSize = 16_384

    /// How many bytes of one request a client may send ahead of its handler; 4 MiB. At most 2,147,483,647.
    public var targetWindowSize = 4 << 20

    /// How many bytes of all requests of a connection together may be on the way; 16 MiB. At least 65,535, at most 2,147,483,647.
    public var connectionWindowSize = 16 << 20

    /// How many calls a client may have open on one connection; 1,000. No limit if it is `nil`. Clients queue calls beyond it.
    public var maxConcurrentStreams: Int? = 1000

    /// The largest header list that is accepted, in bytes; 16 KiB. A larger one is answered with HTTP status 431.
    ///
    /// Counted as the sum of names, values and 32 for each field. Spec: RFC 9113, section 6.5.2.
    public var maxHeaderListBytes = 16_384

    /// How many frames that do no work a client may send at once; 2,000. See ``wastefulFramesPerSecond``.
    public var wastefulFramesBurst = 2000

    /// How many frames that do no work a client may send in the long run; 200 a second.
    ///
    /// These are resets and what provokes them, empty DATA, SETTINGS after the first, and PINGs and window updates without a
    /// reason. A client above it is told ENHANCE_YOUR_CALM and the connection closed (CVE-2023-44487 and others are such floods).
    public var wastefulFramesPerSecond = 200

    /// How many answers to SETTINGS and PINGs may wait for a client that does not read them; 1,000. Then the connection is closed.
    public var maxQueuedAcknowledgements = 1000

    /// Creates the defaults.
    public init() {}
  }

  /// What is accepted of one call.
  public struct RPC: Sendable, Hashable {
    /// The longest message that is accepted, in bytes; 4 MiB. A longer one ends its call with `resourceExhausted`.
    public var maxRequestPayloadSize = 4 << 20

    /// Creates the defaults.
    public init() {}
  }

  /// How messages are compressed.
  public struct Compression: Sendable, Hashable {
    /// What responses are compressed with; nothing by default.
    ///
    /// Handlers choose otherwise with ``ServerContext/responseCompression``. A client that does not name the algorithm in
    /// `grpc-accept-encoding` gets its responses uncompressed.
    public var algorithm = CompressionAlgorithm.none

    /// What requests may be compressed with; every algorithm by default. Others end a call with `unimplemented`.
    ///
    /// ``RPC/maxRequestPayloadSize`` is the limit of a message as received and as decompressed.
    public var enabledAlgorithms = CompressionAlgorithmSet.all

    /// Creates the defaults.
    public init() {}

    /// Creates settings.
    public init(algorithm: CompressionAlgorithm = .none, enabledAlgorithms: CompressionAlgorithmSet) {
      self.algorithm = algorithm
      self.enabledAlgorithms = enabledAlgorithms
    }

    /// Responses are not compressed, requests may be.
    public static var defaults: Compression { Compression() }
  }
}
