/// How the binary format is decoded.
public struct BinaryDecodingOptions: Sendable {
  /// How deeply messages and groups may be nested, the outermost one counted, before decoding fails with
  /// ``BinaryDecodingError/messageDepthLimit``. 100 by default.
  public var messageDepthLimit: Int = 100

  /// Drops fields that the program does not know instead of keeping them. Off by default.
  public var discardUnknownFields: Bool = false

  /// The defaults.
  public init() {}
}
