/// What a client's interceptor gets to know about a call, besides its request.
public struct ClientContext: Sendable {
  /// The method that is called.
  public var descriptor: MethodDescriptor

  /// The options of the call. An interceptor may change what `next` gets, for example to set a timeout.
  public var options: CallOptions

  /// The address of the connection in use, such as `ipv4:127.0.0.1:50051`; the client's target while there is none.
  public var remotePeer: String

  /// The local address of the connection in use; empty while there is none.
  public var localPeer: String

  /// Creates a context.
  public init(
    descriptor: MethodDescriptor, options: CallOptions = .defaults, remotePeer: String, localPeer: String
  ) {
    self.descriptor = descriptor
    self.options = options
    self.remotePeer = remotePeer
    self.localPeer = localPeer
  }
}
