/// The same call many times over: on one channel (rpc_soak), or on a new one each time (channel_soak).
struct Soak: Sendable {
  /// How many calls are made.
  var iterations: Int

  /// How many of them may fail or be slow.
  var maxFailures: Int

  /// After what time a call counts as slow.
  var maxLatency: Duration

  /// After what time no more calls are made, which fails the case.
  var timeout: Duration

  /// Runs the calls one after another.
  /// - Throws: ``FailedCheck`` if too many failed or took too long, or if not all were made in time.
  func run(_ call: () async throws -> Void) async throws {
    let clock = ContinuousClock()
    let start = clock.now
    var failures: [String] = []
    for iteration in 1...max(1, iterations) {
      guard clock.now - start < timeout else {
        throw FailedCheck(description: "\(iteration - 1) of \(iterations) calls were made within \(timeout)")
      }
      do {
        let latency = try await clock.measure { try await call() }
        if latency > maxLatency { failures.append("call \(iteration) took \(latency)") }
      } catch {
        failures.append("call \(iteration): \(error)")
      }
    }
    if failures.count > maxFailures {
      throw FailedCheck(description: "\(failures.count) failures; the first: \(failures[0])")
    }
  }
}
