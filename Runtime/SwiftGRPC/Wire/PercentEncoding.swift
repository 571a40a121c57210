/// The encoding of `grpc-message`: UTF-8 in which every byte outside `0x20`–`0x24` and `0x26`–`0x7E` is `%` and two
/// hexadecimal digits.
///
/// Spec: gRPC over HTTP/2, "Responses" (Percent-Encoded).
enum PercentEncoding {
  /// Whether a byte is sent as it is.
  @inline(__always)
  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte <= 0x7E && byte != UInt8(ascii: "%")
  }

  /// The number of bytes that a text becomes.
  static func encodedCount(_ text: UnsafeRawBufferPointer) -> Int {
    text.reduce(0) { $0 + (isPlain($1) ? 1 : 3) }
  }

  /// Writes the encoded text into memory of exactly ``encodedCount(_:)`` bytes.
  static func encode(_ text: UnsafeRawBufferPointer, into bytes: UnsafeMutableRawBufferPointer) {
    var index = 0
    for byte in text {
      if isPlain(byte) {
        bytes[index] = byte
        index += 1
      } else {
        bytes[index] = UInt8(ascii: "%")
        bytes[index + 1] = upperHex(byte >> 4)
        bytes[index + 2] = upperHex(byte & 0x0F)
        index += 3
      }
    }
  }

  /// The encoded text.
  static func encode(_ text: String) -> String {
    var text = text
    return text.withUTF8 { utf8 in
      let utf8 = UnsafeRawBufferPointer(utf8)
      let count = encodedCount(utf8)
      return String(unsafeUninitializedCapacity: count) {
        encode(utf8, into: UnsafeMutableRawBufferPointer($0))
        return count
      }
    }
  }

  /// The text that was encoded.
  ///
  /// Never fails, as the specification demands: a `%` without two hexadecimal digits after it stays as it is, and bytes
  /// that are not UTF-8 become U+FFFD.
  static func decode(_ bytes: UnsafeRawBufferPointer) -> String {
    guard bytes.contains(UInt8(ascii: "%")) else { return String(decoding: bytes, as: UTF8.self) }
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
        let high = hexValue(bytes[index + 1]), let low = hexValue(bytes[index + 2])
      {
        decoded.append(high << 4 | low)
        index += 3
      } else {
        decoded.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: decoded, as: UTF8.self)
  }

  private static func upperHex(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + (value - 10)
  }

  private static func hexValue(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
