#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// The most bytes that a message may have. Spec: protobuf encoding, "Size limits".
@usableFromInline let maximumMessageBytes = Int(Int32.max)

/// The public functions throw untyped: Swift 6.3 crashes on a typed error with a payload where a `catch` names one of its
/// cases and something in the function is force unwrapped.
extension Message {
  /// Decodes a message from the binary format.
  ///
  /// - Parameters:
  ///   - bytes: the encoded message, all of it.
  ///   - extensions: the extensions to recognise; fields of others are kept as unknown.
  ///   - partial: accept a message whose required fields are not all set.
  ///   - options: limits, and what becomes of unknown fields.
  /// - Throws: ``BinaryDecodingError`` when the bytes are no such message.
  @inlinable
  public init<Bytes: SwiftProtobufContiguousBytes>(
    serializedBytes bytes: Bytes, extensions: (any ExtensionMap)? = nil, partial: Bool = false,
    options: BinaryDecodingOptions = BinaryDecodingOptions()
  ) throws {
    self.init()
    try merge(serializedBytes: bytes, extensions: extensions, partial: partial, options: options)
  }

  /// Decodes a message from `Data`; the same as ``init(serializedBytes:extensions:partial:options:)``.
  @inlinable
  public init(
    serializedData data: Data, extensions: (any ExtensionMap)? = nil, partial: Bool = false,
    options: BinaryDecodingOptions = BinaryDecodingOptions()
  ) throws {
    try self.init(serializedBytes: data, extensions: extensions, partial: partial, options: options)
  }

  /// Decodes a message in place, from memory that need only stay valid during the call.
  ///
  /// - Throws: ``BinaryDecodingError`` when the bytes are no such message.
  @inlinable
  public init(
    decoding bytes: UnsafeRawBufferPointer, extensions: (any ExtensionMap)? = nil, partial: Bool = false,
    options: BinaryDecodingOptions = BinaryDecodingOptions()
  ) throws {
    self.init()
    try _merge(bytes, extensions, partial, options)
  }

  /// Decodes a message from a span of bytes; the same as ``init(serializedBytes:extensions:partial:options:)``.
  @inlinable
  public init(
    serializedBytes bytes: RawSpan, extensions: (any ExtensionMap)? = nil, partial: Bool = false,
    options: BinaryDecodingOptions = BinaryDecodingOptions()
  ) throws {
    self.init()
    try merge(serializedBytes: bytes, extensions: extensions, partial: partial, options: options)
  }

  /// Decodes fields and merges them into this message, as protobuf merges: scalars are replaced, lists appended to,
  /// messages merged.
  ///
  /// - Throws: ``BinaryDecodingError``; the message then has the fields that came before the fault.
  @inlinable
  public mutating func merge<Bytes: SwiftProtobufContiguousBytes>(
    serializedBytes bytes: Bytes, extensions: (any ExtensionMap)? = nil, partial: Bool = false,
    options: BinaryDecodingOptions = BinaryDecodingOptions()
  ) throws {
    if let failure = bytes.withUnsafeBytes({ _failure(merging: $0, extensions, partial, options) }) { throw failure }
  }

  /// Decodes fields from a span of bytes and merges them into this message; the same as
  /// ``merge(serializedBytes:extensions:partial:options:)``.
  @inlinable
  public mutating func merge(
    serializedBytes bytes: RawSpan, extensions: (any ExtensionMap)? = nil, partial: Bool = false,
    options: BinaryDecodingOptions = BinaryDecodingOptions()
  ) throws {
    if let failure = bytes.withUnsafeBytes({ _failure(merging: $0, extensions, partial, options) }) { throw failure }
  }

  /// Encodes the message in the binary format.
  ///
  /// - Parameters:
  ///   - partial: accept that required fields are not all set.
  ///   - options: the order of maps.
  /// - Throws: ``BinaryEncodingError`` when a required field is missing or the result would be larger than 2 GiB.
  @inlinable
  public func serializedBytes<Bytes: SwiftProtobufContiguousBytes>(
    partial: Bool = false, options: BinaryEncodingOptions = BinaryEncodingOptions()
  ) throws -> Bytes {
    try withUnsafePointer(to: self) { message throws(BinaryEncodingError) in
      try _encode(UnsafeMutablePointer(mutating: message), partial, options) { Bytes(encoded: $0) }
    }
  }

