/// Where a client stands with its server.
///
/// Spec: "gRPC Connectivity Semantics and API".
public enum ConnectivityState: Sendable, Hashable {
  /// There is no connection; the next call makes one.
  case idle
  /// The first connection, or the first after one was lost, is being made. Calls wait.
  case connecting
  /// There is a connection.
  case ready
  /// The last attempt to connect failed; others follow, further and further apart. Calls fail at once, unless they are to
  /// wait (``CallOptions/waitForReady``).
  case transientFailure
  /// The client is closed, or about to be. New calls fail.
  case shutdown
}
