/// Ciphertext that OpenSSL has to read: received bytes where they lie, behind what was left of earlier ones.
struct CiphertextInput: ~Copyable {
  private var left: ByteQueue
  private var lent = UnsafeRawBufferPointer(start: nil, count: 0)

  var isEmpty: Bool { lent.isEmpty && left.isEmpty }
  var holdsMemory: Bool { left.holdsMemory }

  init(_ memory: TLSMemory) {
    left = ByteQueue(memory)
  }

  /// Takes received bytes as they are; they have to stay until `keepRest` or `removeAll`.
  mutating func lend(_ bytes: UnsafeRawBufferPointer) {
    lent = bytes
  }

  /// Copies what was not read of the bytes that were lent.
  mutating func keepRest() {
    guard !lent.isEmpty else { return }
    left.append(lent)
    lent = UnsafeRawBufferPointer(start: nil, count: 0)
  }

  /// Forgets what was not read.
  mutating func removeAll() {
    left.removeAll()
    lent = UnsafeRawBufferPointer(start: nil, count: 0)
  }

  /// Moves bytes to `destination`; returns how many, 0 if there are none.
  @inline(__always)
  mutating func moveFirst(to destination: UnsafeMutableRawBufferPointer) -> Int {
    guard left.isEmpty else { return left.moveFirst(to: destination) }
    let count = min(lent.count, destination.count)
    guard count > 0, let source = lent.baseAddress, let place = destination.baseAddress else { return 0 }
    place.copyMemory(from: source, byteCount: count)
    lent = UnsafeRawBufferPointer(start: source + count, count: lent.count - count)
    return count
  }
}
