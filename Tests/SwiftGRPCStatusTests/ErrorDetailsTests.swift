import Foundation
import SwiftGRPC
import SwiftGRPCProtobuf
import SwiftGRPCStatus
import Testing

/// Details of errors: made, sent as bytes, and read again.
@Suite struct ErrorDetailsTests {
  /// One of each kind.
  static let all: [ErrorDetails] = [
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
    .any(
      .with {
        $0.typeURL = "type.googleapis.com/google.protobuf.StringValue"
        $0.value = Data([0x0a, 3]) + Data("own".utf8)
      }),
  ]

  @Test(arguments: all) func detailComesBackAsItWas(detail: ErrorDetails) {
    #expect(ErrorDetails(unpacking: detail.packed) == detail)
  }

  @Test func everyKindHasItsOwnType() {
    let types = Self.all.map { $0.packed.typeURL }
    #expect(
      types
        == [
          "ErrorInfo", "RetryInfo", "DebugInfo", "QuotaFailure", "PreconditionFailure", "BadRequest", "RequestInfo",
          "ResourceInfo", "Help", "LocalizedMessage",
        ].map { "type.googleapis.com/google.rpc.\($0)" } + ["type.googleapis.com/google.protobuf.StringValue"])
  }

  @Test func detailTellsWhatItIs() {
    let detail = Self.all[1]
    #expect(detail.retryInfo?.delay == .milliseconds(1500))
    #expect(detail.errorInfo == nil)
    #expect(Self.all[0].errorInfo?.metadata == ["item": "42"])
    #expect(Self.all[2].debugInfo?.stack == ["inner", "outer"])
    #expect(Self.all[3].quotaFailure?.violations.first?.violationDescription == "too many")
    #expect(Self.all[4].preconditionFailure?.violations.first?.type == "TERMS")
    #expect(Self.all[5].badRequest?.violations.first?.localizedMessage.message == "ist negativ")
    #expect(Self.all[6].requestInfo?.servingData == "rack 3")
    #expect(Self.all[7].resourceInfo?.errorDescription == "is locked")
    #expect(Self.all[8].help?.links.first?.linkDescription == "all about it")
    #expect(Self.all[9].localizedMessage?.locale == "fr-CH")
    #expect(Self.all[10].any?.isA(Google_Protobuf_StringValue.self) == true)
    #expect(Self.all.map { $0.any != nil } == [Bool](repeating: false, count: 10) + [true])
  }

  @Test func detailThatCannotBeReadStaysAsItCame() {
    var any = Google_Protobuf_Any()
    any.typeURL = "type.googleapis.com/google.rpc.ErrorInfo"
    any.value = Data([0xFF])
    let detail = ErrorDetails(unpacking: any)
    #expect(detail.any == any)
    #expect(detail.packed == any)
  }

  @Test func descriptionIsOneLine() {
    #expect(
      "\(Self.all[6])" == "google.rpc.RequestInfo { request_id: \"7d0f\" serving_data: \"rack 3\" }")
  }

  // MARK: Errors

  @Test func errorCarriesItsDetailsInItsMetadata() throws {
    let error = RPCError(code: .failedPrecondition, message: "no", details: Self.all, metadata: ["key": "value"])
    #expect(error.details == Self.all)
    #expect(error.metadata.firstString(forKey: "key") == "value")
    let bytes = try #require(error.metadata.firstBinary(forKey: "grpc-status-details-bin"))
    let status = try Google_Rpc_Status(serializedBytes: bytes)
    #expect(status.code == 9)
    #expect(status.message == "no")
    #expect(status.details.count == 11)
  }

  @Test func errorWithoutDetailsHasNone() throws {
    let error = RPCError(code: .internalError, message: "", details: [])
    #expect(error.metadata.isEmpty)
    #expect(error.details.isEmpty)
    #expect(try error.unpackGoogleRPCStatus() == nil)
  }

  @Test func settingDetailsReplacesThem() {
    var error = RPCError(code: .internalError, message: "", details: Self.all)
    error.details = [Self.all[3]]
    #expect(error.details == [Self.all[3]])
    #expect(error.metadata.count == 1)
    error.details = []
    #expect(error.metadata.isEmpty)
  }

  @Test func codeAndMessageOfTheErrorCountWhereTheDetailsDiffer() throws {
    var error = RPCError(code: .notFound, message: "gone", details: [Self.all[0]])
    error.code = .aborted
    error.message = "conflict"
    #expect(
      try error.unpackGoogleRPCStatus()
        == GoogleRPCStatus(code: .aborted, message: "conflict", details: Self.all[0]))
  }

  @Test func detailsThatAreNoStatusAreNone() {
    let error = RPCError(
      code: .unknown, message: "", metadata: ["grpc-status-details-bin": [0xFF, 0xFF]], origin: .remote)
    #expect(error.details.isEmpty)
    #expect(throws: (any Error).self) { try error.unpackGoogleRPCStatus() }
  }

  @Test func statusConvertsToTheErrorThatCarriesIt() {
    let status = GoogleRPCStatus(code: .notFound, message: "gone", details: Self.all)
    let error = RPCError(status)
    #expect(error.code == .notFound)
    #expect(error.message == "gone")
    #expect(error.details == Self.all)
  }

  // MARK: Calls

  private struct Failing: RegistrableRPCService {
    static let method = MethodDescriptor(fullyQualifiedService: "test.Failing", method: "Fail")
    let error: any Error & Sendable

    func registerMethods(with router: inout RPCRouter) {
      router.registerUnary(Self.method) { (_: Google_Protobuf_Empty, _) -> Google_Protobuf_Empty in throw error }
    }
  }

  private func error(of thrown: any Error & Sendable) async throws -> RPCError? {
    try await withGRPCServer(
      transport: .http2(address: .ipv4(host: "127.0.0.1", port: 0), transportSecurity: .plaintext),
      services: [Failing(error: thrown)]
    ) { server in
      let port = try await server.listeningAddress.port ?? 0
      let transport = ClientTransport.http2(
        target: .ipv4(host: "127.0.0.1", port: port), transportSecurity: .plaintext)
      return try await withGRPCClient(transport: transport) { client in
        do {
          let _: Google_Protobuf_Empty = try await client.unary(
            Google_Protobuf_Empty(), Failing.method, options: CallOptions(timeout: .seconds(20)))
          return nil
        } catch let error as RPCError {
          return error
        }
      }
    }
  }

  @Test func detailsOfThrownErrorReachTheClient() async throws {
    let error = try await error(of: RPCError(code: .outOfRange, message: "too far", details: Self.all))
    #expect(error?.code == .outOfRange)
    #expect(error?.message == "too far")
    #expect(error?.details == Self.all)
  }

  @Test func detailsOfThrownStatusReachTheClient() async throws {
    let status = GoogleRPCStatus(code: .dataLoss, message: "lost", details: Self.all)
    #expect(try await error(of: status)?.unpackGoogleRPCStatus() == status)
  }
}
