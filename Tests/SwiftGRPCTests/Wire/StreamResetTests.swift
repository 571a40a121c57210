import SwiftGRPCHTTP2
import Testing

@testable import SwiftGRPC

@Suite struct StreamResetTests {
  @Test(arguments: [
    (HTTP2ErrorCode.noError, RPCError.Code.internalError), (.protocolError, .internalError),
    (.internalError, .internalError), (.flowControlError, .internalError), (.settingsTimeout, .internalError),
    (.frameSizeError, .internalError), (.compressionError, .internalError), (.connectError, .internalError),
    (.refusedStream, .unavailable), (.cancel, .cancelled), (.enhanceYourCalm, .resourceExhausted),
    (.inadequateSecurity, .permissionDenied), (.streamClosed, .unknown), (.http11Required, .internalError),
    (HTTP2ErrorCode(rawValue: 0xFACE), .internalError),
  ]) func everyResetCodeHasItsStatus_W12(reset: HTTP2ErrorCode, code: RPCError.Code) {
    let error = RPCError.streamReset(by: reset)
    #expect(error.code == code)
    #expect(error.origin == .remote)
    #expect(error.message.contains(reset.description))
  }

  @Test func aCancelledTaskIsCancelledAndNotUnknown() {
    #expect(RPCError.wrapping(CancellationError(), code: .unknown, message: "").code == .cancelled)
  }

  @Test func failuresToParseAndSerializeAreInternal() {
    struct Broken: Error {}
    #expect(RPCError.serializationFailed(Broken()).code == .internalError)
    #expect(RPCError.deserializationFailed(Broken()).code == .internalError)
    #expect(RPCError.deserializationFailed(Broken()).cause is Broken)
    #expect(RPCError.serializationFailed(RPCError(code: .aborted, message: "own")).code == .aborted)
  }
}
