import NIOConcurrencyHelpers
import NIOCore
import SwiftGRPCHTTP2
import SwiftGRPCTLS

/// A task executor over one NIO event loop.
///
/// Connections live on a loop and so do their calls; a handler that prefers this executor starts and resumes on the thread
/// that reads and writes its connection, so a call costs no thread switch. Jobs enqueued from the loop's own thread go to a
/// plain array: neither a closure nor a lock. Jobs and commands from other threads share one locked queue and one wake-up
/// of the loop per batch.
///
/// Work is done in *batches*: everything that one read from a socket, one timer or one wake-up leads to. At the end of a
/// batch the connections that have something to send are flushed, each once.
@usableFromInline
final class LoopExecutor: TaskExecutor, CallLoop, @unchecked Sendable {
  // Sendable: `remote` is locked; every other variable is touched on the loop's thread only.

  /// The loop that runs this executor's jobs.
  let eventLoop: any EventLoop

  /// The deadlines of the calls on this loop. Loop-confined.
  let timers: DeadlineTimers

  /// Memory that connections on this loop share while they read and write. Loop-confined.
  @exclusivity(unchecked) var scratch = LoopScratch()

  /// Memory that their HTTP/2 sessions share. Loop-confined.
  let sessionMemory = SessionMemory()

  /// What keeps the loop awake, while a connection wants that. Loop-confined.
  @exclusivity(unchecked) private(set) var busyPolling: BusyPolling?

  /// Whether the batch has to do with tasks on other threads. Loop-confined.
  @exclusivity(unchecked) private var othersWork = false

  /// Memory that their TLS ends share. Loop-confined.
  let tlsMemory = TLSMemory()

  /// Those of their TLS ends that need no new buffers for each record. Loop-confined.
  @exclusivity(unchecked) var recordBufferKeepers = RecordBufferKeepers()

  /// Called when one job held the loop for longer than ``slowSegmentNanoseconds``, with the address of its task's object.
  var slowSegmentObservers: [ObjectIdentifier: (_ job: UInt, _ nanoseconds: UInt64) -> Void] = [:]

  /// What to do if the job that is running, in which a handler ended, took too long.
  @exclusivity(unchecked) var reportIfSlow: ((_ nanoseconds: UInt64) -> Void)?

  @exclusivity(unchecked) private var jobs: [UnownedJob] = []
  @exclusivity(unchecked) private var runningJobs: [UnownedJob] = []
  @exclusivity(unchecked) private var dirty: [ConnectionDriver] = []
  @exclusivity(unchecked) private var borrowers: [any ReceivedBytesBorrower] = []
  @exclusivity(unchecked) private var flushing: [ConnectionDriver] = []
  @exclusivity(unchecked) private var batchDepth = 0
  @exclusivity(unchecked) private var isDrainScheduled = false
  @exclusivity(unchecked) private var isRunningJobs = false

  /// A lock that the thread sanitizer understands, unlike `Mutex` on Linux: whatever tasks hand to the loop passes here.
  private let remote = NIOLockedValueBox(RemoteWork())

  /// Room for what the queue is emptied into.
  @exclusivity(unchecked) private var remoteItems: [RemoteWork.Item] = []

  /// What takes longer than this on the loop, without a suspension, is reported. Loop-confined.
  @exclusivity(unchecked) var slowSegmentNanoseconds: UInt64 = 100_000_000

  /// After so many rounds of jobs the loop gets a chance to serve its sockets.
  private static let roundsPerDrain = 64

  private struct RemoteWork {
    var items: [Item] = []
    var isWakeUpScheduled = false

    enum Item {
      case job(UnownedJob)
      case command(@Sendable () -> Void)
      case work(any LoopWork)
    }
  }

  init(eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
    self.timers = DeadlineTimers(eventLoop: eventLoop)
    // The timers belong to this executor and go with it.
    self.timers.performBatch = { [unowned self] body in self.performBatch(body) }
  }

  /// Whether the current thread is this loop's.
  @usableFromInline
  var isCurrent: Bool { self.eventLoop.inEventLoop }

  // MARK: Jobs and commands

