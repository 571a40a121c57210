import CNghttp2

/// What this side tells the peer of its limits. Spec: RFC 9113, section 6.5.
extension HTTP2Session {
  /// Sends the configuration as SETTINGS and widens the connection's window.
  func submitInitialSettings(_ configuration: HTTP2Configuration) throws(HTTP2Error) {
    var settings: [nghttp2_settings_entry] = [
      .init(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, configuration.initialStreamWindowBytes),
      .init(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, configuration.maxHeaderListBytes),
      // Spec: RFC 9218, section 2.1.
      .init(NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1),
    ]
    if configuration.headerTableBytes != 4096 {
      settings.append(.init(NGHTTP2_SETTINGS_HEADER_TABLE_SIZE, configuration.headerTableBytes))
    }
    if configuration.maxFrameBytes != 16384 {
      settings.append(.init(NGHTTP2_SETTINGS_MAX_FRAME_SIZE, configuration.maxFrameBytes))
    }
    if role == .client { settings.append(.init(NGHTTP2_SETTINGS_ENABLE_PUSH, 0)) }
    try submit(settings)
    if role == .server, let limit = configuration.maxConcurrentStreams {
      try replaceFirstFrame(bySettings: settings + [.init(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, limit)])
    }
    let result = nghttp2_session_set_local_window_size(
      handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), 0, Int32(configuration.connectionWindowBytes))
    guard result == 0 else { throw HTTP2Error(library: result, during: "submitting settings") }
  }

  /// Changes the window of new and open streams by SETTINGS.
  ///
  /// - Throws: ``HTTP2Error`` when the value is out of range.
  public func updateSettings(initialStreamWindowBytes bytes: Int) throws(HTTP2Error) {
    try submit([.init(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, bytes)])
    consumeThreshold = Self.consumeThreshold(window: bytes)
  }

  private func submit(_ settings: [nghttp2_settings_entry]) throws(HTTP2Error) {
    let result = nghttp2_submit_settings(handle, UInt8(NGHTTP2_FLAG_NONE.rawValue), settings, settings.count)
    guard result == 0 else { throw HTTP2Error(library: result, during: "submitting settings") }
  }

  /// Sends other SETTINGS than those which libnghttp2 is about to send first, and which the peer then seems to acknowledge.
  ///
  /// For the limit of concurrent streams: told of it, libnghttp2 would end the connection of a peer that goes beyond it, where only the
  /// stream is to be refused.
  private func replaceFirstFrame(bySettings settings: [nghttp2_settings_entry]) throws(HTTP2Error) {
    var bytes: UnsafePointer<UInt8>?
    let count = nghttp2_session_mem_send(handle, &bytes)
    guard count > 3, bytes?[3] == UInt8(NGHTTP2_SETTINGS.rawValue) else {
      throw HTTP2Error(code: .internalError, message: "libnghttp2 does not begin with SETTINGS")
    }
    output.addNotice(Self.settingsFrame(settings))
  }

  private static func settingsFrame(_ settings: [nghttp2_settings_entry]) -> [UInt8] {
    let length = UInt32(6 * settings.count)
    // Length and type make the first four bytes; flags and stream, which are all zero, the next five.
    var bytes = (length << 8 | UInt32(NGHTTP2_SETTINGS.rawValue)).bigEndianBytes + [0, 0, 0, 0, 0]
    for setting in settings {
      bytes += UInt16(setting.settings_id).bigEndianBytes + setting.value.bigEndianBytes
    }
    return bytes
  }
}

extension FixedWidthInteger {
  fileprivate var bigEndianBytes: [UInt8] { withUnsafeBytes(of: self.bigEndian) { [UInt8]($0) } }
}

extension nghttp2_settings_entry {
  fileprivate init(_ setting: nghttp2_settings_id, _ value: Int) {
    self.init(settings_id: Int32(setting.rawValue), value: UInt32(clamping: value))
  }
}
