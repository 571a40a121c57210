import SwiftGRPCHTTP2

/// The values of `grpc-encoding` and `grpc-accept-encoding`.
///
/// Spec: gRPC over HTTP/2, "Message-Encoding" and "Message-Accept-Encoding".
enum EncodingNames {
  /// The algorithm of this name; `nil` if there is none.
  static func algorithm(_ name: UnsafeRawBufferPointer) -> CompressionAlgorithm? {
    if ASCII.equal(name, "identity") { return CompressionAlgorithm.none }
    if ASCII.equal(name, "gzip") { return .gzip }
    if ASCII.equal(name, "deflate") { return .deflate }
    return nil
  }

  /// The algorithms in a list of names with commas between; names that are not known are passed over.
  static func algorithms(_ list: UnsafeRawBufferPointer) -> CompressionAlgorithmSet {
    var algorithms: CompressionAlgorithmSet = []
    for part in list.split(separator: UInt8(ascii: ",")) {
      let name = ASCII.trimmed(UnsafeRawBufferPointer(rebasing: part))
      if let algorithm = algorithm(name) { algorithms.insert(CompressionAlgorithmSet(algorithm)) }
    }
    return algorithms
  }

  /// The algorithms that a header list says its sender reads; `nil` if it says nothing.
  static func accepted(by block: HeaderBlock) -> CompressionAlgorithmSet? {
    var algorithms: CompressionAlgorithmSet?
    // The list may come in several fields. Spec: RFC 9110, section 5.3.
    block.forEach { name, value in
      guard ASCII.equal(name, "grpc-accept-encoding") else { return }
      algorithms = (algorithms ?? []).union(Self.algorithms(value))
    }
    return algorithms
  }

  /// The value of `grpc-accept-encoding` for some algorithms.
  static func list(_ algorithms: CompressionAlgorithmSet) -> StaticString {
    switch algorithms {
    case [.gzip, .deflate]: "identity,gzip,deflate"
    case .gzip: "identity,gzip"
    case .deflate: "identity,deflate"
    default: "identity"
    }
  }
}
