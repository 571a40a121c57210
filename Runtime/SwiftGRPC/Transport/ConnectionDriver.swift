import NIOCore
import SwiftGRPCHTTP2
import SwiftGRPCTLS

/// Joins a NIO channel, a TLS engine and an HTTP/2 session into one connection; the only place where the three meet.
///
/// It is the one handler in the channel's pipeline. Received bytes go through the TLS engine, if there is one, into the session, and
/// the session's events to the ``ConnectionHandler``; the session's output goes back the same way, once per batch, and only while the
/// channel can take more. Confined to the loop of its channel.
final class ConnectionDriver: ChannelInboundHandler, CallConnection {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// The HTTP/2 side. After giving it commands call ``setNeedsFlush()``.
  let session: HTTP2Session

  /// The executor of the connection's loop.
  let executor: LoopExecutor

  /// The peer's certificate, once the TLS handshake is done.
  var peerCertificate: PeerCertificate? { self.tls?.peerCertificate.map(PeerCertificate.init) }

  /// Whether the connection uses TLS.
  var isSecure: Bool { self.tls != nil }

  /// The other end's address, while the channel is there.
  private(set) var remoteAddress: NIOCore.SocketAddress?

  /// This end's address, while the channel is there.
  private(set) var localAddress: NIOCore.SocketAddress?

  /// When bytes came last, from when ``beginNotingReads()`` was called.
  private(set) var lastRead = NIODeadline.uptimeNanoseconds(0)

  /// Changes with each read.
  @exclusivity(unchecked) private(set) var readCount: UInt32 = 0

  /// Looks at the peer's first bytes; gone when they are as expected.
  @exclusivity(unchecked) var greeting: Greeting?

  let tls: TLSEngine?
  private let handshakeTimeout: TimeAmount
  private let busyPollNanoseconds: Int64
  private var handshakeTimer: Scheduled<Void>?
  @exclusivity(unchecked) private var headersTimer: Scheduled<Void>?
  private var closeTimer: Scheduled<Void>?

  /// How long a peer may take to read the last bytes before the connection is closed without them.
  private static let lastWriteTimeout = TimeAmount.seconds(10)

  @exclusivity(unchecked) private var handler: (any ConnectionHandler)?
  @exclusivity(unchecked) var context: ChannelHandlerContext?
  @exclusivity(unchecked) var state = State.starting
  @exclusivity(unchecked) var needsFlush = false
  @exclusivity(unchecked) private var isInReadBatch = false
  @exclusivity(unchecked) var isFlushing = false

  /// Whether the channel has got what the socket did not take, and has not written it yet.
  @exclusivity(unchecked) var hasRest = false
  @exclusivity(unchecked) private var notesReads = false
  private(set) var closeReason: ConnectionCloseReason?

  typealias Socket = NIOBSDSocket.Handle

  /// The channel's socket, if it has one and that was needed: good for as long as the channel is active.
  @exclusivity(unchecked) var socket: Socket?
  @exclusivity(unchecked) var hasLookedForSocket = false

  /// Whether the channel is connected: before that it takes no bytes.
  @exclusivity(unchecked) var isStarted = false

  enum State {
    /// The channel is not connected, or the TLS handshake is under way.
    case starting
    case ready
    /// What is queued is still written; nothing is read any more.
    case closing
    case closed
  }

  /// Creates the driver of a channel that is added to the pipeline next.
  ///
  /// - Parameters:
  ///   - session: The HTTP/2 session; its preface is sent as soon as the transport is up.
  ///   - tls: The TLS end, or `nil` for plaintext.
  ///   - handler: Kept until the connection is closed.
  ///   - handshakeTimeout: How long the TLS handshake may take; on a server, until the client's SETTINGS have arrived.
  ///     Also how long the end of a header list may take.
  ///   - busyPollDuration: How long the loop stays awake after its last work while the connection is open.
  init(
    executor: LoopExecutor, session: HTTP2Session, tls: TLSEngine?, handler: any ConnectionHandler,
    handshakeTimeout: Duration = .seconds(20), busyPollDuration: Duration? = nil
  ) {
    self.executor = executor
    self.session = session
    self.tls = tls
    self.handler = handler
    self.handshakeTimeout = TimeAmount(handshakeTimeout)
    self.busyPollNanoseconds = busyPollDuration?.clampedNanoseconds ?? 0
    self.greeting = Greeting(tls != nil ? .tls : session.role == .server ? .clientPreface : .serverSettings)
  }

