import TestSupport
import Testing

@testable import SwiftGRPCTLS

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What a context can be made from, and what is said when it cannot.
struct TLSConfigurationTests {
  private func message(_ role: TLSConfiguration.Role = .server, _ changes: (inout TLSConfiguration) -> Void) -> String?
  {
    var configuration = role == .server ? TLSPair.serverConfiguration() : TLSPair.clientConfiguration()
    changes(&configuration)
    do throws(TLSError) {
      _ = try TLSContext(configuration, role: role)
      return nil
    } catch {
      return error.code == .configuration ? error.message : "another code"
    }
  }

  @Test(arguments: [Identity.KeyKind.ec, .rsa])
  func keysOfEachKindAndFormWork(kind: Identity.KeyKind) throws {
    let identity = Identity("server", names: "DNS:localhost", issuer: TLSPair.authority, kind: kind)
    for key in [identity.keyPEM, identity.traditionalKeyPEM] {
      let pair = try TLSPair(server: {
        $0.present(identity)
        $0.privateKey = .bytes(key)
      })
      #expect(pair.exchange().client == nil)
    }
  }

  @Test func keyOfAnotherCertificateIsRefused() {
    let other = Identity("other")
    #expect(message { $0.privateKey = .bytes(other.keyPEM) }?.contains("does not belong to the certificate") == true)
  }

  @Test func keyOfAnotherKindIsRefused() {
    let other = Identity("other", kind: .rsa)
    #expect(message { $0.privateKey = .bytes(other.keyPEM) }?.contains("does not belong to the certificate") == true)
  }

  @Test func encryptedKeyIsNamedAsSuch() {
    #expect(message { $0.privateKey = .bytes(TLSPair.localhost.encryptedKeyPEM) }?.contains("is encrypted") == true)
  }

  @Test func textWithoutCertificateOrKeyIsRefused() {
    #expect(
      message { $0.certificateChain = .bytes(Array("nothing".utf8)) }
        == "the certificate chain holds no PEM certificate")
    #expect(message { $0.privateKey = .bytes([]) }?.contains("holds no PEM private key") == true)
    #expect(message(.client) { $0.trustRoots = .pem(.bytes([])) } == "the trust roots holds no PEM certificate")
  }

  @Test func damagedCertificateIsNumbered() {
    var damaged = TLSPair.authority.certificatePEM
    damaged[200] = damaged[200] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
    damaged.replaceSubrange(100..<104, with: "****".utf8)
    let text = TLSPair.localhost.certificatePEM + damaged
    #expect(
      message { $0.certificateChain = .bytes(text) }?.contains("certificate 2 of the certificate chain cannot be read")
        == true)
  }

  @Test func serverNeedsACertificateAndAKey() {
    #expect(message { $0.certificateChain = nil }?.contains("needs a certificate chain") == true)
    #expect(message { $0.privateKey = nil }?.contains("needs the private key") == true)
    #expect(
      message(.client) { $0.privateKey = .bytes(TLSPair.localhost.keyPEM) }?.contains("needs the certificate chain")
        == true)
  }

  @Test func filesAreReadAndMissingOnesAreNamed() throws {
    let folder = "/tmp/swift-grpc-tls-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    mkdir(folder, 0o700)
    defer { rmdir(folder) }
    let path = "\(folder)/roots.pem"
    let file = fopen(path, "wb")
    fwrite(TLSPair.authority.certificatePEM, 1, TLSPair.authority.certificatePEM.count, file)
    fclose(file)
    defer { unlink(path) }
    #expect(try TLSPair(client: { $0.trustRoots = .pem(.file(path)) }).exchange().client == nil)
    let missing = message(.client) { $0.trustRoots = .pem(.file("\(folder)/none.pem")) }
    #expect(missing == "the trust roots \(folder)/none.pem cannot be opened: No such file or directory")
  }

  @Test func enginesFreeWhatTheyHold() throws {
    weak var context: TLSContext?
    weak var engine: TLSEngine?
    do {
      let pair = try TLSPair()
      pair.exchange()
      engine = pair.server
      let made = try TLSContext(TLSPair.clientConfiguration(), role: .client)
      context = made
      _ = try TLSEngine(context: made, serverName: "localhost")
    }
    #expect(context == nil && engine == nil)
  }
}
