/// Finds a method's handler by the bytes of `:path`, without making a string of them.
///
/// A hash table with open addressing, made once when the server is; at most half full. Its keys are the server's own method names,
/// so no peer can make it degenerate.
struct MethodTable: Sendable {
  private struct Entry: Sendable {
    var path: [UInt8]
    var handler: MethodHandler
  }

  private var entries: [Entry?]
  private let mask: Int

  /// Creates the table of these handlers; of two for one path the last counts.
  init(_ handlers: some Collection<MethodHandler>) {
    var capacity = 8
    while capacity < handlers.count * 2 { capacity *= 2 }
    self.entries = Array(repeating: nil, count: capacity)
    self.mask = capacity - 1
    for handler in handlers {
      let path = Array(handler.descriptor.path.utf8)
      let index = path.withUnsafeBytes { self.index(of: $0) }
      self.entries[index] = Entry(path: path, handler: handler)
    }
  }

  /// The handler for `path`, or `nil` if there is no such method.
  func handler(forPath path: UnsafeRawBufferPointer) -> MethodHandler? {
    self.entries[self.index(of: path)]?.handler
  }

  /// Where `path` is, or the free place where it would be.
  private func index(of path: UnsafeRawBufferPointer) -> Int {
    var index = Self.hash(path) & self.mask
    while let entry = self.entries[index], !Self.equal(entry.path, path) {
      index = (index + 1) & self.mask
    }
    return index
  }

  private static func equal(_ a: [UInt8], _ b: UnsafeRawBufferPointer) -> Bool {
    a.withUnsafeBytes { ASCII.equal($0, b) }
  }

  /// The length and the last bytes tell methods apart: they begin alike.
  private static func hash(_ path: UnsafeRawBufferPointer) -> Int {
    var hash = UInt64(truncatingIfNeeded: path.count)
    var end = path.count
    while end >= 8 {
      hash = (hash ^ path.loadUnaligned(fromByteOffset: end - 8, as: UInt64.self)) &* 0x9E37_79B9_7F4A_7C15
      hash ^= hash >> 32
      end -= 8
    }
    for byte in path[..<end] {
      hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }
    return Int(truncatingIfNeeded: (hash ^ hash >> 29) & 0x7FFF_FFFF)
  }
}
