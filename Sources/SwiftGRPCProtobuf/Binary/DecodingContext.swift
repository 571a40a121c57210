/// What decoding a message carries from message to inner message.
public struct DecodingContext {
  /// How many more levels of messages and groups may be opened.
  @usableFromInline var depth: Int
  /// The end-group tag that ended the last call of `_decode`; 0 when it ended with its bytes.
  @usableFromInline var endGroupTag: UInt32 = 0
  /// Why decoding failed, if it did.
  @usableFromInline var failure: DecodingFailure?
  /// A message was left without a required field. It may have got it later: only a full check tells.
  public var sawMissingRequired = false
  /// The end of the outermost message, up to which eight bytes may be read together; its start if it has not as many.
  @usableFromInline let wordsEnd: UnsafeRawPointer
  @usableFromInline let discardsUnknownFields: Bool
  /// The caller's extensions, where the caller has them: a copy would cost a small message a fifth of its decoding.
  @usableFromInline let extensions: UnsafePointer<(any ExtensionMap)?>?

  /// - Parameters:
  ///   - extensions: stay valid for as long as the context is used.
  ///   - start: where the outermost message begins.
  ///   - end: where it ends.
  @inlinable
  init(
    options: BinaryDecodingOptions, extensions: UnsafePointer<(any ExtensionMap)?>?,
    start: UnsafeRawPointer, end: UnsafeRawPointer
  ) {
    wordsEnd = end - start >= 8 ? end : start
    depth = options.messageDepthLimit - 1  // the outermost message is open
    discardsUnknownFields = options.discardUnknownFields
    self.extensions = extensions
  }

  /// Notes why decoding failed, unless it failed before, and returns the position that stops it.
  @inline(never)
  @usableFromInline mutating func fail(_ reason: DecodingFailure) -> UnsafeRawPointer {
    if failure == nil { failure = reason }
    return .failed
  }

  /// As ``fail(_:)``, with an error that a coder threw.
  @inline(never)
  @usableFromInline mutating func fail(with error: BinaryDecodingError) -> UnsafeRawPointer {
    fail(DecodingFailure(error))
  }

  /// The position as it is, or the error when decoding has failed.
  @inlinable @inline(__always)
  func checked(_ p: UnsafeRawPointer) throws(BinaryDecodingError) -> UnsafeRawPointer {
    if p == .failed { throw error }
    return p
  }

  /// Why decoding failed.
  @inline(never)
  @usableFromInline var error: BinaryDecodingError { failure?.error ?? .malformedProtobuf }

  /// Opens a message or group.
  @inlinable @inline(__always)
  mutating func enter() throws(BinaryDecodingError) {
    depth -= 1
    if depth < 0 { throw .messageDepthLimit }
  }
}

/// Why decoding failed: the reason of a ``BinaryDecodingError`` that the coders themselves find, in a byte.
@usableFromInline
enum DecodingFailure: UInt8 {
  case truncated, invalidUTF8, malformedProtobuf, messageDepthLimit

  init(_ error: BinaryDecodingError) {
    switch error {
    case .truncated: self = .truncated
    case .invalidUTF8: self = .invalidUTF8
    case .messageDepthLimit: self = .messageDepthLimit
    case .malformedProtobuf, .missingRequiredFields, .tooLarge: self = .malformedProtobuf
    }
  }

  var error: BinaryDecodingError {
    switch self {
    case .truncated: .truncated
    case .invalidUTF8: .invalidUTF8
    case .malformedProtobuf: .malformedProtobuf
    case .messageDepthLimit: .messageDepthLimit
    }
  }
}

extension UnsafeRawPointer {
  /// Where reading stands once it has failed: behind every end. Loops over the fields of a message stop there by
  /// themselves, so that generated code need not look at the outcome of each field.
  @inlinable @inline(__always)
  static var failed: UnsafeRawPointer { UnsafeRawPointer(bitPattern: UInt.max).unsafelyUnwrapped }
}
