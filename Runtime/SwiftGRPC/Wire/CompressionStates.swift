import Synchronization

/// The zlib states that no message needs at the moment.
///
/// One to compress takes 256 KiB, one to decompress 40 KiB, and making one costs more than a small message does; so they
/// are used again by whichever message comes next. A state belongs to one message while that is worked on.
final class CompressionStates: Sendable {
  /// How many of each kind are kept; more exist only while more threads work on messages.
  private static let mostKept = 4

  private struct Idle {
    var gzipDeflaters: [Deflater] = []
    var zlibDeflaters: [Deflater] = []
    var gzipInflaters: [Inflater] = []
    var zlibInflaters: [Inflater] = []
  }

  private let idle = Mutex(Idle())

  /// The number of states that are kept.
  var idleCount: Int {
    idle.withLock {
      $0.gzipDeflaters.count + $0.zlibDeflaters.count + $0.gzipInflaters.count + $0.zlibInflaters.count
    }
  }

  /// Runs `body` with a state that compresses, or returns `nil` if there is no memory for one.
  func withDeflater<Result>(_ algorithm: CompressionAlgorithm, _ body: (Deflater) -> Result?) -> Result? {
    let isGzip = algorithm == .gzip
    let kept = idle.withLock { isGzip ? $0.gzipDeflaters.popLast() : $0.zlibDeflaters.popLast() }
    guard let deflater = kept ?? Deflater(isGzip: isGzip) else { return nil }
    defer {
      idle.withLock { idle in
        if isGzip {
          Self.keep(deflater, in: &idle.gzipDeflaters)
        } else {
          Self.keep(deflater, in: &idle.zlibDeflaters)
        }
      }
    }
    return body(deflater)
  }

  /// Runs `body` with a state that decompresses.
  ///
  /// - Throws: What `body` throws; ``RPCError`` with `resourceExhausted` if there is no memory for a state.
  func withInflater<Result>(
    _ algorithm: CompressionAlgorithm, _ body: (Inflater) throws(RPCError) -> Result
  ) throws(RPCError) -> Result {
    let isGzip = algorithm == .gzip
    let kept = idle.withLock { isGzip ? $0.gzipInflaters.popLast() : $0.zlibInflaters.popLast() }
    guard let inflater = kept ?? Inflater(isGzip: isGzip) else { throw Inflater.noMemory }
    defer {
      idle.withLock { idle in
        if isGzip {
          Self.keep(inflater, in: &idle.gzipInflaters)
        } else {
          Self.keep(inflater, in: &idle.zlibInflaters)
        }
      }
    }
    return try body(inflater)
  }

  private static func keep<State>(_ state: State, in states: inout [State]) {
    if states.count < mostKept { states.append(state) }
  }
}
