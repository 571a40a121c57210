import Dispatch
import NIOCore
import NIOEmbedded
import NIOPosix
import Testing

@testable import SwiftGRPC

@Suite struct LoopExecutorTests {
  @Test func tasksRunAndResumeOnTheLoop() async throws {
    let executor = LoopGroup.shared.next()
    let wasCurrent = await Task(executorPreference: executor) {
      var results = [executor.isCurrent]
      await Task.yield()
      results.append(executor.isCurrent)
      // What resumes it is a timer that is none of the loop's.
      try? await Task.sleep(for: .milliseconds(1))
      results.append(executor.isCurrent)
      return results
    }.value
    #expect(wasCurrent == [true, true, true])
    #expect(!executor.isCurrent)
  }

  @Test func commandsOfOneThreadRunInTheirOrder() async throws {
    let executor = LoopGroup.shared.next()
    let record = Record<Int>()
    for index in 0..<1000 { executor.execute { record.add(index) } }
    await Task(executorPreference: executor) {}.value
    #expect(record.values == Array(0..<1000))
  }

  @Test func commandOnTheLoopRunsAtOnce() async throws {
    let executor = LoopGroup.shared.next()
    let order = await Task(executorPreference: executor) {
      let record = Record<String>()
      executor.execute { record.add("command") }
      record.add("after")
      return record.values
    }.value
    #expect(order == ["command", "after"])
  }

  @Test func jobsFromManyThreadsAllRun() async throws {
    let executor = LoopGroup.shared.next()
    let record = Record<Int>()
    await withTaskGroup(of: Void.self) { group in
      for index in 0..<200 {
        group.addTask {
          await Task(executorPreference: executor) { record.add(index) }.value
        }
      }
    }
    #expect(record.values.sorted() == Array(0..<200))
  }

  @Test func endlessYieldingLeavesRoomForOthers() async throws {
    let executor = LoopGroup.shared.next()
    let spinning = Task(executorPreference: executor) {
      while !Task.isCancelled { await Task.yield() }
    }
    // Goes through the event loop's own queue, which the spinning task must not starve.
    try await executor.eventLoop.submit {}.get()
    spinning.cancel()
    await spinning.value
  }

  @Test func groupHandsOutItsLoopsInTurn() {
    let group = LoopGroup(eventLoopGroup: EmbeddedEventLoopGroup(loops: 3))
    let names = (0..<6).map { _ in ObjectIdentifier(group.next()) }
    #expect(Set(names).count == 3)
    #expect(names[0..<3] == names[3..<6])
  }
}

/// Several embedded loops as one group.
private final class EmbeddedEventLoopGroup: EventLoopGroup {
  private let loops: [EmbeddedEventLoop]

  init(loops: Int) {
    self.loops = (0..<loops).map { _ in EmbeddedEventLoop() }
  }

  func next() -> any EventLoop { self.loops[0] }

  func makeIterator() -> EventLoopIterator { EventLoopIterator(self.loops) }

  func shutdownGracefully(queue: DispatchQueue, _ callback: @escaping @Sendable ((any Error)?) -> Void) {
    callback(nil)
  }
}
