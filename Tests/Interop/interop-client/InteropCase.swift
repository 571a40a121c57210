import Foundation
import InteropService
import SwiftGRPC
import SwiftGRPCProtobuf

/// The interoperability cases, under the names that all implementations use.
enum InteropCase: String, CaseIterable, Sendable {
  case emptyUnary = "empty_unary"
  case largeUnary = "large_unary"
  case clientStreaming = "client_streaming"
  case serverStreaming = "server_streaming"
  case pingPong = "ping_pong"
  case emptyStream = "empty_stream"
  case customMetadata = "custom_metadata"
  case statusCodeAndMessage = "status_code_and_message"
  case specialStatusMessage = "special_status_message"
  case unimplementedMethod = "unimplemented_method"
  case unimplementedService = "unimplemented_service"
  case cancelAfterBegin = "cancel_after_begin"
  case cancelAfterFirstResponse = "cancel_after_first_response"
  case timeoutOnSleepingServer = "timeout_on_sleeping_server"
  case clientCompressedUnary = "client_compressed_unary"
  case clientCompressedStreaming = "client_compressed_streaming"
  case serverCompressedUnary = "server_compressed_unary"
  case serverCompressedStreaming = "server_compressed_streaming"
  case oauth2AuthToken = "oauth2_auth_token"
  case perRPCCreds = "per_rpc_creds"
  case statusDetails = "status_details"
  case rpcSoak = "rpc_soak"
  case channelSoak = "channel_soak"

  // Against the servers of negative.py only.
  case goAway = "goaway"
  case resetAfterHeader = "rst_after_header"
  case resetDuringData = "rst_during_data"
  case resetAfterData = "rst_after_data"
  case ping
  case maxStreams = "max_streams"

  /// Runs the case with a client, or with one for each round if the case needs that.
  /// - Throws: ``FailedCheck``, or the ``RPCError`` of a call that should have succeeded.
  func run(over transport: ClientTransport, soak: Soak) async throws {
    if case .channelSoak = self {
      try await soak.run {
        try await withGRPCClient(transport: transport) { try await runLargeUnary(.init(wrapping: $0)) }
      }
    } else {
      try await withGRPCClient(transport: transport) { try await run(with: $0, soak) }
    }
  }

  private func run(with client: GRPCClient, _ soak: Soak) async throws {
    let service = Grpc_Testing_TestService.Client(wrapping: client)
    switch self {
    case .emptyUnary: try await runEmptyUnary(service)
    case .largeUnary: try await runLargeUnary(service)
    case .clientStreaming: try await runClientStreaming(service)
    case .serverStreaming: try await runServerStreaming(service)
    case .pingPong: try await runPingPong(service)
    case .emptyStream: try await runEmptyStream(service)
    case .customMetadata: try await runCustomMetadata(service)
    case .statusCodeAndMessage: try await runStatusCodeAndMessage(service)
    case .specialStatusMessage: try await runSpecialStatusMessage(service)
    case .unimplementedMethod: try await runUnimplementedMethod(service)
    case .unimplementedService: try await runUnimplementedService(.init(wrapping: client))
    case .cancelAfterBegin: try await runCancelAfterBegin(service)
    case .cancelAfterFirstResponse: try await runCancelAfterFirstResponse(service)
    case .timeoutOnSleepingServer: try await runTimeoutOnSleepingServer(service)
    case .goAway: try await runGoAway(service, client)
    case .resetAfterHeader, .resetDuringData, .resetAfterData: try await runReset(service)
    case .ping: try await runLargeUnary(service)
    case .maxStreams: try await runMaxStreams(service)
    case .clientCompressedUnary: try await runClientCompressedUnary(service)
    case .clientCompressedStreaming: try await runClientCompressedStreaming(service)
    case .serverCompressedUnary: try await runServerCompressedUnary(client)
    case .serverCompressedStreaming: try await runServerCompressedStreaming(service)
    case .oauth2AuthToken: try await runIdentified(service, options)
    case .perRPCCreds: try await runIdentified(service, identifiedOptions)
    case .statusDetails: try await runStatusDetails(service)
    case .rpcSoak, .channelSoak: try await soak.run { try await runLargeUnary(service) }
    }
  }
}

// MARK: - One call that succeeds

func runEmptyUnary(_ service: TestService) async throws {
  try check("response", await service.emptyCall(.init(), options: options), is: .init())
}

func runLargeUnary(_ service: TestService) async throws {
  let response = try await service.unaryCall(largeRequest, options: options)
  try check("response", response, is: largeResponse)
}

func runClientStreaming(_ service: TestService) async throws {
  let call = try await service.streamingInputCall(options: options)
  for size in requestSizes { try await call.write(.with { $0.payload = payload(size) }) }
  try check("aggregated size", await call.finish().aggregatedPayloadSize, is: 74922)
}

