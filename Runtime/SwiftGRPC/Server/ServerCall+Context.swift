import Logging
import Synchronization

/// What a ``ServerContext`` knows of its call; readable from any thread.
extension ServerCall {
  struct UserState {
    var initialMetadata = Metadata()
    var trailingMetadata = Metadata()
    var logger: Logger?

    /// What the handler wants responses to be compressed with; the server's setting if it is `nil`.
    var wantedEncoding: CompressionAlgorithm?

    /// What responses are compressed with, once that had to be decided.
    var encoding: CompressionAlgorithm?
    var storage: [ObjectIdentifier: any Sendable] = [:]
  }

  /// What a context without a call tells.
  final class Detached: Sendable {
    let descriptor: MethodDescriptor
    let remotePeer: String
    let localPeer: String
    let metadata: Metadata

    init(descriptor: MethodDescriptor, remotePeer: String, localPeer: String, metadata: Metadata) {
      self.descriptor = descriptor
      self.remotePeer = remotePeer
      self.localPeer = localPeer
      self.metadata = metadata
    }
  }

  /// Makes this an object that only holds what a context tells.
  func detach(_ detached: Detached, deadline: Deadline?) {
    self.detached = detached
    self.deadline = deadline
  }

  var descriptor: MethodDescriptor {
    self.handler?.descriptor ?? self.detached?.descriptor ?? MethodDescriptor(fullyQualifiedService: "", method: "")
  }

  var requestMetadata: Metadata {
    self.requestHeaders.map { Metadata(received: ReceivedMetadata($0)) } ?? self.detached?.metadata ?? [:]
  }

  var remotePeer: String { self.connectionInfo?.remotePeer ?? self.detached?.remotePeer ?? "" }

  var localPeer: String { self.connectionInfo?.localPeer ?? self.detached?.localPeer ?? "" }

  /// What goes out before and after the response's messages, and what these are compressed with.
  struct Answer {
    var initial: Metadata
    var trailing: Metadata
    var encoding: CompressionAlgorithm
  }

  /// Sets something that the answer depends on.
  func setForAnswer(_ body: (inout UserState) -> Void) {
    self.userState.withLock { body(&$0) }
    self.hasAnswerSettings.store(true, ordering: .releasing)
  }

  /// The answer as of now. Decides about its encoding, which then stays.
  func answer(of user: inout UserState) -> Answer {
    Answer(initial: user.initialMetadata, trailing: user.trailingMetadata, encoding: self.encoding(of: &user))
  }

  /// Spec: `compression.md`: a response may be compressed with another algorithm than the request, and with none that the
  /// client does not know.
  private func encoding(of user: inout UserState) -> CompressionAlgorithm {
    if let encoding = user.encoding { return encoding }
    let wanted = user.wantedEncoding ?? self.connectionInfo?.compression.algorithm ?? .none
    let encoding = wanted == .none || self.acceptedEncodings.contains(wanted) ? wanted : .none
    user.encoding = encoding
    return encoding
  }

  private var acceptedEncodings: CompressionAlgorithmSet {
    self.requestHeaders.flatMap { EncodingNames.accepted(by: $0) } ?? .none
  }

  /// How the response's messages are compressed; `nil` if they are not.
  var messageCompression: MessageCompression? {
    guard let support = self.connectionInfo?.compression else { return nil }
    return support.messageCompression(self.userState.withLock { self.encoding(of: &$0) })
  }

  var isCancelled: Bool { self.cancelled.load(ordering: .relaxed) }

  func makeLogger() -> Logger {
    var logger = self.connectionInfo?.logger ?? Logger(label: "swift-grpc.server")
    logger[metadataKey: "grpc.method"] = "\(self.descriptor)"
    logger[metadataKey: "grpc.peer"] = "\(self.remotePeer)"
    return logger
  }
}
