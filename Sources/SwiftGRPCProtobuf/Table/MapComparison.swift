/// How dictionaries of the types that maps have most are compared and hashed: in code that is specialised for them, which
/// looks up no types.
struct MapComparison: Sendable {
  /// True when the dictionaries at two addresses are equal.
  let isEqual: @Sendable (UnsafeRawPointer, UnsafeRawPointer) -> Bool
  /// Hashes the dictionary at an address.
  let hash: @Sendable (UnsafeRawPointer, inout Hasher) -> Void

  /// `nil` for types that have no code of their own.
  init?<Key, Value>(of key: Key.Type, _ value: Value.Type) {
    if key == String.self {
      if value == String.self {
        self.init([String: String].self)
      } else if value == Int32.self {
        self.init([String: Int32].self)
      } else if value == Int64.self {
        self.init([String: Int64].self)
      } else if value == Double.self {
        self.init([String: Double].self)
      } else if value == Bool.self {
        self.init([String: Bool].self)
      } else {
        return nil
      }
    } else if key == Int32.self, value == String.self {
      self.init([Int32: String].self)
    } else if key == Int64.self, value == String.self {
      self.init([Int64: String].self)
    } else {
      return nil
    }
  }

  @inline(__always)
  private init<Map: Hashable & SendableMetatype>(_ type: Map.Type) {
    isEqual = { left, right in
      left.assumingMemoryBound(to: Map.self).pointee == right.assumingMemoryBound(to: Map.self).pointee
    }
    hash = { field, hasher in hasher.combine(field.assumingMemoryBound(to: Map.self).pointee) }
  }
}
