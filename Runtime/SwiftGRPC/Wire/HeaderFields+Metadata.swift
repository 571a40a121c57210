import SwiftGRPCHTTP2

extension HeaderFields {
  /// Adds metadata that is to be sent: keys in lower case, bytes in Base64.
  ///
  /// Fields that the library or HTTP/2 itself writes are left out, so that it is safe to send back what was received.
  /// Spec: gRPC over HTTP/2, "Custom-Metadata".
  /// - Throws: `internalError` for a key or value that HTTP cannot carry, and for bytes under a key without `-bin`.
  mutating func add(_ metadata: Metadata) throws(RPCError) {
    if let received = metadata.receivedUnchanged {
      received.forEachField { name, value in
        if !ReservedHeaders.isNeverSentAsMetadata(name) { add(nameBytes: name, valueBytes: value) }
      }
      return
    }
    for (key, value) in metadata {
      var name = key
      if key.utf8.contains(where: { ASCII.lowercased($0) != $0 }) { name = key.lowercased() }
      let (isLegal, isBinary, isReserved) = name.withUTF8 { bytes in
        let bytes = UnsafeRawBufferPointer(bytes)
        return (
          ASCII.isToken(bytes), ASCII.hasSuffix(bytes, "-bin"), ReservedHeaders.isNeverSentAsMetadata(bytes)
        )
      }
      guard isLegal || name.hasPrefix(":") else {
        throw RPCError(
          code: .internalError, message: "metadata key \"\(key)\" has characters other than a-z, 0-9, _, - and ."
        )
      }
      if isReserved { continue }
      switch value {
      case .string(let text):
        guard ASCII.isFieldValue(text.utf8) else {
          throw RPCError(
            code: .internalError,
            message: "metadata value of \"\(key)\" has a control character; send bytes, under a key that ends in -bin"
          )
        }
        add(name: name, value: text)
      case .binary(let bytes):
        guard isBinary else {
          throw RPCError(code: .internalError, message: "metadata key \"\(key)\" has bytes, so it must end in -bin")
        }
        add(name: name, value: Base64.encode(bytes))
      }
    }
  }
}
