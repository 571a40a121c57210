/// The alphabets of RFC 4648: that of section 4, and that of section 5 for URLs, which is read as well.
enum Base64 {
  static let digits: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

  /// The value of each byte as a digit of either alphabet; 64 and more for others.
  static let values: [UInt8] = {
    var values = [UInt8](repeating: 64, count: 256)
    for value in 0..<64 { values[Int(digits.utf8Start[value])] = UInt8(value) }
    values[Int(UInt8(ascii: "-"))] = 62
    values[Int(UInt8(ascii: "_"))] = 63
    return values
  }()

  /// The number of bytes that a text stands for, padding left out or complete; `nil` when its length is wrong.
  static func byteCount(_ text: UnsafeRawBufferPointer) -> Int? {
    let digitCount = digitCount(text)
    let padding = text.count - digitCount
    guard digitCount % 4 != 1, padding == 0 || text.count % 4 == 0 else { return nil }
    return digitCount * 3 / 4
  }

  /// Decodes a text into as many bytes as ``byteCount(_:)`` said; false when it has a byte that is no digit.
  static func decode(_ text: UnsafeRawBufferPointer, into bytes: UnsafeMutableRawBufferPointer) -> Bool {
    let digitCount = digitCount(text)
    return values.withUnsafeBufferPointer { values in
      var group = 0
      var seen: UInt8 = 0
      var count = 0
      var offset = 0
      while digitCount - offset >= 4 {
        let first = values[Int(text[offset])]
        let second = values[Int(text[offset + 1])]
        let third = values[Int(text[offset + 2])]
        let fourth = values[Int(text[offset + 3])]
        seen |= first | second | third | fourth
        group = Int(first) << 18 | Int(second) << 12 | Int(third) << 6 | Int(fourth)
        bytes[count] = UInt8(truncatingIfNeeded: group >> 16)
        bytes[count + 1] = UInt8(truncatingIfNeeded: group >> 8)
        bytes[count + 2] = UInt8(truncatingIfNeeded: group)
        count += 3
        offset += 4
      }
      if offset < digitCount {
        group = 0
        for place in 0..<4 {
          let value = offset + place < digitCount ? values[Int(text[offset + place])] : 0
          seen |= value
          group = group << 6 | Int(value)
        }
        bytes[count] = UInt8(truncatingIfNeeded: group >> 16)
        if count + 1 < bytes.count { bytes[count + 1] = UInt8(truncatingIfNeeded: group >> 8) }
      }
      return seen < 64
    }
  }

  /// The number of digits before the padding, of which there is at most two.
  private static func digitCount(_ text: UnsafeRawBufferPointer) -> Int {
    var count = text.count
    while count > 0, text.count - count < 2, text[count - 1] == UInt8(ascii: "=") { count -= 1 }
    return count
  }
}
