/// Ciphertext for the wire: it goes straight to where it is sent from while there is such a place, and waits otherwise.
struct CiphertextOutput: ~Copyable {
  private var waiting: ByteQueue
  private var place = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  /// How many bytes were placed since `beginPlacing`.
  private(set) var placedCount = 0

  /// How many bytes wait.
  var count: Int { waiting.count }
  var holdsMemory: Bool { waiting.holdsMemory }

  init(_ memory: TLSMemory) {
    waiting = ByteQueue(memory)
  }

  /// Moves what waits to `place`, as far as it fits, and lets what comes follow it there. The place has to stay until `endPlacing`.
  mutating func beginPlacing(in place: UnsafeMutableRawBufferPointer) {
    placedCount = waiting.isEmpty ? 0 : waiting.moveFirst(to: place)
    self.place = place
  }

  /// Lets what comes now wait again.
  mutating func endPlacing() {
    place = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  }

  @inline(__always)
  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard waiting.isEmpty, bytes.count <= place.count - placedCount, let start = place.baseAddress,
      let source = bytes.baseAddress
    else { return waiting.append(bytes) }
    (start + placedCount).copyMemory(from: source, byteCount: bytes.count)
    placedCount += bytes.count
  }

  /// Moves as many bytes of those that wait as fit to `destination`; returns how many.
  mutating func moveFirst(to destination: UnsafeMutableRawBufferPointer) -> Int {
    waiting.moveFirst(to: destination)
  }
}
