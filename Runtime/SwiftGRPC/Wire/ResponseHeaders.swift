import SwiftGRPCHTTP2

/// The header list that begins a response.
///
/// Spec: gRPC over HTTP/2, "Responses".
enum ResponseHeaders {
  // MARK: Writing (server)

  /// Writes the header list before the first message.
  ///
  /// - Parameters:
  ///   - encoding: What the messages are compressed with.
  ///   - accepted: What requests may be compressed with, if the client is to be told.
  ///   - metadata: The metadata before the messages.
  ///   - fields: Where to write; must be empty.
  /// - Throws: `internalError` if the metadata cannot be sent.
  static func write(
    encoding: CompressionAlgorithm = .none, accepted: CompressionAlgorithmSet? = nil, metadata: Metadata,
    to fields: inout HeaderFields
  ) throws(RPCError) {
    fields.add(":status", "200")
    fields.add("content-type", RequestHeaders.contentType)
    if encoding != .none { fields.add("grpc-encoding", encoding.name) }
    if let accepted { fields.add("grpc-accept-encoding", EncodingNames.list(accepted)) }
    try fields.add(metadata)
  }

  /// Writes the header list for a peer that does not speak gRPC. The stream ends with it.
  static func writeHTTPError(status: Int, to fields: inout HeaderFields) {
    fields.add(":status", String(status))
    fields.add("content-length", "0")
  }

  // MARK: Reading (client)

  /// What a header list from the server means.
  enum Meaning {
    /// Status 1xx: nothing yet.
    case interim
    /// The response begins; its messages may be compressed with this.
    case response(CompressionAlgorithm)
    /// This is no gRPC response. The error holds unless the stream ends with a `grpc-status`.
    case notGRPC(RPCError)
    /// The response cannot be understood.
    case failure(RPCError)

    /// Whether the real header list is still to come.
    var isInterim: Bool {
      if case .interim = self { true } else { false }
    }
  }

  /// Reads a header list that does not end the stream; `accepted` is what the messages may be compressed with.
  static func meaning(of block: HeaderBlock, accepted: CompressionAlgorithmSet = .none) -> Meaning {
    let httpStatus = block.status ?? 0
    if (100..<200).contains(httpStatus) { return .interim }
    let isGRPC = block.withFirst(named: "content-type") { ContentType.isGRPC($0) } ?? false
    guard httpStatus == 200, isGRPC else { return .notGRPC(notGRPC(block, httpStatus: httpStatus)) }
    return block.withFirst(named: "grpc-encoding") { response(encoding: $0, accepted: accepted) } ?? .response(.none)
  }

  private static func response(encoding value: UnsafeRawBufferPointer, accepted: CompressionAlgorithmSet) -> Meaning {
    if let algorithm = EncodingNames.algorithm(value), accepted.contains(algorithm) { return .response(algorithm) }
    let text = String(decoding: value.prefix(64), as: UTF8.self)
    return .failure(
      RPCError(code: .internalError, message: "the server uses grpc-encoding \"\(text)\", which was not offered")
    )
  }

  /// The error for a response of one header list that has no `grpc-status`.
  static func withoutStatus(_ block: HeaderBlock) -> RPCError {
    let httpStatus = block.status ?? 0
    let isGRPC = block.withFirst(named: "content-type") { ContentType.isGRPC($0) } ?? false
    guard httpStatus == 200, isGRPC else { return notGRPC(block, httpStatus: httpStatus) }
    return RPCError(
      code: .unknown, message: "the server ended the response without a grpc-status",
      metadata: Metadata(received: ReceivedMetadata(block)), origin: .remote
    )
  }

  /// The error for a response that has no `grpc-status`, by its HTTP status.
  ///
  /// Spec: "HTTP to gRPC Status Code Mapping".
  static func notGRPC(_ block: HeaderBlock, httpStatus: Int) -> RPCError {
    let contentType = block.first(named: "content-type").map { "content-type \"\($0)\"" } ?? "no content-type"
    return RPCError(
      code: RPCError.code(forHTTPStatus: httpStatus),
      message: "the response is not gRPC: HTTP status \(httpStatus), \(contentType)",
      metadata: Metadata(received: ReceivedMetadata(block)),
      origin: .remote
    )
  }
}
