import TestSupport
import Testing

@testable import SwiftGRPCTLS

/// Revocation lists: which certificates of a chain are held against which, and what a missing list means.
struct TLSRevocationTests {
  private static func refusal(
    client: (inout TLSConfiguration) -> Void = { _ in }, server: (inout TLSConfiguration) -> Void = { _ in }
  ) throws -> (client: TLSError?, server: TLSError?) {
    try TLSPair(client: client, server: server).exchange()
  }

  @Test func aRevokedServerIsRefusedAndNamed() throws {
    let list = TLSPair.authority.revocationListPEM(revoking: [TLSPair.localhost])
    let errors = try Self.refusal(client: { $0.revocationLists = [.bytes(list)] })
    #expect(errors.client?.code == .certificateVerification)
    #expect(errors.client?.message.contains("certificate revoked") == true)
    #expect(errors.client?.message.contains("subject CN=server") == true)
  }

  @Test func aServerThatIsNotOnTheListIsAccepted() throws {
    let list = TLSPair.authority.revocationListPEM(revoking: [Identity("other", issuer: TLSPair.authority)])
    let errors = try Self.refusal(client: { $0.revocationLists = [.bytes(list)] })
    #expect(errors.client == nil && errors.server == nil)
  }

  @Test func aRevokedClientIsRefused() throws {
    let alice = Identity("alice", issuer: TLSPair.authority)
    let list = TLSPair.authority.revocationListPEM(revoking: [alice])
    let errors = try Self.refusal(
      client: { $0.present(alice) },
      server: {
        $0.peerVerification = .full
        $0.trustRoots = .pem(.bytes(TLSPair.authority.certificatePEM))
        $0.revocationLists = [.bytes(list)]
      })
    #expect(errors.server?.message.contains("certificate revoked") == true)
  }

  @Test func aListOfAnotherAuthorityOrThatHasExpiredProvesNothing() throws {
    let foreign = Identity("Foreign Root", isAuthority: true).revocationListPEM(revoking: [])
    let old = TLSPair.authority.revocationListPEM(revoking: [], validUntil: -60)
    for (list, reason) in [(foreign, "unable to get certificate CRL"), (old, "CRL has expired")] {
      let errors = try Self.refusal(client: { $0.revocationLists = [.bytes(list)] })
      #expect(errors.client?.message.contains(reason) == true, "\(errors.client?.message ?? "accepted")")
    }
  }

  @Test func textWithoutAListIsRefused() {
    let configuration = TLSPair.clientConfiguration { $0.revocationLists = [.bytes(Array("nothing".utf8))] }
    let error = #expect(throws: TLSError.self) { try TLSContext(configuration, role: .client) }
    #expect(error?.code == .configuration)
    #expect(error?.message.hasPrefix("the revocation list holds no PEM revocation list that can be read") == true)
  }

  // MARK: Chains

  /// A server whose certificate comes from an authority below the root.
  private struct Chain {
    let intermediate = Identity("Intermediate", issuer: TLSPair.authority, isAuthority: true)
    let leaf: Identity

    init() {
      self.leaf = Identity("leaf", names: "DNS:localhost", issuer: self.intermediate)
    }

    /// What the client says to the server.
    func refusal(lists: [[UInt8]], trusting root: Identity = TLSPair.authority) throws -> String? {
      let errors = try TLSRevocationTests.refusal(
        client: {
          $0.trustRoots = .pem(.bytes(root.certificatePEM))
          $0.revocationLists = lists.map { .bytes($0) }
        },
        server: {
          $0.certificateChain = .bytes(self.leaf.certificatePEM + self.intermediate.certificatePEM)
          $0.privateKey = .bytes(self.leaf.keyPEM)
        })
      return errors.client?.message
    }
  }

  @Test func aRevokedAuthorityIsRefusedAndNamed() throws {
    let chain = Chain()
    let lists = [
      chain.intermediate.revocationListPEM(revoking: []),
      TLSPair.authority.revocationListPEM(revoking: [chain.intermediate]),
    ]
    let message = try #require(try chain.refusal(lists: lists))
    #expect(message.contains("certificate revoked"))
    #expect(message.contains("subject CN=Intermediate"))
  }

  @Test func aRevokedLeafBelowAnAuthorityIsRefused() throws {
    let chain = Chain()
    let lists = [
      chain.intermediate.revocationListPEM(revoking: [chain.leaf]), TLSPair.authority.revocationListPEM(revoking: []),
    ]
    let message = try #require(try chain.refusal(lists: lists))
    #expect(message.contains("certificate revoked"))
    #expect(message.contains("subject CN=leaf"))
  }

  @Test func aChainThatIsOnNoListIsAccepted() throws {
    let chain = Chain()
    let lists = [
      chain.intermediate.revocationListPEM(revoking: []), TLSPair.authority.revocationListPEM(revoking: []),
    ]
    #expect(try chain.refusal(lists: lists) == nil)
  }

  @Test func anAuthorityIsNotCheckedWithoutAListOfItsIssuer() throws {
    let chain = Chain()
    #expect(try chain.refusal(lists: [chain.intermediate.revocationListPEM(revoking: [])]) == nil)
  }

  @Test func theLeafNeedsAListOfItsIssuer() throws {
    let chain = Chain()
    let message = try chain.refusal(lists: [TLSPair.authority.revocationListPEM(revoking: [])])
    #expect(message?.contains("unable to get certificate CRL") == true)
  }

  @Test func anExpiredListOfAnAuthoritysIssuerProvesNothing() throws {
    let chain = Chain()
    let lists = [
      chain.intermediate.revocationListPEM(revoking: []),
      TLSPair.authority.revocationListPEM(revoking: [], validUntil: -60),
    ]
    #expect(try chain.refusal(lists: lists)?.contains("CRL has expired") == true)
  }

  @Test func whatIsTrustedIsHeldAgainstNoList() throws {
    let chain = Chain()
    let lists = [
      chain.intermediate.revocationListPEM(revoking: []),
      TLSPair.authority.revocationListPEM(revoking: [chain.intermediate]),
    ]
    // The chain ends with what is trusted: the root, which signed the second list, is not at hand to check that.
    let message = try chain.refusal(lists: lists, trusting: chain.intermediate)
    #expect(message == nil)
  }
}
