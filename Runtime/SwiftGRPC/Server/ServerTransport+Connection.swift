extension ServerTransport.Config {
  /// How long connections may take to come, stay and go.
  public struct Connection: Sendable, Hashable {
    /// How long a client may take for the TLS handshake and its first SETTINGS together, and later for one header list; 20 s.
    public var handshakeTimeout = Duration.seconds(20)

    /// How long nothing may come of a request that the client has to go on with; 30 s. As long as it likes if it is `nil`.
    ///
    /// That is: inside of a message, and anywhere in the request of a method that takes one message only, while the handler waits for
    /// it. A stream may rest between its messages for ever. The call ends with `deadlineExceeded` after this time and half of it at
    /// most; the connection and its other calls go on.
    public var maxRequestPause: Duration? = .seconds(30)

    /// How many connections may be open; 10,000. No limit if it is `nil`. What comes beyond it is closed at once.
    public var maxConnections: Int? = 10_000

    /// After how long without a call a connection is closed; never if it is `nil` (the default).
    ///
    /// The client is told with GOAWAY and the text `max_idle`, and connects again when it needs to. Spec: A9, MAX_CONNECTION_IDLE.
    public var maxIdleTime: Duration?

    /// How long a connection is used, so that load balancers can spread clients anew; for ever if it is `nil` (the default).
    ///
    /// Lengthened or shortened by up to a tenth at random, so that connections that came together do not go together. The client is
    /// told with GOAWAY and the text `max_age`; calls that run may go on for ``maxGraceTime``. Spec: A9, MAX_CONNECTION_AGE.
    public var maxAge: Duration?

    /// How long calls may go on after ``maxAge``; for ever if it is `nil` (the default).
    ///
    /// What still runs then is cancelled; its clients get `unavailable`. Spec: A9, MAX_CONNECTION_AGE_GRACE.
    public var maxGraceTime: Duration?

    /// Whether clients are still there, and how often they may ask the same of the server.
    public var keepalive = Keepalive()

    /// How long running calls may go on after ``GRPCServer/beginGracefulShutdown()``; 30 s. For ever if it is `nil`.
    ///
    /// What still runs then is cancelled; its clients get `unavailable`.
    public var shutdownGracePeriod: Duration? = .seconds(30)

    /// For how long an event loop with open connections looks for more to do after its last work, instead of sleeping at once; it sleeps at
    /// once if it is `nil` (the default).
    ///
    /// A loop that is awake takes the next request some microseconds earlier. Meanwhile it keeps a core busy, at most this long after each
    /// work, and only while it has a connection: 50 µs to 1 ms are worth it where calls follow one another and cores are to spare.
    /// Where they are not, the loop notices that it is kept from running and sleeps at once again for 100 ms. Nothing else that runs
    /// on the loop waits for it. It needs two file descriptors for each loop, and a loop that sleeps in NIO's own selector; without
    /// them the loop sleeps at once.
    public var busyPollDuration: Duration?

    /// How many connections may wait to be accepted; 1,024. The system may have a lower limit.
    public var backlog = 1024

    /// Creates the defaults.
    public init() {}
  }

  /// Whether clients are still there: a PING after a time of silence, and the end of the connection if nothing follows.
  ///
  /// Calls of a connection that ends so are cancelled. Spec: A8, A9; A18 for `TCP_USER_TIMEOUT`, which is set to ``timeout``.
  public struct Keepalive: Sendable, Hashable {
    /// How long a client may be silent before it is sent a PING, with or without calls; 2 h. Never if it is `nil`.
    public var time: Duration?

    /// How long the answer may take; 20 s.
    public var timeout: Duration

    /// How often clients may send PINGs of their own.
    public var clientBehavior: ClientKeepaliveBehavior

    /// Creates a keepalive; without arguments, the default.
    public init(
      time: Duration? = .seconds(2 * 60 * 60), timeout: Duration = .seconds(20),
      clientBehavior: ClientKeepaliveBehavior = .init()
    ) {
      self.time = time
      self.timeout = timeout
      self.clientBehavior = clientBehavior
    }
  }

  /// How often a client may send PINGs.
  ///
  /// A PING that comes earlier is a strike. With the third, the client gets GOAWAY with ENHANCE_YOUR_CALM and `too_many_pings`, and the
  /// connection is closed at once. What the server sends of a call wipes strikes out. Spec: A8, "Server Enforcement".
  public struct ClientKeepaliveBehavior: Sendable, Hashable {
    /// The shortest time between two PINGs while the server sends nothing of a call; 5 min.
    public var minPingIntervalWithoutCalls: Duration

    /// Whether a client without a call may send PINGs as often; if not (the default), one in 2 h.
    public var allowWithoutCalls: Bool

    /// Creates a behavior; without arguments, the default.
    public init(minPingIntervalWithoutCalls: Duration = .seconds(5 * 60), allowWithoutCalls: Bool = false) {
      self.minPingIntervalWithoutCalls = minPingIntervalWithoutCalls
      self.allowWithoutCalls = allowWithoutCalls
    }
  }
}
