import SwiftGRPCHTTP2
import Testing

@testable import SwiftGRPC

@Suite struct ConnectionBackoffTests {
  @Test func theTimeGrowsByTheFactorToItsMaximumAndBeginsAnewAfterSettings() {
    var backoff = ConnectionBackoff(.init())
    let times = (0..<13).map { _ in backoff.next(randomness: 0) }
    #expect(times[0] == .seconds(1))
    #expect(times[1] == .milliseconds(1600))
    #expect(times[2] == .milliseconds(2560))
    #expect(times[12] == .seconds(120))
    backoff.reset()
    check(backoff.next(randomness: 0) == .seconds(1))
  }

  @Test func jitterIsAFifthEachWay() {
    var backoff = ConnectionBackoff(.init())
    check(backoff.next(randomness: 1) == .milliseconds(1200))
    backoff.reset()
    check(backoff.next(randomness: -1) == .milliseconds(800))
  }
}

@Suite struct ChannelStateTests {
  private let failure = RPCError(code: .unavailable, message: "connect to 127.0.0.1:1: connection refused")

  @Test func theFirstCallConnectsAndAllWaitUntilSettings() {
    var state = ChannelState()
    #expect(state.connectivity == .idle)
    check(state.startCall(waitForReady: false).isWait(connects: true))
    check(state.startCall(waitForReady: false).isWait(connects: false))
    #expect(state.connectivity == .connecting)
    check(state.connected())
    #expect(state.connectivity == .ready)
    guard case .start = state.startCall(waitForReady: false) else {
      Issue.record("not started")
      return
    }
  }

  @Test func transientFailureFailsCallsUnlessTheyWaitForReady() {
    var state = ChannelState()
    _ = state.connect()
    check(state.connectFailed(failure))
    #expect(state.connectivity == .transientFailure)
    check(state.startCall(waitForReady: true).isWait(connects: false))
    guard case .fail(let error) = state.startCall(waitForReady: false) else {
      Issue.record("not failed")
      return
    }
    #expect(error == failure)
  }

  @Test func transientFailureStaysUntilAnAttemptSucceeds() {
    var state = ChannelState()
    _ = state.connect()
    check(state.connectFailed(failure))
    check(state.connectFailed(failure))
    #expect(state.connectivity == .transientFailure)
    check(state.connected())
    #expect(state.connectivity == .ready)
  }

  @Test func aLostConnectionLeavesTheChannelIdle() {
    var state = ChannelState()
    _ = state.connect()
    _ = state.connected()
    state.connectionEnded()
    #expect(state.connectivity == .idle)
    check(state.connect())
  }

  @Test func shutdownIsForGood() {
    var state = ChannelState()
    state.shutDown(failure)
    #expect(state.connectivity == .shutdown)
    check(!state.connect())
    check(!state.connected())
    check(!state.connectFailed(failure))
    guard case .fail = state.startCall(waitForReady: true) else {
      Issue.record("not failed")
      return
    }
  }
}

extension ChannelState.StartCall {
  fileprivate func isWait(connects: Bool) -> Bool {
    if case .wait(let connect) = self { connect == connects } else { false }
  }
}

@Suite struct ClientCallStateTests {
  private let deadline = RPCError(code: .deadlineExceeded, message: "late")
  private let noStatus = RPCError(code: .unknown, message: "no status")

  private func submitted() -> ClientCallState {
    var state = ClientCallState()
    _ = state.submit()
    return state
  }

  @Test func headersBeginTheResponseOnce() {
    var state = submitted()
    #expect(!state.receivesMessages)
    check(state.receivedHeaders(.interim).name == "ignore")
    check(state.receivedHeaders(.response(.none)).name == "begin")
    #expect(state.receivesMessages)
    #expect(state.hasResponse)
    check(state.receivedHeaders(.response(.none)).name == "ignore")
  }

  @Test func trailersWithOkEndTheCallWithOk() {
    var state = submitted()
    check(state.finishRequest())
    let finish = state.receivedTrailers(.ok, metadata: [:], deadline: nil, withoutStatus: noStatus)
    #expect(finish?.outcome.error == nil)
    #expect(finish?.reset == nil)
    #expect(state.isFinished)
  }

  @Test func earlyTrailersResetTheStreamWithNoError_W11() {
    var state = submitted()
    let finish = state.receivedTrailers(.ok, metadata: [:], deadline: nil, withoutStatus: noStatus)
    #expect(finish?.reset == .noError)
  }

