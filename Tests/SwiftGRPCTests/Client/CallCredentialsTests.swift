import SwiftGRPCHTTP2
import Synchronization
import TestSupport
import Testing

@testable import SwiftGRPC

/// What proves who calls: how it gets into a call, and what happens when it cannot be had.
@Suite(.timeLimit(.minutes(1))) struct CallCredentialsTests {
  /// Runs calls against a server that answers each with the values of its `authorization` headers, joined.
  private func withEcho(
    _ credentials: CallCredentials? = nil, _ body: (GRPCClient) async throws -> Void
  ) async throws {
    try await ScriptedServer.with { event, connection in
      guard case .headers(let stream, let block, _) = event else { return }
      var values: [String] = []
      block.forEach { name, value in
        if String(decoding: name, as: UTF8.self) == "authorization" {
          values.append(String(decoding: value, as: UTF8.self))
        }
      }
      connection.respond(Array(values.joined(separator: "|").utf8), on: stream)
    } _: { server in
      try await withGRPCClient(transport: server.transport { $0.credentials = credentials }) { try await body($0) }
    }
  }

  private func plaintext(_ credentials: CallCredentials) -> CallCredentials {
    var credentials = credentials
    credentials.allowsPlaintext = true
    return credentials
  }

  private func options(_ credentials: CallCredentials?) -> CallOptions {
    CallOptions(timeout: .seconds(20), credentials: credentials)
  }

  @Test func tokenOfTheClientGoesWithEveryCall() async throws {
    try await withEcho(plaintext(.token("abc"))) { client in
      for _ in 1...2 {
        let answer = try await client.call()
        #expect(answer == Array("Bearer abc".utf8))
      }
      let stream = try await client.stream()
      try await stream.finish()
      for try await message in stream { #expect(message == Array("Bearer abc".utf8)) }
    }
  }

  @Test func tokenOfTheCallTakesThePlaceOfTheClients() async throws {
    try await withEcho(plaintext(.token("client"))) { client in
      let answer = try await client.call(options: options(plaintext(.token("call"))))
      #expect(answer == Array("Bearer call".utf8))
    }
  }

  @Test func withoutTLSCredentialsAreNotSent() async throws {
    try await withEcho { client in
      let error = await rpcError { try await client.call(options: options(.token("secret"))) }
      #expect(error?.code == .unauthenticated)
      #expect(error?.message == "the connection has no TLS, so the call's credentials are not sent")
    }
  }

  @Test func metadataIsMadeForTheCall() async throws {
    let seen = Record<CallCredentials.Context>()
    let credentials = CallCredentials.metadata { context in
      seen.add(context)
      return ["Authorization": "Custom x"]
    }
    try await withEcho { client in
      let answer = try await client.call(options: options(plaintext(credentials)))
      #expect(answer == Array("Custom x".utf8))
    }
    let context = try #require(seen.values.first)
    #expect(context.descriptor == GRPCClient.method)
    #expect(context.serviceURL == "https://\(context.authority)/test.Echo")
  }

  struct Refusal: Error {}

  @Test func otherErrorsAreUnauthenticatedAndKeepTheirCause() async throws {
    try await withEcho { client in
      let credentials = plaintext(.tokens { throw Refusal() })
      let error = await rpcError { try await client.call(options: options(credentials)) }
      #expect(error?.code == .unauthenticated)
      #expect(error?.message == "the call's credentials cannot be had: Refusal()")
      #expect(error?.cause is Refusal)
    }
  }

  @Test(arguments: [RPCError.Code.unavailable, .permissionDenied, .resourceExhausted])
  func codesOfTheControlPlaneStay_A54(code: RPCError.Code) async throws {
    try await withEcho { client in
      let credentials = plaintext(.tokens { throw RPCError(code: code, message: "later") })
      let error = await rpcError { try await client.call(options: options(credentials)) }
      #expect(error?.code == code)
      #expect(error?.message == "later")
    }
  }

  @Test(arguments: [
    RPCError.Code.invalidArgument, .notFound, .alreadyExists, .failedPrecondition, .aborted, .outOfRange, .dataLoss,
  ])
  func codesThatOnlyServicesGenerateBecomeInternal_A54(code: RPCError.Code) async throws {
    try await withEcho { client in
      let credentials = plaintext(.tokens { throw RPCError(code: code, message: "no such key") })
      let error = await rpcError { try await client.call(options: options(credentials)) }
      #expect(error?.code == .internalError)
      #expect(error?.message == "the credentials failed with \(code), which only a service may: no such key")
    }
  }

  @Test func metadataThatCannotBeSentIsInternal() async throws {
    try await withEcho { client in
      let error = await rpcError {
        try await client.call(options: options(plaintext(.metadata { _ in ["a b": "c"] })))
      }
      #expect(error?.code == .internalError)
    }
  }

  @Test func deadlineHoldsWhileTheCallWaitsForItsCredentials() async throws {
    let gate = Gate()
    let credentials = plaintext(
      .tokens {
        await gate.wait()
        return AccessToken("late")
      })
    try await withEcho { client in
      let error = await rpcError {
        try await client.call(options: CallOptions(timeout: .milliseconds(50), credentials: credentials))
      }
      #expect(error?.code == .deadlineExceeded)
      gate.open()
      let answer = try await client.call(options: options(credentials))
      #expect(answer == Array("Bearer late".utf8))
    }
  }

  @Test func closingTheClientEndsCallsThatWaitForTheirCredentials() async throws {
    let (gate, asked) = (Gate(), Gate())
    let credentials = plaintext(
      .tokens {
        asked.open()
        await gate.wait()
        return AccessToken("late")
      })
    try await withEcho { client in
      async let error = rpcError { try await client.call(options: options(credentials)) }
      await asked.wait()
      try await client.close(gracePeriod: .zero)
      #expect(await error?.code == .cancelled)
      gate.open()
    }
  }

  // MARK: Tokens

  /// A clock that stands still, and a provider that numbers its tokens.
  private final class Service: Sendable {
    let time = Mutex(ContinuousClock.now)
    let count = Atomic(0)

    var now: ContinuousClock.Instant { time.withLock { $0 } }

    func advance(by time: Duration) { self.time.withLock { $0 += time } }

    func cache(_ wait: @escaping @Sendable (Int) async throws -> Void = { _ in }) -> TokenCache {
      TokenCache(refreshMargin: .seconds(60), now: { self.now }) {
        let number = self.count.add(1, ordering: .relaxed).newValue
        try await wait(number)
        return AccessToken("\(number)", expiration: self.now + .seconds(600))
      }
    }
  }

  @Test func tokenIsUsedUntilItIsAboutToExpire() async throws {
    let service = Service()
    let cache = service.cache()
    #expect(try await cache.token().value == "1")
    service.advance(by: .seconds(539))
    #expect(try await cache.token().value == "1")
    #expect(service.count.load(ordering: .relaxed) == 1)
  }

  @Test func tokenThatIsAboutToExpireIsReplacedWhileItIsUsed() async throws {
    let service = Service()
    let (asked, gate) = (Gate(), Gate())
    let cache = service.cache { number in
      guard number == 2 else { return }
      asked.open()
      await gate.wait()
    }
    #expect(try await cache.token().value == "1")
    service.advance(by: .seconds(541))
    #expect(try await cache.token().value == "1")
    await asked.wait()
    #expect(try await cache.token().value == "1")
    gate.open()
    // The old one is over, so this waits for the new one.
    service.advance(by: .seconds(60))
    #expect(try await cache.token().value == "2")
    #expect(service.count.load(ordering: .relaxed) == 2)
  }

  @Test func tasksThatAskTogetherGetTheSameToken() async throws {
    let service = Service()
    let gate = Gate()
    let cache = service.cache { _ in await gate.wait() }
    let values = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 1...10 { group.addTask { try await cache.token().value } }
      gate.open()
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(values == [String](repeating: "1", count: 10))
  }

  @Test func failureIsToldAndTheNextCallAsksAgain() async throws {
    let cache = Service().cache { if $0 == 1 { throw Refusal() } }
    await #expect(throws: Refusal.self) { try await cache.token() }
    #expect(try await cache.token().value == "2")
  }

  @Test func oldTokenServesWhileTheNewOneFails() async throws {
    let service = Service()
    let failed = Gate()
    let cache = service.cache {
      guard $0 == 2 else { return }
      failed.open()
      throw Refusal()
    }
    #expect(try await cache.token().value == "1")
    service.advance(by: .seconds(541))
    #expect(try await cache.token().value == "1")
    await failed.wait()
    #expect(try await cache.token().value == "1")
  }

  @Test func copiesOfCredentialsAreEqual() {
    let credentials = CallCredentials.token("a")
    let copy = credentials
    #expect(copy == credentials)
    #expect(credentials != .token("a"))
    #expect(plaintext(credentials) != credentials)
  }
}
