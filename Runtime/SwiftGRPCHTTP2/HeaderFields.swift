import CNghttp2

/// A header list to send. Static names and values are not copied; all others lie in one buffer that `removeAll` keeps.
///
/// Names must be lower case and pseudo-header fields come first: nothing here checks what is sent.
/// Spec: RFC 9113, sections 8.2 and 8.3.
public struct HeaderFields: Sendable {
  /// How a field is compressed. Spec: RFC 7541, section 6.2.
  public enum Indexing: UInt8, Sendable {
    /// May enter the compression table: for values that come again.
    case allowed
    /// Never enters a table, here or at an intermediary: for secrets and for values that never come again.
    case never
  }

  /// A field; `name` and `value` are addresses of static bytes, or else offsets into `bytes`.
  private struct Field {
    var name: UInt
    var value: UInt
    var nameCount: UInt32
    var valueCount: UInt32
    var nameIsStatic: Bool
    var valueIsStatic: Bool
    var indexing: Indexing
  }

  private var fields: [Field] = []
  private var bytes: [UInt8] = []

  /// The size as HTTP/2 counts it: name, value and 32 for each field. Spec: RFC 9113, section 6.5.2.
  public private(set) var byteSize: Int = 0

  /// The number of fields.
  public var count: Int { fields.count }

  /// An empty list.
  public init() {}

  /// Adds a field of which nothing is copied.
  public mutating func add(_ name: StaticString, _ value: StaticString, indexing: Indexing = .allowed) {
    guard value.hasPointerRepresentation else {
      return value.withUTF8Buffer { add(name, bytes: UnsafeRawBufferPointer($0), indexing: indexing) }
    }
    append(
      static: name, value: UInt(bitPattern: value.utf8Start), count: value.utf8CodeUnitCount, valueIsStatic: true,
      indexing)
  }

  /// Adds a field with a static name; the value is copied.
  public mutating func add(_ name: StaticString, bytes value: UnsafeRawBufferPointer, indexing: Indexing = .allowed) {
    append(static: name, value: UInt(bytes.count), count: value.count, valueIsStatic: false, indexing)
    bytes.append(contentsOf: value)
  }

  /// Adds a field with a static name; the value is copied.
  public mutating func add(_ name: StaticString, _ value: String, indexing: Indexing = .allowed) {
    append(static: name, value: UInt(bytes.count), count: value.utf8.count, valueIsStatic: false, indexing)
    bytes.append(contentsOf: value.utf8)
  }

  /// Adds a field; name and value are copied.
  public mutating func add(name: String, value: String, indexing: Indexing = .allowed) {
    appendDynamic(nameCount: name.utf8.count, valueCount: value.utf8.count, indexing)
    bytes.append(contentsOf: name.utf8)
    bytes.append(contentsOf: value.utf8)
  }

  /// Adds a field; name and value are copied.
  public mutating func add(
    nameBytes name: UnsafeRawBufferPointer, valueBytes value: UnsafeRawBufferPointer, indexing: Indexing = .allowed
  ) {
    appendDynamic(nameCount: name.count, valueCount: value.count, indexing)
    bytes.append(contentsOf: name)
    bytes.append(contentsOf: value)
  }

