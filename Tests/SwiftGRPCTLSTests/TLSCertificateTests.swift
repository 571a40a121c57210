import TestSupport
import Testing

@testable import SwiftGRPCTLS

/// Whom each side believes, and what it says when it does not.
struct TLSCertificateTests {
  @Test(arguments: ["localhost", "localhost.", "a.example.com", "127.0.0.1", "::1"])
  func serverIsKnownByEachOfItsNames(name: String) throws {
    let pair = try TLSPair(serverName: name)
    let errors = pair.exchange()
    #expect(errors.client == nil && errors.server == nil)
    #expect(pair.client.isHandshakeComplete)
  }

  @Test func addressIsNotSentAsServerName() throws {
    let pair = try TLSPair(serverName: "127.0.0.1")
    pair.exchange()
    #expect(pair.server.requestedServerName == nil)
  }

  @Test(arguments: ["other", "example.com", "a.b.example.com", "127.0.0.2", "::2"])
  func serverWithAnotherNameIsRefusedAndTheNamesAreSaid(name: String) throws {
    let errors = try TLSPair(serverName: name).exchange()
    #expect(errors.client?.code == .certificateVerification)
    let message = try #require(errors.client?.message)
    #expect(message.contains("mismatch"))
    #expect(message.contains("it is for localhost, *.example.com, 127.0.0.1, ::1, not for \(name)"))
    #expect(errors.server != nil)
  }

  @Test func nameIsNotComparedOnRequest() throws {
    let pair = try TLSPair(serverName: "other", client: { $0.peerVerification = .withoutName })
    #expect(pair.exchange().client == nil)
    #expect(pair.server.requestedServerName == "other")
  }

  @Test func clientThatChecksNamesNeedsOne() throws {
    #expect(throws: TLSError.self) { try TLSPair(serverName: nil) }
    #expect(try TLSPair(serverName: nil, client: { $0.peerVerification = .withoutName }).exchange().client == nil)
  }

  @Test func unknownAuthorityIsRefused() throws {
    let errors = try TLSPair(client: { $0.trustRoots = .system }).exchange()
    #expect(errors.client?.code == .certificateVerification)
    #expect(errors.client?.message.contains("unable to get local issuer certificate") == true)
    #expect(errors.client?.message.contains("subject CN=server, issuer CN=Test Root") == true)
    #expect(errors.server?.message.contains("unknown ca") == true)
  }

  @Test func expiredCertificateIsRefused() throws {
    let expired = Identity(
      "old", names: "DNS:localhost", issuer: TLSPair.authority, validFrom: -7200, validUntil: -3600)
    let errors = try TLSPair(server: { $0.present(expired) }).exchange()
    #expect(errors.client?.code == .certificateVerification)
    #expect(errors.client?.message.contains("certificate has expired") == true)
  }

  @Test func selfSignedCertificateIsBelievedWhenNamedAsRoot() throws {
    let alone = Identity("alone", names: "DNS:localhost")
    #expect(try TLSPair(server: { $0.present(alone) }).exchange().client?.code == .certificateVerification)
    let trusted = try TLSPair(
      client: { $0.trustRoots = .pem(.bytes(alone.certificatePEM)) }, server: { $0.present(alone) })
    #expect(trusted.exchange().client == nil)
  }

  @Test func nothingIsCheckedOnRequest() throws {
    let alone = Identity("alone")
    let pair = try TLSPair(client: { $0.peerVerification = .none }, server: { $0.present(alone) })
    #expect(pair.exchange().client == nil)
  }

  @Test func intermediateCertificatesArePresented() throws {
    let intermediate = Identity("Intermediate", issuer: TLSPair.authority, isAuthority: true)
    let leaf = Identity("leaf", names: "DNS:localhost", issuer: intermediate)
    let pair = try TLSPair(server: {
      $0.certificateChain = .bytes(leaf.certificatePEM + intermediate.certificatePEM)
      $0.privateKey = .bytes(leaf.keyPEM)
    })
    #expect(pair.exchange().client == nil)
    let certificate = try #require(pair.client.peerCertificate)
    #expect(certificate.chain.count == 2)
    #expect(certificate.chain.first == certificate.der)
    #expect(certificate.issuer == "CN=Intermediate")
  }

  @Test func clientCertificateIsSeenByTheServer() throws {
    let names = "DNS:client.example.com,URI:spiffe://example.com/service,IP:10.0.0.1,IP:2001:db8::1"
    let identity = Identity("Clïent", names: names, issuer: TLSPair.authority)
    let pair = try TLSPair(
      client: { $0.present(identity) },
      server: {
        $0.peerVerification = .full
        $0.trustRoots = .pem(.bytes(TLSPair.authority.certificatePEM))
      })
    let errors = pair.exchange()
    #expect(errors.client == nil && errors.server == nil)
    let certificate = try #require(pair.server.peerCertificate)
    #expect(certificate.subject == "CN=Clïent")
    #expect(certificate.issuer == "CN=Test Root")
    #expect(certificate.dnsNames == ["client.example.com"])
    #expect(certificate.uris == ["spiffe://example.com/service"])
    #expect(certificate.ipAddresses == ["10.0.0.1", "2001:db8::1"])
    #expect(certificate.chain == [certificate.der])
  }

  @Test func clientWithoutCertificateIsRefusedWhereOneIsRequired() throws {
    let pair = try TLSPair(server: {
      $0.peerVerification = .full
      $0.trustRoots = .pem(.bytes(TLSPair.authority.certificatePEM))
    })
    let errors = pair.exchange()
    #expect(errors.server?.code == .certificateVerification)
    #expect(errors.server?.message.contains("the client sent no certificate") == true)
    #expect(errors.client?.message.contains("certificate required") == true)
  }

  @Test func clientWithoutCertificateIsTakenWhereOneIsOptional() throws {
    let pair = try TLSPair(server: { $0.peerVerification = .optional })
    #expect(pair.exchange().server == nil)
    #expect(pair.server.peerCertificate == nil)
  }

  @Test func clientWithAnUnknownCertificateIsRefusedWhereOneIsOptional() throws {
    let stranger = Identity("stranger")
    let pair = try TLSPair(client: { $0.present(stranger) }, server: { $0.peerVerification = .optional })
    #expect(pair.exchange().server?.code == .certificateVerification)
  }
}
