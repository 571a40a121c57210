/// Keys, strings and brackets.
extension JSONWriter {
  /// Ends an object or array whose members begin at an offset, each with a comma before it.
  @inline(__always)
  mutating func end(_ start: Int, _ opening: Unicode.Scalar, _ closing: Unicode.Scalar) {
    if out.count == start { out.append(UInt8(ascii: opening)) } else { out.start[start] = UInt8(ascii: opening) }
    out.append(UInt8(ascii: closing))
  }

  /// Writes a comma and a field's key with its colon.
  @inline(__always)
  mutating func key(_ field: UnsafePointer<TextualField>) {
    let key = options.preserveProtoFieldNames ? field.pointee.protoKey : field.pointee.key
    out.appendPadded(UnsafeRawBufferPointer(key))
  }

  /// Writes a comma, a key and its colon.
  mutating func key(_ name: String) {
    out.append(UInt8(ascii: ","))
    string(name)
    out.append(UInt8(ascii: ":"))
  }

  /// Writes a map's key, which is a string whatever its type.
  mutating func key(_ field: UnsafePointer<TextualField>, at address: UnsafeRawPointer) {
    out.append(UInt8(ascii: ","))
    if field.pointee.value == .string {
      string(address.assumingMemoryBound(to: String.self).pointee)
    } else {
      out.append(UInt8(ascii: "\""))
      switch field.pointee.value {
      case .int32: out.append(Int64(address.assumingMemoryBound(to: Int32.self).pointee))
      case .uint32: out.append(UInt64(address.assumingMemoryBound(to: UInt32.self).pointee))
      case .int64: out.append(address.assumingMemoryBound(to: Int64.self).pointee)
      case .uint64: out.append(address.assumingMemoryBound(to: UInt64.self).pointee)
      case .bool: address.assumingMemoryBound(to: Bool.self).pointee.write(to: &self)
      default: break  // no other kind can be a key
      }
      out.append(UInt8(ascii: "\""))
    }
    out.append(UInt8(ascii: ":"))
  }

  /// Writes what JSON has no number for. Spec: ProtoJSON format, `float`, `double`.
  mutating func notFinite(isNaN: Bool, isNegative: Bool) {
    if isNaN {
      out.append("\"NaN\"")
    } else if isNegative {
      out.append("\"-Infinity\"")
    } else {
      out.append("\"Infinity\"")
    }
  }

  // MARK: - Strings

  /// Writes a string in quotes.
  mutating func string(_ text: String) {
    // A string bridged from Objective-C does not lie as UTF-8 in memory.
    if text.utf8.withContiguousStorageIfAvailable({ string($0) }) != nil { return }
    Array(text.utf8).withUnsafeBufferPointer { string($0) }
  }

  private mutating func string(_ text: UnsafeBufferPointer<UInt8>) {
    out.reserve(text.count + 16)
    out.next.pointee = UInt8(ascii: "\"")
    out.next += 1
    if let start = text.baseAddress {
      var source = UnsafeRawPointer(start)
      let end = source + text.count
      while out.appendPlainRun(&source, end, Self.specialBytes) { escape(&source, end) }
    }
    out.append(UInt8(ascii: "\""))
  }

  /// The bytes of a word that may have to be escaped: control characters, quotes, backslashes and 0xc2, with which the
  /// control characters U+0080 to U+009F start.
  @inline(__always)
  private static func specialBytes(_ word: UInt64) -> UInt64 {
    ByteWord.less(word, than: 0x20) | ByteWord.equal(word, UInt8(ascii: "\""))
      | ByteWord.equal(word, UInt8(ascii: "\\")) | ByteWord.equal(word, 0x7f) | ByteWord.equal(word, 0xc2)
  }

  /// Writes one character that may have to be escaped.
  @inline(never)
  private mutating func escape(_ source: inout UnsafeRawPointer, _ end: UnsafeRawPointer) {
    let byte = source.load(as: UInt8.self)
    source += 1
    out.reserve(end - source + 16)
    switch byte {
    case 0x08: out.append("\\b")
    case 0x09: out.append("\\t")
    case 0x0a: out.append("\\n")
    case 0x0c: out.append("\\f")
    case 0x0d: out.append("\\r")
    case UInt8(ascii: "\""): out.append("\\\"")
    case UInt8(ascii: "\\"): out.append("\\\\")
    case 0xc2 where source < end && source.load(as: UInt8.self) < 0xa0:
      hexEscape(source.load(as: UInt8.self))
      source += 1
    case 0xc2: out.append(byte)
    default: hexEscape(byte)
    }
    out.reserve(end - source + 16)
  }

  private mutating func hexEscape(_ byte: UInt8) {
    out.append("\\u00")
    for digit in [byte >> 4, byte & 15] {
      out.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "A") - 10 + digit)
    }
  }

  // MARK: - Bytes

  /// Writes bytes in base64 with padding. Spec: RFC 4648, section 4.
  mutating func base64(_ bytes: UnsafeRawBufferPointer) {
    out.reserve((bytes.count + 2) / 3 * 4 + 2)
    let digits = Base64.digits.utf8Start
    out.append(UInt8(ascii: "\""))
    var p = out.next
    var offset = 0
    while bytes.count - offset >= 3 {
      let group = Int(bytes[offset]) << 16 | Int(bytes[offset + 1]) << 8 | Int(bytes[offset + 2])
      p[0] = digits[group >> 18]
      p[1] = digits[group >> 12 & 63]
      p[2] = digits[group >> 6 & 63]
      p[3] = digits[group & 63]
      p += 4
      offset += 3
    }
    if offset < bytes.count {
      let isPair = bytes.count - offset == 2
      let group = Int(bytes[offset]) << 16 | (isPair ? Int(bytes[offset + 1]) << 8 : 0)
      p[0] = digits[group >> 18]
      p[1] = digits[group >> 12 & 63]
      p[2] = isPair ? digits[group >> 6 & 63] : UInt8(ascii: "=")
      p[3] = UInt8(ascii: "=")
      p += 4
    }
    out.next = p
    out.append(UInt8(ascii: "\""))
  }
}
