import NIOCore
import SwiftGRPCHTTP2
import SwiftGRPCTLS

/// How the session's output gets to the channel, or past it to the socket.
extension ConnectionDriver {
  /// Sends the session's output as far as the channel takes it. Called by the executor at the end of a batch.
  func flush() {
    self.needsFlush = false
    guard let context, self.isStarted, !self.isFlushing else { return }
    if case .closed = self.state { return }
    let hasMore = self.write(context)
    // Writing drains bodies and closes streams.
    self.deliverEvents()
    switch self.state {
    case .closing where !hasMore:
      self.closeAfterLastWrite(context)
    case .ready where !hasMore && self.session.isDone:
      self.beginClosing(self.session.connectionError.map { .http2($0) } ?? .local)
      self.closeAfterLastWrite(context)
    default:
      break
    }
  }

  /// Sends what there is before the batch is over, so that the peer need not wait for all of it. What that leads to is told later.
  func flushEarly() {
    guard let context, self.isStarted, !self.isFlushing, case .ready = self.state else { return }
    _ = self.write(context)
  }

  /// Returns whether there may be more.
  private func write(_ context: ChannelHandlerContext) -> Bool {
    self.isFlushing = true
    defer { self.isFlushing = false }
    // A server says nothing before it knows what its client speaks: HTTP/1 clients would take SETTINGS for the answer.
    var hasMore = self.greeting == nil || self.tls != nil || self.session.role == .client
    while hasMore, !self.hasRest, context.channel.isWritable {
      hasMore = self.writeOnce(context)
    }
    return hasMore
  }

  /// Writes up to one buffer, and bodies that stay where they are; returns whether there may be more.
  private func writeOnce(_ context: ChannelHandlerContext) -> Bool {
    var output = self.executor.scratch.takeOutput()
    defer { self.executor.scratch.giveBack(output: output) }
    do {
      let hasMore =
        if let tls {
          try self.encryptOutput(tls, into: &output)
        } else {
          try self.takeOutput(into: &output, context)
        }
      self.send(output, context)
      return hasMore
    } catch let error as HTTP2Error {
      self.beginClosing(.http2(error))
    } catch let error as TLSError {
      self.beginClosing(.tls(error))
    } catch {
      self.beginClosing(.transport(error))
    }
    return false
  }

  /// Takes the session's output into `output`; if there are long bodies in it, sends it instead.
  private func takeOutput(into output: inout ByteBuffer, _ context: ChannelHandlerContext) throws -> Bool {
    let room = LoopScratch.outputBytes
    let pieces = self.executor.scratch.takePieces()
    defer { self.executor.scratch.giveBack(pieces: pieces) }
    var isFull = false
    try output.writeWithUnsafeMutableBytes(minimumWritableBytes: room) {
      let count = try self.session.writeOutput(
        into: UnsafeMutableRawBufferPointer(rebasing: $0[..<room]), pieces: pieces)
      isFull = count == room || pieces.isFull
      guard !pieces.isEmpty else { return count }
      self.send(pieces, context)
      return 0
    }
    return isFull
  }

  /// Sends long bodies, and what is between them, from where they lie, as far as the socket takes them; the rest is copied for the channel.
  private func send(_ pieces: OutputPieces, _ context: ChannelHandlerContext) {
    let sent = self.socketInUse(context).map { pieces.send(to: $0) } ?? 0
    guard sent < pieces.byteCount else { return }
    let byteCount = pieces.byteCount - sent
    var rest = context.channel.allocator.buffer(capacity: byteCount)
    rest.writeWithUnsafeMutableBytes(minimumWritableBytes: byteCount) {
      pieces.copy(from: sent, to: $0)
      return byteCount
    }
    self.leave(rest, to: context)
  }

  /// Sends what the socket takes, without the price of a way through the channel, which has the rest.
  private func send(_ output: ByteBuffer, _ context: ChannelHandlerContext) {
    guard output.readableBytes > 0 else { return }
    guard let socket = self.socketInUse(context) else {
      context.writeAndFlush(self.wrapOutboundOut(output), promise: nil)
      return
    }
    let sent = output.withUnsafeReadableBytes { OutputPieces.send($0, to: socket) }
    guard sent < output.readableBytes else { return }
    var rest = output
    rest.moveReaderIndex(forwardBy: sent)
    self.leave(rest, to: context)
  }

  /// Lets the channel write what the socket did not take.
  private func leave(_ rest: ByteBuffer, to context: ChannelHandlerContext) {
    // Nothing more is taken from the session before that is written: then the socket may take it directly again.
    self.hasRest = true
    let written = context.eventLoop.makePromise(of: Void.self)
    written.futureResult.assumeIsolated().whenComplete { _ in
      self.hasRest = false
      self.executor.performBatch { self.setNeedsFlush() }
    }
    context.writeAndFlush(self.wrapOutboundOut(rest), promise: written)
  }

  /// The channel's socket while the channel is active; `nil` also if it has none.
  ///
  /// Who writes to it finds no rest before: ``flush()`` looks. A socket that has failed takes nothing, which the channel then finds out.
  private func socketInUse(_ context: ChannelHandlerContext) -> Socket? {
    if !self.hasLookedForSocket {
      self.hasLookedForSocket = true
      // Once, since it takes ten times as long as to send.
      self.socket = try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable { (socket: Socket) in socket }
    }
    // NIO closes it and makes the channel inactive in one step, of this thread: so it is this channel's still.
    return context.channel.isActive ? self.socket : nil
  }

  private func encryptOutput(_ tls: TLSEngine, into output: inout ByteBuffer) throws -> Bool {
    guard tls.isHandshakeComplete else {
      self.takeCiphertext(tls, into: &output)
      return false
    }
    let plaintext = self.executor.scratch.takePlaintext()
    defer { self.executor.scratch.giveBack(plaintext: plaintext) }
    let count = try self.session.writeOutput(into: plaintext.bytes)
    guard count > 0 else {
      self.takeCiphertext(tls, into: &output)
      return false
    }
    let room = tls.pendingCiphertextBytes + TLSEngine.ciphertextBytes(of: count)
    try output.writeWithUnsafeMutableBytes(minimumWritableBytes: room) {
      try tls.write(UnsafeRawBufferPointer(rebasing: plaintext.bytes[..<count]), to: $0)
    }
    // Short records, or an answer to a key update, may have left no room for the last ones.
    return count == plaintext.bytes.count || tls.pendingCiphertextBytes > 0
  }

  /// Takes what the TLS engine has to send.
  func takeCiphertext(_ tls: TLSEngine, into output: inout ByteBuffer) {
    let pending = tls.pendingCiphertextBytes
    guard pending > 0 else { return }
    output.writeWithUnsafeMutableBytes(minimumWritableBytes: pending) { tls.takeCiphertext(into: $0) }
  }
}
