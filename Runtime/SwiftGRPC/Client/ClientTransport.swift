public import Logging
public import NIOCore

/// Where a client's server is, and how to talk to it: a description, from which ``GRPCClient`` makes connections.
///
/// ```swift
/// let client = GRPCClient(
///   transport: .http2(target: .dns(host: "localhost", port: 50051), transportSecurity: .plaintext)
/// )
/// ```
public struct ClientTransport: Sendable {
  /// The server.
  public var target: ClientTarget

  /// Plaintext or TLS.
  public var transportSecurity: ClientTransportSecurity

  /// Sizes, times and limits.
  public var config: Config

  /// Gets what befalls the client's connections, and at level `debug` the end of each call: method, peer, status and duration.
  ///
  /// Its level is asked for when the client is made, so that calls cost nothing where nobody would see it.
  public var logger = Logger(label: "swift-grpc.client")

  /// The event loops to use; the process's common ones if it is `nil`.
  ///
  /// A client uses one connection, on one of the loops.
  public var eventLoopGroup: (any EventLoopGroup)?

  /// HTTP/2 over TCP or a Unix domain socket.
  public static func http2(
    target: ClientTarget,
    transportSecurity: ClientTransportSecurity,
    config: Config = .defaults,
    eventLoopGroup: (any EventLoopGroup)? = nil
  ) -> ClientTransport {
    ClientTransport(
      target: target, transportSecurity: transportSecurity, config: config, eventLoopGroup: eventLoopGroup
    )
  }

  /// The same as ``http2(target:transportSecurity:config:eventLoopGroup:)``.
  public static func http2NIOPosix(
    target: ClientTarget,
    transportSecurity: ClientTransportSecurity,
    config: Config = .defaults,
    eventLoopGroup: (any EventLoopGroup)? = nil
  ) -> ClientTransport {
    .http2(target: target, transportSecurity: transportSecurity, config: config, eventLoopGroup: eventLoopGroup)
  }
}

extension ClientTransport {
  /// Sizes, times and limits of a client's connections.
  public struct Config: Sendable, Hashable {
    /// How HTTP/2 is used.
    public var http2 = HTTP2()

    /// How messages are compressed.
    public var compression = Compression()

    /// What proves who makes calls, unless ``CallOptions/credentials`` says otherwise; nothing by default.
    public var credentials: CallCredentials?

    /// When to try again after a connection could not be made.
    public var backoff = Backoff()

    /// How long a connection may take, or lie idle.
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

extension ClientTransport.Config {
  /// How HTTP/2 is used.
  public struct HTTP2: Sendable, Hashable {
    /// The largest frame that the server may send, in bytes; 16,384 (the default) to 16,777,215.
    public var maxFrameSize = 16_384

    /// How many bytes of one response the server may send ahead of the reader; 4 MiB. At most 2,147,483,647.
    public var targetWindowSize = 4 << 20

    /// How many bytes of all responses together may be on the way; 16 MiB. At least 65,535, at most 2,147,483,647.
    public var connectionWindowSize = 16 << 20

    /// The largest header list that is accepted, in bytes; 16 KiB.
    ///
    /// Counted as the sum of names, values and 32 for each field. Spec: RFC 9113, section 6.5.2.
    public var maxHeaderListBytes = 16_384

    /// How many frames that do no work a server may send at once; 2,000. See ``wastefulFramesPerSecond``.
    public var wastefulFramesBurst = 2000

    /// How many frames that do no work a server may send in the long run; 200 a second.
    ///
    /// These are resets and what provokes them, empty DATA, interim responses, SETTINGS after the first, and PINGs and window updates
    /// without a reason. A server above it is told ENHANCE_YOUR_CALM, and its calls end with `unavailable`.
    public var wastefulFramesPerSecond = 200

    /// How many answers to SETTINGS and PINGs may wait for a server that does not read them; 1,000. Then the connection is closed.
    public var maxQueuedAcknowledgements = 1000

    /// What to send as `:authority`; host and port of the target if it is `nil`.
    public var authority: String?

    /// Creates the defaults.
    public init() {}
  }

  /// How messages are compressed.
  public struct Compression: Sendable, Hashable {
    /// What requests are compressed with unless ``CallOptions/compression`` says otherwise; nothing by default.
    public var algorithm = CompressionAlgorithm.none

    /// What the server is told that responses may be compressed with; nothing by default.
    ///
    /// The algorithm of a call's own request is always among them.
    public var enabledAlgorithms = CompressionAlgorithmSet.none

    /// Creates the defaults.
    public init() {}

    /// Creates settings.
    public init(algorithm: CompressionAlgorithm, enabledAlgorithms: CompressionAlgorithmSet) {
      self.algorithm = algorithm
      self.enabledAlgorithms = enabledAlgorithms
    }

    /// Nothing is compressed.
    public static var defaults: Compression { Compression() }
  }

  /// When to try again after a connection could not be made. Spec: "gRPC Connection Backoff Protocol".
  public struct Backoff: Sendable, Hashable {
    /// The time from the start of the first attempt to that of the second; 1 s.
    public var initial = Duration.seconds(1)

    /// The longest time from one attempt to the next; 120 s.
    public var max = Duration.seconds(120)

    /// By how much the time grows from one attempt to the next; 1.6.
    public var multiplier = 1.6

    /// The part by which each time is lengthened or shortened at random; 0.2.
    public var jitter = 0.2

    /// Creates the defaults.
    public init() {}

    /// Creates a back-off.
    public init(initial: Duration, max: Duration, multiplier: Double, jitter: Double) {
      self.initial = initial
      self.max = max
      self.multiplier = multiplier
      self.jitter = jitter
    }
  }
}
