/// How one end of connections compresses, and the zlib states that its calls share.
final class CompressionSupport: Sendable {
  /// What messages are compressed with, unless their call says otherwise.
  let algorithm: CompressionAlgorithm

  /// What received messages may be compressed with.
  let enabled: CompressionAlgorithmSet

  let states = CompressionStates()

  init(algorithm: CompressionAlgorithm, enabled: CompressionAlgorithmSet) {
    self.algorithm = algorithm
    self.enabled = enabled
  }

  /// How a call's messages are compressed with an algorithm; `nil` if they are not.
  func messageCompression(_ algorithm: CompressionAlgorithm) -> MessageCompression? {
    algorithm == .none ? nil : MessageCompression(algorithm: algorithm, states: states)
  }
}

/// How the messages of one direction of a call are compressed.
@usableFromInline
struct MessageCompression: Sendable {
  let algorithm: CompressionAlgorithm
  let states: CompressionStates

  /// The smallest message that is tried: gzip's header, its trailer and an empty block take 20 bytes.
  private static var leastByteCount: Int { 21 }

  /// Replaces a message by its compressed bytes, at the same place, and returns their number.
  ///
  /// - Returns: `nil` if the message would not get smaller; then it is as it was. Spec: `compression.md`: a message may
  ///   go out uncompressed, with the flag 0, whatever `grpc-encoding` says.
  func compress(inPlace message: UnsafeMutableRawBufferPointer) -> Int? {
    guard message.count >= Self.leastByteCount, message.count <= Int(UInt32.max) else { return nil }
    return states.withDeflater(algorithm) { deflater in
      deflater.compress(UnsafeRawBufferPointer(message), limit: message.count - 1) { compressed in
        message.copyMemory(from: compressed)
        return compressed.count
      }
    }
  }

  /// Puts what a message was before it was compressed into `output`.
  ///
  /// - Throws: ``RPCError`` with `resourceExhausted` if that is longer than `maxByteCount`, `internalError` if the bytes
  ///   are not what the algorithm makes. Spec: `statuscodes.md`.
  func decompress(
    _ bytes: UnsafeRawBufferPointer, maxByteCount: Int, into output: inout DecompressedBytes
  ) throws(RPCError) {
    try states.withInflater(algorithm) { inflater throws(RPCError) in
      try inflater.decompress(bytes, maxByteCount: maxByteCount, into: &output)
    }
  }
}
