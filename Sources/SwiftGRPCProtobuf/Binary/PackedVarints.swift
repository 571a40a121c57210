/// The values of a packed list of varints, as a sequence that an array takes in one piece.
///
/// `append(contentsOf:)` asks for the exact count and then for the values in place: the one way to fill an array's
/// memory without a look-up of generic metadata a call. The list ends in the last byte of a varint, which the maker
/// has checked.
@usableFromInline
struct PackedVarints<Field: VarintType>: Sequence {
  @usableFromInline let start: UnsafeRawPointer
  @usableFromInline let end: UnsafeRawPointer
  /// How many varints lie between `start` and `end`.
  @usableFromInline let count: Int
  /// Set when a varint has more than ten bytes.
  @usableFromInline let isMalformed: UnsafeMutablePointer<Bool>

  @inlinable
  init(
    start: UnsafeRawPointer, end: UnsafeRawPointer, count: Int, isMalformed: UnsafeMutablePointer<Bool>
  ) {
    self.start = start
    self.end = end
    self.count = count
    self.isMalformed = isMalformed
  }

  @inlinable
  var underestimatedCount: Int { count }

  /// One value after the other: what the fast way below must agree with.
  @usableFromInline
  struct Iterator: IteratorProtocol {
    @usableFromInline var p: UnsafeRawPointer
    @usableFromInline let end: UnsafeRawPointer

    @inlinable
    init(p: UnsafeRawPointer, end: UnsafeRawPointer) {
      self.p = p
      self.end = end
    }

    @inlinable
    mutating func next() -> Field.Value? {
      guard p < end, let varint = try? WireReader.varint(&p, end) else { return nil }
      return Field.value(ofVarint: varint)
    }
  }

  @inlinable
  func makeIterator() -> Iterator { Iterator(p: start, end: end) }

  @inlinable @inline(__always)
  func _copyContents(
    initializing buffer: UnsafeMutableBufferPointer<Field.Value>
  ) -> (Iterator, UnsafeMutableBufferPointer<Field.Value>.Index) {
    var target = buffer.baseAddress.unsafelyUnwrapped
    var p = start
    // No varint is longer than ten bytes, so none that begins up to here needs a look at the end.
    let last = end - 10
    while p <= last {
      let word = UInt64(littleEndian: p.loadUnaligned(as: UInt64.self))
      let terminators = ~word & 0x8080_8080_8080_8080
      if terminators == 0x8080_8080_8080_8080 {  // eight values of one byte
        let bytes = p.loadUnaligned(as: SIMD8<UInt8>.self)
        for index in 0..<8 { (target + index).initialize(to: Field.value(ofVarint: UInt64(bytes[index]))) }
        target += 8
        p += 8
        continue
      }
      guard let (value, next) = WireReader.wordVarint(p, word, terminators) else { break }
      target.initialize(to: Field.value(ofVarint: value))
      target += 1
      p = next
    }
    while p < end {
      do throws(BinaryDecodingError) {
        let value = try WireReader.varint(&p, end)
        target.initialize(to: Field.value(ofVarint: value))
        target += 1
      } catch {
        // The rest becomes zeros, which nobody sees, since the list is refused.
        isMalformed.pointee = true
        let rest = Self.count(p, end)
        target.initialize(repeating: Field.defaultValue, count: rest)
        target += rest
        p = end
      }
    }
    return (Iterator(p: end, end: end), count)
  }

  /// How many varints end between two positions: the bytes without a continuation bit.
  @inlinable
  static func count(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Int {
    var p = start
    var count = 0
    while end - p >= 32 {
      let ends = ends(p) + ends(p + 8) + ends(p + 16) + ends(p + 24)
      // The product's highest byte is the sum of all bytes.
      count += Int(truncatingIfNeeded: (ends &* 0x0101_0101_0101_0101) >> 56)
      p += 32
    }
    while p < end {
      count += p.load(as: UInt8.self) < 0x80 ? 1 : 0
      p += 1
    }
    return count
  }

  /// A one in each byte of the eight at `p` that ends a varint.
  @inlinable @inline(__always)
  static func ends(_ p: UnsafeRawPointer) -> UInt64 {
    (~p.loadUnaligned(as: UInt64.self) >> 7) & 0x0101_0101_0101_0101
  }
}
