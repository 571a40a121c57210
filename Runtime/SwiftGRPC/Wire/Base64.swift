/// Base64 for the values of keys that end in `-bin`.
///
/// The standard alphabet. Written without padding; read with or without.
/// Spec: gRPC over HTTP/2, "Custom-Metadata"; RFC 4648, section 4.
enum Base64 {
  /// The number of characters that this many bytes become.
  static func encodedCount(ofByteCount byteCount: Int) -> Int {
    byteCount / 3 * 4 + [0, 2, 3][byteCount % 3]
  }

  /// Encodes bytes without padding.
  static func encode(_ bytes: [UInt8]) -> String {
    bytes.withUnsafeBytes { bytes in
      String(unsafeUninitializedCapacity: encodedCount(ofByteCount: bytes.count)) { encode(bytes, into: $0) }
    }
  }

  /// Encodes bytes without padding into memory that is large enough, and returns the number of characters.
  static func encode(_ bytes: UnsafeRawBufferPointer, into text: UnsafeMutableBufferPointer<UInt8>) -> Int {
    var index = 0
    var written = 0
    func put(_ value: UInt32, _ count: Int) {
      for position in 0..<count {
        text[written] = character(UInt8(truncatingIfNeeded: value >> UInt32(18 - 6 * position)) & 0x3F)
        written += 1
      }
    }
    while index + 3 <= bytes.count {
      put(UInt32(bytes[index]) << 16 | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2]), 4)
      index += 3
    }
    switch bytes.count - index {
    case 1: put(UInt32(bytes[index]) << 16, 2)
    case 2: put(UInt32(bytes[index]) << 16 | UInt32(bytes[index + 1]) << 8, 3)
    default: break
    }
    return written
  }

  /// Decodes text with or without padding.
  ///
  /// - Returns: `nil` if a character is outside the alphabet, or if the length is that of no Base64 text. Bits that do
  ///   not fill a byte are ignored, as other implementations do.
  static func decode(_ text: String) -> [UInt8]? {
    var text = text
    return text.withUTF8 { decode(UnsafeRawBufferPointer($0)) }
  }

  /// Decodes text with or without padding; see ``decode(_:)-(String)``.
  static func decode(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
    var count = text.count
    if count % 4 == 0 {
      if count > 0, text[count - 1] == UInt8(ascii: "=") { count -= 1 }
      if count > 0, count % 4 == 3, text[count - 1] == UInt8(ascii: "=") { count -= 1 }
    }
    guard count % 4 != 1 else { return nil }
    var isValid = true
    let bytes = [UInt8](unsafeUninitializedCapacity: count / 4 * 3 + max(0, count % 4 - 1)) { bytes, written in
      var accumulated: UInt32 = 0
      var bits = 0
      for index in 0..<count {
        guard let value = value(of: text[index]) else {
          isValid = false
          return
        }
        accumulated = accumulated << 6 | UInt32(value)
        bits += 6
        if bits >= 8 {
          bits -= 8
          bytes[written] = UInt8(truncatingIfNeeded: accumulated >> UInt32(bits))
          written += 1
        }
      }
    }
    return isValid ? bytes : nil
  }

  private static func character(_ value: UInt8) -> UInt8 {
    switch value {
    case 0..<26: UInt8(ascii: "A") + value
    case 26..<52: UInt8(ascii: "a") + (value - 26)
    case 52..<62: UInt8(ascii: "0") + (value - 52)
    case 62: UInt8(ascii: "+")
    default: UInt8(ascii: "/")
    }
  }

  private static func value(of character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
