import Synchronization

/// The present token of a provider, asked for before the old one expires, by one task at a time.
final class TokenCache: Sendable {
  typealias Provider = @Sendable () async throws -> AccessToken

  private struct State {
    var token: AccessToken?
    var refresh: Task<AccessToken, any Error>?
  }

  private let provider: Provider
  private let refreshMargin: Duration
  private let now: @Sendable () -> ContinuousClock.Instant
  private let state = Mutex(State())

  /// Creates a cache.
  ///
  /// - Parameters:
  ///   - refreshMargin: How long before its end a token is replaced.
  ///   - now: The clock.
  ///   - provider: Gets a new token.
  init(
    refreshMargin: Duration, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
    provider: @escaping Provider
  ) {
    self.refreshMargin = refreshMargin
    self.now = now
    self.provider = provider
  }

  /// A token that is accepted now.
  ///
  /// One that is about to expire is still returned, and replaced meanwhile; only without one the caller waits, together with all
  /// others that ask.
  /// - Throws: What the provider throws. The next call asks it again.
  func token() async throws -> AccessToken {
    let now = self.now()
    let (token, refresh) = state.withLock { state -> (AccessToken?, Task<AccessToken, any Error>?) in
      if let token = state.token {
        guard let expiration = token.expiration, expiration - refreshMargin <= now else { return (token, nil) }
        let refresh = startRefresh(&state)
        return expiration > now ? (token, nil) : (nil, refresh)
      }
      return (nil, startRefresh(&state))
    }
    if let token { return token }
    guard let refresh else { return try await provider() }
    return try await refresh.value
  }

  /// The task that gets the next token; started unless it runs.
  private func startRefresh(_ state: inout State) -> Task<AccessToken, any Error> {
    if let refresh = state.refresh { return refresh }
    // Of no caller's: the token is for all of them, and one that is cancelled must not take it from the others.
    let refresh = Task.detached { [self] in
      do {
        let token = try await provider()
        self.state.withLock { $0 = State(token: token) }
        return token
      } catch {
        self.state.withLock { $0.refresh = nil }
        throw error
      }
    }
    state.refresh = refresh
    return refresh
  }
}
