/// A header list as it was received: immutable, in one allocation, bytes until somebody asks for text.
///
/// Sendable although its storage is not marked so: nothing writes to the storage after `HeaderAssembly.finish` has made it.
public struct HeaderBlock: @unchecked Sendable {
  @usableFromInline let storage: HeaderStorage

  init(storage: HeaderStorage) {
    self.storage = storage
  }

  /// The number of fields.
  @inlinable public var count: Int { sizes.fieldCount }

  /// The size as HTTP/2 counts it: name, value and 32 for each field. Spec: RFC 9113, section 6.5.2.
  @inlinable public var byteSize: Int { sizes.byteCount + 32 * sizes.fieldCount }

  /// By its address, since `storage.header` is checked for exclusive access each time.
  @usableFromInline var sizes: HeaderStorageSizes { storage.withUnsafeMutablePointerToHeader { $0.pointee } }

  /// Calls `body` with the bytes of each field's name and value, in the order of arrival. They are valid during the call.
  @inlinable
  public func forEach<E: Error>(
    _ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws(E) -> Void
  ) throws(E) {
    for index in 0..<count {
      try withField(at: index, body)
    }
  }

  /// Calls `body` with the name and value at `index`, which must be below ``count``.
  @inlinable
  public func withField<R, E: Error>(
    at index: Int, _ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    precondition(index >= 0 && index < count, "no field \(index) in a list of \(count)")
    return try storage.withUnsafeMutablePointers { header, fields throws(E) in
      let field = fields[index]
      let name = UnsafeRawPointer(fields + header.pointee.fieldCount) + Int(field.offset)
      return try body(
        UnsafeRawBufferPointer(start: name, count: Int(field.nameCount)),
        UnsafeRawBufferPointer(start: name + Int(field.nameCount), count: Int(field.valueCount))
      )
    }
  }

  /// The index of the first field of this name (lower case) at or after `start`.
  @inlinable
  public func firstIndex(named name: StaticString, from start: Int = 0) -> Int? {
    for index in start..<max(start, count)
    where withField(at: index, { found, _ in found.elementsEqual(name) }) {
      return index
    }
    return nil
  }

  /// Calls `body` with the value of the first field of this name (lower case), or returns `nil` if there is none.
  @inlinable
  public func withFirst<R, E: Error>(
    named name: StaticString, _ body: (_ value: UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R? {
    guard let index = firstIndex(named: name) else { return nil }
    return try withField(at: index) { _, value throws(E) in try body(value) }
  }

  /// The value of the first field of this name (lower case), as text; bytes that are not UTF-8 are replaced.
  public func first(named name: StaticString) -> String? {
    withFirst(named: name) { String(decoding: $0, as: UTF8.self) }
  }

  /// `:status` as a number, or `nil` if there is none.
  public var status: Int? {
    withFirst(named: ":status") { value in
      value.count == 3 ? value.reduce(0) { 10 * $0 + Int($1) - 48 } : nil
    } ?? nil
  }

  /// A block made from text: for tests and for transports without a wire.
  public init(_ fields: [(name: String, value: String)]) {
    var assembly = HeaderAssembly()
    for (name, value) in fields {
      var (name, value) = (name, value)
      name.withUTF8 { name in
        value.withUTF8 { value in
          assembly.append(name: UnsafeRawBufferPointer(name), value: UnsafeRawBufferPointer(value))
        }
      }
    }
    self = assembly.finish()
  }
}

extension UnsafeRawBufferPointer {
  /// Whether these are the bytes of `string`.
  @inlinable
  public func elementsEqual(_ string: StaticString) -> Bool {
    guard count == string.utf8CodeUnitCount else { return false }
    return string.withUTF8Buffer { bytes in
      var index = 0
      while index < count {
        if self[index] != bytes[index] { return false }
        index += 1
      }
      return true
    }
  }
}

extension HeaderBlock: CustomStringConvertible {
  /// One `name: value` a line.
  public var description: String {
    var lines: [String] = []
    forEach { name, value in
      lines.append("\(String(decoding: name, as: UTF8.self)): \(String(decoding: value, as: UTF8.self))")
    }
    return lines.joined(separator: "\n")
  }
}

/// Where a field lies in a block's bytes; its value follows its name.
@usableFromInline
struct HeaderFieldRange {
  @usableFromInline var offset: UInt32
  @usableFromInline var nameCount: UInt32
  @usableFromInline var valueCount: UInt32
}

/// The sizes of a block.
@usableFromInline
struct HeaderStorageSizes {
  @usableFromInline var fieldCount: Int
  @usableFromInline var byteCount: Int
}

/// The ranges, then the bytes of all names and values, behind one object header.
@usableFromInline
final class HeaderStorage: ManagedBuffer<HeaderStorageSizes, HeaderFieldRange> {}
