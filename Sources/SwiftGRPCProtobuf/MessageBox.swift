/// The boxes in which generated code keeps the fields of large and recursive messages.
public enum MessageBox {
  /// Where a box keeps its content: its one stored property lies behind the two words that every object starts with.
  ///
  /// Reading through this address is a plain read, so that threads may share a message. Taking the address of the
  /// property as an `inout` would count as a change, to the thread sanitizer as well.
  ///
  /// - Parameter box: an object of a final class without superclass whose only stored property is a `Content`, aligned
  ///   to no more than two words. The caller keeps it alive as long as it uses the address.
  @inlinable @inline(__always)
  public static func content<Box: AnyObject, Content>(
    of box: Box, as type: Content.Type
  ) -> UnsafeMutablePointer<Content> {
    (Unmanaged.passUnretained(box).toOpaque() + 2 * MemoryLayout<Int>.size).assumingMemoryBound(to: Content.self)
  }

  /// The content of the box at an address, as ``content(of:as:)``.
  static func content(at box: UnsafeRawPointer) -> UnsafeRawPointer { box + 2 * MemoryLayout<Int>.size }
}
