/// Memory for what literals with escapes mean; none until there are some.
struct LiteralScratch: ~Copyable {
  private var memory: UnsafeMutablePointer<UInt8>?
  private var capacity = 0

  deinit { memory?.deallocate() }

  /// Where the memory starts. It was reserved before.
  var start: UnsafeMutablePointer<UInt8> { memory.unsafelyUnwrapped }

  /// Makes room for bytes, and a few more, behind `count` that are kept.
  mutating func reserve(_ byteCount: Int, behind count: Int) {
    let needed = count + byteCount + 16
    if needed <= capacity { return }
    capacity = max(needed, 2 * capacity)
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    if let memory {
      larger.update(from: memory, count: count)
      memory.deallocate()
    }
    memory = larger
  }

  /// Copies bytes to `out`, for which room was reserved, in words: they are few.
  @inline(__always)
  func copy(_ bytes: UnsafePointer<UInt8>, count: Int, to out: inout UnsafeMutablePointer<UInt8>) {
    let (source, target) = (UnsafeRawPointer(bytes), UnsafeMutableRawPointer(out))
    var offset = 0
    while count - offset >= 8 {
      target.storeBytes(
        of: source.loadUnaligned(fromByteOffset: offset, as: UInt64.self), toByteOffset: offset, as: UInt64.self)
      offset += 8
    }
    if count > offset {
      target.storeBytes(of: ByteWord.load(source + offset, count - offset), toByteOffset: offset, as: UInt64.self)
    }
    out += count
  }
}
