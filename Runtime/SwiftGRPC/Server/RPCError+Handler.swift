extension RPCError {
  /// What a client is told when a handler throws `error`.
  ///
  /// An ``RPCError`` is told as it is and so is what converts to one; a cancellation is `cancelled`. Of any other error the client learns
  /// only that there was one: its text may hold secrets, so it goes to the log.
  static func ofHandler(_ error: any Error) -> RPCError {
    switch error {
    case let error as RPCError: error
    case let error as any RPCErrorConvertible: RPCError(error)
    case is CancellationError: RPCError(code: .cancelled, message: "the handler was cancelled", cause: error)
    default: RPCError(code: .unknown, message: "the handler failed", cause: error)
    }
  }
}
