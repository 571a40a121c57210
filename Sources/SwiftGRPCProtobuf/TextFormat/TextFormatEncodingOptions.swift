/// How messages are printed in the text format.
public struct TextFormatEncodingOptions: Sendable {
  /// Print fields that are not in this program's `.proto` file, by their numbers. True unless it is changed.
  ///
  /// Such fields cannot be read from the text again.
  public var printUnknownFields: Bool = true

  /// Print maps in the order of their keys, as the text format's specification asks. True unless it is changed.
  public var useDeterministicOrdering: Bool = true

  /// The defaults.
  public init() {}
}
