/// A moment in a call's life that tasks wait for. Loop-confined, apart from ``wait(for:on:)``.
struct Milestone {
  private var isReached = false
  private var waiters: [(id: ObjectIdentifier?, continuation: UnsafeContinuation<Bool, Never>)] = []

  /// Names one wait, so that its cancellation cannot hit another.
  final class Ticket: @unchecked Sendable {
    // Sendable: touched on the loop only.
    fileprivate var isCancelled = false
  }

  /// Resumes everybody who waits, and whoever will.
  mutating func reach() {
    guard !isReached else { return }
    isReached = true
    for waiter in waiters { waiter.continuation.resume(returning: true) }
    waiters = []
  }

  /// Resumes the continuation when the moment comes; with `false` when the wait is cancelled.
  mutating func wait(_ continuation: UnsafeContinuation<Bool, Never>, ticket: Ticket?) {
    if isReached || ticket?.isCancelled == true {
      continuation.resume(returning: isReached)
    } else {
      waiters.append((ticket.map(ObjectIdentifier.init), continuation))
    }
  }

  /// Ends one wait.
  mutating func cancelWait(_ ticket: Ticket) {
    ticket.isCancelled = true
    if let index = waiters.firstIndex(where: { $0.id == ObjectIdentifier(ticket) }) {
      waiters.remove(at: index).continuation.resume(returning: false)
    }
  }
}
