/// How messages are read from the text format.
public struct TextFormatDecodingOptions: Sendable {
  /// How deeply messages may be nested, the outermost one included; 100 unless it is changed.
  public var messageDepthLimit: Int = 100

  /// Skip fields whose names the message does not have, instead of refusing the text.
  public var ignoreUnknownFields: Bool = false

  /// Skip extensions that the decoder is not given, instead of refusing the text.
  public var ignoreUnknownExtensionFields: Bool = false

  /// The defaults.
  public init() {}
}
