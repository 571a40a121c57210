/// Which header fields are gRPC's or HTTP's own and therefore no metadata.
enum ReservedHeaders {
  /// Whether a received field is for the library alone and not shown as metadata.
  ///
  /// `user-agent` is shown, for servers want to know who calls, and so are fields such as `grpc-status-details-bin`,
  /// which have their meaning above this library.
  static func isHiddenFromMetadata(_ name: UnsafeRawBufferPointer) -> Bool {
    guard let first = name.first else { return true }
    switch first {
    case UInt8(ascii: ":"):
      return true
    case UInt8(ascii: "g"):
      guard ASCII.hasPrefix(name, "grpc-") else { return false }
      return ASCII.equal(name, "grpc-timeout") || ASCII.equal(name, "grpc-status")
        || ASCII.equal(name, "grpc-message") || ASCII.equal(name, "grpc-encoding")
        || ASCII.equal(name, "grpc-accept-encoding")
    case UInt8(ascii: "c"):
      return ASCII.equal(name, "content-type")
    case UInt8(ascii: "t"):
      return ASCII.equal(name, "te")
    default:
      return false
    }
  }

  /// Whether a field of this name, in lower case, must not be sent as metadata.
  ///
  /// These are the ones above, those that the library writes itself, and those that are forbidden in HTTP/2
  /// (RFC 9113, section 8.2.2) or describe the body.
  static func isNeverSentAsMetadata(_ name: UnsafeRawBufferPointer) -> Bool {
    guard let first = name.first else { return true }
    // A server names its encodings with the error that refuses a call's.
    if ASCII.equal(name, "grpc-accept-encoding") { return false }
    if isHiddenFromMetadata(name) { return true }
    switch first {
    case UInt8(ascii: "c"):
      return ASCII.equal(name, "connection") || ASCII.equal(name, "content-length")
    case UInt8(ascii: "h"):
      return ASCII.equal(name, "host")
    case UInt8(ascii: "k"):
      return ASCII.equal(name, "keep-alive")
    case UInt8(ascii: "p"):
      return ASCII.equal(name, "proxy-connection")
    case UInt8(ascii: "t"):
      return ASCII.equal(name, "transfer-encoding")
    case UInt8(ascii: "u"):
      return ASCII.equal(name, "user-agent") || ASCII.equal(name, "upgrade")
    default:
      return false
    }
  }
}
