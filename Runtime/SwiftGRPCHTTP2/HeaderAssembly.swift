/// Collects the fields of a header list that is arriving, in memory that is used again for the next one.
struct HeaderAssembly: ~Copyable {
  private var limit = Int.max
  private var bytes: UnsafeMutableRawBufferPointer
  private var fields: UnsafeMutablePointer<HeaderFieldRange>
  private var fieldCapacity: Int
  private var byteCount = 0
  private var fieldCount = 0

  /// The size as HTTP/2 counts it, of what was kept and of what was not. Spec: RFC 9113, section 6.5.2.
  private(set) var listBytes = 0

  /// Whether the list is above the limit: the rest of it is not kept.
  var isTooLarge: Bool { listBytes > limit }

  init() {
    self.bytes = .allocate(byteCount: 1024, alignment: 1)
    self.fieldCapacity = 16
    self.fields = .allocate(capacity: 16)
  }

  deinit {
    bytes.deallocate()
    fields.deallocate()
  }

  /// Begins the next list, of which no more than `limit` bytes are kept.
  mutating func reset(limit: Int) {
    self.limit = limit
    byteCount = 0
    fieldCount = 0
    listBytes = 0
  }

  /// Adds a field, or only counts it when the list has become too large.
  mutating func append(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
    let size = name.count + value.count
    listBytes += size + 32
    guard !isTooLarge else { return }
    if bytes.count - byteCount < size { growBytes(by: size) }
    if fieldCount == fieldCapacity { growFields() }
    fields[fieldCount] = HeaderFieldRange(
      offset: UInt32(byteCount), nameCount: UInt32(name.count), valueCount: UInt32(value.count))
    fieldCount += 1
    let place = bytes.baseAddress! + byteCount  // Allocated with at least one byte.
    if let name = name.baseAddress { place.copyMemory(from: name, byteCount: size - value.count) }
    if let start = value.baseAddress { (place + name.count).copyMemory(from: start, byteCount: value.count) }
    byteCount += size
  }

  /// The list as one immutable block of exactly its size.
  borrowing func finish() -> HeaderBlock {
    let stride = MemoryLayout<HeaderFieldRange>.stride
    let sizes = HeaderStorageSizes(fieldCount: fieldCount, byteCount: byteCount)
    let buffer = HeaderStorage.create(minimumCapacity: fieldCount + (byteCount + stride - 1) / stride) { _ in sizes }
    buffer.withUnsafeMutablePointerToElements { elements in
      elements.initialize(from: fields, count: fieldCount)
      UnsafeMutableRawPointer(elements + fieldCount)
        .copyMemory(from: bytes.baseAddress!, byteCount: byteCount)  // Allocated with at least one byte.
    }
    // `create` on a subclass makes an instance of it.
    return HeaderBlock(storage: unsafeDowncast(buffer, to: HeaderStorage.self))
  }

  private mutating func growBytes(by size: Int) {
    let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: max(2 * bytes.count, byteCount + size), alignment: 1)
    larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<byteCount]))
    bytes.deallocate()
    bytes = larger
  }

  private mutating func growFields() {
    let larger = UnsafeMutablePointer<HeaderFieldRange>.allocate(capacity: 2 * fieldCapacity)
    larger.update(from: fields, count: fieldCount)
    fields.deallocate()
    fields = larger
    fieldCapacity *= 2
  }
}
