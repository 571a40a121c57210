/// Runs: the fields of a list or a map, which writers put one behind the other.
///
/// A list gets room for its whole run at its first field, and the run is read in one call. Fields of a list that lie apart
/// are read as well, each run for itself.
extension FieldReader {
  /// Moves the position behind the next field's tag if it is this one, in its usual form.
  @inlinable @inline(__always)
  static func moves(past tag: UInt32, _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer) -> Bool {
    if tag < 0x80 {
      guard p < end, p.load(as: UInt8.self) == UInt8(truncatingIfNeeded: tag) else { return false }
      p += 1
      return true
    }
    // Longer tags, of field numbers above 2047, are read one by one.
    guard tag < 1 << 14, p < end, end - p >= 2 else { return false }
    let bytes = (tag & 0x7f) | 0x80 | (tag >> 7) << 8
    guard UInt16(littleEndian: p.loadUnaligned(as: UInt16.self)) == UInt16(truncatingIfNeeded: bytes) else {
      return false
    }
    p += 2
    return true
  }

  /// How many length-delimited fields with this tag lie here, the first of which has its length at `start`; 1 at least.
  ///
  /// Ends early where a length has more than two bytes: such fields are so long that room for them is no matter.
  @inline(never)
  @usableFromInline static func run(of tag: UInt32, _ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Int {
    var p = start
    var count = 0
    repeat {
      count += 1
      guard p < end else { break }
      var length = Int(p.load(as: UInt8.self))
      p += 1
      if length >= 0x80 {
        guard p < end else { break }
        let second = Int(p.load(as: UInt8.self))
        p += 1
        guard second < 0x80 else { break }
        length = length & 0x7f | second << 7
      }
      guard length < end - p else { break }
      p += length
    } while moves(past: tag, &p, end)
    return count
  }

  /// Makes room in a full list for the run of fields that begins here.
  @inlinable @inline(__always)
  static func reserve<Element>(
    in list: inout [Element], forRunOf tag: UInt32, _ p: UnsafeRawPointer, _ end: UnsafeRawPointer
  ) {
    if list.count == list.capacity {
      // Not less than twice the room there was, or many short runs would each copy the whole list.
      list.reserveCapacity(max(list.count + run(of: tag, p, end), 2 * list.count))
    }
  }
}
