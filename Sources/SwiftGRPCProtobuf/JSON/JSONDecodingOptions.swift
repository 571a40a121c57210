/// Choices in decoding JSON.
public struct JSONDecodingOptions: Sendable {
  /// How deeply messages may be nested, the outermost one counted; 100 unless set.
  ///
  /// Each level takes space on the stack, so that a much higher limit lets input end the program.
  public var messageDepthLimit: Int = 100

  /// Pass over fields, and names of enum values, that the program does not know. By default they are errors.
  public var ignoreUnknownFields: Bool = false

  /// The defaults.
  public init() {}
}
