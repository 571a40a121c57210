import Logging
import NIOCore

/// What a channel tells the log.
extension ClientChannel {
  /// What every line about the channel has.
  var logMetadata: Logger.Metadata { ["grpc.target": "\(transport.target)"] }

  /// Tells how a call ended.
  ///
  /// - Parameter start: When it was started, on the loop's clock.
  func logCall(_ method: MethodDescriptor, ended outcome: ClientCallState.Outcome, start: NIODeadline) {
    var metadata: Logger.Metadata = [
      "grpc.method": "\(method)", "grpc.peer": "\(remotePeer)", "grpc.status": "ok",
      "milliseconds": "\((executor.eventLoop.now - start).millisecondsText)",
    ]
    switch outcome {
    case .ok: break
    case .failure(let error), .notProcessed(let error):
      metadata["grpc.status"] = "\(error.code)"
      metadata["error"] = "\(error.message)"
    }
    transport.logger.debug("call ended", metadata: metadata)
  }
}
