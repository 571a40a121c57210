import Logging

/// What all calls of one connection share and never changes; readable from any thread.
final class ServerConnectionInfo: Sendable {
  let executor: LoopExecutor
  let remotePeer: String
  let localPeer: String
  let isSecure: Bool
  let peerCertificate: PeerCertificate?
  let maxRequestMessageBytes: Int
  let compression: CompressionSupport
  let logger: Logger

  init(
    executor: LoopExecutor, remotePeer: String, localPeer: String, isSecure: Bool, peerCertificate: PeerCertificate?,
    maxRequestMessageBytes: Int, compression: CompressionSupport, logger: Logger
  ) {
    self.executor = executor
    self.remotePeer = remotePeer
    self.localPeer = localPeer
    self.isSecure = isSecure
    self.peerCertificate = peerCertificate
    self.maxRequestMessageBytes = maxRequestMessageBytes
    self.compression = compression
    self.logger = logger
  }

  /// Names a handler that held its event loop.
  func logSlowHandler(_ method: MethodDescriptor, nanoseconds: UInt64) {
    self.logger.warning(
      "a handler held its event loop; let it run on HandlerExecution.globalPool",
      metadata: ["grpc.method": "\(method)", "milliseconds": "\(nanoseconds / 1_000_000)"]
    )
  }
}
