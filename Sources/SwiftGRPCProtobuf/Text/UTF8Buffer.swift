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
    // The digits are written from the last one on, behind where they belong, and moved there.
    reserve(48)
    if value < 10 {
      next.pointee = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value)
      next += 1
      return
    }
    let digitsEnd = next + 20
    var p = UnsafeMutableRawPointer(digitsEnd)
    var rest = value
    while rest >= 10 {
      p -= 2
      let pair = Int(truncatingIfNeeded: rest % 100)
      rest /= 100
      p.storeBytes(
        of: UnsafeRawPointer(Self.pairs.utf8Start + 2 * pair).loadUnaligned(as: UInt16.self), as: UInt16.self)
    }
    if rest > 0 {
      p -= 1
      p.storeBytes(of: UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest), as: UInt8.self)
    }
    let start = UnsafeMutableRawPointer(next)
    let words = (
      p.loadUnaligned(as: UInt64.self), p.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
      p.loadUnaligned(fromByteOffset: 16, as: UInt32.self)
    )
    start.storeBytes(of: words.0, as: UInt64.self)
    start.storeBytes(of: words.1, toByteOffset: 8, as: UInt64.self)
    start.storeBytes(of: words.2, toByteOffset: 16, as: UInt32.self)
    next += UnsafeMutableRawPointer(digitsEnd) - p
  }

  /// The numbers below 100 in two digits each.
  private static let pairs: StaticString = """
    0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849\
    5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899
    """

  /// Appends the shortest digits that mean this finite number, as Swift prints it: `1.0`, `0.1`, `1e+16`.
  mutating func append(_ value: Double) {
    // Whole numbers up to here are printed with all their digits.
    guard value.magnitude < 9_007_199_254_740_992, let whole = Int64(exactly: value), whole != 0 || value.sign == .plus
    else { return append(value.description) }
    append(whole)
    append(".0")
  }

  /// Appends the shortest digits that mean this finite number.
  mutating func append(_ value: Float) {
    guard value.magnitude < 16_777_216, let whole = Int64(exactly: value), whole != 0 || value.sign == .plus
    else { return append(value.description) }
    append(whole)
    append(".0")
  }
}
