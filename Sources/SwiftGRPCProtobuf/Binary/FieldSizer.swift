/// The first pass of encoding: sizes of what takes more than one primitive, tags included.
public enum FieldSizer {
  /// A message that is there; its size goes to the list.
  @inlinable @inline(__always)
  public static func message<M: Message>(
    _ value: UnsafeMutablePointer<M>, tagSize: Int, _ sizes: inout EncodedSizes
  ) -> Int {
    let index = sizes.reserve()
    let size = M._encodedSize(value, &sizes)
    sizes.set(size, at: index)
    return tagSize + WireWriter.lengthDelimitedSize(size)
  }

  /// A message that a oneof holds.
  @inlinable @inline(__always)
  public static func message<M: Message>(
    _ value: UnsafePointer<M>, tagSize: Int, _ sizes: inout EncodedSizes
  ) -> Int {
    message(UnsafeMutablePointer(mutating: value), tagSize: tagSize, &sizes)
  }

  /// A message field, set or not.
  @inlinable @inline(__always)
  public static func message<M: Message>(
    _ field: UnsafeMutablePointer<M?>, tagSize: Int, _ sizes: inout EncodedSizes
  ) -> Int {
    guard let value = field.payload() else { return 0 }
    return message(value, tagSize: tagSize, &sizes)
  }

  /// The messages of a repeated field.
  @inlinable @inline(__always)
  public static func messages<M: Message>(
    _ field: UnsafeMutablePointer<[M]>, tagSize: Int, _ sizes: inout EncodedSizes
  ) -> Int {
    let count = field.pointee.count
    guard count > 0 else { return 0 }
    return field.pointee.withUnsafeBufferPointer { values in
      var size = count * tagSize
      let first = UnsafeMutablePointer(mutating: values.baseAddress.unsafelyUnwrapped)
      for index in 0..<count { size += message(first + index, tagSize: 0, &sizes) }
      return size
    }
  }

  /// A group that is there. `tagSize` counts the start tag; the end tag is as long.
  @inlinable @inline(__always)
  public static func group<M: Message>(
    _ value: UnsafeMutablePointer<M>, tagSize: Int, _ sizes: inout EncodedSizes
  ) -> Int {
    2 * tagSize + M._encodedSize(value, &sizes)
  }

  /// A group that a oneof holds.
  @inlinable @inline(__always)
  public static func group<M: Message>(
    _ value: UnsafePointer<M>, tagSize: Int, _ sizes: inout EncodedSizes
  ) -> Int {
    group(UnsafeMutablePointer(mutating: value), tagSize: tagSize, &sizes)
  }

  /// A group field, set or not. `tagSize` counts the start tag; the end tag is as long.
  @inlinable
  public static func group<M: Message>(
    _ field: UnsafeMutablePointer<M?>, tagSize: Int, _ sizes: inout EncodedSizes
  ) -> Int {
    guard let value = field.payload() else { return 0 }
    return group(value, tagSize: tagSize, &sizes)
  }

  /// The groups of a repeated field.
  @inlinable
  public static func groups<M: Message>(
    _ field: UnsafeMutablePointer<[M]>, tagSize: Int, _ sizes: inout EncodedSizes
  ) -> Int {
    field.pointee.withUnsafeBufferPointer { values in
      var size = values.count * 2 * tagSize
      for index in values.indices {
        size += M._encodedSize(UnsafeMutablePointer(mutating: values.baseAddress.unsafelyUnwrapped) + index, &sizes)
      }
      return size
    }
  }

  /// The values of a repeated field that is not packed.
  @inlinable
  public static func repeated<T: FieldType>(
    _ type: T.Type, _ values: [T.Value], tagSize: Int, _ sizes: inout EncodedSizes
  ) -> Int {
    var size = values.count * tagSize
    for value in values { size += T._size(value, &sizes) }
    return size
  }

  /// A packed list; its length goes to the list of sizes.
  @inlinable
  public static func packed<T: PackableType>(
    _ type: T.Type, _ values: [T.Value], tagSize: Int, _ sizes: inout EncodedSizes
  ) -> Int {
    guard !values.isEmpty else { return 0 }
    let size = T._packedSize(values)
    sizes.set(size, at: sizes.reserve())
    return tagSize + WireWriter.lengthDelimitedSize(size)
  }

  /// The entries of a map.
  @inlinable @inline(never)
  public static func map<K: MapKeyType, V: FieldType>(
    _ keyType: K.Type, _ valueType: V.Type, _ map: [K.Value: V.Value], tagSize: Int, _ sizes: inout EncodedSizes
  ) -> Int where K.Value: Hashable {
    var size = map.count * tagSize
    if sizes.sortsMaps { return size + sortedEntries(keyType, valueType, map, &sizes) }
    for (key, value) in map { size += entry(keyType, valueType, key, value, &sizes) }
    return size
  }

  /// The size of the entries, noted in the order of their keys, as ``FieldWriter`` will ask for it.
  @usableFromInline
  static func sortedEntries<K: MapKeyType, V: FieldType>(
    _ keyType: K.Type, _ valueType: V.Type, _ map: [K.Value: V.Value], _ sizes: inout EncodedSizes
  ) -> Int where K.Value: Hashable {
    var size = 0
    for (key, value) in keyType.sorted(map) { size += entry(keyType, valueType, key, value, &sizes) }
    return size
  }

  @inlinable @inline(__always)
  static func entry<K: MapKeyType, V: FieldType>(
    _ keyType: K.Type, _ valueType: V.Type, _ key: K.Value, _ value: V.Value, _ sizes: inout EncodedSizes
  ) -> Int {
    let index = sizes.reserve()
    let size = 2 + K.size(key) + V._size(value, &sizes)
    sizes.set(size, at: index)
    return WireWriter.lengthDelimitedSize(size)
  }
}

extension MapKeyType {
  /// The entries in the order of their keys.
  static func sorted<Content>(_ map: [Value: Content]) -> [(key: Value, value: Content)] {
    map.sorted { precedes($0.key, $1.key) }
  }
}

extension UnsafeMutablePointer {
  /// Where an optional's value lies, or `nil` when it has none. An optional keeps its value at its own address.
  @inlinable @inline(__always)
  func payload<Wrapped>() -> UnsafeMutablePointer<Wrapped>? where Pointee == Wrapped? {
    if case .none = pointee { return nil }
    return UnsafeMutableRawPointer(self).assumingMemoryBound(to: Wrapped.self)
  }
}
