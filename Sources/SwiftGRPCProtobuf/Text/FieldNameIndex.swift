/// Finds a message's fields by their names in a text, without making strings of them.
///
/// A hash table with open addressing that is at most half full. Names and slots are never changed once they are made.
final class FieldNameIndex: Sendable {
  private struct Slot: Sendable {
    var hash: UInt32 = 0
    /// The position in ``MessageTable/fields``; negative in an empty slot.
    var field: Int32 = -1
    var nameStart: UInt32 = 0
    var nameCount: UInt32 = 0
  }

  private let slots: [Slot]
  private let names: [UInt8]

  /// - Parameter names: names with positions in ``MessageTable/fields``. Of two equal names, the first counts.
  init(_ entries: [(name: String, field: Int)]) {
    var capacity = 4
    while capacity < 2 * entries.count { capacity *= 2 }
    var slots = [Slot](repeating: Slot(), count: capacity)
    var names: [UInt8] = []
    for (name, field) in entries {
      let bytes = Array(name.utf8)
      let hash = bytes.withUnsafeBytes { Self.hash($0) }
      var place = Int(hash) & (capacity - 1)
      var isKnown = false
      while slots[place].field >= 0 {
        let other = slots[place]
        let otherName = names[Int(other.nameStart)..<Int(other.nameStart + other.nameCount)]
        if other.hash == hash, otherName.elementsEqual(bytes) { isKnown = true }
        place = (place + 1) & (capacity - 1)
      }
      if isKnown { continue }
      slots[place] = Slot(
        hash: hash, field: Int32(field), nameStart: UInt32(names.count), nameCount: UInt32(bytes.count))
      names += bytes
    }
    self.slots = slots
    self.names = names
  }

  /// The position of the field with this name in ``MessageTable/fields``, or `nil` when there is none.
  func field(named name: UnsafeRawBufferPointer) -> Int? {
    let hash = Self.hash(name)
    return slots.withUnsafeBufferPointer { slots in
      names.withUnsafeBytes { names in
        let mask = slots.count - 1
        var place = Int(hash) & mask
        while slots[place].field >= 0 {
          let slot = slots[place]
          if slot.hash == hash, Int(slot.nameCount) == name.count,
            Self.isEqual(names.baseAddress.unsafelyUnwrapped + Int(slot.nameStart), name)
          {
            return Int(slot.field)
          }
          place = (place + 1) & mask
        }
        return nil
      }
    }
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
    if p < end {
      var rest: UInt64 = 0
      while p < end {
        rest = rest << 8 | UInt64(p.load(as: UInt8.self))
        p += 1
      }
      hash = mixed(hash, rest)
    }
    return UInt32(truncatingIfNeeded: hash >> 32)
  }

  @inline(__always)
  private static func mixed(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    let mixed = (hash ^ word) &* 0x9fb2_1c65_1e98_df25
    return mixed ^ (mixed >> 29)
  }

  /// Names have few bytes: a call of `memcmp` costs more than comparing them here.
  @inline(__always)
  private static func isEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    var offset = 0
    while right.count - offset >= 8 {
      let leftWord = left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      if leftWord != right.loadUnaligned(fromByteOffset: offset, as: UInt64.self) { return false }
      offset += 8
    }
    while offset < right.count {
      if left.load(fromByteOffset: offset, as: UInt8.self) != right[offset] { return false }
      offset += 1
    }
    return true
  }
}
