import InteropService
import SwiftGRPC
import SwiftGRPCProtobuf

/// Requests that must arrive compressed, or must not; a server that cannot tell fails the first check.
func runClientCompressedUnary(_ service: TestService) async throws {
  try await checkFailure(.invalidArgument) {
    _ = try await service.unaryCall(expecting(true), options: uncompressed)
  }
  let compressedResponse = try await service.unaryCall(expecting(true), options: compressed)
  try check("response to a compressed request", compressedResponse, is: largeResponse)
  let response = try await service.unaryCall(expecting(false), options: uncompressed)
  try check("response to an uncompressed request", response, is: largeResponse)
}

/// As ``runClientCompressedUnary(_:)``, with one message of the stream compressed and the other not.
func runClientCompressedStreaming(_ service: TestService) async throws {
  try await checkFailure(.invalidArgument) {
    let call = try await service.streamingInputCall(options: uncompressed)
    try await call.write(expecting(true, 27182))
    _ = try await call.finish()
  }
  let call = try await service.streamingInputCall(options: compressed)
  try await call.write(expecting(true, 27182))
  try await call.write(expecting(false, 45904), compress: false)
  try check("aggregated size", await call.finish().aggregatedPayloadSize, is: 73086)
}

/// Responses that must arrive as the request asks for.
func runServerCompressedUnary(_ client: GRPCClient) async throws {
  for isCompressed in [true, false] {
    let request = Grpc_Testing_SimpleRequest.with {
      $0.responseCompressed = .with { $0.value = isCompressed }
      $0.responseSize = 314159
      $0.payload = payload(271828)
    }
    // A stream of one response looks the same on the wire, and tells how the message came.
    let call: ServerStreamingCall<Grpc_Testing_SimpleResponse> = try await client.makeServerStreamingCall(
      Grpc_Testing_TestService.Method.UnaryCall.descriptor, request, options: options)
    var responses = call.makeAsyncIterator()
    try check("response", await responses.next(), is: largeResponse)
    try check("response is compressed", call.lastResponseWasCompressed, is: isCompressed)
    try check("response after the last", await responses.next(), is: nil)
  }
}

/// A compressed response, then one that is not.
func runServerCompressedStreaming(_ service: TestService) async throws {
  let wanted: [(size: Int32, isCompressed: Bool)] = [(31415, true), (92653, false)]
  let request = Grpc_Testing_StreamingOutputCallRequest.with {
    $0.responseParameters = wanted.map { size, isCompressed in
      .with {
        $0.size = size
        $0.compressed = .with { $0.value = isCompressed }
      }
    }
  }
  let call = try await service.streamingOutputCall(request, options: options)
  var responses = call.makeAsyncIterator()
  for (size, isCompressed) in wanted {
    try check("response", await responses.next(), is: outputResponse(size))
    try check("response of \(size) bytes is compressed", call.lastResponseWasCompressed, is: isCompressed)
  }
  try check("response after the last", await responses.next(), is: nil)
}

private let compressed = with(.gzip)
private let uncompressed = with(.none)

private func with(_ algorithm: CompressionAlgorithm) -> CallOptions {
  var options = options
  options.compression = algorithm
  return options
}

private func expecting(_ isCompressed: Bool) -> Grpc_Testing_SimpleRequest {
  var request = largeRequest
  request.expectCompressed = .with { $0.value = isCompressed }
  return request
}

private func expecting(_ isCompressed: Bool, _ size: Int) -> Grpc_Testing_StreamingInputCallRequest {
  .with {
    $0.expectCompressed = .with { $0.value = isCompressed }
    $0.payload = payload(size)
  }
}
