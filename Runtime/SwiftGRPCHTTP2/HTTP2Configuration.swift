/// The limits and sizes of one HTTP/2 connection, as this side wants them.
///
/// Windows and table sizes are what we allow the peer; what the peer allows us arrives in its SETTINGS.
public struct HTTP2Configuration: Sendable, Hashable {
  /// How many bytes of one stream's body the peer may send before we ask for more. Default 4 MiB, at most 2³¹−1.
  /// Spec: RFC 9113, section 6.5.2, SETTINGS_INITIAL_WINDOW_SIZE.
  public var initialStreamWindowBytes: Int = 4 << 20

  /// How many bytes of all bodies together the peer may have on the way. Default 16 MiB, at least 65,535, at most 2³¹−1.
  /// Spec: RFC 9113, section 6.9.2.
  public var connectionWindowBytes: Int = 16 << 20

  /// How many streams the peer may have open at the same time; `nil` is no limit. Default 1,000. Sent by servers only.
  ///
  /// A stream above it is refused with REFUSED_STREAM, and the user of the session does not hear of it.
  /// Spec: RFC 9113, section 5.1.2.
  public var maxConcurrentStreams: Int? = 1000

  /// The largest frame that the peer may send, 16,384 (the default) to 16,777,215 bytes.
  /// Spec: RFC 9113, section 4.2.
  public var maxFrameBytes: Int = 16384

  /// The largest header list that we accept, as the sum of name, value and 32 bytes for each field. Default 16 KiB.
  ///
  /// A longer list is not stored; the session says ``HTTP2Event/headersTooLarge(_:byteCount:endStream:)``.
  /// Spec: RFC 9113, section 6.5.2, SETTINGS_MAX_HEADER_LIST_SIZE; gRPC over HTTP/2, "Requests".
  public var maxHeaderListBytes: Int = 16384

  /// The header compression table that the peer may use with us. Default 4,096 bytes.
  /// Spec: RFC 7541, section 4.2.
  public var headerTableBytes: Int = 4096

  /// How many acknowledgements (of SETTINGS and PING) may wait to be written before the peer is taken for hostile.
  public var maxQueuedAcknowledgements: Int = 1000

  /// How many frames that do no work (see ``wastefulFramesPerSecond``) may come at once. Default 2,000.
  public var wastefulFramesBurst: Int = 2000

  /// How many frames that do no work are tolerated in the long run. Default 200 a second.
  ///
  /// These are: RST_STREAM, and frames that make us send one, such as a stream above ``maxConcurrentStreams``; SETTINGS after the first; DATA without a byte that does not end its stream;
  /// GOAWAY after the first; answers to PINGs that were not sent; response headers with a 1xx status; PING and WINDOW_UPDATE beyond four
  /// for each frame of HEADERS or DATA that we have sent. (PRIORITY and frames of unknown types are skipped and leave nothing behind.)
  ///
  /// A peer above it gets GOAWAY with ENHANCE_YOUR_CALM (CVE-2023-44487, CVE-2025-8671 and CVE-2019-9511 to 9518 are such floods).
  public var wastefulFramesPerSecond: Int = 200

  /// Everything at its default.
  public init() {}
}

extension HTTP2Configuration {
  /// - Throws: ``HTTP2Error`` that names the first value which is out of its range.
  func validate() throws(HTTP2Error) {
    try check(initialStreamWindowBytes, in: 0...Int(Int32.max), "initialStreamWindowBytes")
    try check(connectionWindowBytes, in: 65535...Int(Int32.max), "connectionWindowBytes")
    try check(maxConcurrentStreams ?? 0, in: 0...Int(UInt32.max), "maxConcurrentStreams")
    try check(maxFrameBytes, in: 16384...16_777_215, "maxFrameBytes")
    try check(maxHeaderListBytes, in: 0...Int(Int32.max), "maxHeaderListBytes")
    try check(headerTableBytes, in: 0...Int(Int32.max), "headerTableBytes")
    try check(maxQueuedAcknowledgements, in: 1...Int.max, "maxQueuedAcknowledgements")
    try check(wastefulFramesBurst, in: 0...Int.max, "wastefulFramesBurst")
    try check(wastefulFramesPerSecond, in: 0...Int.max, "wastefulFramesPerSecond")
  }

  private func check(_ value: Int, in range: ClosedRange<Int>, _ name: StaticString) throws(HTTP2Error) {
    guard !range.contains(value) else { return }
    throw HTTP2Error(
      code: .internalError,
      message: "\(name) is \(value), outside of \(range.lowerBound) to \(range.upperBound)")
  }
}
