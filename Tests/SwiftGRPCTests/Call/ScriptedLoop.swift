import SwiftGRPCHTTP2
import Synchronization

@testable import SwiftGRPC

/// A loop whose work runs when the test wants it, and which the test may be on or not.
final class ScriptedLoop: CallLoop {
  private let pending = Mutex<[@Sendable () -> Void]>([])
  private let current = Atomic(false)
  private let hops = Atomic(0)

  /// Whether the test plays the loop's own thread.
  var isCurrent: Bool {
    get { self.current.load(ordering: .relaxed) }
    set { self.current.store(newValue, ordering: .relaxed) }
  }

  /// How often something was handed to the loop from elsewhere.
  var hopCount: Int { self.hops.load(ordering: .relaxed) }

  func execute(_ body: @escaping @Sendable () -> Void) {
    if self.isCurrent {
      body()
    } else {
      self.hops.add(1, ordering: .relaxed)
      self.pending.withLock { $0.append(body) }
    }
  }

  func execute(_ work: any LoopWork) { self.execute { work.runOnLoop() } }

  func keepAtEndOfRead(_ borrower: any ReceivedBytesBorrower) {}

  /// Does what was handed over; whether there was anything.
  func run() -> Bool {
    let work = self.pending.withLock { pending in
      defer { pending.removeAll() }
      return pending
    }
    for body in work { body() }
    return !work.isEmpty
  }
}

/// Runs the parts of tasks when the test wants it.
final class ScriptedTasks: TaskExecutor {
  private let jobs = Mutex<[UnownedJob]>([])

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    self.jobs.withLock { $0.append(job) }
  }

  /// Runs the parts that can run, and the loop's work between them, until neither goes on.
  func run(with loop: ScriptedLoop) {
    repeat {
      while let job = self.jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
        job.runSynchronously(on: self.asUnownedTaskExecutor())
      }
    } while loop.run()
  }
}

/// Counts what a connection is told.
final class CountingConnection: CallConnection {
  private(set) var credit = 0
  private(set) var growths = 0

  func consume(_ byteCount: Int, on stream: HTTP2Stream) { self.credit += byteCount }
  func outboundDidGrow(_ stream: HTTP2Stream) { self.growths += 1 }
}
