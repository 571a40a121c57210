import Testing

@testable import SwiftGRPC

@Suite struct DeadlineTests {
  @Test func aDeadlineLiesItsTimeoutAhead() {
    let deadline = Deadline.after(.seconds(60))
    #expect(!deadline.hasPassed)
    #expect(deadline.timeLeft <= .seconds(60))
    #expect(deadline.timeLeft > .seconds(50))
  }

  @Test func anInstantThatIsOverHasPassed() {
    #expect(Deadline.after(.seconds(-1)).hasPassed)
    #expect(Deadline.after(.zero).hasPassed)
    #expect(Deadline.after(.seconds(-1)).timeLeft < .zero)
  }

  @Test func theLongestTimeoutDoesNotOverflow() {
    let endless = Duration.seconds(Int64.max)
    #expect(!Deadline.after(endless).hasPassed)
    #expect(Deadline.after(.seconds(Int64.min)).hasPassed)
    #expect(!Deadline.distantFuture.hasPassed)
  }

  @Test func theEarlierOneOfTimeoutAndDeadlineHolds() throws {
    let near = Deadline.after(.seconds(1))
    let far = Deadline.after(.seconds(1000))
    #expect(CallOptions(timeout: .seconds(100), deadline: near).ownDeadline == near)
    #expect(try #require(CallOptions(timeout: .seconds(100), deadline: far).ownDeadline) < far)
    #expect(CallOptions(deadline: far).ownDeadline == far)
    #expect(CallOptions.defaults.ownDeadline == nil)
  }
}
