import Synchronization

/// What belongs to one call of a user: the calls that were started for it, of which interceptors may start several, and the
/// tasks that write their requests. When the user's closure returns, nothing of them is left.
@usableFromInline
final class CallScope: Sendable {
  private struct State {
    var calls: [StreamingClientCall] = []
    var producers: [Task<Void, Never>] = []
    var isCancelled = false
  }

  private let state = Mutex(State())

  @usableFromInline
  init() {}

  /// Runs `body` with a scope that lives as long. Cancelling the task cancels the scope's calls.
  @inlinable
  nonisolated(nonsending) static func with<Result>(
    _ body: nonisolated(nonsending) (CallScope) async throws -> Result
  ) async throws -> Result {
    let scope = CallScope()
    return try await withTaskCancellationHandler {
      do {
        let result = try await body(scope)
        await scope.end()
        return result
      } catch {
        await scope.end()
        throw error
      }
    } onCancel: {
      scope.cancel()
    }
  }

  /// Adds a call; it is cancelled at once if the scope has been.
  func add(_ call: StreamingClientCall) {
    let isCancelled = state.withLock { state in
      state.calls.append(call)
      return state.isCancelled
    }
    if isCancelled { call.cancelSoon() }
  }

  /// Adds a task that writes a request.
  func add(producer: Task<Void, Never>) {
    let isCancelled = state.withLock { state in
      state.producers.append(producer)
      return state.isCancelled
    }
    if isCancelled { producer.cancel() }
  }

  /// Ends every call, because nobody waits for it.
  @usableFromInline
  func cancel() {
    let (calls, producers) = state.withLock { state in
      state.isCancelled = true
      return (state.calls, state.producers)
    }
    for call in calls { call.cancelSoon() }
    for producer in producers { producer.cancel() }
  }

  /// Ends what still runs and waits for the tasks that write.
  @usableFromInline
  nonisolated(nonsending) func end() async {
    cancel()
    let producers = state.withLock { $0.producers }
    for producer in producers { await producer.value }
  }
}