func runServerStreaming(_ service: TestService) async throws {
  let request = Grpc_Testing_StreamingOutputCallRequest.with {
    $0.responseParameters = responseSizes.map { size in .with { $0.size = size } }
  }
  var responses: [Grpc_Testing_StreamingOutputCallResponse] = []
  for try await response in try await service.streamingOutputCall(request, options: options) {
    responses.append(response)
  }
  try check("responses", responses, is: responseSizes.map(outputResponse))
}

func runPingPong(_ service: TestService) async throws {
  let call = try await service.fullDuplexCall(options: options)
  var responses = call.makeAsyncIterator()
  for (requestSize, responseSize) in zip(requestSizes, responseSizes) {
    try await call.write(outputRequest(responseSize: responseSize, requestSize: requestSize))
    try check("response", await responses.next(), is: outputResponse(responseSize))
  }
  try await call.finish()
  try check("response after the last request", await responses.next(), is: nil)
}

func runEmptyStream(_ service: TestService) async throws {
  let call = try await service.fullDuplexCall(options: options)
  try await call.finish()
  for try await _ in call { throw FailedCheck(description: "a response came, expected none") }
}

func runCustomMetadata(_ service: TestService) async throws {
  var metadata = Metadata()
  metadata.addString(EchoedMetadata.initialValue, forKey: EchoedMetadata.initialKey)
  metadata.addBinary(EchoedMetadata.trailingValue, forKey: EchoedMetadata.trailingKey)

  try await service.unaryCall(largeRequest, metadata: metadata, options: options) { response in
    try check("response", try response.message, is: largeResponse)
    try checkEcho(initial: response.metadata, trailing: response.trailingMetadata)
  }

  let call = try await service.fullDuplexCall(metadata: metadata, options: options)
  try await call.write(outputRequest(responseSize: 314159, requestSize: 271828))
  try await call.finish()
  var responses: [Grpc_Testing_StreamingOutputCallResponse] = []
  for try await response in call { responses.append(response) }
  try check("responses", responses, is: [outputResponse(314159)])
  try checkEcho(initial: await call.initialMetadata, trailing: await call.trailingMetadata)
}

private func checkEcho(initial: Metadata, trailing: Metadata) throws {
  let initialValues = Array(initial[stringValues: EchoedMetadata.initialKey])
  try check("initial metadata", initialValues, is: [EchoedMetadata.initialValue])
  let trailingValues = Array(trailing[binaryValues: EchoedMetadata.trailingKey])
  try check("trailing metadata", trailingValues, is: [EchoedMetadata.trailingValue])
}

// MARK: - Calls that the server ends with a status

func runStatusCodeAndMessage(_ service: TestService) async throws {
  try await checkFailure(.unknown, message: statusMessage) {
    _ = try await service.unaryCall(.with { $0.responseStatus = status(statusMessage) }, options: options)
  }
  try await checkFailure(.unknown, message: statusMessage) {
    let call = try await service.fullDuplexCall(options: options)
    try await call.write(.with { $0.responseStatus = status(statusMessage) })
    try await call.finish()
    for try await _ in call {}
  }
}

func runSpecialStatusMessage(_ service: TestService) async throws {
  try await checkFailure(.unknown, message: specialStatusMessage) {
    _ = try await service.unaryCall(.with { $0.responseStatus = status(specialStatusMessage) }, options: options)
  }
}

func runUnimplementedMethod(_ service: TestService) async throws {
  try await checkFailure(.unimplemented) {
    _ = try await service.unimplementedCall(.init(), options: options)
  }
}

func runUnimplementedService(_ service: Grpc_Testing_UnimplementedService.Client) async throws {
  try await checkFailure(.unimplemented) {
    _ = try await service.unimplementedCall(.init(), options: options)
  }
}

// MARK: - Calls that the client ends

func runCancelAfterBegin(_ service: TestService) async throws {
  try await checkFailure(.cancelled) {
    let call = try await service.streamingInputCall(options: options)
    call.cancel()
    _ = try await call.finish()
  }
}

func runCancelAfterFirstResponse(_ service: TestService) async throws {
  try await checkFailure(.cancelled) {
    let call = try await service.fullDuplexCall(options: options)
    var responses = call.makeAsyncIterator()
    try await call.write(outputRequest(responseSize: responseSizes[0], requestSize: requestSizes[0]))
    try check("response", await responses.next(), is: outputResponse(responseSizes[0]))
    call.cancel()
    while try await responses.next() != nil {}
  }
}

func runTimeoutOnSleepingServer(_ service: TestService) async throws {
  var options = options
  options.timeout = .milliseconds(1)
  try await checkFailure(.deadlineExceeded) {
    let call = try await service.fullDuplexCall(options: options)
    try await call.write(.with { $0.payload = payload(27182) })
    for try await _ in call {}
  }
}
