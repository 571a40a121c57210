/// How long to wait between attempts to connect.
///
/// Spec: "gRPC Connection Backoff Protocol". The time counts from the start of one attempt to the start of the next.
struct ConnectionBackoff {
  private let configuration: ClientTransport.Config.Backoff
  private var current: Duration?

  init(_ configuration: ClientTransport.Config.Backoff) {
    self.configuration = configuration
  }

  /// The time from the start of the attempt that is being made now to that of the next, should it fail.
  ///
  /// - Parameter randomness: A number from -1 to 1, the part of the jitter to use.
  mutating func next(randomness: Double) -> Duration {
    let base = current ?? configuration.initial
    current = min(base * configuration.multiplier, configuration.max)
    return min(base, configuration.max) * (1 + configuration.jitter * randomness)
  }

  /// Begins anew, since the server has answered: its SETTINGS arrived.
  mutating func reset() {
    current = nil
  }
}
