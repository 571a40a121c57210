/// A way to compress messages.
///
/// Spec: gRPC over HTTP/2, "Message-Encoding"; `compression.md`.
public struct CompressionAlgorithm: Sendable, Hashable {
  enum Kind: UInt8, Sendable, CaseIterable {
    case none, gzip, deflate
  }

  let kind: Kind

  /// Messages go out as they are.
  public static let none = CompressionAlgorithm(kind: .none)

  /// The format of RFC 1952.
  public static let gzip = CompressionAlgorithm(kind: .gzip)

  /// The format of RFC 1950, zlib's, which is what gRPC calls deflate.
  public static let deflate = CompressionAlgorithm(kind: .deflate)

  /// The algorithm's name in `grpc-encoding`.
  var name: StaticString {
    switch kind {
    case .none: "identity"
    case .gzip: "gzip"
    case .deflate: "deflate"
    }
  }
}

extension CompressionAlgorithm: CustomStringConvertible {
  /// The algorithm's name on the wire: `identity`, `gzip` or `deflate`.
  public var description: String { "\(name)" }
}

/// Some of the ways to compress messages. ``CompressionAlgorithm/none`` is always one of them.
public struct CompressionAlgorithmSet: OptionSet, Sendable, Hashable {
  /// One bit for each algorithm.
  public let rawValue: UInt32

  /// Creates a set from its bits.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Only messages as they are.
  public static let none: CompressionAlgorithmSet = []

  /// ``CompressionAlgorithm/gzip``.
  public static let gzip = CompressionAlgorithmSet(rawValue: 1)

  /// ``CompressionAlgorithm/deflate``.
  public static let deflate = CompressionAlgorithmSet(rawValue: 2)

  /// Every algorithm.
  public static let all: CompressionAlgorithmSet = [.gzip, .deflate]

  /// Creates the set of one algorithm.
  public init(_ algorithm: CompressionAlgorithm) {
    switch algorithm.kind {
    case .none: self = []
    case .gzip: self = .gzip
    case .deflate: self = .deflate
    }
  }

  /// Whether messages that this algorithm compressed can be read; always true for ``CompressionAlgorithm/none``.
  public func contains(_ algorithm: CompressionAlgorithm) -> Bool {
    isSuperset(of: CompressionAlgorithmSet(algorithm))
  }

  /// The algorithms in the set, without ``CompressionAlgorithm/none``.
  public var elements: [CompressionAlgorithm] {
    [.gzip, .deflate].filter { contains($0) }
  }
}

extension CompressionAlgorithmSet: CustomStringConvertible {
  /// The algorithms' names on the wire, with `identity` first: `identity, gzip`.
  public var description: String {
    ([.none] + elements).map(\.description).joined(separator: ", ")
  }
}
