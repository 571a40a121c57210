extension TextFormatWriter {
  /// Writes a string in quotes.
  mutating func writeQuoted(_ text: String) {
    if text.utf8.withContiguousStorageIfAvailable({ writeQuoted(UnsafeRawBufferPointer($0), ascii: false) }) != nil {
      return
    }
    var text = text  // a string bridged from Objective-C
    text.withUTF8 { writeQuoted(UnsafeRawBufferPointer($0), ascii: false) }
  }

  /// Writes bytes in quotes.
  ///
  /// - Parameter ascii: escape what is not ASCII, as in fields of type `bytes`.
  mutating func writeQuoted(_ bytes: UnsafeRawBufferPointer, ascii: Bool) {
    buffer.reserve(bytes.count + 16)
    buffer.append(UInt8(ascii: "\""))
    if var p = bytes.baseAddress {
      let end = p + bytes.count
      while buffer.appendPlainRun(&p, end, { Self.specialBytes($0, ascii: ascii) }) {
        writeEscaped(p.load(as: UInt8.self))
        p += 1
        buffer.reserve(end - p + 16)
      }
    }
    buffer.append(UInt8(ascii: "\""))
  }

  /// Marks control characters, quotes, backslashes and DEL; if asked to, also what is not ASCII.
  @inline(__always)
  private static func specialBytes(_ word: UInt64, ascii: Bool) -> UInt64 {
    ByteWord.less(word, than: 0x20) | ByteWord.equal(word, UInt8(ascii: "\""))
      | ByteWord.equal(word, UInt8(ascii: "\\")) | ByteWord.equal(word, 0x7f) | (ascii ? word & ByteWord.highBits : 0)
  }

  private mutating func writeEscaped(_ byte: UInt8) {
    buffer.append(UInt8(ascii: "\\"))
    switch byte {
    case 8: buffer.append(UInt8(ascii: "b"))
    case 9: buffer.append(UInt8(ascii: "t"))
    case 10: buffer.append(UInt8(ascii: "n"))
    case 11: buffer.append(UInt8(ascii: "v"))
    case 12: buffer.append(UInt8(ascii: "f"))
    case 13: buffer.append(UInt8(ascii: "r"))
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): buffer.append(byte)
    default:
      buffer.append(UInt8(ascii: "0") + byte >> 6)
      buffer.append(UInt8(ascii: "0") + byte >> 3 & 7)
      buffer.append(UInt8(ascii: "0") + byte & 7)
    }
  }

  /// Writes infinity, or what is not a number.
  mutating func writeNotFinite(isNaN: Bool, _ sign: FloatingPointSign) {
    buffer.append(isNaN ? "nan" : sign == .minus ? "-inf" : "inf")
  }
}
