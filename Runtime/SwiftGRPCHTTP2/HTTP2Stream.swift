/// One HTTP/2 stream, and the object that the user of a session hangs a call on.
///
/// A session keeps a stream alive from its first event or submission to its ``HTTP2Event/closed(_:_:)``. The class is open so that a
/// call can *be* its stream: one object for each call. Confined to the session's thread.
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

  /// A stream that no session knows yet. Subclasses that a server session creates need defaults for all they store.
  public required init() {}
}
