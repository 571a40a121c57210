/// One HTTP/2 stream, and the object that the user of a session hangs a call on.
///
/// A session keeps a stream alive from its first event or submission to its ``HTTP2Event/closed(_:_:)``. The class is open so that a
/// call can *be* its stream: one object for each call. Confined to the session's thread.
///
/// The fields are not checked for exclusive access at run time: every one of them is touched by the session's thread only, and no
/// access encloses a call out of this module. (About 1.1k instructions a call.)
open class HTTP2Stream {
  /// A writer should wait once this many bytes are queued.
  public static var highWaterBytes: Int { 65536 }
  /// A writer that waits may go on once fewer bytes than this are queued.
  public static var lowWaterBytes: Int { 32768 }

  /// The stream's number; 0 until the request has been submitted to the wire.
  @exclusivity(unchecked)
  public final internal(set) var id: Int32 = 0

  /// Body bytes that wait to be sent. After appending tell ``HTTP2Session/outboundDidGrow(_:)``.
  @exclusivity(unchecked)
  public final var outbound = OutboundBody()

  /// The user's object for this stream, if the stream is not that object itself.
  @exclusivity(unchecked)
  public final var call: AnyObject?

  /// Where the stream is on its way through a session.
  enum Phase {
    /// No session knows it.
    case idle
    /// A request that waits for the peer's MAX_CONCURRENT_STREAMS.
    case waiting
    /// Known to libnghttp2.
    case open
    /// `.closed` has been said.
    case closed
  }

  @exclusivity(unchecked) final var phase = Phase.idle
  /// Whether the user knows the stream, so that it must hear of its end.
  @exclusivity(unchecked) final var isAnnounced = false
  /// Whether RST_STREAM was submitted: what still arrives is dropped.
  @exclusivity(unchecked) final var isReset = false
  /// Server: whether response headers have been submitted.
  @exclusivity(unchecked) final var hasSubmittedHeaders = false
  /// Client: whether the final response headers have come, so that the next list is trailers.
  @exclusivity(unchecked) final var hasReceivedHeaders = false
  /// Whether the peer's side has ended.
  @exclusivity(unchecked) final var isRemoteEnded = false
  /// Whether the frame that ends our side has been written.
  @exclusivity(unchecked) final var isLocalEnded = false
  /// Whether the user has said that nothing more follows in `outbound`.
  @exclusivity(unchecked) final var isOutboundFinished = false
  /// Whether libnghttp2 was told that there is nothing to send now.
  @exclusivity(unchecked) final var isDeferred = false
  /// Whether `.outboundDrained` is due when the queue falls below the low-water mark.
  @exclusivity(unchecked) final var isAboveHighWater = false
  /// Bytes in `outbound` for which a frame header has been made but which have not been written yet.
  @exclusivity(unchecked) final var promisedBytes = 0
  /// Bytes that the user is done with and that libnghttp2 was not told of yet.
  @exclusivity(unchecked) final var consumedBytes = 0
  /// The header list of a request that waits.
  @exclusivity(unchecked) final var waitingHeaders: HeaderFields?
  /// The trailers to send once `outbound` has drained.
  @exclusivity(unchecked) final var trailers: HeaderFields?
  /// The neighbours in the session's list of streams.
  @exclusivity(unchecked) final var next: Unmanaged<HTTP2Stream>?
  @exclusivity(unchecked) final var previous: Unmanaged<HTTP2Stream>?

  /// A stream that no session knows yet. Subclasses that a server session creates need defaults for all they store.
  public required init() {}

  /// Whether the session still holds the stream: it has been submitted or received, and not been closed.
  public final var isActive: Bool { phase == .open || phase == .waiting }

  /// Remembers that the queue has reached the high-water mark. A client may fill it before it submits the request.
  final func noteHighWater() {
    if outbound.count >= Self.highWaterBytes { isAboveHighWater = true }
  }
}