  // MARK: Commands

  /// Asks for the session's output to be sent at the end of the batch.
  @inline(__always)
  func setNeedsFlush() {
    guard !self.needsFlush else { return }
    self.needsFlush = true
    self.executor.flushLater(self)
  }

  func consume(_ byteCount: Int, on stream: HTTP2Stream) {
    self.session.consume(byteCount, on: stream)
    self.setNeedsFlush()
  }

  func outboundDidGrow(_ stream: HTTP2Stream) {
    self.session.outboundDidGrow(stream)
    self.setNeedsFlush()
  }

  /// Sends what is queued, then closes. Streams that are open end when the connection does.
  func closeAfterFlushing(_ reason: ConnectionCloseReason = .local) {
    self.beginClosing(reason)
    self.setNeedsFlush()
  }

  /// The peer's SETTINGS have arrived: the connection may stay.
  func handshakeIsDone() {
    self.handshakeTimer?.cancel()
    self.handshakeTimer = nil
  }

  /// Closes without sending what is queued.
  func closeNow(_ reason: ConnectionCloseReason = .local) {
    self.finish(reason)
  }

  /// Lets ``lastRead`` follow the reads, the first of which is now.
  func beginNotingReads() {
    self.notesReads = true
    self.lastRead = self.executor.eventLoop.now
  }

  // MARK: NIO events

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    // Without it the channel reads all the same.
    try? LoopReceiveAllocator.install(on: context.channel, self.executor)
    if context.channel.isActive {
      self.executor.performBatch { self.start(context) }
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.finish(.local)
    self.closeTimer?.cancel()
    self.closeTimer = nil
    self.endReadBatch()
    self.context = nil
  }

