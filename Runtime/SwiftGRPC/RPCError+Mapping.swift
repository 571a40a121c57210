import SwiftGRPCHTTP2

/// How failures of other layers become gRPC's. Every such rule is in this file.
extension RPCError {
  /// The error of a call whose stream the server reset.
  ///
  /// Spec: gRPC over HTTP/2, "Errors" (the table of RST_STREAM codes).
  static func streamReset(by code: HTTP2ErrorCode) -> RPCError {
    let (rpcCode, explanation): (Code, String) =
      switch code {
      case .refusedStream: (.unavailable, "the server did not process the call")
      case .cancel: (.cancelled, "the server cancelled the call")
      case .enhanceYourCalm: (.resourceExhausted, "the server limits the client's bandwidth")
      case .inadequateSecurity: (.permissionDenied, "the connection's security is too weak for the server")
      // The table gives STREAM_CLOSED no code of its own: "no mapping, as there is no open stream to propagate to".
      case .streamClosed: (.unknown, "the server took the stream for closed")
      default: (.internalError, "the server ended the call")
      }
    return RPCError(code: rpcCode, message: "stream reset with \(code): \(explanation)", origin: .remote)
  }

  /// The code for a response that has an HTTP status but no `grpc-status`.
  ///
  /// Spec: "HTTP to gRPC Status Code Mapping"; 431 as in gRPC over HTTP/2, "Responses".
  static func code(forHTTPStatus status: Int) -> Code {
    switch status {
    case 400, 431: .internalError
    case 401: .unauthenticated
    case 403: .permissionDenied
    case 404: .unimplemented
    case 429, 502, 503, 504: .unavailable
    default: .unknown
    }
  }

  /// The error of a response with a number of messages that its method does not have.
  ///
  /// Spec: `statuscodes.md`, "response cardinality violation".
  static func cardinality(_ found: String) -> RPCError {
    RPCError(code: .unimplemented, message: "the server sent \(found) where the method has one")
  }

  /// The error of a message with the flag for compression in a stream without an encoding.
  ///
  /// Spec: gRPC over HTTP/2, "Message-Encoding"; `compression.md`.
  static var compressedWithoutEncoding: RPCError {
    RPCError(code: .internalError, message: "compressed message without a grpc-encoding header")
  }

  /// The error as a part of the library may report it: a code that only services generate becomes `internalError`.
  ///
  /// Spec: A54; `statuscodes.md`, the codes that the library never generates.
  func restrictedToControlPlane(of part: String) -> RPCError {
    let services: Set<Code> = [
      .invalidArgument, .notFound, .alreadyExists, .failedPrecondition, .aborted, .outOfRange, .dataLoss,
    ]
    guard services.contains(code) else { return self }
    return RPCError(
      code: .internalError, message: "the \(part) failed with \(code), which only a service may: \(message)",
      metadata: metadata, cause: self
    )
  }

  /// An error as an `RPCError`: as it is if it is one, by its own account if it is ``RPCErrorConvertible``, as
  /// `cancelled` if a task's cancellation caused it, and otherwise with this code and message and the error as the cause.
  @usableFromInline
  static func wrapping(_ error: any Error, code: Code, message: @autoclosure () -> String) -> RPCError {
    switch error {
    case let error as RPCError: error
    case let error as any RPCErrorConvertible: RPCError(error)
    case is CancellationError: RPCError(code: .cancelled, message: "the task was cancelled", cause: error)
    default: RPCError(code: code, message: message(), cause: error)
    }
  }

  /// The error for a message that could not be turned into bytes.
  @usableFromInline
  static func serializationFailed(_ error: any Error) -> RPCError {
    wrapping(error, code: .internalError, message: "cannot serialize the message: \(error)")
  }

  /// The error for bytes that could not be turned into a message.
  ///
  /// Spec: `statuscodes.md`, "Error parsing request proto" and "Error parsing response proto".
  @usableFromInline
  static func deserializationFailed(_ error: any Error) -> RPCError {
    wrapping(error, code: .internalError, message: "cannot parse the message: \(error)")
  }
}

extension Status.Code {
  /// The code for a response that has an HTTP status but no `grpc-status`; see `http-grpc-status-mapping.md`.
  public init(httpStatusCode: Int) {
    self.init(RPCError.code(forHTTPStatus: httpStatusCode))
  }
}
