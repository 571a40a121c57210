import Synchronization

/// What a channel tells other threads of its connection: the state, the addresses, and when the state changes.
final class PublishedConnectivity: Sendable {
  private struct Values {
    var state = ConnectivityState.idle
    var remotePeer: String?
    var localPeer: String?
    var waiters: [(ticket: ObjectIdentifier, continuation: UnsafeContinuation<Void, Never>)] = []
  }

  private let values = Mutex(Values())

  /// The state as of now.
  var state: ConnectivityState { values.withLock { $0.state } }

  /// The server's address while there is a connection.
  var remotePeer: String? { values.withLock { $0.remotePeer } }

  /// This side's address while there is a connection.
  var localPeer: String? { values.withLock { $0.localPeer } }

  /// Tells everyone who waits for another state that this is one.
  func publish(_ state: ConnectivityState, remotePeer: String?, localPeer: String?) {
    let waiters = values.withLock { values in
      values.state = state
      values.remotePeer = remotePeer
      values.localPeer = localPeer
      defer { values.waiters = [] }
      return values.waiters
    }
    for waiter in waiters { waiter.continuation.resume() }
  }

  /// Returns when the state is another one than `known`, or the task is cancelled.
  nonisolated(nonsending) func waitForChange(from known: ConnectivityState) async {
    let ticket = Milestone.Ticket()
    let id = ObjectIdentifier(ticket)
    await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        let isOver = values.withLock { values in
          if values.state != known || Task.isCancelled { return true }
          values.waiters.append((id, continuation))
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      let waiter = values.withLock { values in
        values.waiters.firstIndex { $0.ticket == id }.map { values.waiters.remove(at: $0) }
      }
      waiter?.continuation.resume()
    }
  }
}
