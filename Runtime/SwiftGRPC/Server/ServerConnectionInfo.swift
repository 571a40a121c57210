import Logging
import NIOCore

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

  /// The level at which each call's end is logged; `nil` where nobody would see it.
  let callLogLevel: Logger.Level?

  init(
    executor: LoopExecutor, remotePeer: String, localPeer: String, isSecure: Bool, peerCertificate: PeerCertificate?,
    maxRequestMessageBytes: Int, compression: CompressionSupport, logger: Logger, callLogLevel: Logger.Level?
  ) {
    self.executor = executor
    self.remotePeer = remotePeer
    self.localPeer = localPeer
    self.isSecure = isSecure
    self.peerCertificate = peerCertificate
    self.maxRequestMessageBytes = maxRequestMessageBytes
    self.compression = compression
    self.logger = logger
    self.callLogLevel = callLogLevel
  }

  /// Tells how a call ended.
  ///
  /// - Parameter start: When it began, on the loop's clock.
  func logCall(_ method: String, ended status: Status.Code, start: NIODeadline) {
    guard let callLogLevel else { return }
    self.logger.log(
      level: callLogLevel, "call ended",
      metadata: [
        "grpc.method": "\(method)", "grpc.peer": "\(self.remotePeer)", "grpc.status": "\(status)",
        "milliseconds": "\((self.executor.eventLoop.now - start).millisecondsText)",
      ]
    )
  }

  /// Names a handler that held its event loop.
  func logSlowHandler(_ method: MethodDescriptor, nanoseconds: UInt64) {
    self.logger.warning(
      "a handler held its event loop; let it run on HandlerExecution.globalPool",
      metadata: ["grpc.method": "\(method)", "milliseconds": "\(nanoseconds / 1_000_000)"]
    )
  }
}