  /// Encodes the message as `Data`; the same as ``serializedBytes(partial:options:)``.
  @inlinable
  public func serializedData(
    partial: Bool = false, options: BinaryEncodingOptions = BinaryEncodingOptions()
  ) throws -> Data {
    try serializedBytes(partial: partial, options: options)
  }

  /// Encodes the message straight into memory that the caller provides once the size is known.
  ///
  /// - Parameter allocate: gets the size in bytes and returns a buffer of at least that size, which is then filled.
  /// - Throws: as ``serializedBytes(partial:options:)``; `allocate` is not called then.
  @inlinable
  public func encode(
    partial: Bool = false, options: BinaryEncodingOptions = BinaryEncodingOptions(),
    into allocate: (_ byteCount: Int) -> UnsafeMutableRawBufferPointer
  ) throws {
    try withUnsafePointer(to: self) { message throws(BinaryEncodingError) in
      try _encode(UnsafeMutablePointer(mutating: message), partial, options) { bytes in
        let buffer = allocate(bytes.count)
        precondition(
          buffer.count >= bytes.count, "a buffer of \(buffer.count) bytes for a message of \(bytes.count)")
        if let target = buffer.baseAddress { bytes.copy(to: target) }
      }
    }
  }

  /// Merges, and returns what went wrong rather than throwing it out of a closure.
  @inlinable @inline(__always)
  mutating func _failure(
    merging bytes: UnsafeRawBufferPointer, _ extensions: (any ExtensionMap)?, _ partial: Bool,
    _ options: BinaryDecodingOptions
  ) -> BinaryDecodingError? {
    do throws(BinaryDecodingError) {
      try _merge(bytes, extensions, partial, options)
      return nil
    } catch {
      return error
    }
  }

  @inlinable
  mutating func _merge(
    _ bytes: UnsafeRawBufferPointer, _ extensions: (any ExtensionMap)?, _ partial: Bool,
    _ options: BinaryDecodingOptions
  ) throws(BinaryDecodingError) {
    guard bytes.count <= maximumMessageBytes else { throw .tooLarge }
    var sawMissingRequired = false
    if let start = bytes.baseAddress, bytes.count > 0 {
      let end = start + bytes.count
      let context = withUnsafePointer(to: extensions) { extensions in
        var context = DecodingContext(options: options, extensions: extensions, start: start, end: end)
        let stop = _decode(start, end, &context)
        if stop != end || context.endGroupTag != 0 { _ = context.fail(.malformedProtobuf) }
        return context
      }
      if context.failure != nil { throw Self._locate(context.error, bytes, extensions, options) }
      sawMissingRequired = context.sawMissingRequired
    }
    if partial { return }
    if sawMissingRequired || bytes.isEmpty, let path = _missingField {
      throw .missingRequiredFields(Self._location(ofMissing: path, in: bytes))
    }
  }

  @inline(never)
  @usableFromInline static func _locate(
    _ error: BinaryDecodingError, _ bytes: UnsafeRawBufferPointer, _ extensions: (any ExtensionMap)?,
    _ options: BinaryDecodingOptions
  ) -> BinaryDecodingError {
    BinaryFaultLocator.locate(
      error, in: bytes, _table, extensions: extensions, depthLimit: options.messageDepthLimit - 1)
  }

  @inline(never)
  @usableFromInline static func _location(
    ofMissing path: String, in bytes: UnsafeRawBufferPointer
  ) -> DecodingLocation {
    DecodingLocation(
      message: protoMessageName, fieldPath: path, byteOffset: bytes.count,
      expected: "expected the field, which is required, before the end")
  }

  /// The path of the first required field that is not set.
  @inline(never)
  @usableFromInline var _missingField: String? {
    guard !isInitialized else { return nil }
    return withUnsafePointer(to: self) { message in
      Self._withFields(of: message) { Self._table.missingField(in: $0) ?? "" }
    }
  }

  /// Encodes a message that stays where it is; `output` gets the bytes.
  @inlinable @inline(__always)
  func _encode<Output>(
    _ message: UnsafeMutablePointer<Self>, _ partial: Bool, _ options: BinaryEncodingOptions,
    _ output: (EncodedBytes) -> Output
  ) throws(BinaryEncodingError) -> Output {
    var failure = BinaryEncodingError.tooLarge
    let result = EncodingContext.withBorrowedMemory(options) { context -> Output? in
      let start = Self._encode(message, before: context.end, &context)
      if context.sawMissingRequired, !partial {
        failure = .missingRequiredFields(_missingField)
        return nil
      }
      return context.encoded(from: start).map(output)
    }
    guard let result else { throw failure }
    return result
  }
}
