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

  /// Sets the entry that `fill` writes; nothing is set when it returns false.
  ///
  /// - Parameter fill: gets the addresses of a key and a value, which have their types' defaults.
  func insert(
    into field: UnsafeMutableRawPointer,
    _ fill: (_ key: UnsafeMutableRawPointer, _ value: UnsafeMutableRawPointer) -> Bool)
}

/// A map field of generated code.
struct GeneratedMap<K: MapKeyType, V: FieldType>: MapAccess where K.Value: Hashable {
  private typealias Values = StoredValues<[K.Value: V.Value]>

  let key = FieldDescription(1, "key", nil, 0, K.kind, .implicit, K._content)
  let value = FieldDescription(2, "value", nil, 0, V.kind, .implicit, V._content)

  func count(_ field: UnsafeRawPointer) -> Int {
    // A dictionary is one reference to a buffer, in which the count lies at the same place whatever the types are; with
    // the types here, their metadata would be looked up.
    field.assumingMemoryBound(to: [Int: Int].self).pointee.count
  }

  func forEach(
    in field: UnsafeRawPointer, sorted: Bool, _ body: (_ key: UnsafeRawPointer, _ value: UnsafeRawPointer) -> Bool
  ) {
    var isActive = true
    let map = field.assumingMemoryBound(to: [K.Value: V.Value].self).pointee
    MapOrder<K, V>.forEach(in: map, sorted: sorted) { key, value in
      guard isActive else { return }
      isActive = withUnsafePointer(to: key) { key in withUnsafePointer(to: value) { value in body(key, value) } }
    }
  }

  func insert(
    into field: UnsafeMutableRawPointer,
    _ fill: (_ key: UnsafeMutableRawPointer, _ value: UnsafeMutableRawPointer) -> Bool
  ) {
    var key = K.defaultValue
    var value = V.defaultValue
    let isFilled = withUnsafeMutablePointer(to: &key) { key in
      withUnsafeMutablePointer(to: &value) { value in fill(key, value) }
    }
    if isFilled { field.assumingMemoryBound(to: [K.Value: V.Value].self).pointee[key] = value }
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
