/// A token that proves who calls, and how long it does.
public struct AccessToken: Sendable, Hashable {
  /// The text after `Bearer ` in the `authorization` header.
  public var value: String

  /// When the token is no longer accepted; never if `nil`.
  public var expiration: ContinuousClock.Instant?

  /// Creates a token that is accepted until an instant, or for ever.
  public init(_ value: String, expiration: ContinuousClock.Instant? = nil) {
    self.value = value
    self.expiration = expiration
  }

  /// Creates a token that is accepted for some time from now on, which is how token services tell it.
  public init(_ value: String, expiresIn lifetime: Duration) {
    self.init(value, expiration: .now + lifetime)
  }
}
