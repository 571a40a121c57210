import CNghttp2

/// What libnghttp2 reports while it reads and writes. Nothing here calls back into it except `nghttp2_submit_…`, which is allowed.
extension HTTP2Session {
  /// libnghttp2's session with our callbacks and options.
  static func makeHandle(
    role: Role, configuration: HTTP2Configuration, memory: borrowing LibraryMemory
  ) throws(HTTP2Error) -> OpaquePointer {
    var callbacks: OpaquePointer?
    var options: OpaquePointer?
    defer {
      nghttp2_session_callbacks_del(callbacks)
      nghttp2_option_del(options)
    }
    guard nghttp2_session_callbacks_new(&callbacks) == 0, nghttp2_option_new(&options) == 0 else {
      throw HTTP2Error(library: NGHTTP2_ERR_NOMEM.rawValue, during: "creating a session")
    }
    // Windows are opened by `receive` and `consume`.
    nghttp2_option_set_no_auto_window_update(options, 1)
    nghttp2_option_set_max_outbound_ack(options, configuration.maxQueuedAcknowledgements)
    // Closed streams are only of use to the priorities of RFC 7540, which we do not offer.
    nghttp2_option_set_no_closed_streams(options, 1)
    cnghttp2_option_lift_stream_reset_rate_limit(options)
    cnghttp2_option_set_max_continuations(options, 64)
    setCallbacks(callbacks)

    var handle: OpaquePointer?
    var functions = memory.functions()
    let result =
      switch role {
      case .client: nghttp2_session_client_new3(&handle, callbacks, nil, options, &functions)
      case .server: nghttp2_session_server_new3(&handle, callbacks, nil, options, &functions)
      }
    guard result == 0, let handle else { throw HTTP2Error(library: result, during: "creating a session") }
    return handle
  }

  private static func setCallbacks(_ callbacks: OpaquePointer?) {
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks) { _, frame, user in
      guard let frame, let user else { return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue }
      return Unmanaged<HTTP2Session>.fromOpaque(user)._withUnsafeGuaranteedRef { $0.headersBegan(frame) }
    }
    nghttp2_session_callbacks_set_on_header_callback(callbacks) { _, _, name, nameCount, value, valueCount, _, user in
      guard let user else { return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue }
      Unmanaged<HTTP2Session>.fromOpaque(user)._withUnsafeGuaranteedRef {
        $0.assembly.append(
          name: UnsafeRawBufferPointer(start: name, count: nameCount),
          value: UnsafeRawBufferPointer(start: value, count: valueCount))
      }
      return 0
    }
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) { _, _, id, bytes, count, user in
      guard let user else { return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue }
      Unmanaged<HTTP2Session>.fromOpaque(user)._withUnsafeGuaranteedRef {
        $0.dataArrived(on: id, UnsafeRawBufferPointer(start: bytes, count: count))
      }
      return 0
    }
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { _, frame, user in
      guard let frame, let user else { return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue }
      Unmanaged<HTTP2Session>.fromOpaque(user)._withUnsafeGuaranteedRef { $0.frameArrived(frame) }
      return 0
    }
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks) { _, frame, code, user in
      guard let frame, let user else { return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue }
      Unmanaged<HTTP2Session>.fromOpaque(user)._withUnsafeGuaranteedRef { $0.frameWasInvalid(frame, code) }
      return 0
    }
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { _, id, code, user in
      guard let user else { return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue }
      Unmanaged<HTTP2Session>.fromOpaque(user)._withUnsafeGuaranteedRef { $0.streamClosed(id, code) }
      return 0
    }
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks) { _, frame, user in
      guard let frame, let user else { return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue }
      Unmanaged<HTTP2Session>.fromOpaque(user)._withUnsafeGuaranteedRef { $0.frameWasWritten(frame) }
      return 0
    }
    nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks) { _, frame, code, user in
      guard let frame, let user else { return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue }
      Unmanaged<HTTP2Session>.fromOpaque(user)._withUnsafeGuaranteedRef { $0.frameWasNotWritten(frame, code) }
      return 0
    }
    nghttp2_session_callbacks_set_send_data_callback(callbacks) { _, _, header, count, source, user in
      guard let header, let stream = source?.pointee.ptr, let user else { return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue }
      return Unmanaged<HTTP2Session>.fromOpaque(user)._withUnsafeGuaranteedRef { session in
        Unmanaged<HTTP2Stream>.fromOpaque(stream)._withUnsafeGuaranteedRef { stream in
          session.sendBody(of: stream, frameHeader: header, byteCount: count)
        }
      }
    }
    nghttp2_session_callbacks_set_data_source_read_length_callback(callbacks) { _, _, _, connection, stream, frame, _ in
      // As much as windows and the peer's MAX_FRAME_SIZE allow, where libnghttp2 alone would stop at 16 KiB.
      Int(min(connection, stream, Int32(clamping: frame)))
    }
  }
}

