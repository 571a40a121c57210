/// The time left for a call, as sent in the `grpc-timeout` header: one to eight digits and a unit.
///
/// Spec: gRPC over HTTP/2, "Timeout".
enum TimeoutText {
  /// The units with their length in nanoseconds, from the shortest to the longest.
  private static let units: [(character: UInt8, nanoseconds: Int64)] = [
    (UInt8(ascii: "n"), 1),
    (UInt8(ascii: "u"), 1_000),
    (UInt8(ascii: "m"), 1_000_000),
    (UInt8(ascii: "S"), 1_000_000_000),
    (UInt8(ascii: "M"), 60_000_000_000),
    (UInt8(ascii: "H"), 3_600_000_000_000),
  ]

  /// The most bytes that ``encode(nanoseconds:into:)`` writes.
  static let maxByteCount = 9

  /// Writes a timeout in the shortest unit that needs no more than eight digits, and returns the number of bytes.
  ///
  /// What does not fit is rounded **down**, so that the server never waits longer than the client. Zero or less is
  /// written as `1n`, for the value must be positive.
  static func encode(nanoseconds: Int64, into bytes: UnsafeMutableRawBufferPointer) -> Int {
    let nanoseconds = max(1, nanoseconds)
    for (character, length) in units where nanoseconds / length <= 99_999_999 {
      return write(nanoseconds / length, character, into: bytes)
    }
    // Not reached: the largest Int64 is 2,562,047 hours.
    return write(99_999_999, UInt8(ascii: "H"), into: bytes)
  }

  /// The text of a timeout; see ``encode(nanoseconds:into:)``.
  static func encode(nanoseconds: Int64) -> String {
    withUnsafeTemporaryAllocation(byteCount: maxByteCount, alignment: 1) { bytes in
      let count = encode(nanoseconds: nanoseconds, into: bytes)
      return String(decoding: bytes[..<count], as: UTF8.self)
    }
  }

  /// Reads a timeout.
  ///
  /// - Returns: The timeout in nanoseconds, or the largest `Int64` where it does not fit; `nil` if the text is not one to
  ///   eight digits and a unit.
  static func decode(_ bytes: UnsafeRawBufferPointer) -> Int64? {
    guard (2...9).contains(bytes.count), let unit = units.first(where: { $0.character == bytes[bytes.count - 1] })
    else { return nil }
    var value: Int64 = 0
    for byte in bytes.dropLast() {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      value = value * 10 + Int64(byte - UInt8(ascii: "0"))
    }
    let (nanoseconds, overflowed) = value.multipliedReportingOverflow(by: unit.nanoseconds)
    return overflowed ? .max : nanoseconds
  }

  private static func write(_ value: Int64, _ unit: UInt8, into bytes: UnsafeMutableRawBufferPointer) -> Int {
    var digits = 1
    var rest = value
    while rest >= 10 {
      rest /= 10
      digits += 1
    }
    rest = value
    for position in stride(from: digits - 1, through: 0, by: -1) {
      bytes[position] = UInt8(ascii: "0") + UInt8(rest % 10)
      rest /= 10
    }
    bytes[digits] = unit
    return digits + 1
  }
}
