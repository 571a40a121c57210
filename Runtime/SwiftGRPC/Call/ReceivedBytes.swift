/// A copy of one message's bytes on its way from the loop to a task elsewhere.
@usableFromInline
final class ReceivedBytes: @unchecked Sendable {
  // Sendable: written once, before it is handed over.

  /// The bytes; valid as long as this object.
  @usableFromInline let pointer: UnsafeRawBufferPointer

  init(copying bytes: UnsafeRawBufferPointer) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
    copy.copyMemory(from: bytes)
    self.pointer = UnsafeRawBufferPointer(copy)
  }

  deinit {
    self.pointer.deallocate()
  }
}
