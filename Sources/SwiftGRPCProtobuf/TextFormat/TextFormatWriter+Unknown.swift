extension TextFormatWriter {
  /// How deeply bytes are taken for messages: bytes made to be nested are printed as bytes from there on.
  private static let deepestGuess = 10

  /// Writes fields by their numbers: varints in decimal, fixed widths in hexadecimal digits, and bytes as a message if
  /// they could be one.
  mutating func writeUnknownFields(_ fields: UnknownStorage) {
    fields.bytes?.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return }
      // The fields were read once: they are sound.
      try? writeUnknownFields(start, start + bytes.count, guesses: Self.deepestGuess)
    }
  }

  private mutating func writeUnknownFields(
    _ start: UnsafeRawPointer, _ end: UnsafeRawPointer, guesses: Int
  ) throws(BinaryDecodingError) {
    var p = start
    while p < end {
      let tag = try WireReader.tag(&p, end)
      guard let type = WireType(rawValue: tag & 7) else { throw .malformedProtobuf }
      if type == .endGroup {
        closeMessage()
        continue
      }
      writeIndentation()
      buffer.append(UInt64(tag >> 3))
      switch type {
      case .varint:
        buffer.append(": ")
        buffer.append(try WireReader.varint(&p, end))
      case .fixed32: writeHexadecimal(UInt64(try WireReader.fixed32(&p, end)), digitCount: 8)
      case .fixed64: writeHexadecimal(try WireReader.fixed64(&p, end), digitCount: 16)
      case .lengthDelimited:
        let count = try WireReader.length(&p, end)
        try writeUnknownBytes(p, p + count, guesses: guesses)
        p += count
        continue
      case .startGroup, .endGroup:
        openMessage()
        continue
      }
      buffer.append(UInt8(ascii: "\n"))
    }
  }

  private mutating func writeUnknownBytes(
    _ start: UnsafeRawPointer, _ end: UnsafeRawPointer, guesses: Int
  ) throws(BinaryDecodingError) {
    if start < end, guesses > 0, Self.isMessage(start, end) {
      openMessage()
      try writeUnknownFields(start, end, guesses: guesses - 1)
      closeMessage()
    } else {
      buffer.append(": ")
      writeQuoted(UnsafeRawBufferPointer(start: start, count: end - start), ascii: true)
      buffer.append(UInt8(ascii: "\n"))
    }
  }

  /// True when bytes can be read as the fields of a message.
  private static func isMessage(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Bool {
    var p = start
    do throws(BinaryDecodingError) {
      while p < end {
        let tag = try WireReader.tag(&p, end)
        p = try WireReader.skip(tag: tag, p, end, depth: 100)
      }
      return true
    } catch {
      return false
    }
  }

  private mutating func writeHexadecimal(_ value: UInt64, digitCount: Int) {
    buffer.append(": 0x")
    for place in (0..<digitCount).reversed() {
      let digit = UInt8(truncatingIfNeeded: value >> (4 * UInt64(place)) & 15)
      buffer.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "A") + digit - 10)
    }
  }
}