// MARK: Reading

extension HTTP2Session {
  /// The object that belongs to a stream's number, if it is open.
  func stream(_ id: Int32) -> HTTP2Stream? {
    guard let pointer = nghttp2_session_get_stream_user_data(handle, id) else { return nil }
    return Unmanaged<HTTP2Stream>.fromOpaque(pointer).takeUnretainedValue()
  }

  private func headersBegan(_ frame: UnsafePointer<nghttp2_frame>) -> Int32 {
    assembly.reset(limit: maxHeaderListBytes, in: memory)
    if frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST {
      let stream = streamType.init()
      stream.id = frame.pointee.hd.stream_id
      stream.phase = .open
      openStreams.append(stream)
      nghttp2_session_set_stream_user_data(handle, stream.id, Unmanaged.passUnretained(stream).toOpaque())
      assemblyStream = stream
      // It is refused when its header list has ended, which has to be read all the same.
      stream.isReset = openStreams.count > maxConcurrentStreams
    } else {
      assemblyStream = stream(frame.pointee.hd.stream_id)
    }
    return 0
  }

  /// A stream above the limit, which the user never gets to know. Spec: RFC 9113, section 5.1.2.
  private func refuse(_ stream: HTTP2Stream) {
    nghttp2_submit_rst_stream(
      handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream.id, HTTP2ErrorCode.refusedStream.rawValue)
    countWastefulFrame("a stream above MAX_CONCURRENT_STREAMS")
  }

  private func dataArrived(on id: Int32, _ bytes: UnsafeRawBufferPointer) {
    receivedBodyBytes += bytes.count
    guard let stream = stream(id), !stream.isReset, stream.isAnnounced else { return }
    events.append(.data(stream, bytes))
  }

  private func frameArrived(_ frame: UnsafePointer<nghttp2_frame>) {
    let header = frame.pointee.hd
    let endsStream = UInt32(header.flags) & NGHTTP2_FLAG_END_STREAM.rawValue != 0
    switch nghttp2_frame_type(UInt32(header.type)) {
    case NGHTTP2_DATA:
      if endsStream {
        guard let stream = stream(header.stream_id) else { return }
        if !stream.isReset { events.append(.endOfStream(stream)) }
        remoteEnded(stream)
      } else if header.length <= frame.pointee.data.padlen {
        countWastefulFrame("DATA without a byte")
      }
    case NGHTTP2_HEADERS:
      headersArrived(endsStream: endsStream)
    case NGHTTP2_RST_STREAM:
      countWastefulFrame("RST_STREAM")
      guard let stream = stream(header.stream_id), stream.isAnnounced, !stream.isReset else { return }
      let code = HTTP2ErrorCode(rawValue: frame.pointee.rst_stream.error_code)
      stream.isReset = true
      // An answer that is complete may be followed by a reset without an error, which takes nothing from it.
      // Spec: RFC 9113, section 8.1.
      if !(stream.isRemoteEnded && code == .noError) { events.append(.reset(stream, code)) }
    case NGHTTP2_SETTINGS:
      guard UInt32(header.flags) & NGHTTP2_FLAG_ACK.rawValue == 0 else { return }
      if hasReceivedSettings { countWastefulFrame("SETTINGS") }
      hasReceivedSettings = true
      peerMaxConcurrentStreams = Int(
        nghttp2_session_get_remote_settings(handle, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS))
      let listBytes = nghttp2_session_get_remote_settings(handle, NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE)
      peerMaxHeaderListBytes = listBytes == .max ? nil : Int(listBytes)
      events.append(.settings)
    case NGHTTP2_PING:
      let payload = withUnsafeBytes(of: frame.pointee.ping.opaque_data) { $0.loadUnaligned(as: UInt64.self) }
      let isAcknowledgement = UInt32(header.flags) & NGHTTP2_FLAG_ACK.rawValue != 0
      if !isAcknowledgement {
        countAnswer("PING")
      } else if unansweredPings > 0 {
        unansweredPings -= 1
      } else {
        countWastefulFrame("PING that answers none")
      }
      events.append(.ping(ack: isAcknowledgement, UInt64(bigEndian: payload)))
    case NGHTTP2_WINDOW_UPDATE:
      countAnswer("WINDOW_UPDATE")
    case NGHTTP2_GOAWAY:
      let goAway = frame.pointee.goaway
      if hasReceivedGoAway { countWastefulFrame("GOAWAY") }
      hasReceivedGoAway = true
      events.append(
        .goAway(
          lastStreamID: goAway.last_stream_id, HTTP2ErrorCode(rawValue: goAway.error_code),
          debug: Array(UnsafeBufferPointer(start: goAway.opaque_data, count: goAway.opaque_data_len))))
    default:
      break
    }
  }

