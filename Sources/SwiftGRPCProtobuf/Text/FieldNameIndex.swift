/// Finds a message's fields, or the values of an enum, by their names in a text, without making strings of them.
///
/// A hash table with open addressing that is at most half full.
final class FieldNameIndex: Sendable {
  private struct Slot {
    var hash: UInt32 = 0
    /// The position in the list of names; negative in an empty slot.
    var name: Int32 = -1
  }

  private struct Name {
    let start: UInt32
    let count: UInt32
    /// The position in ``MessageTable/fields``, or the number of the enum's value.
    let field: Int32
  }

  // Nothing behind these pointers is changed after `init`, and it lives as long as this object.
  nonisolated(unsafe) private let slots: UnsafeMutablePointer<Slot>
  nonisolated(unsafe) private let names: UnsafeMutablePointer<Name>
  nonisolated(unsafe) private let bytes: UnsafeMutablePointer<UInt8>
  private let mask: Int

  /// So many bytes may be read behind each name.
  static let padding = 16

  /// - Parameter entries: names with positions in ``MessageTable/fields``, or numbers of an enum's values. Of two equal
  ///   names, the first counts.
  init(_ entries: [(name: String, field: Int)]) {
    var capacity = 4
    while capacity < 2 * entries.count { capacity *= 2 }
    mask = capacity - 1
    slots = .allocate(capacity: capacity)
    slots.initialize(repeating: Slot(), count: capacity)
    names = .allocate(capacity: entries.count)
    let text = entries.map { Array($0.name.utf8) }
    let byteCount = text.reduce(Self.padding) { $0 + $1.count }
    bytes = .allocate(capacity: byteCount)
    bytes.initialize(repeating: 0, count: byteCount)
    var start = 0
    for (position, name) in text.enumerated() {
      for (offset, byte) in name.enumerated() { bytes[start + offset] = byte }
      (names + position).initialize(
        to: Name(start: UInt32(start), count: UInt32(name.count), field: Int32(entries[position].field)))
      start += name.count
      let hash = Self.hash(self.name(at: position))
      var place = Int(hash) & mask
      while slots[place].name >= 0 { place = (place + 1) & mask }
      slots[place] = Slot(hash: hash, name: Int32(position))
    }
  }

  deinit {
    slots.deallocate()
    names.deallocate()
    bytes.deallocate()
  }

  /// The name at a position in the list that this was made of; valid as long as this object is. ``padding`` bytes may be
  /// read behind it.
  @inline(__always)
  func name(at position: Int) -> UnsafeRawBufferPointer {
    let name = names[position]
    return UnsafeRawBufferPointer(start: bytes + Int(name.start), count: Int(name.count))
  }

  /// The position of the field with this name in ``MessageTable/fields``, or `nil` when there is none.
  func field(named name: UnsafeRawBufferPointer) -> Int? {
    let hash = Self.hash(name)
    var place = Int(hash) & mask
    while slots[place].name >= 0 {
      if slots[place].hash == hash, Self.isEqual(self.name(at: Int(slots[place].name)), name) {
        return Int(names[Int(slots[place].name)].field)
      }
      place = (place + 1) & mask
    }
    return nil
  }

  /// Eight bytes at a time; the names are those of the program's own fields, so that nobody can choose colliding ones.
  private static func hash(_ name: UnsafeRawBufferPointer) -> UInt32 {
    guard let start = name.baseAddress else { return 0 }
    var hash = UInt64(name.count) &* 0x9e37_79b9_7f4a_7c15
    var p = start
    let end = start + name.count
    while end - p >= 8 {
      hash = mixed(hash, p.loadUnaligned(as: UInt64.self))
      p += 8
    }
    if p < end { hash = mixed(hash, ByteWord.load(p, end - p)) }
    return UInt32(truncatingIfNeeded: hash >> 32)
  }

  @inline(__always)
  private static func mixed(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    let mixed = (hash ^ word) &* 0x9fb2_1c65_1e98_df25
    return mixed ^ (mixed >> 29)
  }

  /// Names have few bytes: a call of `memcmp` costs more than comparing them here.
  @inline(__always)
  private static func isEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    guard left.count == right.count else { return false }
    guard let left = left.baseAddress, let other = right.baseAddress else { return true }
    var offset = 0
    while right.count - offset >= 8 {
      let leftWord = left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      if leftWord != other.loadUnaligned(fromByteOffset: offset, as: UInt64.self) { return false }
      offset += 8
    }
    return offset == right.count
      || ByteWord.load(left + offset, right.count - offset) == ByteWord.load(other + offset, right.count - offset)
  }
}
