import CNghttp2

/// What the user of a session asks for. All of it is legal at any time between `receive` and `writeOutput`; a command about a stream
/// that has closed meanwhile does nothing.
extension HTTP2Session {
  /// Client: sends a request. While the peer's MAX_CONCURRENT_STREAMS is reached it waits here, in order; `stream.id` is 0 as long.
  ///
  /// When no request can be sent any more (the peer sent GOAWAY, the stream numbers are used up, or the session was given up), the
  /// stream is closed with REFUSED_STREAM, by an event.
  /// - Throws: ``HTTP2Error`` when the stream is in use already or the session is a server's: a mistake of the caller.
  public func submitRequest(
    _ headers: borrowing HeaderFields, on stream: HTTP2Stream, endStream: Bool = false
  ) throws(HTTP2Error) {
    guard role == .client, stream.phase == .idle else {
      throw HTTP2Error(code: .internalError, message: "a request needs a client's session and a new stream")
    }
    stream.isAnnounced = true
    stream.isOutboundFinished = endStream
    stream.noteHighWater()
    if canSubmitRequest, waitingRequests.isEmpty {
      submit(copy headers, on: stream)
    } else {
      stream.phase = .waiting
      stream.waitingHeaders = copy headers
      waitingRequests.append(stream)
      if hasReceivedGoAway || isAbandoned { closeWaiting(stream, .refusedStream) }
    }
  }

  /// Server: sends response headers; with `endStream` they are the whole answer ("Trailers-Only").
  ///
  /// - Throws: ``HTTP2Error`` when headers have been submitted before, a mistake of the caller, or libnghttp2 refuses the list.
  public func submitHeaders(
    _ headers: borrowing HeaderFields, on stream: HTTP2Stream, endStream: Bool = false
  ) throws(HTTP2Error) {
    guard stream.phase == .open, !stream.isReset else { return }
    guard role == .server, !stream.hasSubmittedHeaders else {
      throw HTTP2Error(code: .internalError, message: "response headers need a server's session and are submitted once")
    }
    stream.hasSubmittedHeaders = true
    if endStream { stream.isOutboundFinished = true }
    let result = headers.withNameValues(in: &memory.nameValues) { pairs, count in
      guard !endStream else { return nghttp2_submit_response(handle, stream.id, pairs, count, nil) }
      var provider = Self.bodyProvider(of: stream)
      return nghttp2_submit_response(handle, stream.id, pairs, count, &provider)
    }
    guard result == 0 else { throw HTTP2Error(library: result, during: "submitting response headers") }
  }

  /// Sends trailers once the outbound body has drained; they end our side of the stream.
  ///
  /// Headers must have been submitted before.
  public func submitTrailers(_ headers: borrowing HeaderFields, on stream: HTTP2Stream) throws(HTTP2Error) {
    guard stream.isActive, !stream.isReset, !stream.isOutboundFinished else { return }
    stream.trailers = copy headers
    stream.isOutboundFinished = true
    resume(stream)
  }

  /// To be called after appending to ``HTTP2Stream/outbound``.
  public func outboundDidGrow(_ stream: HTTP2Stream) {
    stream.noteHighWater()
    resume(stream)
  }

  /// Ends our side of the stream after what is queued (END_STREAM).
  public func finishOutbound(_ stream: HTTP2Stream) {
    stream.isOutboundFinished = true
    resume(stream)
  }

  /// Sends RST_STREAM; what still arrives on the stream is dropped.
  ///
  /// The stream closes with `code`: when the frame has been written, or at once if the request had been waiting.
  public func reset(_ stream: HTTP2Stream, code: HTTP2ErrorCode) {
    switch stream.phase {
    case .waiting:
      closeWaiting(stream, code)
    case .open where !stream.isReset:
      stream.isReset = true
      nghttp2_submit_rst_stream(handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream.id, code.rawValue)
    case .idle, .open, .closed:
      break
    }
  }

  /// Tells the session that `byteCount` bytes of the stream's body are done with, so that the peer may send as many more.
  ///
  /// Reported to libnghttp2 in batches, which in turn sends WINDOW_UPDATE when half of the window has been used.
  public func consume(_ byteCount: Int, on stream: HTTP2Stream) {
    stream.consumedBytes += byteCount
    guard stream.consumedBytes >= consumeThreshold, stream.phase == .open, !stream.isRemoteEnded else { return }
    nghttp2_session_consume_stream(handle, stream.id, stream.consumedBytes)
    stream.consumedBytes = 0
  }