  @usableFromInline
  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    if self.isCurrent {
      self.jobs.append(job)
      self.drainSoon()
    } else {
      self.enqueueRemote(.job(job))
    }
  }

  /// Runs `body` on the loop: now when already there, else as part of the next batch.
  ///
  /// Bodies that come from one thread run in the order in which they were given.
  @usableFromInline
  func execute(_ body: @escaping @Sendable () -> Void) {
    if self.isCurrent {
      self.performBatch(body)
    } else {
      self.enqueueRemote(.command(body))
    }
  }

  @usableFromInline
  func execute(_ work: any LoopWork) {
    if self.isCurrent {
      self.performBatch { work.runOnLoop() }
    } else {
      self.enqueueRemote(.work(work))
    }
  }

  private func enqueueRemote(_ item: RemoteWork.Item) {
    let needsWakeUp = self.remote.withLockedValue { remote in
      remote.items.append(item)
      let needsWakeUp = !remote.isWakeUpScheduled
      remote.isWakeUpScheduled = true
      return needsWakeUp
    }
    if needsWakeUp {
      self.eventLoop.execute { self.runRemoteWork() }
    }
  }

  private func runRemoteWork() {
    self.othersWork = true
    // The two arrays take turns, so that neither is made anew for each batch.
    var items: [RemoteWork.Item] = []
    swap(&items, &self.remoteItems)
    self.remote.withLockedValue { remote in
      swap(&items, &remote.items)
      remote.isWakeUpScheduled = false
    }
    self.beginBatch()
    for item in items {
      switch item {
      case .job(let job): self.jobs.append(job)
      case .command(let command): command()
      case .work(let work): work.runOnLoop()
      }
    }
    items.removeAll(keepingCapacity: items.count <= 1024)
    self.remoteItems = items
    self.endBatch()
  }

  // MARK: Batches

  /// Starts a batch, or a part of the one that is under way. Each call is matched by one of ``endBatch()``.
  func beginBatch() {
    self.batchDepth += 1
  }

  /// Ends a batch: runs what was enqueued and flushes what is to be sent.
  func endBatch() {
    if self.batchDepth == 1 {
      self.drain()
    }
    self.batchDepth -= 1
    // Only when the limit on rounds ended the drain.
    if self.batchDepth == 0, !(self.jobs.isEmpty && self.dirty.isEmpty) {
      self.drainSoon()
    }
    if self.batchDepth == 0, let busyPolling {
      busyPolling.worked(othersWork: self.othersWork)
      self.othersWork = false
    }
  }

  /// Runs `body` as a batch of its own or as a part of the one under way.
  func performBatch<Result>(_ body: () throws -> Result) rethrows -> Result {
    self.beginBatch()
    defer { self.endBatch() }
    return try body()
  }

  /// Asks for `driver` to be flushed at the end of the batch.
  func flushLater(_ driver: ConnectionDriver) {
    self.dirty.append(driver)
    self.drainSoon()
  }

  // MARK: Busy polling

  /// Keeps the loop awake for so many nanoseconds after its last work, until ``endBusyPolling(_:)`` is called with the same; not if it is 0.
  func beginBusyPolling(_ nanoseconds: Int64) {
    guard nanoseconds > 0 else { return }
    let busyPolling = self.busyPolling ?? BusyPolling(eventLoop: self.eventLoop)
    self.busyPolling = busyPolling
    busyPolling.add(nanoseconds)
  }

  func endBusyPolling(_ nanoseconds: Int64) {
    guard nanoseconds > 0, let busyPolling else { return }
    busyPolling.remove(nanoseconds)
    if busyPolling.isUnused { self.busyPolling = nil }
  }

  @usableFromInline
  func keepAtEndOfRead(_ borrower: any ReceivedBytesBorrower) {
    self.borrowers.append(borrower)
  }

  /// The memory of what was read goes away now: lets the jobs that wait for it run, and the rest be copied.
  func endOfRead() {
    self.runJobs()
    guard !self.borrowers.isEmpty else { return }
    for borrower in self.borrowers {
      borrower.keepReceivedBytes()
    }
    self.borrowers.removeAll(keepingCapacity: true)
  }

  /// Runs the jobs that are waiting, so that they see the received bytes where they lie.
  func runJobs() {
    // A job that is running may have led here (a command that was executed at once): its caller goes on afterwards.
    guard !self.isRunningJobs, !self.jobs.isEmpty else { return }
    self.isRunningJobs = true
    var rounds = 0
    let executor = self.asUnownedTaskExecutor()
    var start = CoarseClock.now
    while !self.jobs.isEmpty, rounds < Self.roundsPerDrain {
      rounds += 1
      swap(&self.jobs, &self.runningJobs)
      for job in self.runningJobs {
        // Only an address to compare with later: the job may be gone once it has run.
        let identity = unsafeBitCast(job, to: UInt.self)
        job.runSynchronously(on: executor)
        let end = CoarseClock.now
        if end &- start > self.slowSegmentNanoseconds {
          self.reportSlowSegment(job: identity, nanoseconds: end &- start)
        }
        if self.reportIfSlow != nil { self.reportIfSlow = nil }
        start = end
      }
      self.runningJobs.removeAll(keepingCapacity: self.runningJobs.count <= 4096)
    }
    self.isRunningJobs = false
  }

  private func reportSlowSegment(job: UInt, nanoseconds: UInt64) {
    if let reportIfSlow {
      reportIfSlow(nanoseconds)
      return
    }
    for observer in self.slowSegmentObservers.values {
      observer(job, nanoseconds)
    }
  }

  private func drain() {
    var rounds = 0
    repeat {
      self.runJobs()
      self.flushDirtyConnections()
      rounds += 1
    } while !(self.jobs.isEmpty && self.dirty.isEmpty) && rounds < 4
  }

  private func flushDirtyConnections() {
    guard !self.dirty.isEmpty, self.flushing.isEmpty else { return }
    swap(&self.dirty, &self.flushing)
    for driver in self.flushing {
      driver.flush()
    }
    self.flushing.removeAll(keepingCapacity: true)
  }

  private func drainSoon() {
    guard self.batchDepth == 0, !self.isDrainScheduled else { return }
    self.isDrainScheduled = true
    self.eventLoop.execute {
      self.isDrainScheduled = false
      self.beginBatch()
      self.endBatch()
    }
  }
}
