/// Messages one behind the other, each after its length.
///
/// A message does not say where it ends, so each is preceded by its size in bytes, a varint. These functions work on
/// bytes in memory; those of streams are below, `AsyncSequence.binaryProtobufDelimitedMessages()` is for asynchronous
/// bytes. Spec: protobuf techniques, "Streaming Multiple Messages".
public enum BinaryDelimited {
  /// What is wrong with a stream as a whole.
  ///
  /// Two errors are equal when the reason is the same, wherever it was met: `error == .truncated`. A pattern need not
  /// name the offset either: `catch BinaryDelimited.Error.truncated`.
  public enum Error: Swift.Error, Sendable {
    /// Reading or writing failed, and the stream does not say why. It may not have been opened.
    case unknownStreamError
    /// The stream ended inside a message or its length, or took fewer bytes than a message has, at this byte; counted
    /// from the start of the bytes in memory or the asynchronous sequence, else from where the function began.
    case truncated(byteOffset: Int?)

    /// ``truncated(byteOffset:)`` without an offset.
    @inlinable public static var truncated: Self { .truncated(byteOffset: nil) }
  }

  /// Encodes a message and its length behind what `bytes` holds.
  ///
  /// - Parameters:
  ///   - message: what to encode.
  ///   - bytes: `[UInt8]` or `Data`, most often.
  ///   - partial: accept that required fields are not all set.
  ///   - options: the order of maps.
  /// - Throws: ``BinaryEncodingError``; `bytes` are then as they were.
  public static func serialize<M: Message, Bytes: SwiftProtobufContiguousBytes & RangeReplaceableCollection<UInt8>>(
    message: M, appendingTo bytes: inout Bytes, partial: Bool = false,
    options: BinaryEncodingOptions = BinaryEncodingOptions()
  ) throws {
    try withUnsafePointer(to: message) { pointer throws(BinaryEncodingError) in
      try message._encode(UnsafeMutablePointer(mutating: pointer), partial, options) { encoded -> Void in
        withUnsafeTemporaryAllocation(byteCount: 16, alignment: 8) { memory in
          let end = memory.baseAddress.unsafelyUnwrapped + memory.count
          let length = WireWriter.varint(UInt64(encoded.count), before: end)
          bytes.append(contentsOf: UnsafeRawBufferPointer(start: length, count: end - length))
        }
        bytes.append(contentsOf: encoded)
      }
    }
  }

  /// Decodes the message whose length begins at a position.
  ///
  /// ```swift
  /// var position = 0
  /// while let event = try BinaryDelimited.parse(messageType: Event.self, from: bytes, at: &position) { … }
  /// ```
  /// - Parameters:
  ///   - messageType: the type of the message.
  ///   - bytes: the bytes, which are decoded where they lie.
  ///   - position: where the length begins, counted from the first of `bytes`; moved behind the message.
  ///   - extensions: the extensions to recognise; fields of others are kept as unknown.
  ///   - partial: accept a message whose required fields are not all set.
  ///   - options: limits, and what becomes of unknown fields.
  /// - Returns: the message, `nil` when the position is at the end.
  /// - Throws: ``BinaryDelimited/Error/truncated`` when the bytes end before the message does: try again with more of
  ///   them; ``SwiftProtobufError`` with code `binaryStreamDecodingError` when there is no valid length, and
  ///   ``BinaryDecodingError`` when there is no valid message. The position stays where it is then.
  public static func parse<M: Message, Bytes: SwiftProtobufContiguousBytes>(
    messageType: M.Type, from bytes: Bytes, at position: inout Int, extensions: (any ExtensionMap)? = nil,
    partial: Bool = false, options: BinaryDecodingOptions = BinaryDecodingOptions()
  ) throws -> M? {
    try bytes.withUnsafeBytes { buffer in
      precondition(0...buffer.count ~= position, "position \(position) in \(buffer.count) bytes")
      var length = DelimitedLength()
      for index in position..<buffer.count {
        switch length.read(buffer[index]) {
        case .more: continue
        case .malformed: throw SwiftProtobufError.BinaryStreamDecoding.malformedLength().at(position)
        case .tooLarge: throw SwiftProtobufError.BinaryStreamDecoding.tooLarge().at(position)
        case .complete(let count):
          let start = index + 1
          guard count <= buffer.count - start else { throw Error.truncated(byteOffset: buffer.count) }
          let content = UnsafeRawBufferPointer(rebasing: buffer[start..<start + count])
          do {
            let message = try M(decoding: content, extensions: extensions, partial: partial, options: options)
            position = start + count
            return message
          } catch let error as BinaryDecodingError {
            throw error.inMessage(at: start)
          }
        }
      }
      if length.byteCount > 0 { throw Error.truncated(byteOffset: buffer.count) }
      return nil
    }
  }
}

extension BinaryDelimited.Error: Hashable {
  /// Equal when the reason is the same.
  public static func == (left: Self, right: Self) -> Bool { left.reason == right.reason }

  /// Hashes the reason.
  public func hash(into hasher: inout Hasher) { hasher.combine(reason) }

  private var reason: String {
    switch self {
    case .unknownStreamError: "the stream failed without a reason"
    case .truncated: "the stream ended inside a message or its length"
    }
  }
}

extension BinaryDelimited.Error: CustomStringConvertible {
  /// What is wrong and where, in words.
  public var description: String {
    if case .truncated(let offset?) = self { "\(reason), at byte \(offset)" } else { reason }
  }
}
