import CNghttp2

/// One HTTP/2 connection without I/O: received bytes go in, events come out; commands go in, bytes to send come out.
///
/// Confined to one thread. A session never calls its user: take the events after ``receive(_:)``, after ``writeOutput(into:)`` and after
/// commands. Only those two drive libnghttp2, whose callbacks do no more than append: it must not be re-entered.
///
/// Windows: what arrives is credited to the connection at once, so that a slow stream cannot stall its siblings, and to its stream by
/// ``consume(_:on:)``. Spec: RFC 9113.
///
/// The fields are not checked for exclusive access at run time: one thread, and no access encloses a call to the outside.
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
  let streamType: HTTP2Stream.Type
  /// How many streams a client may have open; more are refused.
  let maxConcurrentStreams: Int
  /// libnghttp2's session; owned, freed in `deinit`.
  let handle: OpaquePointer
  /// What this session shares with others of its thread; goes after the handle.
  let memory: SessionMemory
  /// Where the handle's memory comes from; goes after it, too.
  private let libraryMemory: LibraryMemory

  @exclusivity(unchecked) var events: [HTTP2Event] = []
  /// Streams that libnghttp2 knows.
  @exclusivity(unchecked) var openStreams = StreamList()
  /// Requests beyond the peer's MAX_CONCURRENT_STREAMS, in the order of their submission.
  @exclusivity(unchecked) var waitingRequests = StreamList()
  @exclusivity(unchecked) var floodGuard: FloodGuard
  /// The frame that was one too many of those that do no work.
  @exclusivity(unchecked) var flood: StaticString?
  /// How many more PINGs and WINDOW_UPDATEs the peer may send for what it was sent. The first are for its own settings.
  @exclusivity(unchecked) var permittedAnswers = 16
  /// How many of our PINGs wait for their answers.
  @exclusivity(unchecked) var unansweredPings = 0
  /// Whether `failAllStreams` has been called: libnghttp2 may hold streams that are gone, so it is not driven any more.
  @exclusivity(unchecked) var isAbandoned = false
  @exclusivity(unchecked) var hasReceivedSettings = false
  @exclusivity(unchecked) var consumeThreshold: Int

  // What `receive` collects.
  /// The header list that is arriving.
  @exclusivity(unchecked) var assembly = HeaderAssembly()
  let maxHeaderListBytes: Int
  /// The stream whose header list is arriving.
  @exclusivity(unchecked) var assemblyStream: HTTP2Stream?
  /// Body bytes that arrived in this call and whose connection window is to be opened again.
  @exclusivity(unchecked) var receivedBodyBytes = 0

  @exclusivity(unchecked) var output = OutputState()

  /// The peer's MAX_CONCURRENT_STREAMS; 100 until its SETTINGS have arrived. Spec: RFC 9113, section 6.5.2.
  @exclusivity(unchecked) public internal(set) var peerMaxConcurrentStreams = 100
  /// The peer's MAX_HEADER_LIST_SIZE; `nil` if it named none. Advice only: nothing is refused here because of it.
  @exclusivity(unchecked) public internal(set) var peerMaxHeaderListBytes: Int?
  /// Whether HEADERS or DATA were written since this was last set to `false`.
  @exclusivity(unchecked) public var hasWrittenCallFrames = false
  /// Whether the peer has sent GOAWAY: no further request can be sent.
  @exclusivity(unchecked) public internal(set) var hasReceivedGoAway = false
  /// Why the session ended the connection: what was thrown, or what its own GOAWAY said.
  @exclusivity(unchecked) public internal(set) var connectionError: HTTP2Error?

  /// Creates a session with its preface and SETTINGS ready to be sent.
  ///
  /// - Parameters:
  ///   - streamType: what a server session creates for each request; a subclass lets the call be its stream.
  ///   - memory: what the session shares with others of its thread.
  /// - Throws: ``HTTP2Error`` when a value of the configuration is out of range.
  public init(
    role: Role, configuration: HTTP2Configuration = .init(), streamType: HTTP2Stream.Type = HTTP2Stream.self,
    memory: SessionMemory = SessionMemory()
  ) throws(HTTP2Error) {
    try configuration.validate()
    self.role = role
    self.streamType = streamType
    self.maxConcurrentStreams = configuration.maxConcurrentStreams ?? .max
    self.floodGuard = FloodGuard(
      burst: configuration.wastefulFramesBurst, perSecond: configuration.wastefulFramesPerSecond)
    self.maxHeaderListBytes = configuration.maxHeaderListBytes
    self.consumeThreshold = Self.consumeThreshold(window: configuration.initialStreamWindowBytes)
    self.memory = memory
    self.libraryMemory = LibraryMemory(memory)
    self.handle = try Self.makeHandle(role: role, configuration: configuration, memory: libraryMemory)
    libraryMemory.sessionIsMade()
    takePreface()
    // `self` outlives the handle, which `deinit` frees.
    nghttp2_session_set_user_data(handle, Unmanaged.passUnretained(self).toOpaque())
    try submitInitialSettings(configuration)
  }

  deinit {
    libraryMemory.close()
    nghttp2_session_del(handle)
    // It does not call stream-close for what is still open.
    while let stream = openStreams.head { openStreams.remove(stream) }
    while let stream = waitingRequests.head { waitingRequests.remove(stream) }
  }

  // MARK: Driving

  /// Feeds received bytes; appends events.
  ///
  /// - Throws: ``HTTP2Error`` when the connection cannot go on. A GOAWAY may wait in the output: write it, then close.
  public func receive(_ bytes: UnsafeRawBufferPointer) throws(HTTP2Error) {
    if let connectionError { throw connectionError }
    let count = nghttp2_session_mem_recv(handle, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
    if receivedBodyBytes > 0 {
      // Fails only for lack of memory or a window that overflows, which cannot be: this much was taken from it.
      nghttp2_session_consume_connection(handle, receivedBodyBytes)
      receivedBodyBytes = 0
    }
    if count < 0 {
      let error = HTTP2Error(library: Int32(count), during: "reading frames")
      connectionError = error
      // Tells the peer why, where libnghttp2 has not done so itself.
      nghttp2_session_terminate_session(handle, error.code.rawValue)
      throw error
    }
    if let flood {
      let error = HTTP2Error(
        code: .enhanceYourCalm, message: "the peer sends too many frames that do no work, the last of them \(flood)")
      connectionError = error
      nghttp2_session_terminate_session(handle, error.code.rawValue)
      throw error
    }
    submitWaitingRequests()
  }

  /// Swaps the events out; the storage of `array` is used for the next ones.
  public func takeEvents(into array: inout [HTTP2Event]) {
    array.removeAll(keepingCapacity: true)
    swap(&events, &array)
  }

  /// Writes pending frames into `buffer` and returns how many bytes; fewer than fit means that nothing more can be sent now.
  ///
  /// May append events: a stream closes when its last frame is written.
  ///
  /// - Parameter pieces: Takes long parts of bodies where they lie, and what is written before and after each of them; then more may
  ///   be there to send although `buffer` has room, unless it is not ``OutputPieces/isFull``. Empty when this is called.
  /// - Throws: ``HTTP2Error`` when the connection cannot go on.
  public func writeOutput(
    into buffer: UnsafeMutableRawBufferPointer, pieces: OutputPieces? = nil
  ) throws(HTTP2Error) -> Int {
    guard let base = buffer.baseAddress, !isAbandoned else { return 0 }
    output.begin(base, count: buffer.count, pieces)
    defer { output.end() }
    continueBody()
    output.writeLeftover()
    output.writeNotice()
    while output.room > 0 {
      var bytes: UnsafePointer<UInt8>?
      let count = nghttp2_session_mem_send(handle, &bytes)
      if count > 0 {
        output.write(UnsafeRawBufferPointer(start: bytes, count: count))
      } else if count == 0 {
        // A stream that has just closed may have made room for a request that waits.
        if output.room == 0 || !submitWaitingRequests() { break }
      } else {
        let error = connectionError ?? HTTP2Error(library: Int32(count), during: "writing frames")
        connectionError = error
        throw error
      }
    }
    output.finishPieces()
    return output.written(from: base)
  }

  /// Whether ``writeOutput(into:)`` would write something.
  public var hasOutput: Bool {
    !isAbandoned && (output.hasLeftover || nghttp2_session_want_write(handle) != 0)
  }

  /// Whether the session neither wants to read nor to write any more: close the connection.
  public var isDone: Bool {
    isAbandoned || !hasOutput && nghttp2_session_want_read(handle) == 0
  }

  /// The number of streams that are open or wait to be.
  public var openStreamCount: Int { openStreams.count + waitingRequests.count }

  /// The number of requests that wait for the peer's MAX_CONCURRENT_STREAMS.
  public var pendingRequestCount: Int { waitingRequests.count }

  /// Whether a header list has begun whose end is still to come: until then the peer can send nothing else.
  public var isReadingHeaders: Bool { assemblyStream != nil }

  /// How many bytes of bodies the peer may send on the connection before we ask for more. Spec: RFC 9113, section 6.9.
  public var localWindowBytes: Int { Int(nghttp2_session_get_local_window_size(handle)) }

  /// How many bytes of bodies we may send on the connection before the peer asks for more. Spec: RFC 9113, section 6.9.
  public var remoteWindowBytes: Int { Int(nghttp2_session_get_remote_window_size(handle)) }

  /// Closes every open and every waiting stream with `code`, by events: the connection is lost.
  ///
  /// The session is done with that: it reads and writes nothing more.
  public func failAllStreams(code: HTTP2ErrorCode) {
    isAbandoned = true
    output = OutputState()
    connectionError = connectionError ?? HTTP2Error(code: code, message: "the connection was given up")
    while let stream = openStreams.head {
      closeOpen(stream, code)
    }
    while let stream = waitingRequests.head {
      closeWaiting(stream, code)
    }
  }

  /// Takes a stream that libnghttp2 knew off its list and says so to the user.
  func closeOpen(_ stream: HTTP2Stream, _ code: HTTP2ErrorCode) {
    noteClosed(stream, code)
    openStreams.remove(stream)
  }

  /// Takes a request that has never been sent off its list and says so to the user.
  func closeWaiting(_ stream: HTTP2Stream, _ code: HTTP2ErrorCode) {
    noteClosed(stream, code)
    waitingRequests.remove(stream)
  }

  private func noteClosed(_ stream: HTTP2Stream, _ code: HTTP2ErrorCode) {
    stream.phase = .closed
    stream.waitingHeaders = nil
    stream.trailers = nil
    if stream.isAnnounced { events.append(.closed(stream, code)) }
  }
}