  private func headersArrived(endsStream: Bool) {
    defer { assembly.giveBack(to: memory) }
    guard let stream = assemblyStream else { return }
    assemblyStream = nil
    let isTrailers = stream.isAnnounced && (role == .server || endsStream && stream.hasReceivedHeaders)
    if !stream.isReset {
      stream.isAnnounced = true
      if assembly.isTooLarge {
        events.append(.headersTooLarge(stream, byteCount: assembly.listBytes, endStream: endsStream))
      } else if isTrailers {
        events.append(.trailers(stream, assembly.finish()))
      } else {
        let block = assembly.finish()
        stream.hasReceivedHeaders = block.status.map { $0 >= 200 } ?? true
        if !stream.hasReceivedHeaders { countWastefulFrame("HEADERS with a 1xx status") }
        events.append(.headers(stream, block, endStream: endsStream))
      }
    } else if !stream.isAnnounced {
      refuse(stream)
    }
    if endsStream { remoteEnded(stream) }
  }

  /// Our side has no more to say to a peer that has finished: spec W11 and RFC 9113, section 8.1.
  private func remoteEnded(_ stream: HTTP2Stream) {
    stream.isRemoteEnded = true
    if role == .client, !stream.isLocalEnded { endEarly(stream) }
  }

  /// RST_STREAM without an error: the call is complete, the rest of it is not wanted.
  private func endEarly(_ stream: HTTP2Stream) {
    guard !stream.isReset else { return }
    stream.isReset = true
    nghttp2_submit_rst_stream(
      handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream.id, HTTP2ErrorCode.noError.rawValue)
  }

  private func frameWasInvalid(_ frame: UnsafePointer<nghttp2_frame>, _ code: Int32) {
    // libnghttp2 answers with RST_STREAM: a peer that provokes resets is no better than one that sends them (CVE-2025-8671).
    countWastefulFrame("a frame that breaks the protocol")
    let stream = stream(frame.pointee.hd.stream_id)
    if assemblyStream === stream { assemblyStream = nil }
    guard let stream, stream.isAnnounced, !stream.isReset else { return }
    stream.isReset = true
    events.append(.reset(stream, HTTP2Error(library: code, during: "reading frames").code))
  }

  private func countWastefulFrame(_ kind: StaticString) {
    if !floodGuard.admit() { flood = kind }
  }

  /// Counts a frame that a peer may send in answer to what it was sent.
  private func countAnswer(_ kind: StaticString) {
    if permittedAnswers > 0 {
      permittedAnswers -= 1
    } else {
      countWastefulFrame(kind)
    }
  }

  private func streamClosed(_ id: Int32, _ code: UInt32) {
    guard let stream = stream(id) else { return }
    if assemblyStream === stream { assemblyStream = nil }
    if stream.phase == .open { closeOpen(stream, HTTP2ErrorCode(rawValue: code)) }
  }
}

// MARK: Writing

extension HTTP2Session {
  private func frameWasWritten(_ frame: UnsafePointer<nghttp2_frame>) {
    let header = frame.pointee.hd
    switch nghttp2_frame_type(UInt32(header.type)) {
    case NGHTTP2_DATA, NGHTTP2_HEADERS:
      hasWrittenCallFrames = true
      permittedAnswers &+= 4
      guard UInt32(header.flags) & NGHTTP2_FLAG_END_STREAM.rawValue != 0, let stream = stream(header.stream_id) else {
        return
      }
      stream.isLocalEnded = true
      // A server that has answered before the request ended. Spec: gRPC over HTTP/2, "Responses"; RFC 9113, section 8.1.
      if role == .server, !stream.isRemoteEnded { endEarly(stream) }
    case NGHTTP2_GOAWAY:
      let goAway = frame.pointee.goaway
      guard goAway.error_code != 0, connectionError == nil else { return }
      let reason = String(
        decoding: UnsafeBufferPointer(start: goAway.opaque_data, count: goAway.opaque_data_len), as: UTF8.self)
      connectionError = HTTP2Error(
        code: HTTP2ErrorCode(rawValue: goAway.error_code),
        message: reason.isEmpty ? "the connection was ended by GOAWAY" : reason)
    default:
      break
    }
  }

  private func frameWasNotWritten(_ frame: UnsafePointer<nghttp2_frame>, _ code: Int32) {
    // A request that libnghttp2 could not send has no stream there yet, so that no stream-close follows.
    guard frame.pointee.hd.type == UInt8(NGHTTP2_HEADERS.rawValue), frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST,
      stream(frame.pointee.hd.stream_id) == nil,
      let stream = openStreams.first(where: { $0.id == frame.pointee.hd.stream_id })
    else { return }
    closeOpen(stream, HTTP2Error(library: code, during: "sending a request").code)
  }
}
