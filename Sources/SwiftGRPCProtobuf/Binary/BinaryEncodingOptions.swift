/// How the binary format is encoded.
public struct BinaryEncodingOptions: Sendable {
  /// Writes map entries sorted by key, so that equal messages give equal bytes in one version of a program.
  ///
  /// Protobuf promises no canonical form across languages or versions. Off by default, since sorting costs time.
  public var useDeterministicOrdering: Bool = false

  /// The defaults.
  public init() {}
}
