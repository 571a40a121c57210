/// Why code cannot be generated; its message reaches the user through protoc, as `--swiftgrpc_out: <message>`.
struct GenerationError: Error, Equatable, CustomStringConvertible {
  /// What happened, with the values, and what to do where that is not plain.
  let message: String

  init(_ message: String) {
    self.message = message
  }

  var description: String { message }
}