  func channelActive(context: ChannelHandlerContext) {
    self.executor.performBatch { self.start(context) }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if !self.isInReadBatch {
      self.isInReadBatch = true
      self.executor.beginBatch()
      if self.notesReads {
        self.readCount &+= 1
        self.lastRead = context.eventLoop.now
      }
    }
    let buffer = self.unwrapInboundIn(data)
    buffer.withUnsafeReadableBytes { bytes in
      if self.greeting != nil, !self.isExpected(bytes, context) { return }
      if let tls {
        self.receiveCiphertext(bytes, tls)
      } else {
        self.receivePlaintext(bytes)
      }
    }
    self.executor.scratch.giveBack(input: buffer)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    self.endReadBatch()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable {
      self.executor.performBatch { self.setNeedsFlush() }
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    self.finish(.transport(error))
    self.endReadBatch()
  }

  func channelInactive(context: ChannelHandlerContext) {
    self.finish(.remote)
    self.endReadBatch()
  }

  private func endReadBatch() {
    guard self.isInReadBatch else { return }
    self.isInReadBatch = false
    if self.session.isReadingHeaders != (self.headersTimer != nil) { self.watchHeaders() }
    self.executor.endBatch()
  }

  /// Limits how long the end of a header list may take: nothing else can be read before it.
  private func watchHeaders() {
    self.headersTimer?.cancel()
    self.headersTimer = nil
    guard let context, self.session.isReadingHeaders, case .ready = self.state else { return }
    self.headersTimer = context.eventLoop.assumeIsolated().scheduleTask(in: self.handshakeTimeout) {
      self.executor.performBatch { self.finish(.slowHeaders) }
    }
  }

  // MARK: Start

  private func start(_ context: ChannelHandlerContext) {
    guard case .starting = self.state, !self.isStarted else { return }
    self.isStarted = true
    self.executor.beginBusyPolling(self.busyPollNanoseconds)
    self.remoteAddress = context.channel.remoteAddress
    self.localAddress = context.channel.localAddress
    if self.tls != nil || self.session.role == .server {
      self.handshakeTimer = context.eventLoop.assumeIsolated().scheduleTask(in: self.handshakeTimeout) {
        self.executor.performBatch { self.finish(.handshakeTimeout) }
      }
    }
    if self.tls == nil { self.becomeReady() }
    self.setNeedsFlush()
  }

  private func becomeReady() {
    if self.session.role == .client { self.handshakeIsDone() }
    self.state = .ready
    self.setNeedsFlush()
    self.handler?.connectionDidBecomeReady(self)
  }

  // MARK: Reading

  private func receiveCiphertext(_ bytes: UnsafeRawBufferPointer, _ tls: TLSEngine) {
    do throws(TLSError) {
      try tls.receive(bytes) { () throws(TLSError) in try self.readPlaintext(of: tls) }
    } catch {
      // The alert that tells the peer is on its way out.
      self.beginClosing(.tls(error))
    }
    if tls.isClosed {
      self.beginClosing(.remote)
    }
    if tls.pendingCiphertextBytes > 0 {
      self.setNeedsFlush()
    }
  }

  private func readPlaintext(of tls: TLSEngine) throws(TLSError) {
    let plaintext = self.executor.scratch.takePlaintext()
    defer { self.executor.scratch.giveBack(plaintext: plaintext) }
    repeat {
      let count = try tls.readPlaintext(into: plaintext.bytes)
      if case .starting = self.state, tls.isHandshakeComplete {
        guard tls.negotiatedProtocol == "h2" else {
          return self.beginClosing(.noHTTP2(negotiated: tls.negotiatedProtocol))
        }
        self.becomeReady()
      }
      guard count > 0 else { return }
      if case .ready = self.state { self.executor.recordBufferKeepers.add(tls) }
      self.receivePlaintext(UnsafeRawBufferPointer(rebasing: plaintext.bytes[..<count]))
    } while tls.mayReadMore
  }

  private func receivePlaintext(_ bytes: UnsafeRawBufferPointer) {
    guard case .ready = self.state else { return }
    do throws(HTTP2Error) {
      try self.session.receive(bytes)
    } catch {
      self.beginClosing(.http2(error))
    }
    self.deliverEvents()
    // What the events resumed finds the received bytes where they lie.
    self.executor.endOfRead()
    // Acknowledgements and window updates need no command.
    self.setNeedsFlush()
  }

  func deliverEvents() {
    var events = self.executor.scratch.takeEvents()
    self.session.takeEvents(into: &events)
    if !events.isEmpty {
      self.handler?.received(events)
    }
    // Given away: with another owner left it would be copied to be emptied.
    self.executor.scratch.giveBack(events: consume events)
  }

  // MARK: Closing

  func beginClosing(_ reason: ConnectionCloseReason) {
    switch self.state {
    case .closing, .closed: return
    case .starting, .ready: break
    }
    self.closeReason = reason
    self.state = .closing
    self.setNeedsFlush()
    guard let context else { return }
    let channel = context.channel
    self.closeTimer = context.eventLoop.assumeIsolated().scheduleTask(in: Self.lastWriteTimeout) {
      self.finish(reason)
      channel.close(promise: nil)
    }
  }

  /// NIO's `close` drops what is not written yet, so it waits for that.
  func closeAfterLastWrite(_ context: ChannelHandlerContext) {
    let reason = self.closeReason ?? .local
    if let tls {
      tls.shutdown()
      var output = self.executor.scratch.takeOutput()
      self.takeCiphertext(tls, into: &output)
      context.write(self.wrapOutboundOut(output), promise: nil)
      self.executor.scratch.giveBack(output: output)
    }
    let channel = context.channel
    let written = context.eventLoop.makePromise(of: Void.self)
    written.futureResult.whenComplete { _ in channel.close(promise: nil) }
    self.end(reason)
    context.writeAndFlush(self.wrapOutboundOut(ByteBuffer()), promise: written)
  }

  private func finish(_ reason: ConnectionCloseReason) {
    if case .closed = self.state { return }
    let context = self.context
    self.executor.performBatch { self.end(self.closeReason ?? reason) }
    context?.close(promise: nil)
  }

  /// Ends every stream and tells the handler, once.
  private func end(_ reason: ConnectionCloseReason) {
    if case .closed = self.state { return }
    self.state = .closed
    self.headersTimer?.cancel()
    self.headersTimer = nil
    self.handshakeTimer?.cancel()
    self.handshakeTimer = nil
    if let tls { self.executor.recordBufferKeepers.remove(tls) }
    self.handler?.connectionClosed(reason)
    self.session.failAllStreams(code: .cancel)
    self.deliverEvents()
    self.handler = nil
    if self.isStarted { self.executor.endBusyPolling(self.busyPollNanoseconds) }
  }
}
