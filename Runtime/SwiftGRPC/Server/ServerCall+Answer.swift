import Logging
import SwiftGRPCHTTP2
import Synchronization

/// What a call sends and how it ends, on the loop.
extension ServerCall {
  func respondHere(isCompressed: Bool = false, _ encode: OutboundMessages.Encode) {
    guard !self.state.isFinished, let connection else { return }
    do {
      let region = try self.outbound.appendMessage(isCompressed: isCompressed, encode)
      if self.isPlain(on: connection) {
        self.endPlainly(on: connection)
        return
      }
      let user = self.userState.withLock { self.answer(of: &$0) }
      if user.encoding != .none, !isCompressed {
        self.compress(region, user.encoding)
      }
      let action = self.state.finish(hasMessage: true)
      if action == .sendHeadersAndTrailers {
        try connection.sendHeaders(metadata: user.initial, encoding: user.encoding, on: self)
      } else {
        connection.outboundDidGrow(self)
      }
      self.sendTrailers(.ok, metadata: user.trailing)
    } catch {
      // Encoding failed, or the initial metadata cannot be sent: then headers are still to come, and the message must not.
      self.outbound.truncate(to: 0)
      self.state = ServerCallState.unanswered(isRequestEnded: self.state.isRequestEnded)
      self.finishHere(throwing: error)
    }
  }

  /// Whether the answer is one message, and nothing that somebody has set or asked for.
  private func isPlain(on connection: ServerConnection) -> Bool {
    self.requestEncoding == .none && connection.info.compression.algorithm == .none
      && !self.hasAnswerSettings.load(ordering: .acquiring)
  }

  /// What most calls end with: headers and trailers that never change.
  private func endPlainly(on connection: ServerConnection) {
    if self.state.finish(hasMessage: true) == .sendHeadersAndTrailers {
      connection.sendPlainHeaders(on: self)
    } else {
      connection.outboundDidGrow(self)
    }
    self.endResponse(.ok)
    connection.sendPlainTrailers(on: self)
  }

  private func compress(_ region: UnsafeMutableRawBufferPointer, _ encoding: CompressionAlgorithm) {
    guard let compression = self.connectionInfo?.compression.messageCompression(encoding) else { return }
    self.outbound.compressLastMessage(in: region, compression)
  }

  func sendHeadersHere(adding metadata: Metadata) throws {
    guard self.state.startResponse() == .send, let connection else { return }
    let user = self.userState.withLock { self.answer(of: &$0) }
    var initial = user.initial
    initial.add(contentsOf: metadata)
    do {
      try connection.sendHeaders(metadata: initial, encoding: user.encoding, on: self)
    } catch {
      self.state = ServerCallState.unanswered(isRequestEnded: self.state.isRequestEnded)
      throw error
    }
  }

  func finishHere(throwing error: any Error) {
    let rpcError = RPCError.ofHandler(error)
    if rpcError.code == .unknown, !(error is RPCError), !self.state.isFinished {
      self.makeLogger().error("handler failed", metadata: ["error": "\(error)"])
    }
    self.finishHere(rpcError.status, metadata: rpcError.metadata)
  }

  func finishHere(_ status: Status, metadata: Metadata) {
    guard !self.state.isFinished, let connection else { return }
    let user = self.userState.withLock { ($0.initialMetadata, $0.trailingMetadata) }
    var trailing = user.1
    if !metadata.isEmpty { trailing.add(contentsOf: metadata) }
    switch self.state.finish(hasMessage: !user.0.isEmpty) {
    case .sendHeadersAndTrailers:
      do {
        try connection.sendHeaders(metadata: user.0, encoding: .none, on: self)
        self.sendTrailers(status, metadata: trailing)
      } catch {
        self.endResponse(Self.status(for: error).code)
        connection.sendTrailersOnly(Self.status(for: error), metadata: [:], on: self)
      }
    case .sendTrailers:
      self.sendTrailers(status, metadata: trailing)
    case .sendTrailersOnly:
      self.endResponse(status.code)
      connection.sendTrailersOnly(status, metadata: trailing, on: self)
    case .nothing:
      break
    }
  }

  private func sendTrailers(_ status: Status, metadata: Metadata) {
    self.endResponse(status.code)
    self.connection?.sendTrailers(status, metadata: metadata, on: self)
  }

  private func endResponse(_ code: Status.Code) {
    self.endCode = code
    self.cancelDeadline()
    let ended = RPCError(code: .internalError, message: "the call has ended")
    self.inbound?.fail(ended)
    self.outboundMessages?.close(ended)
  }

  private static func status(for error: any Error) -> Status { RPCError.ofHandler(error).status }
}
