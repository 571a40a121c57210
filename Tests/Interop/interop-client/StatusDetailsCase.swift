import InteropService
import SwiftGRPC
import SwiftGRPCProtobuf
import SwiftGRPCStatus

/// A case of this package's own: the server ends the call with the error that the request's metadata describes, after it has
/// taken it apart and put it together with its own library.
func runStatusDetails(_ service: TestService) async throws {
  let sent = GoogleRPCStatus(
    code: .failedPrecondition, message: "all details",
    details: [
      .errorInfo(reason: "STOCK_EMPTY", domain: "shop.example.com", metadata: ["item": "42"]),
      .retryInfo(delay: .milliseconds(1500)),
      .debugInfo(stack: ["inner", "outer"], detail: "assertion"),
      .quotaFailure(violations: [.init(subject: "client:10.0.0.7", description: "too many")]),
      .preconditionFailure(violations: [.init(type: "TERMS", subject: "shop", description: "accept them")]),
      .badRequest(violations: [
        .init(
          field: "order.amount", description: "is negative", reason: "NEGATIVE",
          localizedMessage: .init(locale: "de-CH", message: "ist negativ"))
      ]),
      .requestInfo(requestID: "7d0f", servingData: "rack 3"),
      .resourceInfo(type: "file", name: "a.txt", errorDescription: "is locked", owner: "user:me"),
      .help(links: [.init(url: "https://example.com/help", description: "all about it")]),
      .localizedMessage(locale: "fr-CH", message: "c'est fermé"),
      .any(try Google_Protobuf_Any(message: Grpc_Testing_EchoStatus.with { $0.message = "of one's own" })),
    ])
  let wanted =
    try Google_Rpc_Status.with {
      $0.code = Int32(sent.code.rawValue)
      $0.message = sent.message
      $0.details = sent.details.map(\.packed)
    }.serializedBytes() as [UInt8]
  do {
    _ = try await service.emptyCall(.init(), metadata: [EchoedMetadata.statusKey: .binary(wanted)], options: options)
    throw FailedCheck(description: "the call succeeded, expected \(sent.code)")
  } catch let error as RPCError {
    try check("status code", error.code, is: sent.code)
    try check("status message", error.message, is: sent.message)
    let received = error.details
    try check("number of details", received.count, is: sent.details.count)
    for (received, sent) in zip(received, sent.details) { try check("detail", received, is: sent) }
  }
}
