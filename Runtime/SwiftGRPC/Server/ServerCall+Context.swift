import Logging
import Synchronization

/// What a ``ServerContext`` knows of its call; readable from any thread.
extension ServerCall {
  struct UserState {
    var initialMetadata = Metadata()
    var trailingMetadata = Metadata()
    var logger: Logger?
    var storage: [ObjectIdentifier: any Sendable] = [:]
  }

  /// What a context without a call tells.
  struct Detached {
    var descriptor: MethodDescriptor
    var remotePeer: String
    var localPeer: String
    var metadata: Metadata
    var deadline: Deadline?
  }

  /// Makes this an object that only holds what a context tells.
  func detach(_ detached: Detached) {
    self.detached = detached
    self.deadline = detached.deadline
  }

  var descriptor: MethodDescriptor {
    self.handler?.descriptor ?? self.detached?.descriptor ?? MethodDescriptor(fullyQualifiedService: "", method: "")
  }

  var requestMetadata: Metadata {
    self.requestHeaders.map { Metadata(received: ReceivedMetadata($0)) } ?? self.detached?.metadata ?? [:]
  }

  var remotePeer: String { self.connectionInfo?.remotePeer ?? self.detached?.remotePeer ?? "" }

  var localPeer: String { self.connectionInfo?.localPeer ?? self.detached?.localPeer ?? "" }

  var isCancelled: Bool { self.cancelled.load(ordering: .relaxed) }

  func makeLogger() -> Logger {
    var logger = self.connectionInfo?.logger ?? Logger(label: "swift-grpc.server")
    logger[metadataKey: "grpc.method"] = "\(self.descriptor)"
    logger[metadataKey: "grpc.peer"] = "\(self.remotePeer)"
    return logger
  }
}
