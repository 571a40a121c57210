import Testing

@testable import SwiftGRPC

@Suite struct ServerCallStateTests {
  @Test func statusWithoutMessagesIsTrailersOnly() {
    var state = ServerCallState()
    #expect(state.finish(hasMessage: false) == .sendTrailersOnly)
    #expect(state.isFinished)
  }

  @Test func statusWithItsMessageNeedsHeaders() {
    var state = ServerCallState()
    #expect(state.finish(hasMessage: true) == .sendHeadersAndTrailers)
  }

  @Test func headersAreSentOnce() {
    var state = ServerCallState()
    #expect(state.startResponse() == .send)
    #expect(state.startResponse() == .nothing)
    #expect(state.finish(hasMessage: false) == .sendTrailers)
  }

  @Test func callEndsOnce() {
    var state = ServerCallState()
    _ = state.finish(hasMessage: false)
    #expect(state.finish(hasMessage: false) == .nothing)
    #expect(state.finish(hasMessage: true) == .nothing)
    #expect(state.startResponse() == .nothing)
    #expect(state.deadlineExpired() == .nothing)
    #expect(state.streamEnded() == .nothing)
  }

  @Test func endOfTheStreamCancelsWhatStillRuns() {
    var state = ServerCallState()
    #expect(state.streamEnded() == .cancelHandler)
    #expect(state.streamEnded() == .nothing)
    #expect(state.finish(hasMessage: true) == .nothing)
  }

  @Test func deadlineResetsTheStreamWhateverWasSent() {
    var state = ServerCallState()
    _ = state.startResponse()
    #expect(state.deadlineExpired() == .cancelHandler)
    #expect(state.isFinished)
    #expect(state.finish(hasMessage: false) == .nothing)
    #expect(state.deadlineExpired() == .reset)
    #expect(state.deadlineExpired() == .nothing)
    #expect(state.streamEnded() == .nothing)
  }

  @Test func clientThatEndsAnExpiredCallItselfIsNotReset() {
    var state = ServerCallState()
    #expect(state.deadlineExpired() == .cancelHandler)
    #expect(state.streamEnded() == .nothing)
    #expect(state.deadlineExpired() == .nothing)
  }

  @Test func endOfTheRequestDoesNotEndTheResponse() {
    var state = ServerCallState()
    state.requestEnded()
    #expect(state.isRequestEnded)
    #expect(!state.isFinished)
    #expect(state.startResponse() == .send)
  }
}
