import Foundation
import SwiftGRPC
import SwiftGRPCProtobuf
import SwiftGRPCStatus

/// The service of gRPC's interoperability cases: answers in the ways that a request asks for.
///
/// `UnimplementedCall` stays unimplemented, as the cases want it.
public struct InteropTestService: Grpc_Testing_TestService.SimpleServiceProtocol {
  /// The longest body that a request may ask for, in bytes: what a client accepts by default.
  static let largestBodyBytes: Int32 = 64 << 20

  /// Makes the service. It keeps no state.
  public init() {}

  /// Nothing in, nothing out.
  public func emptyCall(request: Grpc_Testing_Empty, context: ServerContext) async throws -> Grpc_Testing_Empty {
    echoMetadata(context)
    try endWithDetails(context)
    return Grpc_Testing_Empty()
  }

  /// A body of the requested length, compressed if that is requested, or the requested status.
  public func unaryCall(
    request: Grpc_Testing_SimpleRequest, context: ServerContext
  ) async throws -> Grpc_Testing_SimpleResponse {
    echoMetadata(context)
    if request.hasExpectCompressed { try checkCompression(request.expectCompressed.value, context) }
    if request.hasResponseStatus { try end(with: request.responseStatus) }
    if request.hasResponseCompressed {
      context.responseCompression = request.responseCompressed.value ? .gzip : .none
    }
    return try .with {
      $0.payload = try payload(byteCount: request.responseSize)
      fillIdentity(request, &$0, context)
    }
  }

  /// The requested responses, each after its interval.
  public func streamingOutputCall(
    request: Grpc_Testing_StreamingOutputCallRequest, response: RPCWriter<Grpc_Testing_StreamingOutputCallResponse>,
    context: ServerContext
  ) async throws {
    echoMetadata(context)
    if request.hasResponseStatus { try end(with: request.responseStatus) }
    context.responseCompression = .gzip
    try await send(request.responseParameters, to: response)
  }

  /// The total length of the bodies that the client sent.
  public func streamingInputCall(
    request: RPCAsyncSequence<Grpc_Testing_StreamingInputCallRequest, any Error>, context: ServerContext
  ) async throws -> Grpc_Testing_StreamingInputCallResponse {
    echoMetadata(context)
    var total: Int32 = 0
    for try await message in request {
      if message.hasExpectCompressed { try checkCompression(message.expectCompressed.value, context) }
      let (sum, overflow) = total.addingReportingOverflow(Int32(clamping: message.payload.body.count))
      if overflow { throw RPCError(code: .outOfRange, message: "the bodies' total length exceeds \(Int32.max) bytes") }
      total = sum
    }
    return .with { $0.aggregatedPayloadSize = total }
  }

  /// For each request, as it arrives, the responses that it asks for.
  public func fullDuplexCall(
    request: RPCAsyncSequence<Grpc_Testing_StreamingOutputCallRequest, any Error>,
    response: RPCWriter<Grpc_Testing_StreamingOutputCallResponse>, context: ServerContext
  ) async throws {
    echoMetadata(context)
    context.responseCompression = .gzip
    for try await message in request {
      if message.hasResponseStatus { try end(with: message.responseStatus) }
      try await send(message.responseParameters, to: response)
    }
  }

  /// The responses to all requests, after the last of them arrived.
  public func halfDuplexCall(
    request: RPCAsyncSequence<Grpc_Testing_StreamingOutputCallRequest, any Error>,
    response: RPCWriter<Grpc_Testing_StreamingOutputCallResponse>, context: ServerContext
  ) async throws {
    echoMetadata(context)
    var wanted: [Grpc_Testing_ResponseParameters] = []
    for try await message in request { wanted += message.responseParameters }
    try await send(wanted, to: response)
  }

  /// Fails as a method that the server does not have.
  public func unimplementedCall(
    request: Grpc_Testing_Empty, context: ServerContext
  ) async throws -> Grpc_Testing_Empty {
    throw RPCError(code: .unimplemented, message: "UnimplementedCall is implemented by no server")
  }

  /// Returns the two metadata keys that clients send to see them again.
  private func echoMetadata(_ context: ServerContext) {
    for value in context.metadata[stringValues: EchoedMetadata.initialKey] {
      context.initialMetadata.addString(value, forKey: EchoedMetadata.initialKey)
    }
    for value in context.metadata[binaryValues: EchoedMetadata.trailingKey] {
      context.trailingMetadata.addBinary(value, forKey: EchoedMetadata.trailingKey)
    }
  }

  /// Puts the caller's name and scope, which its token consists of, into the response.
  private func fillIdentity(
    _ request: Grpc_Testing_SimpleRequest, _ response: inout Grpc_Testing_SimpleResponse, _ context: ServerContext
  ) {
    guard request.fillUsername || request.fillOauthScope,
      let value = context.metadata.firstString(forKey: "authorization"), value.hasPrefix("Bearer ")
    else { return }
    let parts = value.dropFirst("Bearer ".count).split(separator: ".", maxSplits: 1).map(String.init)
    if request.fillUsername, let name = parts.first { response.username = name }
    if request.fillOauthScope, parts.count == 2 { response.oauthScope = parts[1] }
  }

  /// Fails unless the message that was read last came compressed, or not, as the client says that it should.
  private func checkCompression(_ isExpected: Bool, _ context: ServerContext) throws {
    guard context.lastRequestWasCompressed != isExpected else { return }
    throw RPCError(
      code: .invalidArgument, message: "the message was to come \(isExpected ? "compressed" : "uncompressed")")
  }

  /// Ends the call with the error and details that the metadata describes, if it does.
  private func endWithDetails(_ context: ServerContext) throws {
    guard let bytes = context.metadata.firstBinary(forKey: EchoedMetadata.statusKey) else { return }
    let wanted = try Google_Rpc_Status(serializedBytes: bytes)
    guard let known = Status.Code(rawValue: Int(wanted.code)), let code = RPCError.Code(known) else {
      throw RPCError(code: .invalidArgument, message: "\(wanted.code) is not the number of an error code")
    }
    throw RPCError(
      code: code, message: wanted.message, details: wanted.details.map { ErrorDetails(unpacking: $0) })
  }

  /// Ends the call with the status that the client asked for; a code of 0 lets it go on.
  private func end(with wanted: Grpc_Testing_EchoStatus) throws {
    guard wanted.code != 0 else { return }
    guard let known = Status.Code(rawValue: Int(wanted.code)), let code = RPCError.Code(known) else {
      throw RPCError(code: .invalidArgument, message: "\(wanted.code) is not the number of a status code")
    }
    throw RPCError(code: code, message: wanted.message)
  }

  private func send(
    _ wanted: [Grpc_Testing_ResponseParameters], to response: RPCWriter<Grpc_Testing_StreamingOutputCallResponse>
  ) async throws {
    for parameters in wanted {
      if parameters.intervalUs > 0 { try await Task.sleep(for: .microseconds(Int64(parameters.intervalUs))) }
      let message = try Grpc_Testing_StreamingOutputCallResponse.with {
        $0.payload = try payload(byteCount: parameters.size)
      }
      // Off, unless the client wants it on.
      try await response.write(message, compress: parameters.compressed.value)
    }
  }

  private func payload(byteCount: Int32) throws -> Grpc_Testing_Payload {
    guard (0...Self.largestBodyBytes).contains(byteCount) else {
      throw RPCError(
        code: .invalidArgument, message: "a body of \(byteCount) bytes is not within 0...\(Self.largestBodyBytes)")
    }
    return .with { $0.body = .zeroes(Int(byteCount)) }
  }
}