  /// Sends a PING; its answer is ``HTTP2Event/ping(ack:_:)``. Spec: RFC 9113, section 6.7.
  public func ping(_ payload: UInt64) {
    unansweredPings += 1
    withUnsafeBytes(of: payload.bigEndian) { bytes in
      _ = nghttp2_submit_ping(
        handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
    }
  }

  /// Sends GOAWAY. `lastStreamID`: `nil` is the last stream that was taken; `Int32.max` announces a server's shutdown while new
  /// streams are still taken, and is to be followed by a second GOAWAY. Spec: RFC 9113, section 6.8.
  ///
  /// After a final one the session is done as soon as no stream is open.
  public func goAway(lastStreamID: Int32? = nil, code: HTTP2ErrorCode = .noError, debug: String = "") {
    if lastStreamID == .max, role == .server, code == .noError {
      // libnghttp2's own notice has no text, and every other GOAWAY of it ends the taking of streams.
      output.addNotice(Self.goAwayFrame(lastStreamID: .max, code: code, debug: debug))
      return
    }
    var debug = debug
    debug.withUTF8 { text in
      _ = nghttp2_submit_goaway(
        handle, UInt8(NGHTTP2_FLAG_NONE.rawValue),
        lastStreamID ?? nghttp2_session_get_last_proc_stream_id(handle), code.rawValue, text.baseAddress, text.count)
    }
  }

  private static func goAwayFrame(lastStreamID: Int32, code: HTTP2ErrorCode, debug: String) -> [UInt8] {
    let text = debug.utf8.prefix(1000)
    let length = UInt32(8 + text.count)
    let numbers: [UInt32] = [
      length << 8 | UInt32(NGHTTP2_GOAWAY.rawValue), 0, UInt32(lastStreamID), code.rawValue,
    ]
    // Length and type make the first four bytes; flags and stream, which are all zero, the next five.
    var bytes: [UInt8] = []
    for (index, number) in numbers.enumerated() {
      withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
      if index == 1 { bytes.append(0) }
    }
    return bytes + text
  }

  /// Batches of 64 KiB, or half a window where that is less.
  static func consumeThreshold(window: Int) -> Int {
    max(1, min(65536, window / 2))
  }

  /// Wakes the body of a stream that had nothing to send.
  private func resume(_ stream: HTTP2Stream) {
    guard stream.isDeferred, stream.phase == .open else { return }
    stream.isDeferred = false
    nghttp2_session_resume_data(handle, stream.id)
  }
}

// MARK: Requests that wait

extension HTTP2Session {
  /// Whether a request may go to the wire now. Spec: RFC 9113, section 5.1.2.
  private var canSubmitRequest: Bool {
    !hasReceivedGoAway && !isAbandoned && openStreams.count < peerMaxConcurrentStreams
  }

  /// Sends requests that waited as far as the peer's limit allows; `true` when there was one.
  @discardableResult
  func submitWaitingRequests() -> Bool {
    var didSubmit = false
    while let stream = waitingRequests.head {
      if hasReceivedGoAway {
        closeWaiting(stream, .refusedStream)
        continue
      }
      guard canSubmitRequest else { break }
      let headers = stream.waitingHeaders ?? HeaderFields()
      stream.waitingHeaders = nil
      withExtendedLifetime(stream) {
        waitingRequests.remove(stream)
        submit(headers, on: stream)
      }
      didSubmit = true
    }
    return didSubmit
  }

  private func submit(_ headers: borrowing HeaderFields, on stream: HTTP2Stream) {
    let hasBody = !(stream.isOutboundFinished && stream.outbound.count == 0 && stream.trailers == nil)
    // The list's reference keeps the stream alive for as long as libnghttp2 has this pointer.
    let user = Unmanaged.passUnretained(stream).toOpaque()
    let id = headers.withNameValues(in: &memory.nameValues) { pairs, count in
      guard hasBody else { return nghttp2_submit_request(handle, nil, pairs, count, nil, user) }
      var provider = Self.bodyProvider(of: stream)
      return nghttp2_submit_request(handle, nil, pairs, count, &provider, user)
    }
    stream.phase = .open
    openStreams.append(stream)
    if id > 0 {
      stream.id = id
    } else {
      closeOpen(stream, .refusedStream)
    }
  }
}
