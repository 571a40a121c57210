import CNghttp2

/// Where output goes, and what did not fit the last time.
struct OutputState {
  private var position: UnsafeMutableRawPointer?
  /// How many bytes the caller's buffer still takes; 0 also when the caller takes no more pieces.
  private(set) var room = 0

  /// Where long parts of bodies go, and where in the buffer lies what is not among the pieces yet.
  private var pieces: OutputPieces?
  private var runStart: UnsafeMutableRawPointer?

  /// A DATA frame whose header or payload is only partly written; its payload comes from the stream's `outbound`.
  var bodyStream: HTTP2Stream?
  var bodyBytes = 0
  /// The part of that frame's header which did not fit; libnghttp2 is not asked for anything before it has been written.
  private var frameHeader: (UInt64, UInt8) = (0, 0)
  private var frameHeaderRange = 0..<0

  /// The rest of a control frame, and how much of that is written. A copy: libnghttp2's own lies in memory that others use.
  private var control: [UInt8] = []
  private var controlOffset = 0

  /// A client's preface, or a frame of our own, which goes out between two of libnghttp2's, and how much of it is written.
  private var notice: [UInt8] = []
  private var noticeOffset = 0

  var hasLeftover: Bool { bodyStream != nil || !control.isEmpty || !notice.isEmpty }

  /// Adds a frame that goes out before what libnghttp2 has to say.
  mutating func addNotice(_ frame: [UInt8]) {
    notice += frame
  }

  mutating func writeNotice() {
    guard !notice.isEmpty, bodyStream == nil, control.isEmpty else { return }
    let count = min(room, notice.count - noticeOffset)
    let bytes = notice
    bytes.withUnsafeBytes { copy(UnsafeRawBufferPointer(rebasing: $0[noticeOffset..<noticeOffset + count])) }
    noticeOffset += count
    guard noticeOffset == notice.count else { return }
    notice = []
    noticeOffset = 0
  }

  mutating func begin(_ base: UnsafeMutableRawPointer, count: Int, _ pieces: OutputPieces?) {
    position = base
    room = count
    self.pieces = pieces
    runStart = base
  }

  mutating func end() {
    position = nil
    room = 0
    pieces = nil
    runStart = nil
  }

  /// Adds what was written after the last body that was left where it is.
  func finishPieces() {
    if let pieces, !pieces.isEmpty { addRun(to: pieces) }
  }

  private func addRun(to pieces: OutputPieces) {
    guard let runStart, let position else { return }
    pieces.append(UnsafeMutableRawBufferPointer(start: runStart, count: position - runStart))
  }

  func written(from base: UnsafeMutableRawPointer) -> Int {
    position.map { $0 - base } ?? 0
  }

  /// Writes what fits of a control frame and remembers the rest.
  mutating func write(_ bytes: UnsafeRawBufferPointer) {
    let count = min(room, bytes.count)
    copy(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
    if count < bytes.count { control = Array(bytes[count...]) }
  }

  mutating func writeLeftover() {
    guard bodyStream == nil, !control.isEmpty else { return }
    let count = min(room, control.count - controlOffset)
    let bytes = control
    bytes.withUnsafeBytes { copy(UnsafeRawBufferPointer(rebasing: $0[controlOffset..<controlOffset + count])) }
    controlOffset += count
    guard controlOffset == control.count else { return }
    control = []
    controlOffset = 0
  }

  /// Writes what fits of a DATA frame's header and remembers the rest.
  mutating func writeFrameHeader(_ bytes: UnsafePointer<UInt8>) {
    if room >= 9 {
      copy(UnsafeRawBufferPointer(start: bytes, count: 9))
    } else {
      withUnsafeMutableBytes(of: &frameHeader) { $0.copyMemory(from: UnsafeRawBufferPointer(start: bytes, count: 9)) }
      frameHeaderRange = 0..<9
      continueFrameHeader()
    }
  }

  /// Whether the header of the DATA frame is out.
  @discardableResult
  mutating func continueFrameHeader() -> Bool {
    guard !frameHeaderRange.isEmpty else { return true }
    let count = min(room, frameHeaderRange.count)
    let header = frameHeader
    withUnsafeBytes(of: header) { bytes in
      copy(UnsafeRawBufferPointer(rebasing: bytes[frameHeaderRange.prefix(count)]))
    }
    frameHeaderRange.removeFirst(count)
    return frameHeaderRange.isEmpty
  }

  /// Moves the first bytes of a stream's body to the output; returns how many fitted.
  mutating func writeBody(of stream: HTTP2Stream, _ byteCount: Int) -> Int {
    guard let place = position, room > 0 else { return 0 }
    if byteCount >= OutputPieces.leastBytes, let pieces, let block = stream.outbound.block {
      return leaveBody(of: stream, byteCount, in: block, for: pieces)
    }
    let count = min(room, byteCount)
    stream.outbound.moveFirst(count, to: place)
    stream.promisedBytes -= count
    advance(count)
    return count
  }

  private mutating func leaveBody(
    of stream: HTTP2Stream, _ byteCount: Int, in block: LargeBlock, for pieces: OutputPieces
  ) -> Int {
    let count = min(pieces.roomForBody, byteCount)
    if count > 0 {
      addRun(to: pieces)
      runStart = position
      stream.outbound.leaveFirst(count, in: block, for: pieces)
      stream.promisedBytes -= count
    }
    if pieces.isFull { room = 0 }
    return count
  }

  private mutating func copy(_ bytes: UnsafeRawBufferPointer) {
    guard let position, let source = bytes.baseAddress, !bytes.isEmpty else { return }
    position.copyMemory(from: source, byteCount: bytes.count)
    advance(bytes.count)
  }

  private mutating func advance(_ count: Int) {
    position = position.map { $0 + count }
    room -= count
  }
}

extension HTTP2Session {
  /// Takes what a client's session has to say from its beginning on out of libnghttp2's frame, which other sessions use.
  func takePreface() {
    guard role == .client else { return }
    var bytes: UnsafePointer<UInt8>?
    let count = nghttp2_session_mem_send(handle, &bytes)
    guard count > 0 else { return }
    output.addNotice(Array(UnsafeBufferPointer(start: bytes, count: count)))
  }

