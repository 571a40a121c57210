/// Memory for what literals with escapes mean; none until there are some.
struct LiteralScratch: ~Copyable {
  private var memory: UnsafeMutablePointer<UInt8>?
  private var capacity = 0

  deinit { memory?.deallocate() }

  /// Where the memory starts.
  var start: UnsafeMutablePointer<UInt8> { memory.unsafelyUnwrapped }

  /// The position behind as many bytes.
  mutating func position(_ count: Int) -> UnsafeMutablePointer<UInt8> {
    if memory == nil { allocate(64) }
    return start + count
  }

  /// How many bytes lie before a position.
  func count(at out: UnsafeMutablePointer<UInt8>) -> Int { out - start }

  /// Makes room for bytes, and for what an escape means, behind those before `out`, which may move.
  @inline(__always)
  mutating func reserve(_ byteCount: Int, at out: inout UnsafeMutablePointer<UInt8>) {
    if start + capacity - out < byteCount + 16 { grow(byteCount + 16, at: &out) }
  }

  @inline(never)
  private mutating func grow(_ byteCount: Int, at out: inout UnsafeMutablePointer<UInt8>) {
    let count = count(at: out)
    let old = start
    allocate(max(count + byteCount, 2 * capacity))
    start.update(from: old, count: count)
    old.deallocate()
    out = start + count
  }

  private mutating func allocate(_ byteCount: Int) {
    capacity = byteCount
    memory = .allocate(capacity: byteCount)
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
