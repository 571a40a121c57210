import CNghttp2

/// A decoder for the header blocks that a session writes; keeps the table of one connection.
final class HPACKDecoder {
  private var inflater: OpaquePointer?

  init() {
    nghttp2_hd_inflate_new(&inflater)
  }

  deinit {
    nghttp2_hd_inflate_del(inflater)
  }

  func decode(_ block: [UInt8]) -> [String] {
    var fields: [String] = []
    var offset = 0
    var block = block
    while true {
      var field = nghttp2_nv()
      var flags: Int32 = 0
      let count = block.count
      let consumed = block.withUnsafeMutableBufferPointer {
        nghttp2_hd_inflate_hd2(inflater, &field, &flags, $0.baseAddress.map { $0 + offset }, count - offset, 1)
      }
      guard consumed >= 0 else { return ["undecodable"] }
      offset += consumed
      if UInt32(flags) & NGHTTP2_HD_INFLATE_EMIT.rawValue != 0 {
        let name = String(decoding: UnsafeBufferPointer(start: field.name, count: field.namelen), as: UTF8.self)
        let value = String(decoding: UnsafeBufferPointer(start: field.value, count: field.valuelen), as: UTF8.self)
        fields.append("\(name): \(value)")
      }
      if UInt32(flags) & NGHTTP2_HD_INFLATE_FINAL.rawValue != 0 {
        nghttp2_hd_inflate_end_headers(inflater)
        return fields
      }
    }
  }
}
