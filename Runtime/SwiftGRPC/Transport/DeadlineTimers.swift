import NIOCore

/// Something that can be told that its deadline has passed.
protocol DeadlineObserver: AnyObject {
  /// The deadline given to ``DeadlineTimers/schedule(at:for:)`` has passed. Called on the loop, once.
  func deadlineExpired()
}

/// The deadlines of one loop: a heap with one NIO timer for the earliest, not a sleeping task or a NIO timer per call.
///
/// Scheduling and cancelling cost O(log n); a cancelled deadline leaves nothing behind. Loop-confined.
final class DeadlineTimers {
  /// Names a scheduled deadline. Tokens are not reused, so a late ``cancel(_:)`` is harmless.
  struct Token: Equatable {
    fileprivate var slot: Int
    fileprivate var generation: UInt32
  }

  private struct Entry {
    var deadline: NIODeadline
    var slot: Int
  }

  private struct Slot {
    var heapIndex: Int
    var generation: UInt32
    var observer: (any DeadlineObserver)?
  }

  private let eventLoop: any EventLoop
  private var heap: [Entry] = []
  private var slots: [Slot] = []
  private var freeSlots: [Int] = []
  private var wakeUp: Scheduled<Void>?
  private var wakeUpTime = NIODeadline.distantFuture

  /// Runs expired observers as one batch. Set by the executor's owner; the default runs them plainly.
  var performBatch: (() -> Void) -> Void = { $0() }

  init(eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
  }

  /// How many deadlines are scheduled.
  var count: Int { self.heap.count }

  /// The deadline that passes first.
  var earliest: NIODeadline? { self.heap.first?.deadline }

  /// Calls `observer` once `deadline` has passed, unless cancelled before. The observer is kept alive until then.
  func schedule(at deadline: NIODeadline, for observer: any DeadlineObserver) -> Token {
    let slot: Int
    if let free = self.freeSlots.popLast() {
      slot = free
      self.slots[slot].observer = observer
    } else {
      slot = self.slots.count
      self.slots.append(Slot(heapIndex: 0, generation: 0, observer: observer))
    }
    self.heap.append(Entry(deadline: deadline, slot: slot))
    self.slots[slot].heapIndex = self.heap.count - 1
    self.siftUp(self.heap.count - 1)
    self.wakeUpForEarliest()
    return Token(slot: slot, generation: self.slots[slot].generation)
  }

  /// As ``schedule(at:for:)``, some time from now on the loop's clock.
  func schedule(after time: TimeAmount, for observer: any DeadlineObserver) -> Token {
    self.schedule(at: self.eventLoop.now + time, for: observer)
  }

  /// Forgets a deadline. Does nothing when it has passed or was cancelled.
  func cancel(_ token: Token) {
    guard self.slots[token.slot].generation == token.generation else { return }
    _ = self.remove(at: self.slots[token.slot].heapIndex)
  }

  private func expire() {
    self.wakeUp = nil
    self.wakeUpTime = .distantFuture
    let now = self.eventLoop.now
    self.performBatch {
      while let first = self.heap.first, first.deadline <= now {
        self.remove(at: 0)?.deadlineExpired()
      }
    }
    self.wakeUpForEarliest()
  }

  /// A wake-up that comes too early (its deadline was cancelled) only schedules the next one, so cancelling needs none.
  private func wakeUpForEarliest() {
    guard let first = self.heap.first, first.deadline < self.wakeUpTime else { return }
    self.wakeUp?.cancel()
    self.wakeUpTime = first.deadline
    // Only the loop's thread gets here and there.
    let timers = NIOLoopBound(self, eventLoop: self.eventLoop)
    self.wakeUp = self.eventLoop.scheduleTask(deadline: first.deadline) { timers.value.expire() }
  }

  // MARK: Heap

  private func remove(at index: Int) -> (any DeadlineObserver)? {
    let slot = self.heap[index].slot
    let last = self.heap.removeLast()
    if index < self.heap.count {
      self.heap[index] = last
      self.slots[last.slot].heapIndex = index
      self.siftDown(index)
      self.siftUp(index)
    }
    let observer = self.slots[slot].observer.take()
    self.slots[slot].generation &+= 1
    self.freeSlots.append(slot)
    return observer
  }

  private func siftUp(_ start: Int) {
    var index = start
    while index > 0 {
      let parent = (index - 1) / 2
      guard self.heap[index].deadline < self.heap[parent].deadline else { return }
      self.swapEntries(index, parent)
      index = parent
    }
  }

  private func siftDown(_ start: Int) {
    var index = start
    while true {
      var smallest = index
      for child in [2 * index + 1, 2 * index + 2] where child < self.heap.count {
        if self.heap[child].deadline < self.heap[smallest].deadline { smallest = child }
      }
      guard smallest != index else { return }
      self.swapEntries(index, smallest)
      index = smallest
    }
  }

  private func swapEntries(_ a: Int, _ b: Int) {
    self.heap.swapAt(a, b)
    self.slots[self.heap[a].slot].heapIndex = a
    self.slots[self.heap[b].slot].heapIndex = b
  }
}
