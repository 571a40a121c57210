import SwiftGRPC
import Testing

@Suite struct StatusTests {
  @Test func codesHaveTheNumbersOfTheSpecification() {
    let codes: [Status.Code] = [
      .ok, .cancelled, .unknown, .invalidArgument, .deadlineExceeded, .notFound, .alreadyExists, .permissionDenied,
      .resourceExhausted, .failedPrecondition, .aborted, .outOfRange, .unimplemented, .internalError, .unavailable,
      .dataLoss, .unauthenticated,
    ]
    #expect(codes.map(\.rawValue) == Array(0...16))
    for code in codes { #expect(Status.Code(rawValue: code.rawValue) == code) }
  }

  @Test(arguments: [-1, 17, 256]) func otherNumbersAreNoCode(number: Int) {
    #expect(Status.Code(rawValue: number) == nil)
  }

  @Test func okIsNoErrorCode() {
    #expect(RPCError.Code(.ok) == nil)
    #expect(RPCError(status: .ok) == nil)
    #expect(RPCError.Code(.aborted) == .aborted)
    #expect(Status.Code(RPCError.Code.dataLoss) == .dataLoss)
  }

  @Test func anErrorFromAStatusIsRemoteAndKeepsMetadata() throws {
    let error = try #require(
      RPCError(status: Status(code: .notFound, message: "no such feature"), metadata: ["a": "b"])
    )
    #expect(error.code == .notFound)
    #expect(error.message == "no such feature")
    #expect(error.metadata == ["a": "b"])
    #expect(error.origin == .remote)
    #expect(error.status == Status(code: .notFound, message: "no such feature"))
  }

  @Test func descriptionsNameCodeMessageAndCause() {
    struct Cause: Error, CustomStringConvertible { var description: String { "connection refused" } }
    #expect("\(Status(code: .unavailable, message: "gone"))" == "unavailable: \"gone\"")
    #expect("\(Status.ok)" == "ok")
    #expect(
      "\(RPCError(code: .unavailable, message: "gone", cause: Cause()))"
        == "unavailable: \"gone\" (cause: connection refused)"
    )
  }

  @Test func causesDoNotCountWhenErrorsAreCompared() {
    struct Cause: Error {}
    let one = RPCError(code: .aborted, message: "m", metadata: ["k": "v"], cause: Cause())
    let other = RPCError(code: .aborted, message: "m", metadata: ["k": "v"])
    #expect(one == other)
    #expect(one.hashValue == other.hashValue)
    #expect(one != RPCError(code: .aborted, message: "m", metadata: ["k": "w"]))
  }

  @Test func aConvertibleErrorBecomesWhatItSays() {
    struct Missing: Error, RPCErrorConvertible {
      var rpcErrorCode: RPCError.Code { .notFound }
      var rpcErrorMessage: String { "nobody" }
    }
    let error = RPCError(Missing())
    #expect(error.code == .notFound)
    #expect(error.message == "nobody")
    #expect(error.metadata.isEmpty)
    #expect(error.cause is Missing)
  }
}
