#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Comparisons and checks on bytes of header names and values.
///
/// Header names are ASCII (RFC 9110, section 5.1), so case is one bit and needs no Unicode.
enum ASCII {
  /// Whether two keys are equal when `A`–`Z` and `a`–`z` are the same.
  static func equalIgnoringCase(_ lhs: String, _ rhs: String) -> Bool {
    let left = lhs.utf8
    let right = rhs.utf8
    return left.count == right.count && zip(left, right).allSatisfy { lowercased($0) == lowercased($1) }
  }

  /// Whether bytes, which are in lower case already, are a key in any case.
  static func equal(_ lowercase: UnsafeRawBufferPointer, ignoringCaseOf key: String) -> Bool {
    let right = key.utf8
    return lowercase.count == right.count && zip(lowercase, right).allSatisfy { $0 == lowercased($1) }
  }

  /// Whether bytes are exactly this text.
  static func equal(_ bytes: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
    equal(bytes, UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Whether two runs of bytes are the same.
  ///
  /// `elementsEqual` takes ten instructions a byte, and every request is compared with six names.
  @inline(__always)
  static func equal(_ lhs: UnsafeRawBufferPointer, _ rhs: UnsafeRawBufferPointer) -> Bool {
    guard lhs.count == rhs.count else { return false }
    guard let left = lhs.baseAddress, let right = rhs.baseAddress else { return true }
    return memcmp(left, right, lhs.count) == 0
  }

  /// Whether bytes begin with this text.
  static func hasPrefix(_ bytes: UnsafeRawBufferPointer, _ prefix: StaticString) -> Bool {
    let count = prefix.utf8CodeUnitCount
    return bytes.count >= count && equal(UnsafeRawBufferPointer(rebasing: bytes.prefix(count)), prefix)
  }

  /// Whether bytes end in this text.
  static func hasSuffix(_ bytes: UnsafeRawBufferPointer, _ suffix: StaticString) -> Bool {
    let count = suffix.utf8CodeUnitCount
    return bytes.count >= count && equal(UnsafeRawBufferPointer(rebasing: bytes.suffix(count)), suffix)
  }

  /// The bytes without blanks and tabs at both ends.
  static func trimmed(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
    guard let first = bytes.firstIndex(where: { !isBlank($0) }), let last = bytes.lastIndex(where: { !isBlank($0) })
    else { return UnsafeRawBufferPointer(rebasing: bytes[..<0]) }
    return UnsafeRawBufferPointer(rebasing: bytes[first...last])
  }

  /// Whether bytes are a header name that HTTP can carry. Spec: RFC 9110, section 5.6.2 ("token").
  static func isToken(_ bytes: UnsafeRawBufferPointer) -> Bool {
    !bytes.isEmpty
      && bytes.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
          UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
          UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
          true
        default:
          false
        }
      }
  }

  /// Whether bytes are a header value that HTTP can carry. Spec: RFC 9110, section 5.5.
  static func isFieldValue(_ bytes: some Sequence<UInt8>) -> Bool {
    bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
  }

  @inline(__always)
  static func lowercased(_ byte: UInt8) -> UInt8 {
    byte &- 0x41 < 26 ? byte | 0x20 : byte
  }
}
