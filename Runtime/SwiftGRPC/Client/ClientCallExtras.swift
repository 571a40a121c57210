/// What few calls have: compression and credentials. Other calls are made without this object.
///
/// Loop-confined but for what never changes.
@usableFromInline
final class ClientCallExtras: @unchecked Sendable {
  // Sendable: `let`, or touched on the channel's loop only.

  /// How the request's messages are compressed; `nil` if they are not.
  let compression: MessageCompression?

  /// What proves who makes the call, if anything does.
  let credentials: CallCredentials?

  /// The metadata that came of ``credentials``, once it was asked for.
  var credentialsMetadata: Metadata?

  /// Whether the call waits for ``credentialsMetadata``.
  var isAuthorizing = false

  init(compression: MessageCompression?, credentials: CallCredentials?) {
    self.compression = compression
    self.credentials = credentials
  }
}
