import NIOCore

extension ClientTransport.Config {
  /// How long a connection may take, or lie idle, and whether its server is still there.
  public struct Connection: Sendable, Hashable {
    /// How long an attempt may take, until the server's SETTINGS have arrived; 20 s.
    public var connectTimeout = Duration.seconds(20)

    /// After how long without a call the connection is closed; 30 min. Never if it is `nil`. Spec: A62.
    public var maxIdleTime: Duration? = .seconds(30 * 60)

    /// Whether the server is still there; not asked for if it is `nil` (the default).
    public var keepalive: Keepalive?

    /// For how long the event loop of an open connection looks for more to do after its last work, instead of sleeping at once; it sleeps
    /// at once if it is `nil` (the default).
    ///
    /// A loop that is awake takes the next response some microseconds earlier. Meanwhile it keeps a core busy, at most this long after each
    /// work, for as long as the client has a connection: 50 µs to 1 ms are worth it where calls follow one another and cores are to spare.
    /// Where they are not, the loop notices that it is kept from running and sleeps at once again for 100 ms. Nothing else that runs
    /// on the loop waits for it. It needs two file descriptors for each loop, and a loop that sleeps in NIO's own selector; without
    /// them the loop sleeps at once.
    public var busyPollDuration: Duration?

    /// Creates the defaults.
    public init() {}
  }

  /// Whether the server is still there: a PING after a time of silence, and the end of the connection if nothing follows.
  ///
  /// Calls of a connection that ends so get `unavailable`. A server that finds the PINGs too frequent says so (GOAWAY with
  /// `too_many_pings`): the time is doubled then for all connections of the client from there on.
  /// Spec: A8; A18 for `TCP_USER_TIMEOUT`, which is set to ``timeout``.
  public struct Keepalive: Sendable, Hashable {
    /// How long the server may be silent before it is sent a PING. Less than 10 s counts as 10 s.
    public var time: Duration

    /// How long the answer may take; 20 s.
    public var timeout: Duration

    /// Whether PINGs are also sent while there is no call; `false`. Many servers permit but one in two hours then.
    public var allowWithoutCalls: Bool

    /// Creates a keepalive.
    public init(time: Duration, timeout: Duration = .seconds(20), allowWithoutCalls: Bool = false) {
      self.time = time
      self.timeout = timeout
      self.allowWithoutCalls = allowWithoutCalls
    }
  }
}

extension Keepalive {
  /// The shortest time between PINGs of a client. Spec: A8.
  private static let minTime = TimeAmount.seconds(10)

  /// What a client's configuration asks for.
  init(_ configuration: ClientTransport.Config.Keepalive) {
    self.init(
      time: max(Self.minTime, TimeAmount(configuration.time)), timeout: TimeAmount(configuration.timeout),
      probesWithoutCalls: configuration.allowWithoutCalls
    )
  }

  /// The same for a connection of which nothing is known yet, with twice the time.
  var withDoubledTime: Keepalive {
    Keepalive(time: self.time * 2, timeout: self.timeout, probesWithoutCalls: self.probesWithoutCalls)
  }
}
