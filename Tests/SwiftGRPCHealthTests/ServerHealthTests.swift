import Testing

@testable import SwiftGRPCHealth

/// Who watches a server's health, and what a slow watcher gets.
@Suite struct ServerHealthTests {
  @Test func watcherThatLeavesIsForgotten() {
    let health = ServerHealth()
    do {
      let changes = [health.watch(""), health.watch(""), health.watch("test.Other")]
      #expect(health.watcherCount == 3)
      withExtendedLifetime(changes) {}
    }
    #expect(health.watcherCount == 0)
  }

  @Test func slowWatcherFindsTheNewestStatusOnly() async {
    let health = ServerHealth()
    var changes = health.watch("").makeAsyncIterator()
    for _ in 0..<1000 { health.update(.notServing, "") }
    health.update(.serving, "")
    health.update(.notServing, "")
    #expect(await changes.next() == .notServing)
    health.shutDown()
    #expect(await changes.next() == .notServing)
    #expect(await changes.next() == nil)
    #expect(health.watcherCount == 0)
  }
}
