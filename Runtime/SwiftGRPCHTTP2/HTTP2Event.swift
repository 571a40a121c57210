/// What a session has to say after bytes went in or came out.
///
/// Every stream that a session has shown to its user ends with exactly one ``closed(_:_:)``, and nothing about it comes after that.
public enum HTTP2Event {
  /// Server: a new request, and its stream. Client: response headers, also the interim ones with a 1xx `:status`.
  case headers(HTTP2Stream, HeaderBlock, endStream: Bool)

  /// The header list that ends the inbound side.
  case trailers(HTTP2Stream, HeaderBlock)

  /// A header list above ``HTTP2Configuration/maxHeaderListBytes``; it is lost, but the stream is still open: answer it (a server
  /// with `:status` 431) or reset it.
  case headersTooLarge(HTTP2Stream, byteCount: Int, endStream: Bool)

  /// A part of the inbound body. The bytes belong to whoever called `receive` and are valid until its next call.
  case data(HTTP2Stream, UnsafeRawBufferPointer)

  /// The inbound side ended with the last DATA frame.
  case endOfStream(HTTP2Stream)

  /// RST_STREAM from the peer, or made here because the peer broke the protocol on this stream.
  case reset(HTTP2Stream, HTTP2ErrorCode)

  /// The stream is over; always its last event.
  case closed(HTTP2Stream, HTTP2ErrorCode)

  /// The outbound body fell below ``HTTP2Stream/lowWaterBytes`` after it had reached ``HTTP2Stream/highWaterBytes``.
  case outboundDrained(HTTP2Stream)

  /// The peer takes no stream above this one. Streams of ours above it are closed with REFUSED_STREAM.
  case goAway(lastStreamID: Int32, HTTP2ErrorCode, debug: [UInt8])

  /// The peer's SETTINGS; the first of them makes the connection usable.
  case settings

  /// A PING from the peer, which the session answers by itself, or the answer to ours.
  case ping(ack: Bool, UInt64)
}
