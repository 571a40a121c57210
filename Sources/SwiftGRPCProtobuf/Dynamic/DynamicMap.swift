/// A map field of a dynamic type.
///
/// One Swift type for all maps, whatever keys and values they have: the tables' users reach maps through ``MapAccess``
/// alone, and sixty specialised dictionaries would cost more than they gain.
final class DynamicMap: MapAccess {
  /// What is stored; numbers of enums as `int32`.
  typealias Entries = [DynamicValue: DynamicValue]
  private typealias Values = StoredValues<Entries>

  let keyField: DynamicField
  let valueField: DynamicField
  let key: FieldDescription
  let value: FieldDescription

  init(_ key: DynamicField, _ value: DynamicField) {
    keyField = key
    valueField = value
    self.key = key.description(.implicit)
    self.value = value.description(.implicit)
  }

  func count(_ field: UnsafeRawPointer) -> Int { field.assumingMemoryBound(to: Entries.self).pointee.count }

  func forEach(
    in field: UnsafeRawPointer, sorted: Bool, _ body: (_ key: UnsafeRawPointer, _ value: UnsafeRawPointer) -> Bool
  ) {
    let entries = field.assumingMemoryBound(to: Entries.self).pointee
    if sorted {
      for (key, value) in entries.sorted(by: { $0.key.precedes($1.key) }) where !visit(key, value, body) { return }
    } else {
      for (key, value) in entries where !visit(key, value, body) { return }
    }
  }

  /// Visits the entries from the last to the first, if they are to be sorted.
  func forEachBackwards(
    in field: UnsafeRawPointer, sorted: Bool, _ body: (_ key: UnsafeRawPointer, _ value: UnsafeRawPointer) -> Void
  ) {
    let entries = field.assumingMemoryBound(to: Entries.self).pointee
    if sorted {
      for (key, value) in entries.sorted(by: { $1.key.precedes($0.key) }) { visit(key, value, body) }
    } else {
      for (key, value) in entries { visit(key, value, body) }
    }
  }

  private func visit<Result>(
    _ key: DynamicValue, _ value: DynamicValue, _ body: (UnsafeRawPointer, UnsafeRawPointer) -> Result
  ) -> Result {
    key.withAddress { key in value.withAddress { value in body(key, value) } }
  }

  func insert(
    into field: UnsafeMutableRawPointer,
    _ fill: (_ key: UnsafeMutableRawPointer, _ value: UnsafeMutableRawPointer) -> FilledEntry
  ) -> Int? {
    let entries = field.assumingMemoryBound(to: Entries.self)
    var duplicate: Int?
    var storedCount = 0
    while true {
      var filled = FilledEntry.end
      var value: DynamicValue?
      let key = keyField.makeValue { key in
        value = valueField.makeValue { value in
          filled = fill(key, value)
          return filled == .stored
        }
        return value != nil
      }
      if filled == .end { return duplicate }
      guard let key, let value else { continue }
      if entries.pointee.updateValue(value, forKey: key) != nil, duplicate == nil { duplicate = storedCount }
      storedCount += 1
    }
  }

  func layout(_ shape: FieldDescription.Shape) -> (size: Int, alignment: Int) { Values.layout(.map) }

  func isSet(_ field: UnsafeRawPointer, _ shape: FieldDescription.Shape) -> Bool { count(field) > 0 }

  func isEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ shape: FieldDescription.Shape) -> Bool {
    Values.isEqual(left, right, .map)
  }

  func hash(_ field: UnsafeRawPointer, _ shape: FieldDescription.Shape, into hasher: inout Hasher) {
    Values.hash(field, .map, into: &hasher)
  }

  func clear(_ field: UnsafeMutableRawPointer, _ shape: FieldDescription.Shape) {
    Values.clear(field, .map, default: [:])
  }

  func copy(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, _ shape: FieldDescription.Shape) {
    Values.copy(source, to: target, .map)
  }
}
