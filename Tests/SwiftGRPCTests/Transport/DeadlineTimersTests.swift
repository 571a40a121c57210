import NIOCore
import NIOEmbedded
import Testing

@testable import SwiftGRPC

@Suite struct DeadlineTimersTests {
  final class Observer: DeadlineObserver {
    let name: Int
    let onExpiry: (Int) -> Void

    init(_ name: Int, onExpiry: @escaping (Int) -> Void) {
      self.name = name
      self.onExpiry = onExpiry
    }

    func deadlineExpired() { self.onExpiry(self.name) }
  }

  private let loop = EmbeddedEventLoop()
  private let timers: DeadlineTimers

  init() {
    self.timers = DeadlineTimers(eventLoop: self.loop)
  }

  private func after(_ seconds: Int) -> NIODeadline { self.loop.now + .seconds(Int64(seconds)) }

  @Test func deadlinesExpireInTheirOrder() {
    var expired: [Int] = []
    for seconds in [5, 1, 4, 2, 3] {
      _ = self.timers.schedule(at: self.after(seconds), for: Observer(seconds) { expired.append($0) })
    }
    self.loop.advanceTime(by: .seconds(3))
    #expect(expired == [1, 2, 3])
    self.loop.advanceTime(by: .seconds(2))
    #expect(expired == [1, 2, 3, 4, 5])
    #expect(self.timers.count == 0)
  }

  @Test func cancelledDeadlineDoesNotExpireAndLeavesNothing() {
    var expired: [Int] = []
    let tokens = (1...100).map { seconds in
      self.timers.schedule(at: self.after(seconds), for: Observer(seconds) { expired.append($0) })
    }
    for (index, token) in tokens.enumerated() where index % 3 != 0 { self.timers.cancel(token) }
    #expect(self.timers.count == 34)
    self.loop.advanceTime(by: .seconds(100))
    #expect(expired == stride(from: 1, through: 100, by: 3).map { $0 })
  }

  @Test func lateCancellationDoesNotHitAnotherDeadline() {
    var expired: [Int] = []
    let first = self.timers.schedule(at: self.after(1), for: Observer(1) { expired.append($0) })
    self.loop.advanceTime(by: .seconds(1))
    _ = self.timers.schedule(at: self.after(1), for: Observer(2) { expired.append($0) })
    self.timers.cancel(first)
    self.loop.advanceTime(by: .seconds(1))
    #expect(expired == [1, 2])
  }

  @Test func earlierDeadlineThatComesLaterExpiresFirst() {
    var expired: [Int] = []
    _ = self.timers.schedule(at: self.after(100), for: Observer(100) { expired.append($0) })
    _ = self.timers.schedule(at: self.after(1), for: Observer(1) { expired.append($0) })
    self.loop.advanceTime(by: .seconds(1))
    #expect(expired == [1])
  }

  @Test func observerMayScheduleAgain() {
    var expired: [Int] = []
    let timers = self.timers
    let loop = self.loop
    _ = timers.schedule(
      at: self.after(1),
      for: Observer(1) { name in
        expired.append(name)
        _ = timers.schedule(at: loop.now + .seconds(1), for: Observer(2) { expired.append($0) })
      })
    self.loop.advanceTime(by: .seconds(1))
    self.loop.advanceTime(by: .seconds(1))
    #expect(expired == [1, 2])
  }

  @Test func observerIsReleasedWhenItsDeadlineIsGone() {
    weak var observer: Observer?
    let token: DeadlineTimers.Token
    do {
      let strong = Observer(1) { _ in }
      observer = strong
      token = self.timers.schedule(at: self.after(1), for: strong)
    }
    #expect(observer != nil)
    self.timers.cancel(token)
    #expect(observer == nil)
  }

  @Test func heapKeepsItsOrderThroughManyChanges() {
    var expired: [Int] = []
    var generator = SystemRandomNumberGenerator()
    var kept: [Int] = []
    var tokens: [(Int, DeadlineTimers.Token)] = []
    for _ in 0..<2000 {
      let seconds = Int.random(in: 1...10_000, using: &generator)
      tokens.append(
        (seconds, self.timers.schedule(at: self.after(seconds), for: Observer(seconds) { expired.append($0) })))
      if tokens.count > 500 {
        let (_, token) = tokens.remove(at: Int.random(in: 0..<tokens.count, using: &generator))
        self.timers.cancel(token)
      }
    }
    kept = tokens.map(\.0).sorted()
    self.loop.advanceTime(by: .seconds(10_000))
    #expect(expired == kept)
  }
}