  /// Adds a field with a static name and a value of `byteCount` bytes that `write` puts in place; nothing is added when it throws.
  public mutating func add<E: Error>(
    _ name: StaticString, byteCount: Int, indexing: Indexing = .allowed,
    _ write: (UnsafeMutableRawBufferPointer) throws(E) -> Void
  ) throws(E) {
    let offset = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: byteCount))
    var failure: E?
    bytes.withUnsafeMutableBytes { all in
      do throws(E) {
        try write(UnsafeMutableRawBufferPointer(rebasing: all[offset...]))
      } catch {
        failure = error
      }
    }
    if let failure {
      bytes.removeLast(byteCount)
      throw failure
    }
    append(static: name, value: UInt(offset), count: byteCount, valueIsStatic: false, indexing)
  }

  /// Empties the list and keeps its memory.
  public mutating func removeAll() {
    fields.removeAll(keepingCapacity: true)
    bytes.removeAll(keepingCapacity: true)
    byteSize = 0
  }

  /// Calls `body` with each name and value, in order; they are valid during the call.
  public func forEach(_ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Void) {
    bytes.withUnsafeBytes { bytes in
      for field in fields {
        body(
          Self.range(field.name, field.nameCount, isStatic: field.nameIsStatic, in: bytes),
          Self.range(field.value, field.valueCount, isStatic: field.valueIsStatic, in: bytes))
      }
    }
  }

  private mutating func append(
    static name: StaticString, value: UInt, count: Int, valueIsStatic: Bool, _ indexing: Indexing
  ) {
    precondition(name.hasPointerRepresentation, "a header name is a string literal, not a single scalar")
    fields.append(
      Field(
        name: UInt(bitPattern: name.utf8Start), value: value,
        nameCount: UInt32(name.utf8CodeUnitCount), valueCount: UInt32(count),
        nameIsStatic: true, valueIsStatic: valueIsStatic, indexing: indexing))
    byteSize += name.utf8CodeUnitCount + count + 32
  }

  private mutating func appendDynamic(nameCount: Int, valueCount: Int, _ indexing: Indexing) {
    fields.append(
      Field(
        name: UInt(bytes.count), value: UInt(bytes.count + nameCount),
        nameCount: UInt32(nameCount), valueCount: UInt32(valueCount),
        nameIsStatic: false, valueIsStatic: false, indexing: indexing))
    byteSize += nameCount + valueCount + 32
  }

  private static func range(
    _ position: UInt, _ count: UInt32, isStatic: Bool, in bytes: UnsafeRawBufferPointer
  ) -> UnsafeRawBufferPointer {
    isStatic
      ? UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: position), count: Int(count))
      : UnsafeRawBufferPointer(rebasing: bytes[Int(position)..<Int(position) + Int(count)])
  }
}

extension HeaderFields {
  /// Calls `body` with the list in libnghttp2's form, built in `scratch`; valid during the call.
  func withNameValues<R>(
    in scratch: inout NameValueScratch, _ body: (UnsafePointer<nghttp2_nv>, Int) -> R
  ) -> R {
    scratch.reserve(fields.count)
    let pairs = scratch.pairs
    return bytes.withUnsafeBufferPointer { bytes in
      // Only dynamic parts are looked up in `bytes`, and then it is not empty; libnghttp2 does not write through these pointers.
      let start = UInt(bitPattern: bytes.baseAddress)
      fields.withUnsafeBufferPointer { fields in
        for index in fields.indices {
          let field = fields[index]
          var flags = NGHTTP2_NV_FLAG_NONE.rawValue
          if field.nameIsStatic { flags |= NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue }
          if field.valueIsStatic { flags |= NGHTTP2_NV_FLAG_NO_COPY_VALUE.rawValue }
          if field.indexing == .never { flags |= NGHTTP2_NV_FLAG_NO_INDEX.rawValue }
          pairs[index] = nghttp2_nv(
            name: UnsafeMutablePointer(bitPattern: field.nameIsStatic ? field.name : start &+ field.name),
            value: UnsafeMutablePointer(bitPattern: field.valueIsStatic ? field.value : start &+ field.value),
            namelen: Int(field.nameCount), valuelen: Int(field.valueCount), flags: UInt8(flags))
        }
      }
      return body(pairs, fields.count)
    }
  }
}

/// Room for header lists in libnghttp2's form, owned by a session and used for every list it sends.
struct NameValueScratch: ~Copyable {
  private(set) var pairs: UnsafeMutablePointer<nghttp2_nv> = .allocate(capacity: 16)
  private var capacity = 16

  deinit {
    pairs.deallocate()
  }

  mutating func reserve(_ count: Int) {
    guard count > capacity else { return }
    pairs.deallocate()
    capacity = 2 * count
    pairs = .allocate(capacity: capacity)
  }
}