  /// What libnghttp2 is to ask for a stream's body.
  static func bodyProvider(of stream: HTTP2Stream) -> nghttp2_data_provider {
    // libnghttp2 drops a provider with its stream, which the list of open streams keeps alive until then.
    nghttp2_data_provider(
      source: nghttp2_data_source(ptr: Unmanaged.passUnretained(stream).toOpaque()),
      read_callback: { _, _, _, limit, flags, source, session in
        guard let stream = source?.pointee.ptr, let session, let flags else { return failed }
        return Unmanaged<HTTP2Session>.fromOpaque(session)._withUnsafeGuaranteedRef { session in
          Unmanaged<HTTP2Stream>.fromOpaque(stream)._withUnsafeGuaranteedRef { stream in
            session.promiseBody(of: stream, limit: limit, flags: &flags.pointee)
          }
        }
      })
  }

  /// Says how many bytes the next DATA frame of `stream` has: they stay where they are until `sendBody`.
  private func promiseBody(of stream: HTTP2Stream, limit: Int, flags: inout UInt32) -> Int {
    let available = stream.outbound.count - stream.promisedBytes
    if available == 0, !stream.isOutboundFinished {
      stream.isDeferred = true
      return Int(NGHTTP2_ERR_DEFERRED.rawValue)
    }
    flags |= NGHTTP2_DATA_FLAG_NO_COPY.rawValue
    if available > limit {
      stream.promisedBytes += limit
      return limit
    }
    if stream.isOutboundFinished {
      flags |= NGHTTP2_DATA_FLAG_EOF.rawValue
      if let trailers = stream.trailers {
        stream.trailers = nil
        flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
        let result = trailers.withNameValues(in: &memory.nameValues) { pairs, count in
          nghttp2_submit_trailer(handle, stream.id, pairs, count)
        }
        guard result == 0 else { return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue) }
      }
    }
    stream.promisedBytes += available
    return available
  }

  /// Writes a DATA frame from the stream's body straight to the caller's buffer or pieces, or what fits of it.
  ///
  /// What does not fit is for us to remember: nothing may stay in libnghttp2's frame, which other sessions use (see ``LibraryMemory``).
  /// So it is told to pause as soon as there is no room, and never that it has to try again.
  func sendBody(of stream: HTTP2Stream, frameHeader: UnsafePointer<UInt8>, byteCount: Int) -> Int32 {
    guard output.room > 0, output.bodyStream == nil else { return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue }
    output.writeFrameHeader(frameHeader)
    let written = output.writeBody(of: stream, byteCount)
    if written < byteCount || output.room == 0 && !output.continueFrameHeader() {
      output.bodyStream = stream
      output.bodyBytes = byteCount - written
    }
    noteDrain(of: stream)
    return output.room > 0 ? 0 : NGHTTP2_ERR_PAUSE.rawValue
  }

  /// Goes on with the DATA frame that did not fit the last time.
  func continueBody() {
    guard let stream = output.bodyStream, output.continueFrameHeader() else { return }
    output.bodyBytes -= output.writeBody(of: stream, output.bodyBytes)
    if output.bodyBytes == 0 { output.bodyStream = nil }
    noteDrain(of: stream)
  }

  private func noteDrain(of stream: HTTP2Stream) {
    guard stream.isAboveHighWater, stream.outbound.count < HTTP2Stream.lowWaterBytes else { return }
    stream.isAboveHighWater = false
    if stream.phase == .open { events.append(.outboundDrained(stream)) }
  }
}

/// What a callback returns when nothing can be done any more; ends the session.
let failed = Int(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue)
