import TestSupport
import Testing

@testable import SwiftGRPCTLS

/// A client and a server in memory, joined by their ciphertext.
final class TLSPair {
  // Made once and only read after that: OpenSSL counts their references atomically.
  nonisolated(unsafe) static let authority = Identity("Test Root", isAuthority: true)
  nonisolated(unsafe) static let localhost = Identity(
    "server", names: "DNS:localhost,DNS:*.example.com,IP:127.0.0.1,IP:::1", issuer: authority)

  let client: TLSEngine
  let server: TLSEngine
  var clientReceived: [UInt8] = []
  var serverReceived: [UInt8] = []

  init(
    serverName: String? = "localhost",
    client clientChanges: (inout TLSConfiguration) -> Void = { _ in },
    server serverChanges: (inout TLSConfiguration) -> Void = { _ in }
  ) throws {
    // As two connections of one loop do.
    let memory = TLSMemory()
    client = try TLSEngine(
      context: TLSContext(Self.clientConfiguration(clientChanges), role: .client), serverName: serverName,
      memory: memory)
    server = try TLSEngine(
      context: TLSContext(Self.serverConfiguration(serverChanges), role: .server), serverName: nil, memory: memory)
  }

  /// With a client made elsewhere.
  init(client: TLSEngine) throws {
    self.client = client
    server = try TLSEngine(context: TLSContext(Self.serverConfiguration(), role: .server), serverName: nil)
  }

  static func clientConfiguration(_ changes: (inout TLSConfiguration) -> Void = { _ in }) -> TLSConfiguration {
    var configuration = TLSConfiguration(role: .client)
    configuration.trustRoots = .pem(.bytes(authority.certificatePEM))
    changes(&configuration)
    return configuration
  }

  static func serverConfiguration(_ changes: (inout TLSConfiguration) -> Void = { _ in }) -> TLSConfiguration {
    var configuration = TLSConfiguration(role: .server)
    configuration.present(localhost)
    changes(&configuration)
    return configuration
  }

  /// Moves bytes both ways until there is nothing more to move; the errors of each side.
  @discardableResult
  func exchange(chunk: () -> Int = { 16384 }) -> (client: TLSError?, server: TLSError?) {
    var errors: (client: TLSError?, server: TLSError?)
    while client.pendingCiphertextBytes + server.pendingCiphertextBytes > 0 {
      let fromClient = Self.move(from: client, to: server, chunk(), &serverReceived)
      errors.server = errors.server ?? fromClient
      let fromServer = Self.move(from: server, to: client, chunk(), &clientReceived)
      errors.client = errors.client ?? fromServer
    }
    return errors
  }

  private static func move(from: TLSEngine, to: TLSEngine, _ chunk: Int, _ received: inout [UInt8]) -> TLSError? {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(chunk, 512), alignment: 1)
    defer { buffer.deallocate() }
    let count = from.takeCiphertext(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<chunk]))
    guard count > 0 else { return nil }
    do throws(TLSError) {
      // What is read goes to where what was received does not lie.
      let plaintext = UnsafeMutableRawBufferPointer.allocate(byteCount: 16384, alignment: 1)
      defer { plaintext.deallocate() }
      try to.receive(UnsafeRawBufferPointer(rebasing: buffer[..<count])) { () throws(TLSError) in
        while case let count = try to.readPlaintext(into: plaintext), count > 0 {
          received += plaintext[..<count]
        }
      }
      return nil
    } catch {
      return error
    }
  }
}

extension TLSConfiguration {
  mutating func present(_ identity: Identity) {
    certificateChain = .bytes(identity.certificatePEM)
    privateKey = .bytes(identity.keyPEM)
  }
}

extension TLSEngine {
  func write(_ bytes: [UInt8]) throws(TLSError) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    copy.copyBytes(from: bytes)
    defer { copy.deallocate() }
    try write(UnsafeRawBufferPointer(copy))
  }

  /// Receives bytes to be read later.
  func receive(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { bytes in
      do throws(TLSError) {
        try receive(bytes) {}
      } catch {
        Issue.record(error)
      }
    }
  }

  /// Encrypts bytes after what waits; what fits into `byteCount` bytes.
  func write(_ bytes: [UInt8], room byteCount: Int) throws(TLSError) -> [UInt8] {
    let place = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 1)
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    copy.copyBytes(from: bytes)
    defer {
      place.deallocate()
      copy.deallocate()
    }
    let count = try write(UnsafeRawBufferPointer(copy), to: place)
    return Array(place[..<count])
  }
}
