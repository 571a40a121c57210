/// An error code as carried by RST_STREAM and GOAWAY frames.
///
/// Codes that are not registered are kept as they are. Spec: RFC 9113, section 7.
public struct HTTP2ErrorCode: RawRepresentable, Hashable, Sendable {
  /// The number on the wire.
  public var rawValue: UInt32

  /// Any number is a valid code: a peer may send codes that are not registered.
  @inlinable public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// Graceful end; not an error.
  public static var noError: Self { Self(rawValue: 0x0) }
  /// The peer broke the protocol in a way that no other code names.
  public static var protocolError: Self { Self(rawValue: 0x1) }
  /// Something unexpected inside the sender.
  public static var internalError: Self { Self(rawValue: 0x2) }
  /// The peer sent more than a window allowed.
  public static var flowControlError: Self { Self(rawValue: 0x3) }
  /// SETTINGS were not acknowledged in time.
  public static var settingsTimeout: Self { Self(rawValue: 0x4) }
  /// A frame arrived on a stream that was half closed already.
  public static var streamClosed: Self { Self(rawValue: 0x5) }
  /// A frame had a forbidden size.
  public static var frameSizeError: Self { Self(rawValue: 0x6) }
  /// The stream was refused before anything was done with it: it is safe to try again.
  public static var refusedStream: Self { Self(rawValue: 0x7) }
  /// The stream is no longer wanted.
  public static var cancel: Self { Self(rawValue: 0x8) }
  /// The header compression state is lost.
  public static var compressionError: Self { Self(rawValue: 0x9) }
  /// The connection behind a CONNECT request broke.
  public static var connectError: Self { Self(rawValue: 0xa) }
  /// The peer behaves in a way that may cause excessive load.
  public static var enhanceYourCalm: Self { Self(rawValue: 0xb) }
  /// The transport's security is too weak.
  public static var inadequateSecurity: Self { Self(rawValue: 0xc) }
  /// The peer wants HTTP/1.1 for this request.
  public static var http11Required: Self { Self(rawValue: 0xd) }
}

extension HTTP2ErrorCode: CustomStringConvertible {
  /// The registered name, such as `REFUSED_STREAM`, or the number in hexadecimal.
  public var description: String {
    switch rawValue {
    case 0x0: "NO_ERROR"
    case 0x1: "PROTOCOL_ERROR"
    case 0x2: "INTERNAL_ERROR"
    case 0x3: "FLOW_CONTROL_ERROR"
    case 0x4: "SETTINGS_TIMEOUT"
    case 0x5: "STREAM_CLOSED"
    case 0x6: "FRAME_SIZE_ERROR"
    case 0x7: "REFUSED_STREAM"
    case 0x8: "CANCEL"
    case 0x9: "COMPRESSION_ERROR"
    case 0xa: "CONNECT_ERROR"
    case 0xb: "ENHANCE_YOUR_CALM"
    case 0xc: "INADEQUATE_SECURITY"
    case 0xd: "HTTP_1_1_REQUIRED"
    default: "0x" + String(rawValue, radix: 16)
    }
  }
}
