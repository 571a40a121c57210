import Synchronization

/// What a server says of its services, and who wants to hear of it.
///
/// A watcher that is slow finds the newest status, not all that there were: it holds one at most.
final class ServerHealth: Sendable {
  /// A service's status as its watchers get it; `nil` while the server has no such service.
  typealias Changes = AsyncStream<ServingStatus?>

  private struct State {
    var statuses = ["": ServingStatus.serving]
    var watchers: [String: [Int: Changes.Continuation]] = [:]
    var nextWatcher = 0
    var isShutDown = false
  }

  private let state = Mutex(State())

  /// The status of every service; the whole server has the empty name.
  var statuses: [String: ServingStatus] { self.state.withLock { $0.statuses } }

  /// How many calls watch a service.
  var watcherCount: Int { self.state.withLock { $0.watchers.values.reduce(0) { $0 + $1.count } } }

  /// Sets a service's status, and tells its watchers.
  func update(_ status: ServingStatus, _ service: String) {
    self.state.withLock { state in
      let status = state.isShutDown ? .notServing : status
      state.statuses[service] = status
      state.watchers[service]?.values.forEach { $0.yield(status) }
    }
  }

  /// The status of a service now and whenever it is set, until the server shuts down or the reader stops.
  func watch(_ service: String) -> Changes {
    let (changes, continuation) = Changes.makeStream(bufferingPolicy: .bufferingNewest(1))
    let watcher = self.state.withLock { state -> Int? in
      continuation.yield(state.statuses[service])
      guard !state.isShutDown else { return nil }
      state.nextWatcher += 1
      state.watchers[service, default: [:]][state.nextWatcher] = continuation
      return state.nextWatcher
    }
    guard let watcher else {
      continuation.finish()
      return changes
    }
    continuation.onTermination = { _ in self.forget(watcher, of: service) }
    return changes
  }

  /// Makes every service not serving for good, and ends what watchers read after that.
  func shutDown() {
    let watchers = self.state.withLock { state in
      state.isShutDown = true
      state.statuses = state.statuses.mapValues { _ in .notServing }
      defer { state.watchers = [:] }
      for (service, watchers) in state.watchers {
        let status = state.statuses[service]
        watchers.values.forEach { $0.yield(status) }
      }
      return state.watchers.values.flatMap(\.values)
    }
    // Outside of the lock, which the end of a watcher takes.
    for watcher in watchers {
      watcher.finish()
    }
  }

  private func forget(_ watcher: Int, of service: String) {
    self.state.withLock { state in
      state.watchers[service]?[watcher] = nil
      if state.watchers[service]?.isEmpty == true { state.watchers[service] = nil }
    }
  }
}
