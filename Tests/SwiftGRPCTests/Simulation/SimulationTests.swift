import Testing

@testable import SwiftGRPC

/// Whole calls over connections that split, delay and lose their bytes, from seeds.
///
/// `TEST_SEED_FACTOR=100 swift test --filter SimulationTests` runs a hundred times as many; a failure names its seed.
@Suite struct SimulationTests {
  @Test(arguments: 0..<10)
  func everyCallEndsOnceAsTheSpecificationAllows(block: Int) {
    for seed in seeds(ofBlock: block, size: 20) {
      weak var channel: ClientChannel?
      do {
        var simulation = Simulation(seed: seed)
        channel = simulation.channel
        simulation.run()
      }
      #expect(channel == nil, "seed \(seed): the client's channel is left")
    }
  }

  @Test func simulationsReachEveryKindOfEnd() {
    var ends: Set<String> = []
    for seed in 0..<200 {
      var simulation = Simulation(seed: seed)
      simulation.run()
      ends.formUnion(simulation.ends)
    }
    #expect(ends == ["ok", "aborted", "cancelled", "deadlineExceeded", "unavailable"])
  }
}
