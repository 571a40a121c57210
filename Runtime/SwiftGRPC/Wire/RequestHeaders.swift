import SwiftGRPCHTTP2

/// The header list that begins a call.
///
/// Spec: gRPC over HTTP/2, "Requests".
struct RequestHeaders {
  /// The text of the `content-type` header that both sides send.
  static let contentType: StaticString = "application/grpc"

  /// What this library calls itself. Spec: gRPC over HTTP/2, "User Agents".
  static let userAgent: StaticString = "grpc-swift-nghttp2/0.1.0"

  // MARK: Writing (client)

  /// Writes the header list of a call.
  ///
  /// - Parameters:
  ///   - method: The method to call.
  ///   - authority: The value of `:authority`, the name of the server.
  ///   - isSecure: Whether the connection uses TLS.
  ///   - timeout: The time left in nanoseconds; `nil` for no limit.
  ///   - encoding: What the messages are compressed with.
  ///   - accepted: What the response's messages may be compressed with.
  ///   - metadata: The caller's metadata.
  ///   - fields: Where to write; must be empty.
  /// - Throws: `internalError` if the metadata cannot be sent.
  static func write(
    method: MethodDescriptor, authority: String, isSecure: Bool, timeout: Int64?,
    encoding: CompressionAlgorithm = .none, accepted: CompressionAlgorithmSet = .none, metadata: Metadata,
    to fields: inout HeaderFields
  ) throws(RPCError) {
    fields.add(":method", "POST")
    fields.add(":scheme", isSecure ? "https" : "http")
    fields.add(":path", method.path)
    fields.add(":authority", authority)
    if let timeout {
      withUnsafeTemporaryAllocation(byteCount: TimeoutText.maxByteCount, alignment: 1) { bytes in
        let count = TimeoutText.encode(nanoseconds: timeout, into: bytes)
        fields.add("grpc-timeout", bytes: UnsafeRawBufferPointer(rebasing: bytes[..<count]), indexing: .never)
      }
    }
    fields.add("te", "trailers")
    fields.add("content-type", contentType)
    if encoding != .none { fields.add("grpc-encoding", encoding.name) }
    if accepted != .none { fields.add("grpc-accept-encoding", EncodingNames.list(accepted)) }
    fields.add("user-agent", userAgent)
    try fields.add(metadata)
  }

  // MARK: Reading (server)

  /// The position of `:path` in the header list.
  private(set) var pathIndex = -1

  /// The time that the client gives the call, in nanoseconds; `nil` for no limit.
  private(set) var timeout: Int64?

  /// What the request's messages may be compressed with.
  private(set) var encoding = CompressionAlgorithm.none

  /// Why a request is not taken.
  enum Refusal: Error, Equatable {
    /// Answer with this HTTP status and nothing of gRPC: whoever asks does not speak it.
    case http(status: Int)
    /// Answer with this error as Trailers-Only.
    case rpc(RPCError)
  }

  /// Reads the header list of a call.
  ///
  /// `te` is not checked: some proxies drop it, and nothing here depends on it. The method is found with
  /// ``HeaderBlock/withField(at:_:)`` at ``pathIndex``.
  /// - Parameters:
  ///   - block: The header list.
  ///   - enabled: What requests may be compressed with.
  /// - Throws: ``Refusal/http(status:)`` with 415 for another content type and 405 for another method than `POST`;
  ///   ``Refusal/rpc(_:)`` with `internalError` for a malformed timeout or a missing path, and with `unimplemented` for
  ///   an encoding that is not supported.
  init(reading block: HeaderBlock, enabled: CompressionAlgorithmSet = .none) throws(Refusal) {
    var isPost = false
    var isGRPC = false
    var index = 0
    var refusal: Refusal?
    block.forEach { name, value in
      switch name.first {
      case UInt8(ascii: ":"):
        if ASCII.equal(name, ":path") {
          pathIndex = index
        } else if ASCII.equal(name, ":method") {
          isPost = ASCII.equal(value, "POST")
        }
      case UInt8(ascii: "c"):
        if ASCII.equal(name, "content-type") { isGRPC = ContentType.isGRPC(value) }
      case UInt8(ascii: "g"):
        if ASCII.equal(name, "grpc-timeout") {
          timeout = TimeoutText.decode(value)
          if timeout == nil, refusal == nil { refusal = .rpc(Self.malformedTimeout(value)) }
        } else if ASCII.equal(name, "grpc-encoding"), !ASCII.equal(value, "identity") {
          if let algorithm = EncodingNames.algorithm(value), enabled.contains(algorithm) {
            encoding = algorithm
          } else if refusal == nil {
            refusal = .rpc(Self.unsupportedEncoding(value, enabled))
          }
        }
      default:
        break
      }
      index += 1
    }
    guard isGRPC else { throw .http(status: 415) }
    guard isPost else { throw .http(status: 405) }
    if let refusal { throw refusal }
    guard pathIndex >= 0 else { throw .rpc(RPCError(code: .internalError, message: "the request has no :path")) }
  }

  private static func malformedTimeout(_ value: UnsafeRawBufferPointer) -> RPCError {
    let text = String(decoding: value.prefix(32), as: UTF8.self)
    return RPCError(
      code: .internalError, message: "grpc-timeout \"\(text)\" is not one to eight digits and one of H, M, S, m, u, n"
    )
  }

  /// Spec: `compression.md`, "Compression Method Asymmetry Between Peers": the answer names what is supported.
  private static func unsupportedEncoding(
    _ value: UnsafeRawBufferPointer, _ enabled: CompressionAlgorithmSet
  ) -> RPCError {
    let text = String(decoding: value.prefix(64), as: UTF8.self)
    return RPCError(
      code: .unimplemented, message: "grpc-encoding \"\(text)\" is not supported; supported: \(enabled)",
      metadata: ["grpc-accept-encoding": .string("\(EncodingNames.list(enabled))")]
    )
  }
}

/// The values of `content-type` that mean gRPC.
enum ContentType {
  /// Whether a value is `application/grpc`, alone or followed by a format (`+proto`) or a parameter.
  static func isGRPC(_ value: UnsafeRawBufferPointer) -> Bool {
    let prefix: StaticString = "application/grpc"
    guard ASCII.hasPrefix(value, prefix) else { return false }
    guard value.count > prefix.utf8CodeUnitCount else { return true }
    let next = value[prefix.utf8CodeUnitCount]
    return next == UInt8(ascii: "+") || next == UInt8(ascii: ";") || next == UInt8(ascii: " ")
  }
}
