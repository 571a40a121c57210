import Synchronization

/// A value that is set once and that any number of tasks can wait for; each wait can be cancelled.
final class OneTimeValue<Value: Sendable>: Sendable {
  private struct State {
    var result: Result<Value, any Error>?
    var nextWaiter = 0
    var waiters: [Int: CheckedContinuation<Value, any Error>] = [:]
  }

  private let state = Mutex(State())

  /// The value, or the error that was set instead, if it has been set.
  var result: Result<Value, any Error>? { self.state.withLock { $0.result } }

  /// Sets the value or error; returns whether it was the first time. Later ones are ignored.
  @discardableResult
  func set(_ result: Result<Value, any Error>) -> Bool {
    let waiters: [CheckedContinuation<Value, any Error>]? = self.state.withLock { state in
      guard state.result == nil else { return nil }
      state.result = result
      defer { state.waiters = [:] }
      return Array(state.waiters.values)
    }
    guard let waiters else { return false }
    for waiter in waiters {
      waiter.resume(with: result)
    }
    return true
  }

  /// Waits for the value.
  ///
  /// - Throws: the error that was set, or `CancellationError` when the task is cancelled before.
  var value: Value {
    get async throws {
      let id = self.state.withLock { state in
        state.nextWaiter += 1
        return state.nextWaiter
      }
      return try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { continuation in
          let result: Result<Value, any Error>? = self.state.withLock { state in
            if let result = state.result { return result }
            if Task.isCancelled { return .failure(CancellationError()) }
            state.waiters[id] = continuation
            return nil
          }
          if let result { continuation.resume(with: result) }
        }
      } onCancel: {
        let waiter = self.state.withLock { $0.waiters.removeValue(forKey: id) }
        waiter?.resume(throwing: CancellationError())
      }
    }
  }
}
