/// A map field's dictionary, reached without knowing its type at compile time.
protocol MapAccess: ValueAccess {
  /// Describes a key, stored as ``FieldDescription/Shape/implicit`` at the address that the methods below give.
  var key: FieldDescription { get }

  /// Describes a value, stored likewise.
  var value: FieldDescription { get }

  /// The number of entries.
  func count(_ field: UnsafeRawPointer) -> Int

  /// Visits the entries, in the order of their keys if asked to, until `body` returns false.
  func forEach(
    in field: UnsafeRawPointer, sorted: Bool, _ body: (_ key: UnsafeRawPointer, _ value: UnsafeRawPointer) -> Bool)

  /// Sets the entries that `fill` writes, one after the other: many at once cost less.
  ///
  /// - Parameter fill: gets the addresses of a key and a value, which have their types' defaults.
  /// - Returns: which of the entries that were stored is the first one whose key was there before; it replaced the other.
  @discardableResult
  func insert(
    into field: UnsafeMutableRawPointer,
    _ fill: (_ key: UnsafeMutableRawPointer, _ value: UnsafeMutableRawPointer) -> FilledEntry
  ) -> Int?
}

/// What ``MapAccess/insert(into:_:)`` is to do with a key and a value.
enum FilledEntry {
  /// Store them, and go on.
  case stored
  /// Forget them, and go on.
  case leftOut
  /// Forget them: there are no more.
  case end
}

/// A map field of generated code.
struct GeneratedMap<K: MapKeyType, V: FieldType>: MapAccess where K.Value: Hashable {
  private typealias Values = StoredValues<[K.Value: V.Value]>

  let key = FieldDescription(1, "key", nil, 0, K.kind, .implicit, K._content)
  let value = FieldDescription(2, "value", nil, 0, V.kind, .implicit, V._content)
  private let dictionary: any MapDictionary.Type = [K.Value: V.Value].self
  private let comparison = MapComparison(of: K.Value.self, V.Value.self)

  func count(_ field: UnsafeRawPointer) -> Int {
    // A dictionary is one reference to a buffer, in which the count lies at the same place whatever the types are; with
    // the types here, their metadata would be looked up.
    field.assumingMemoryBound(to: [Int: Int].self).pointee.count
  }

  func forEach(
    in field: UnsafeRawPointer, sorted: Bool, _ body: (_ key: UnsafeRawPointer, _ value: UnsafeRawPointer) -> Bool
  ) {
    guard sorted, count(field) > 1 else { return dictionary.forEach(in: field, body) }
    dictionary.forEach(in: field, body) { left, right in
      K.precedes(
        left.assumingMemoryBound(to: K.Value.self).pointee, right.assumingMemoryBound(to: K.Value.self).pointee)
    }
  }

  func insert(
    into field: UnsafeMutableRawPointer,
    _ fill: (_ key: UnsafeMutableRawPointer, _ value: UnsafeMutableRawPointer) -> FilledEntry
  ) -> Int? {
    withUnsafePointer(to: K.defaultValue) { key in
      withUnsafePointer(to: V.defaultValue) { value in dictionary.insert(into: field, key, value, fill) }
    }
  }

  func layout(_ shape: FieldDescription.Shape) -> (size: Int, alignment: Int) { Values.layout(.map) }

  func isSet(_ field: UnsafeRawPointer, _ shape: FieldDescription.Shape) -> Bool { count(field) > 0 }

  func isEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ shape: FieldDescription.Shape) -> Bool {
    if let comparison { return comparison.isEqual(left, right) }
    return Values.isEqual(left, right, .map)
  }

  func hash(_ field: UnsafeRawPointer, _ shape: FieldDescription.Shape, into hasher: inout Hasher) {
    if let comparison { return comparison.hash(field, &hasher) }
    Values.hash(field, .map, into: &hasher)
  }

  func clear(_ field: UnsafeMutableRawPointer, _ shape: FieldDescription.Shape) {
    Values.clear(field, .map, default: [:])
  }

  func copy(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, _ shape: FieldDescription.Shape) {
    Values.copy(source, to: target, .map)
  }
}

/// A dictionary. See ``OptionalMessage``.
private protocol MapDictionary: SendableMetatype {
  /// Visits the entries of the dictionary at `field` until `body` returns false.
  static func forEach(in field: UnsafeRawPointer, _ body: (UnsafeRawPointer, UnsafeRawPointer) -> Bool)

  /// Visits the entries in the order of their keys until `body` returns false.
  static func forEach(
    in field: UnsafeRawPointer, _ body: (UnsafeRawPointer, UnsafeRawPointer) -> Bool,
    by precedes: (UnsafeRawPointer, UnsafeRawPointer) -> Bool)

  /// As ``MapAccess/insert(into:_:)``; with the addresses of the defaults of keys and values.
  static func insert(
    into field: UnsafeMutableRawPointer, _ defaultKey: UnsafeRawPointer, _ defaultValue: UnsafeRawPointer,
    _ fill: (_ key: UnsafeMutableRawPointer, _ value: UnsafeMutableRawPointer) -> FilledEntry
  ) -> Int?
}

extension Dictionary: MapDictionary {
  @inline(__always)
  fileprivate static func forEach(in field: UnsafeRawPointer, _ body: (UnsafeRawPointer, UnsafeRawPointer) -> Bool) {
    for (key, value) in field.assumingMemoryBound(to: Self.self).pointee {
      if !withUnsafePointer(to: key, { key in withUnsafePointer(to: value) { body(key, $0) } }) { return }
    }
  }

