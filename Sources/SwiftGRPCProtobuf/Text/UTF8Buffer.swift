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

  /// The text.
  var string: String {
    let bytes = UnsafeBufferPointer(start: start, count: count)
    if #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) {
      // What was written are strings and ASCII, so that nothing has to be checked.
      return String(copying: UTF8Span(unchecked: Span(_unsafeElements: bytes), isKnownASCII: isASCII))
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private var isASCII: Bool {
    var p = UnsafeRawPointer(start)
    let end = p + count
    var seen: UInt64 = 0
    while end - p >= 8 {
      seen |= p.loadUnaligned(as: UInt64.self)
      p += 8
    }
    while p < end {
      seen |= UInt64(p.load(as: UInt8.self))
      p += 1
    }
    return seen & ByteWord.highBits == 0
  }

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

  /// Appends bytes in pieces of 16, so that behind the last one as many may be read; most are one piece, and no call.
  @inline(__always)
  mutating func appendPadded(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress else { return }
    reserve(bytes.count + 16)
    var offset = 0
    repeat {
      let piece = (source + offset).loadUnaligned(as: SIMD16<UInt8>.self)
      UnsafeMutableRawPointer(next + offset).storeBytes(of: piece, as: SIMD16<UInt8>.self)
      offset += 16
    } while offset < bytes.count
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
  static func write(_ value: UInt64, endingAt end: UnsafeMutablePointer<UInt8>) {
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
  static func digitCount(_ value: UInt64) -> Int {
    // 1233 / 4096 is a little more than the logarithm of 2 to the base of 10, so that this is the count or one less.
    let estimate = ((64 - (value | 1).leadingZeroBitCount) * 1233) >> 12
    return estimate + (value | 1 >= PowersOfTen.integers[estimate] ? 1 : 0)
  }
}
