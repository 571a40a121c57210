/// A map field's dictionary, reached without knowing its type at compile time.
protocol MapField: Sendable {
  static var keyKind: FieldKind { get }
  static var valueKind: FieldKind { get }
  static func count(at field: UnsafeRawPointer) -> Int
  static func isEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer) -> Bool
  static func hash(_ field: UnsafeRawPointer, into hasher: inout Hasher)
  static func isInitialized(_ field: UnsafeRawPointer) -> Bool
  /// Visits the entries in the order of their keys.
  static func forEachSorted(at field: UnsafeRawPointer, _ body: (_ key: Any, _ value: Any) -> Void)
}

/// A map field with keys and values of these types.
enum MapFieldOf<K: MapKeyType, V: FieldType>: MapField where K.Value: Hashable {
  private static func load(_ field: UnsafeRawPointer) -> [K.Value: V.Value] {
    field.assumingMemoryBound(to: [K.Value: V.Value].self).pointee
  }

  static var keyKind: FieldKind { K.kind }
  static var valueKind: FieldKind { V.kind }

  static func count(at field: UnsafeRawPointer) -> Int { load(field).count }

  static func isEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer) -> Bool { load(left) == load(right) }

  static func hash(_ field: UnsafeRawPointer, into hasher: inout Hasher) { hasher.combine(load(field)) }

  static func isInitialized(_ field: UnsafeRawPointer) -> Bool {
    guard V.kind == .message else { return true }
    return load(field).values.allSatisfy { ($0 as? any Message)?.isInitialized ?? true }
  }

  static func forEachSorted(at field: UnsafeRawPointer, _ body: (_ key: Any, _ value: Any) -> Void) {
    for (key, value) in load(field).sorted(by: { K.precedes($0.key, $1.key) }) { body(key, value) }
  }
}
