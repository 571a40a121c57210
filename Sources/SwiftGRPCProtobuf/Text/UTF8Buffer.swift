#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Text that grows, as UTF-8: what the writers of JSON and of the text format write to.
///
/// It keeps its own memory, since an array asks at each byte whether it is shared, and whether there is room.
struct UTF8Buffer: ~Copyable {
  private(set) var start: UnsafeMutablePointer<UInt8>
  /// Where the next byte goes. Whoever moves it has called ``reserve(_:)``.
  var next: UnsafeMutablePointer<UInt8>
  private var end: UnsafeMutablePointer<UInt8>

  init(capacity: Int = 512) {
    start = .allocate(capacity: capacity)
    next = start
    end = start + capacity
  }

  deinit { start.deallocate() }

  /// The number of bytes.
  var count: Int { next - start }

  /// The bytes.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

  /// The text. What was written is UTF-8.
  var string: String { String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self) }

  /// The bytes as `Data`.
  var data: Data { Data(bytes: start, count: count) }

  /// Makes room for bytes at ``next``.
  @inline(__always)
  mutating func reserve(_ byteCount: Int) {
    if end - next < byteCount { grow(byteCount) }
  }

  @inline(never)
  private mutating func grow(_ byteCount: Int) {
    let count = count
    let capacity = max(2 * (end - start), count + byteCount)
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    larger.update(from: start, count: count)
    start.deallocate()
    start = larger
    next = larger + count
    end = larger + capacity
  }

  /// Removes the last bytes.
  mutating func removeLast(_ byteCount: Int) { next -= min(byteCount, count) }

  // MARK: - Bytes and text

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    reserve(1)
    next.pointee = byte
    next += 1
  }

  /// Appends a few bytes that are known when this is compiled.
  @inline(__always)
  mutating func append(_ text: StaticString) {
    append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  @inline(__always)
  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress else { return }
    reserve(bytes.count)
    UnsafeMutableRawPointer(next).copyMemory(from: source, byteCount: bytes.count)
    next += bytes.count
  }

  mutating func append(_ text: borrowing String) {
    // A string bridged from Objective-C does not lie as UTF-8 in memory.
    if text.utf8.withContiguousStorageIfAvailable({ append(UnsafeRawBufferPointer($0)) }) != nil { return }
    for byte in text.utf8 { append(byte) }
  }

  /// Appends a byte several times.
  @inline(__always)
  mutating func append(_ byte: UInt8, count: Int) {
    reserve(count)
    next.update(repeating: byte, count: count)
    next += count
  }

  // MARK: - Numbers

  /// Appends a number in decimal digits.
  mutating func append(_ value: Int64) {
    if value < 0 { append(UInt8(ascii: "-")) }
    append(value.magnitude)
  }

  /// Appends a number in decimal digits.
  mutating func append(_ value: UInt64) {
    reserve(20)
    let digitCount = Self.digitCount(value)
    Self.write(value, endingAt: next + digitCount)
    next += digitCount
  }

  /// Appends a number in decimal digits and quotes.
  mutating func appendQuoted(_ magnitude: UInt64, isNegative: Bool) {
    reserve(24)
    next[0] = UInt8(ascii: "\"")
    next[1] = UInt8(ascii: "-")
    next += isNegative ? 2 : 1
    let digitCount = Self.digitCount(magnitude)
    Self.write(magnitude, endingAt: next + digitCount)
    next[digitCount] = UInt8(ascii: "\"")
    next += digitCount + 1
  }

  /// Writes the decimal digits of a number, of which the last lies before `end`, two at a time.
  @inline(__always)
  private static func write(_ value: UInt64, endingAt end: UnsafeMutablePointer<UInt8>) {
    let pairs = UnsafeRawPointer(digitPairs.utf8Start)
    var p = UnsafeMutableRawPointer(end)
    var rest = value
    while rest >= 10 {
      let (quotient, pair) = rest.quotientAndRemainder(dividingBy: 100)
      p -= 2
      p.storeBytes(
        of: pairs.loadUnaligned(fromByteOffset: 2 * Int(truncatingIfNeeded: pair), as: UInt16.self), as: UInt16.self)
      rest = quotient
    }
    // Of an odd number of digits one is left; of an even number none, unless the value is 0.
    if rest > 0 || value == 0 {
      p.storeBytes(of: UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest), toByteOffset: -1, as: UInt8.self)
    }
  }

  /// The numbers from 00 to 99.
  private static let digitPairs: StaticString = """
    0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849\
    5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899
    """

  /// The number of decimal digits of a value.
  @inline(__always)
  private static func digitCount(_ value: UInt64) -> Int {
    // 1233 / 4096 is a little more than the logarithm of 2 to the base of 10, so that this is the count or one less.
    let estimate = ((64 - (value | 1).leadingZeroBitCount) * 1233) >> 12
    return estimate + (value | 1 >= PowersOfTen.integers[estimate] ? 1 : 0)
  }

  /// Appends the shortest digits that mean this finite number, as Swift prints it: `1.0`, `0.1`, `1e+16`.
  mutating func append(_ value: Double) {
    // All decimals of 15 digits are told apart. Whole numbers up to 2^53 are printed with all their digits.
    if value.magnitude < 9_007_199_254_740_992,
      appendDecimal(value, below: 1e15, { $0 == value.magnitude })
    {
      return
    }
    append(value.description)
  }

  /// Appends the shortest digits that mean this finite number.
  mutating func append(_ value: Float) {
    if value.magnitude < 16_777_216,
      appendDecimal(Double(value), below: 1e6, { Float($0) == value.magnitude })
    {
      return
    }
    append(value.description)
  }

  /// Appends a whole number or a decimal with few digits; false, and nothing is appended, when the number is none.
  ///
  /// - Parameter isSame: tells whether a decimal, rounded, is the number's magnitude.
  @inline(__always)
  private mutating func appendDecimal(_ value: Double, below limit: Double, _ isSame: (Double) -> Bool) -> Bool {
    let magnitude = value.magnitude
    let whole = UInt64(magnitude)
    if Double(whole) == magnitude {
      if value.sign == .minus { append(UInt8(ascii: "-")) }
      append(whole)
      append(".0")
      return true
    }
    guard magnitude >= 1e-4 else { return false }  // Swift prints an exponent then
    for places in 1...9 {
      let scale = PowersOfTen.doubles[places]
      let scaled = magnitude * scale + 0.5
      guard scaled < limit else { return false }
      let digits = UInt64(scaled)
      if isSame(Double(digits) / scale) {
        if value.sign == .minus { append(UInt8(ascii: "-")) }
        append(digits, places: places)
        return true
      }
    }
    return false
  }

  /// Appends a number in decimal digits, some of them behind a point.
  private mutating func append(_ digits: UInt64, places: Int) {
    reserve(32)
    let digitCount = Self.digitCount(digits)
    let wholeCount = digitCount - places
    if wholeCount > 0 {
      Self.write(digits, endingAt: next + digitCount + 1)
      for offset in 0..<wholeCount { next[offset] = next[offset + 1] }
      next[wholeCount] = UInt8(ascii: ".")
      next += digitCount + 1
    } else {
      next.update(repeating: UInt8(ascii: "0"), count: 2 - wholeCount)
      next[1] = UInt8(ascii: ".")
      next += 2 + places
      Self.write(digits, endingAt: next)
    }
  }
}
