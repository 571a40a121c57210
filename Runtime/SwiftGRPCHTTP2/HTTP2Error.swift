import CNghttp2

/// Why an HTTP/2 connection, or one operation on it, failed.
public struct HTTP2Error: Error, Sendable, Hashable {
  /// The code that the peer is told, or would be told.
  public var code: HTTP2ErrorCode
  /// What happened, for people.
  public var message: String
  /// libnghttp2's number (`NGHTTP2_ERR_…`), when the error came from there.
  public var libraryCode: Int32?

  /// Creates an error of our own, or one that carries libnghttp2's number.
  public init(code: HTTP2ErrorCode, message: String, libraryCode: Int32? = nil) {
    self.code = code
    self.message = message
    self.libraryCode = libraryCode
  }

  /// An error that libnghttp2 returned from `operation`.
  init(library number: Int32, during operation: StaticString) {
    let code: HTTP2ErrorCode =
      switch nghttp2_error(number) {
      // -905: too many CONTINUATION frames; has no name in older releases.
      case NGHTTP2_ERR_FLOODED, nghttp2_error(-905): .enhanceYourCalm
      case NGHTTP2_ERR_BAD_CLIENT_MAGIC, NGHTTP2_ERR_PROTO, NGHTTP2_ERR_HTTP_HEADER, NGHTTP2_ERR_HTTP_MESSAGING:
        .protocolError
      case NGHTTP2_ERR_FLOW_CONTROL: .flowControlError
      case NGHTTP2_ERR_FRAME_SIZE_ERROR: .frameSizeError
      case NGHTTP2_ERR_HEADER_COMP: .compressionError
      case NGHTTP2_ERR_REFUSED_STREAM: .refusedStream
      default: .internalError
      }
    self.init(
      code: code,
      message: "\(operation): \(String(cString: nghttp2_strerror(number)))",
      libraryCode: number
    )
  }
}

extension HTTP2Error: CustomStringConvertible {
  /// The message, the code's name and libnghttp2's number.
  public var description: String {
    "\(message) (\(code)\(libraryCode.map { ", nghttp2 \($0)" } ?? ""))"
  }
}
