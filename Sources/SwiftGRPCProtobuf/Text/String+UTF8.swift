extension String {
  /// Makes a string of UTF-8, or `nil` when the bytes are none.
  ///
  /// - Parameter isASCII: the caller has seen that all bytes are below 0x80, so that nothing has to be checked.
  @inline(__always)
  init?(utf8 bytes: UnsafeRawBufferPointer, isASCII: Bool) {
    if bytes.count == 0 {
      self = ""
    } else if isASCII, bytes.count <= ShortString.capacity, let text = ShortString.make(ascii: bytes) {
      self = text
    } else if isASCII, #available(macOS 26, iOS 26, tvOS 26, watchOS 26, visionOS 26, *) {
      let ascii = Span(_unsafeElements: bytes.assumingMemoryBound(to: UInt8.self))
      self = String(copying: UTF8Span(unchecked: ascii, isKnownASCII: true))
    } else if let text = WireReader.string(validating: bytes) {
      self = text
    } else {
      return nil
    }
  }
}
