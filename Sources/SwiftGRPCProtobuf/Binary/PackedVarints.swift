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
    let target = buffer.baseAddress.unsafelyUnwrapped
    var p = start
    var index = 0
    while index < count {
      if end - p >= 8 {
        var word = UInt64(littleEndian: p.loadUnaligned(as: UInt64.self))
        let continuations = word & 0x8080_8080_8080_8080
        if continuations == 0 {  // eight values of one byte
          for offset in 0..<8 {
            (target + index + offset).initialize(to: Field.value(ofVarint: word & 0xff))
            word >>= 8
          }
          index += 8
          p += 8
          continue
        }
        let terminators = ~word & 0x8080_8080_8080_8080
        if terminators != 0 {  // one value of up to eight bytes
          let bits = terminators.trailingZeroBitCount + 1
          let bytes = word & (UInt64.max >> UInt64(64 - bits))
          (target + index).initialize(to: Field.value(ofVarint: WireReader.joinSevenBits(of: bytes)))
          index += 1
          p += bits >> 3
          continue
        }
        if end - p >= 10, let (value, next) = WireReader.longestVarint(p, word) {
          (target + index).initialize(to: Field.value(ofVarint: value))
          index += 1
          p = next
          continue
        }
      }
      var value: UInt64 = 0
      do throws(BinaryDecodingError) { value = try WireReader.varint(&p, end) } catch {
        isMalformed.pointee = true
        p = end
      }
      (target + index).initialize(to: Field.value(ofVarint: value))
      index += 1
      if isMalformed.pointee {
        while index < count {
          (target + index).initialize(to: Field.defaultValue)
          index += 1
        }
      }
    }
    return (Iterator(p: end, end: end), count)
  }

  /// How many varints end between two positions: the bytes without a continuation bit.
  @inlinable
  static func count(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Int {
    var p = start
    var count = 0
    while end - p >= 8 {
      // A one in each byte that ends a varint; the product's highest byte is their sum.
      let ends = (~p.loadUnaligned(as: UInt64.self) >> 7) & 0x0101_0101_0101_0101
      count += Int(truncatingIfNeeded: (ends &* 0x0101_0101_0101_0101) >> 56)
      p += 8
    }
    while p < end {
      count += p.load(as: UInt8.self) < 0x80 ? 1 : 0
      p += 1
    }
    return count
  }
}
