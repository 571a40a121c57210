/// Collects the fields of a header list that is arriving, in memory that it borrows from the session's thread until the list is whole.
struct HeaderAssembly: ~Copyable {
  /// The memory: allocated, or empty.
  struct Room {
    fileprivate var bytes = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    fileprivate var fields: UnsafeMutablePointer<HeaderFieldRange>?
    fileprivate var fieldCapacity = 0

    /// Frees the memory.
    func deallocate() {
      bytes.deallocate()
      fields?.deallocate()
    }
  }

  private var limit = Int.max
  private var room = Room()
  private var byteCount = 0
  private var fieldCount = 0

  /// The size as HTTP/2 counts it, of what was kept and of what was not. Spec: RFC 9113, section 6.5.2.
  private(set) var listBytes = 0

  /// Whether the list is above the limit: the rest of it is not kept.
  var isTooLarge: Bool { listBytes > limit }

  init() {}

  deinit {
    room.deallocate()
  }

  /// Begins the next list, of which no more than `limit` bytes are kept.
  mutating func reset(limit: Int, in memory: SessionMemory) {
    self.limit = limit
    if room.fieldCapacity == 0 { swap(&room, &memory.headerRoom) }
    byteCount = 0
    fieldCount = 0
    listBytes = 0
  }

  /// Returns the memory, once the list is not needed any more.
  mutating func giveBack(to memory: SessionMemory) {
    // What a list of another session has given back meanwhile stays here.
    swap(&room, &memory.headerRoom)
    if room.fieldCapacity > 0 {
      room.deallocate()
      room = Room()
    }
  }

  /// Adds a field, or only counts it when the list has become too large.
  mutating func append(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
    let size = name.count + value.count
    listBytes += size + 32
    guard !isTooLarge else { return }
    if room.bytes.count - byteCount < size { growBytes(by: size) }
    if fieldCount == room.fieldCapacity { growFields() }
    room.fields.unsafelyUnwrapped[fieldCount] = HeaderFieldRange(
      offset: UInt32(byteCount), nameCount: UInt32(name.count), valueCount: UInt32(value.count))
    fieldCount += 1
    guard size > 0, let place = room.bytes.baseAddress.map({ $0 + byteCount }) else { return }
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
      if let fields = room.fields { elements.initialize(from: fields, count: fieldCount) }
      if let bytes = room.bytes.baseAddress {
        UnsafeMutableRawPointer(elements + fieldCount).copyMemory(from: bytes, byteCount: byteCount)
      }
    }
    // `create` on a subclass makes an instance of it.
    return HeaderBlock(storage: unsafeDowncast(buffer, to: HeaderStorage.self))
  }

  private mutating func growBytes(by size: Int) {
    let larger = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(2 * room.bytes.count, byteCount + size, 1024), alignment: 1)
    larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: room.bytes[..<byteCount]))
    room.bytes.deallocate()
    room.bytes = larger
  }

  private mutating func growFields() {
    let capacity = max(2 * room.fieldCapacity, 16)
    let larger = UnsafeMutablePointer<HeaderFieldRange>.allocate(capacity: capacity)
    if let fields = room.fields {
      larger.update(from: fields, count: fieldCount)
      fields.deallocate()
    }
    room.fields = larger
    room.fieldCapacity = capacity
  }
}