  @Test func aStatusBecomesARemoteErrorWithItsMetadata() {
    var state = submitted()
    let finish = state.receivedTrailers(
      Status(code: .notFound, message: "m"), metadata: ["k": "v"], deadline: nil, withoutStatus: noStatus
    )
    #expect(finish?.outcome.error == RPCError(status: Status(code: .notFound, message: "m"), metadata: ["k": "v"]))
  }

  @Test func cancelledAfterTheDeadlineIsDeadlineExceededWithoutTheTrailers_W14() {
    var state = submitted()
    let finish = state.receivedTrailers(
      Status(code: .cancelled, message: "m"), metadata: ["k": "v"], deadline: deadline, withoutStatus: noStatus
    )
    #expect(finish?.outcome.error == deadline)
    var other = submitted()
    check(other.receivedReset(.cancel, deadline: deadline)?.outcome.error == deadline)
  }

  @Test func otherStatusesWinOverAPassedDeadline() {
    var state = submitted()
    let finish = state.receivedTrailers(
      Status(code: .aborted, message: ""), metadata: [:], deadline: deadline, withoutStatus: noStatus
    )
    #expect(finish?.outcome.error?.code == .aborted)
  }

  @Test func aStatusInTheTrailersWinsOverAnHTTPStatus_W13() {
    let http = RPCError(code: .unavailable, message: "HTTP 503")
    var state = submitted()
    check(state.receivedHeaders(.notGRPC(http)).name == "ignore")
    #expect(!state.receivesMessages)
    let finish = state.receivedTrailers(
      Status(code: .aborted, message: ""), metadata: [:], deadline: nil, withoutStatus: noStatus
    )
    #expect(finish?.outcome.error?.code == .aborted)
  }

  @Test func withoutAStatusTheHTTPStatusHolds_W13() {
    let http = RPCError(code: .unavailable, message: "HTTP 503")
    var state = submitted()
    _ = state.receivedHeaders(.notGRPC(http))
    check(state.receivedEnd(withoutStatus: noStatus)?.outcome.error == http)
    var reset = submitted()
    _ = reset.receivedHeaders(.notGRPC(http))
    check(reset.receivedReset(.noError, deadline: nil)?.outcome.error == http)
    var plain = submitted()
    _ = plain.receivedHeaders(.response(.none))
    check(plain.receivedEnd(withoutStatus: noStatus)?.outcome.error == noStatus)
  }

  @Test func aRefusedStreamWasNotProcessed() {
    var state = submitted()
    guard case .notProcessed(let error) = state.receivedReset(.refusedStream, deadline: nil)?.outcome else {
      Issue.record("taken for processed")
      return
    }
    #expect(error.code == .unavailable)
  }

  @Test func aStreamThatGoesWithItsConnectionGetsTheConnectionsError() {
    let lost = RPCError(code: .unavailable, message: "lost")
    var state = submitted()
    check(state.streamClosed(.cancel, connectionError: lost)?.outcome.error == lost)
  }

  @Test func aLocalFailureResetsOnlyAStreamThatTheServerMayKnow() {
    var state = submitted()
    check(state.fail(deadline)?.reset == .cancel)
    var waiting = ClientCallState()
    check(waiting.fail(deadline)?.reset == nil)
    check(!waiting.submit())
  }

  @Test func nothingHappensAfterTheEnd() {
    var state = submitted()
    _ = state.fail(deadline)
    check(state.fail(deadline) == nil)
    check(state.receivedReset(.cancel, deadline: nil) == nil)
    check(state.receivedEnd(withoutStatus: noStatus) == nil)
    check(state.streamClosed(.cancel, connectionError: nil) == nil)
    check(state.receivedTrailers(.ok, metadata: [:], deadline: nil, withoutStatus: noStatus) == nil)
    check(state.receivedHeaders(.response(.none)).name == "ignore")
    check(!state.finishRequest())
  }

  @Test func theRequestIsFinishedOnce() {
    var state = submitted()
    check(state.finishRequest())
    check(!state.finishRequest())
    var waiting = ClientCallState()
    // The connection is told when the call is submitted.
    check(!waiting.finishRequest())
    #expect(waiting.requestIsFinished)
  }
}

extension ClientCallState.ReceivedHeaders {
  fileprivate var name: String {
    switch self {
    case .ignore: "ignore"
    case .begin: "begin"
    case .finish: "finish"
    }
  }
}

extension ClientCallState.Outcome {
  fileprivate var error: RPCError? {
    switch self {
    case .ok: nil
    case .failure(let error), .notProcessed(let error): error
    }
  }
}

/// Expects a condition whose value changes what it looks at, which `#expect` cannot take apart.
private func check(_ condition: Bool, sourceLocation: SourceLocation = #_sourceLocation) {
  #expect(condition, sourceLocation: sourceLocation)
}
