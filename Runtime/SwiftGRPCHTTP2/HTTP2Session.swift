import CNghttp2

/// One HTTP/2 connection without I/O: received bytes go in, events come out; commands go in, bytes to send come out.
///
/// Confined to one thread. A session never calls its user: take the events after ``receive(_:)``, ``writeOutput(into:)`` and commands.
public final class HTTP2Session {
  /// Which side of the connection this is.
  public enum Role: Sendable {
    /// Starts streams.
    case client
    /// Answers them.
    case server
  }

  /// Which side of the connection this is.
  public let role: Role

  /// Creates a session with its preface and SETTINGS ready to be sent.
  ///
  /// - Parameter streamType: what a server session creates for each request; a subclass lets the call be its stream.
  /// - Throws: ``HTTP2Error`` when a value of the configuration is out of range.
  public init(
    role: Role, configuration: HTTP2Configuration = .init(), streamType: HTTP2Stream.Type = HTTP2Stream.self
  ) throws(HTTP2Error) {
    self.role = role
  }

  /// Feeds received bytes; appends events.
  ///
  /// - Throws: ``HTTP2Error`` when the connection cannot go on. A GOAWAY may wait in the output: write it, then close.
  public func receive(_ bytes: UnsafeRawBufferPointer) throws(HTTP2Error) {}

  /// Swaps the events out; the storage of `array` is used for the next ones.
  public func takeEvents(into array: inout [HTTP2Event]) {}

  /// Writes pending frames into `buffer` and returns how many bytes; fewer than fit means that nothing more can be sent now.
  public func writeOutput(into buffer: UnsafeMutableRawBufferPointer) throws(HTTP2Error) -> Int { 0 }

  /// Whether ``writeOutput(into:)`` would write something.
  public var hasOutput: Bool { false }

  /// Whether the session neither wants to read nor to write any more: close the connection.
  public var isDone: Bool { false }

  /// Why the session itself ended the connection, once its GOAWAY has been written.
  public var connectionError: HTTP2Error? { nil }

  /// Client: sends a request. While the peer's MAX_CONCURRENT_STREAMS is reached it waits here, in order; `stream.id` is 0 as long.
  ///
  /// After a GOAWAY from the peer the stream is closed with REFUSED_STREAM, by an event.
  public func submitRequest(
    _ headers: borrowing HeaderFields, on stream: HTTP2Stream, endStream: Bool = false
  ) throws(HTTP2Error) {}

  /// Server: sends response headers; with `endStream` they are the only answer ("Trailers-Only").
  public func submitHeaders(
    _ headers: borrowing HeaderFields, on stream: HTTP2Stream, endStream: Bool = false
  ) throws(HTTP2Error) {}

  /// Sends trailers once the outbound body has drained; they end our side of the stream.
  public func submitTrailers(_ headers: borrowing HeaderFields, on stream: HTTP2Stream) throws(HTTP2Error) {}

  /// To be called after appending to ``HTTP2Stream/outbound``.
  public func outboundDidGrow(_ stream: HTTP2Stream) {}

  /// Ends our side of the stream after what is queued (END_STREAM).
  public func finishOutbound(_ stream: HTTP2Stream) {}

  /// Sends RST_STREAM; the stream closes when it has been written, or at once if the request had not been sent yet.
  public func reset(_ stream: HTTP2Stream, code: HTTP2ErrorCode) {}

  /// Tells the session that `byteCount` bytes of the stream's body are done with, so that the peer may send as many more.
  public func consume(_ byteCount: Int, on stream: HTTP2Stream) {}

  /// Sends a PING; its answer is ``HTTP2Event/ping(ack:_:)``.
  public func ping(_ payload: UInt64) {}

  /// Sends GOAWAY. `lastStreamID`: `nil` is the last stream that was taken, `Int32.max` announces a shutdown.
  public func goAway(lastStreamID: Int32? = nil, code: HTTP2ErrorCode = .noError, debug: String = "") {}

  /// Changes the window for new and open streams, the limit of concurrent streams or both, by SETTINGS.
  public func updateSettings(initialStreamWindowBytes: Int? = nil, maxConcurrentStreams: Int? = nil) {}

  /// Closes every open and every waiting stream with `code`, by events: the connection is lost.
  public func failAllStreams(code: HTTP2ErrorCode) {}

  /// The number of streams that are open or wait to be.
  public var openStreamCount: Int { 0 }

  /// The number of requests that wait for the peer's MAX_CONCURRENT_STREAMS.
  public var pendingRequestCount: Int { 0 }

  /// The peer's MAX_CONCURRENT_STREAMS; 100 until its SETTINGS have arrived.
  public var peerMaxConcurrentStreams: Int { 100 }

  /// The peer's MAX_HEADER_LIST_SIZE; `nil` if it named none.
  public var peerMaxHeaderListBytes: Int? { nil }

  /// Whether the peer has sent GOAWAY: no further request can be sent.
  public var hasReceivedGoAway: Bool { false }
}
