/// Where the handlers of a server, a service or a method run.
public struct HandlerExecution: Sendable, Hashable {
  enum Kind: Sendable, Hashable {
    case onLoop
    case globalPool
  }

  let kind: Kind

  /// On the event loop of the call's connection: the fast way, without a thread switch. The default.
  ///
  /// Such a handler must not block or compute for long: meanwhile nothing moves on all connections of its loop. One that holds it
  /// for more than 100 ms is named in a warning in the log. Waiting with `await` is no holding.
  public static let onLoop = HandlerExecution(kind: .onLoop)

  /// On Swift's global pool of threads, for handlers that compute for long. Costs two thread switches a call. Messages that
  /// are read or written pass between the threads in batches: all that are there at a time, up to 64 KiB.
  public static let globalPool = HandlerExecution(kind: .globalPool)
}
