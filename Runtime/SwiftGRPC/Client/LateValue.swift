import Synchronization

/// A value that comes later, and once; any number of tasks may wait for it.
final class LateValue<Value: Sendable>: Sendable {
  private enum State {
    case waiting([(ticket: ObjectIdentifier, continuation: UnsafeContinuation<Value?, Never>)])
    case there(Value)
  }

  /// Names one wait, so that its cancellation cannot hit another.
  private final class Ticket: Sendable {}

  private let state = Mutex(State.waiting([]))

  /// Provides the value; does nothing if there is one.
  func set(_ value: Value) {
    let waiters = state.withLock { state in
      guard case .waiting(let waiters) = state else {
        return [] as [(ObjectIdentifier, UnsafeContinuation<Value?, Never>)]
      }
      state = .there(value)
      return waiters
    }
    for (_, continuation) in waiters { continuation.resume(returning: value) }
  }

  /// Waits for the value.
  ///
  /// - Throws: ``RPCError`` with `cancelled` if the task is cancelled before.
  func get() async throws(RPCError) -> Value {
    let ticket = Ticket()
    let id = ObjectIdentifier(ticket)
    let value = await withTaskCancellationHandler {
      await withUnsafeContinuation { (continuation: UnsafeContinuation<Value?, Never>) in
        let (isOver, value) = state.withLock { state in
          switch state {
          case .there(let value): return (true, value as Value?)
          case .waiting(var waiters):
            if Task.isCancelled { return (true, nil) }
            waiters.append((id, continuation))
            state = .waiting(waiters)
            return (false, nil)
          }
        }
        if isOver { continuation.resume(returning: value) }
      }
    } onCancel: {
      let continuation = state.withLock { state -> UnsafeContinuation<Value?, Never>? in
        guard case .waiting(var waiters) = state, let index = waiters.firstIndex(where: { $0.ticket == id }) else {
          return nil
        }
        let waiter = waiters.remove(at: index)
        state = .waiting(waiters)
        return waiter.continuation
      }
      continuation?.resume(returning: nil)
    }
    guard let value else { throw RPCError(code: .cancelled, message: "the task was cancelled") }
    return value
  }
}
