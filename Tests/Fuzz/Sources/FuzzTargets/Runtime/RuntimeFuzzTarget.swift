import SwiftGRPCHTTP2

/// What of the runtime is fuzzed: everything that reads bytes of a peer.
///
/// Each target stops the program when what it tests contradicts itself.
public enum RuntimeFuzzTarget: String, CaseIterable, Sendable {
  /// An HTTP/2 session that is sent any bytes.
  case session
  /// An HTTP/2 session that is sent frames whose structure is right, so that the fuzzer gets further.
  case frames
  /// A TLS engine, before and after the handshake.
  case tls
  /// The length-prefixed messages of a body.
  case deframer
  /// The header lists of requests and responses, and their metadata.
  case headers
  /// `grpc-timeout`.
  case timeout

  /// Runs an input.
  public func run(_ input: UnsafeRawBufferPointer) {
    var input = FuzzInput(input)
    switch self {
    case .session: SessionFuzzing.run(&input, asFrames: false)
    case .frames: SessionFuzzing.run(&input, asFrames: true)
    case .tls: TLSFuzzing.run(&input)
    case .deframer: WireFuzzing.deframe(&input)
    case .headers: WireFuzzing.readHeaders(&input)
    case .timeout: WireFuzzing.readTimeout(&input)
    }
  }
}

/// An input that is taken piece by piece; when it is used up, it gives zeroes and nothing.
struct FuzzInput {
  private var bytes: ArraySlice<UInt8>

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = Array(bytes)[...]
  }

  var isEmpty: Bool { self.bytes.isEmpty }

  /// The next byte as a choice.
  mutating func byte() -> UInt8 { self.bytes.popFirst() ?? 0 }

  /// The next bytes, as many as there are.
  mutating func take(_ count: Int) -> [UInt8] {
    defer { self.bytes = self.bytes.dropFirst(count) }
    return Array(self.bytes.prefix(count))
  }

  /// All that is left.
  mutating func rest() -> [UInt8] { self.take(self.bytes.count) }
}
