/// What decoding a message carries from message to inner message.
public struct DecodingContext {
  /// How many more levels of messages and groups may be opened.
  @usableFromInline var depth: Int
  /// The end-group tag that ended the last call of `_decode`; 0 when it ended with its bytes.
  @usableFromInline var endGroupTag: UInt32 = 0
  /// A message was left without a required field. It may have got it later: only a full check tells.
  public var sawMissingRequired = false
  @usableFromInline let discardsUnknownFields: Bool
  @usableFromInline let extensions: (any ExtensionMap)?

  @inlinable
  init(options: BinaryDecodingOptions, extensions: (any ExtensionMap)?) {
    depth = options.messageDepthLimit - 1  // the outermost message is open
    discardsUnknownFields = options.discardUnknownFields
    self.extensions = extensions
  }

  /// Opens a message or group.
  @inlinable @inline(__always)
  mutating func enter() throws(BinaryDecodingError) {
    depth -= 1
    if depth < 0 { throw .messageDepthLimit }
  }
}
