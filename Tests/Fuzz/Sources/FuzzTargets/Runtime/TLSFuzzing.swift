import SwiftGRPCTLS

#if canImport(TestSupport)
  import TestSupport
#endif

/// TLS engines that read an input: instead of a handshake, in the middle of one, and after it.
///
/// An engine must not crash, must go on failing once it has failed, and must give no plaintext before the handshake is complete.
enum TLSFuzzing {
  private static let contexts: (server: TLSContext, client: TLSContext) = {
    let identity = Identity("fuzz", names: "DNS:localhost")
    var server = TLSConfiguration(role: .server)
    server.certificateChain = .bytes(identity.certificatePEM)
    server.privateKey = .bytes(identity.keyPEM)
    var client = TLSConfiguration(role: .client)
    client.peerVerification = .none
    do {
      return (try TLSContext(server, role: .server), try TLSContext(client, role: .client))
    } catch {
      preconditionFailure("no TLS context can be made: \(error)")
    }
  }()

  static func run(_ input: inout FuzzInput) {
    let choice = input.byte()
    guard let server = try? TLSEngine(context: self.contexts.server, serverName: nil),
      let client = try? TLSEngine(context: self.contexts.client, serverName: "localhost")
    else { preconditionFailure("no TLS engine can be made") }
    // So many flights go through before the input comes.
    for _ in 0..<Int(choice >> 1 & 3) {
      self.move(from: client, to: server)
      self.move(from: server, to: client)
    }
    let victim = choice & 1 == 0 ? server : client
    if choice & 8 != 0 {
      // The input is laid over what the peer really sends.
      var flight = self.take(from: choice & 1 == 0 ? client : server)
      let offset = Int(input.byte())
      for (index, byte) in input.take(64).enumerated() where offset + index < flight.count {
        flight[offset + index] ^= byte
      }
      self.feed(flight, to: victim)
    }
    while !input.isEmpty { self.feed(input.take(1 + Int(input.byte())), to: victim) }
    _ = self.take(from: victim)
    victim.shutdown()
    _ = self.take(from: victim)
  }

  private static func move(from sender: TLSEngine, to receiver: TLSEngine) {
    self.feed(self.take(from: sender), to: receiver)
  }

  private static func take(from engine: TLSEngine) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: engine.pendingCiphertextBytes)
    let count = bytes.withUnsafeMutableBytes { engine.takeCiphertext(into: $0) }
    precondition(count == bytes.count, "ciphertext is missing")
    return bytes
  }

  private static func feed(_ bytes: [UInt8], to engine: TLSEngine) {
    bytes.withUnsafeBytes { bytes in
      // The closure throws nothing.
      try? engine.receive(bytes) { self.read(engine) }
    }
  }

  private static func read(_ engine: TLSEngine) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1000, alignment: 1)
    defer { buffer.deallocate() }
    do throws(TLSError) {
      while true {
        let count = try engine.readPlaintext(into: buffer)
        precondition(count == 0 || engine.isHandshakeComplete, "plaintext came before the end of the handshake")
        guard count > 0 else { return }
      }
    } catch {
      let again: TLSError?
      do throws(TLSError) {
        _ = try engine.readPlaintext(into: buffer)
        again = nil
      } catch {
        again = error
      }
      precondition(again == error, "an engine that has failed goes on")
    }
  }
}
