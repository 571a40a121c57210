import TestSupport
import Testing

@testable import SwiftGRPCTLS

/// Versions and cipher suites.
struct TLSOptionTests {
  private static func refusal(
    client: (inout TLSConfiguration) -> Void = { _ in }, server: (inout TLSConfiguration) -> Void = { _ in }
  ) throws -> (client: TLSError?, server: TLSError?) {
    try TLSPair(client: client, server: server).exchange()
  }

  private func message(_ changes: (inout TLSConfiguration) -> Void) -> String? {
    do throws(TLSError) {
      _ = try TLSContext(TLSPair.serverConfiguration(changes), role: .server)
      return nil
    } catch {
      return error.code == .configuration ? error.message : "another code"
    }
  }

  // MARK: Versions and suites

  @Test func theNewestVersionIsChosenAndCanBeLimited() throws {
    let pair = try TLSPair()
    pair.exchange()
    #expect(pair.client.negotiatedVersion == "TLSv1.3")
    let old = try TLSPair(server: { $0.maximumVersion = .v1_2 })
    #expect(old.exchange().client == nil)
    #expect(old.client.negotiatedVersion == "TLSv1.2")
  }

  @Test func sidesWithoutACommonVersionRefuseEachOther() throws {
    let errors = try Self.refusal(client: { $0.minimumVersion = .v1_3 }, server: { $0.maximumVersion = .v1_2 })
    #expect(errors.client?.code == .handshake)
    #expect(errors.server?.code == .handshake)
  }

  @Test func versionsInTheWrongOrderAreRefused() {
    let text = message {
      $0.minimumVersion = .v1_3
      $0.maximumVersion = .v1_2
    }
    #expect(text?.hasPrefix("there is no TLS version between") == true)
  }

  @Test(arguments: [
    ("TLS_CHACHA20_POLY1305_SHA256", TLSConfiguration.Version.v1_3), ("ECDHE-ECDSA-CHACHA20-POLY1305", .v1_2),
  ])
  func aNamedSuiteIsUsed(suite: String, version: TLSConfiguration.Version) throws {
    let pair = try TLSPair(server: {
      $0.cipherSuites = [suite]
      $0.maximumVersion = version
    })
    #expect(pair.exchange().client == nil)
    #expect(pair.server.negotiatedCipherSuite == suite)
  }

  @Test(arguments: ["TLS_NO_SUCH_SUITE", "NO-SUCH-SUITE"])
  func anUnknownSuiteIsRefusedByName(suite: String) {
    #expect(message { $0.cipherSuites = [suite] }?.hasPrefix("the cipher suites \(suite) cannot be used") == true)
  }
}