  /// Sorts positions: code that is not specialised moves entries, and calls itself, at a price.
  @inline(__always)
  fileprivate static func forEach(
    in field: UnsafeRawPointer, _ body: (UnsafeRawPointer, UnsafeRawPointer) -> Bool,
    by precedes: (UnsafeRawPointer, UnsafeRawPointer) -> Bool
  ) {
    let map = field.assumingMemoryBound(to: Self.self)
    let count = map.pointee.count
    let keys = UnsafeMutablePointer<Key>.allocate(capacity: count)
    let values = UnsafeMutablePointer<Value>.allocate(capacity: count)
    var position = 0
    for (key, value) in map.pointee {
      (keys + position).initialize(to: key)
      (values + position).initialize(to: value)
      position += 1
    }
    var order = [Int](0..<count)
    order.sort { precedes(keys + $0, keys + $1) }
    for position in order where !body(keys + position, values + position) { break }
    keys.deinitialize(count: count)
    keys.deallocate()
    values.deinitialize(count: count)
    values.deallocate()
  }

  /// Collects the entries first, so that what costs most in code that is not specialised happens once: looking for the
  /// types, making the dictionary larger.
  @inline(__always)
  fileprivate static func insert(
    into field: UnsafeMutableRawPointer, _ defaultKey: UnsafeRawPointer, _ defaultValue: UnsafeRawPointer,
    _ fill: (_ key: UnsafeMutableRawPointer, _ value: UnsafeMutableRawPointer) -> FilledEntry
  ) -> Int? {
    let defaultKey = defaultKey.assumingMemoryBound(to: Key.self)
    let defaultValue = defaultValue.assumingMemoryBound(to: Value.self)
    var capacity = 8
    var count = 0
    var (keys, values) = entries(capacity)
    var isMore = true
    while isMore {
      if count == capacity {
        let (fewerKeys, fewerValues) = (keys, values)
        capacity *= 2
        (keys, values) = entries(capacity)
        keys.moveInitialize(from: fewerKeys, count: count)
        values.moveInitialize(from: fewerValues, count: count)
        UnsafeMutableRawPointer(fewerKeys).deallocate()
      }
      (keys + count).initialize(to: defaultKey.pointee)
      (values + count).initialize(to: defaultValue.pointee)
      let entry = fill(keys + count, values + count)
      if entry == .stored {
        count += 1
      } else {
        (keys + count).deinitialize(count: 1)
        (values + count).deinitialize(count: 1)
        isMore = entry != .end
      }
    }
    defer { UnsafeMutableRawPointer(keys).deallocate() }
    if Key.self == String.self {
      // Of the maps that are used most, there is specialised code, which takes a quarter of the instructions.
      let names = UnsafeMutableRawPointer(keys).assumingMemoryBound(to: String.self)
      let raw = UnsafeMutableRawPointer(values)
      if Value.self == String.self {
        return [String: String].setKnown(names, raw.assumingMemoryBound(to: String.self), count, "", in: field)
      } else if Value.self == Int32.self {
        return [String: Int32].setKnown(names, raw.assumingMemoryBound(to: Int32.self), count, 0, in: field)
      } else if Value.self == Int64.self {
        return [String: Int64].setKnown(names, raw.assumingMemoryBound(to: Int64.self), count, 0, in: field)
      } else if Value.self == Double.self {
        return [String: Double].setKnown(names, raw.assumingMemoryBound(to: Double.self), count, 0, in: field)
      } else if Value.self == Bool.self {
        return [String: Bool].setKnown(names, raw.assumingMemoryBound(to: Bool.self), count, false, in: field)
      }
    }
    return set(keys, values, count, defaultValue.pointee, in: field)
  }

  /// Memory for keys and, in the same piece behind them, for values.
  @inline(__always)
  private static func entries(_ capacity: Int) -> (UnsafeMutablePointer<Key>, UnsafeMutablePointer<Value>) {
    let keyBytes = (MemoryLayout<Key>.stride * capacity + 15) & ~15
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: keyBytes + MemoryLayout<Value>.stride * capacity, alignment: 16)
    return (memory.assumingMemoryBound(to: Key.self), (memory + keyBytes).assumingMemoryBound(to: Value.self))
  }

  /// As ``set(_:_:_:_:in:)``, of types that are known where it is called.
  @inline(never)
  private static func setKnown(
    _ keys: UnsafeMutablePointer<Key>, _ values: UnsafeMutablePointer<Value>, _ count: Int, _ defaultValue: Value,
    in field: UnsafeMutableRawPointer
  ) -> Int? {
    set(keys, values, count, defaultValue, in: field)
  }

  /// Moves entries into the dictionary, and returns the position of the first whose key was there before.
  @inline(__always)
  private static func set(
    _ keys: UnsafeMutablePointer<Key>, _ values: UnsafeMutablePointer<Value>, _ count: Int,
    _ defaultValue: @autoclosure () -> Value, in field: UnsafeMutableRawPointer
  ) -> Int? {
    let map = field.assumingMemoryBound(to: Self.self)
    if count > 1 { map.pointee.reserveCapacity(map.pointee.count + count) }
    var duplicate: Int?
    for position in 0..<count {
      let before = map.pointee.count
      // The setter without a default takes an optional, whose type would be looked up, here and there.
      map.pointee[(keys + position).move(), default: defaultValue()] = (values + position).move()
      if map.pointee.count == before, duplicate == nil { duplicate = position }
    }
    return duplicate
  }
}
