/// Reads messages from the text format, by their tables, in one pass over the text where it lies.
///
/// Spec: protobuf text format language specification. Each method that reads something reads the space behind it, too.
/// After a failure, what was read stays in the message, and nobody sees it.
struct TextFormatReader: ~Copyable {
  /// The next byte.
  var p: UnsafePointer<UInt8>
  let start: UnsafePointer<UInt8>
  let end: UnsafePointer<UInt8>
  let options: TextFormatDecodingOptions
  let extensions: (any ExtensionMap)?
  /// Where the types of messages in an `Any` are looked up first.
  let schema: DynamicSchema?
  /// How many more messages may be opened.
  private var depth: Int
  var scratch = LiteralScratch()

  /// Reads a whole text into the message whose fields lie at `message`. Returns what is wrong, if anything is.
  static func read(
    _ text: UnsafeBufferPointer<UInt8>, into message: UnsafeMutableRawPointer, _ table: MessageTable,
    _ options: TextFormatDecodingOptions, _ extensions: (any ExtensionMap)?, schema: DynamicSchema? = nil
  ) -> TextFormatDecodingError? {
    guard let start = text.baseAddress else { return nil }
    var reader = TextFormatReader(
      p: start, start: start, end: start + text.count, options: options, extensions: extensions,
      schema: schema, depth: options.messageDepthLimit - 1)
    do throws(TextFormatFault) {
      try reader.readFields(of: table.textual.view, into: message, until: nil)
      return nil
    } catch {
      return error.error(at: TextFormatFaultLocator.location(of: error, in: text, table, extensions, schema))
    }
  }

  // MARK: - Messages

  /// Reads a message in braces or angle brackets.
  mutating func readMessage(
    of type: UnsafePointer<TextualView>, into message: UnsafeMutableRawPointer
  ) throws(TextFormatFault) {
    let terminator = try openMessage()
    try readFields(of: type, into: message, until: terminator)
    closeMessage()
  }

  /// Reads the start of a message, and returns the byte that ends it.
  mutating func openMessage() throws(TextFormatFault) -> UInt8 {
    guard p < end, p.pointee == UInt8(ascii: "{") || p.pointee == UInt8(ascii: "<") else {
      throw expected("{ and a message", at: p)
    }
    depth -= 1
    if depth < 0 { throw fault("messages are nested more deeply than allowed", .messageDepthLimit, at: p) }
    let terminator = p.pointee == UInt8(ascii: "{") ? UInt8(ascii: "}") : UInt8(ascii: ">")
    p += 1
    skipSpace()
    return terminator
  }

  /// Called behind the end of a message.
  mutating func closeMessage() {
    depth += 1
    skipSpace()
  }

  /// Reads fields up to the byte that ends them, and that byte; the outermost message ends with the text.
  private mutating func readFields(
    of type: UnsafePointer<TextualView>, into message: UnsafeMutableRawPointer, until terminator: UInt8?
  ) throws(TextFormatFault) {
    var last = type.pointee.fields
    let fieldsEnd = last + type.pointee.count
    skipSpace()
    while true {
      guard p < end else {
        if terminator == nil { return }
        throw expected("a field or the end of the message", at: p)
      }
      let nameStart = p
      let first = p.pointee
      if Self.startsIdentifier(first) {
        // Tried first are the field that was read last and those behind it, since most texts have the fields in their order,
        // with some left out, and repeated ones side by side.
        let word = TextualName.firstWord(p, end)
        let guessEnd = min(last + 6, fieldsEnd)
        var guess = last
        while guess < guessEnd, !skipName(of: guess, word) { guess += 1 }
        if let field = guess < guessEnd ? guess : lookUp(identifier(), type) {
          last = field
          try readField(field, at: message + field.pointee.offset, nameStart)
        } else {
          try skipUnknownField(of: type.pointee.table.takeUnretainedValue(), nameStart)
        }
      } else if first == terminator {
        p += 1
        return
      } else if first == UInt8(ascii: "[") {
        let table = type.pointee.table.takeUnretainedValue()
        if type.pointee.form == .any {
          try readExpandedAny(table, into: message)
        } else {
          try readExtension(of: table, into: message)
        }
      } else if Self.isDigit(first) {
        try readNumberedField(of: type.pointee.table.takeUnretainedValue(), into: message)
      } else {
        throw expected("the name of a field", at: p)
      }
      skipSeparator()
    }
  }

  /// The field with a name; `nil` when the message has no such field.
  @inline(never)
  private func lookUp(
    _ name: UnsafeRawBufferPointer, _ type: UnsafePointer<TextualView>
  ) -> UnsafePointer<TextualField>? {
    type.pointee.table.takeUnretainedValue().textNames.field(named: name).map { type.pointee.fields + $0 }
  }

  /// Reads the name of a field if it is next; `first` is the text's ``TextualName/firstWord(_:_:)``.
  @inline(__always)
  mutating func skipName(of field: UnsafePointer<TextualField>, _ first: UInt64) -> Bool {
    let count = field.pointee.textName.count
    guard field.pointee.textName.isNext(first, p, end), p + count == end || !Self.continuesIdentifier(p[count]) else {
      return false
    }
    p += count
    skipSpace()
    return true
  }

  /// Reads a field that is called by its number, as it is printed where its name is not known.
  private mutating func readNumberedField(
    of table: MessageTable, into message: UnsafeMutableRawPointer
  ) throws(TextFormatFault) {
    let numberStart = p
    let number: UInt64
    do { number = try integer(upTo: 536_870_911) } catch { throw expected("a field number", at: numberStart) }
    if let index = table.fields.firstIndex(where: { $0.number == number }) {
      let field = table.textual.fields + index
      try readField(field, at: message + field.pointee.offset, numberStart)
    } else if options.ignoreUnknownFields || table.isReserved(Int32(number)) {
      try skipValue()
    } else {
      throw expected("the name of a field", .unknownField, at: numberStart)
    }
  }

  private mutating func skipUnknownField(
    of table: MessageTable, _ nameStart: UnsafePointer<UInt8>
  ) throws(TextFormatFault) {
    let nameEnd = p
    p = nameStart
    let name = identifier()
    p = nameEnd
    guard options.ignoreUnknownFields || table.isReserved(String(decoding: name, as: UTF8.self)) else {
      throw expected("the name of a field", .unknownField, at: nameStart)
    }
    try skipValue()
  }

  // MARK: - Space and names

  /// Skips blanks, line ends and comments.
  @inline(__always)
  mutating func skipSpace() {
    if p < end, p.pointee == UInt8(ascii: " ") { p += 1 }
    if p < end, p.pointee <= UInt8(ascii: " ") || p.pointee == UInt8(ascii: "#") {
      p = Self.endOfSpace(p, end)
    }
  }

  /// The end of blanks, line ends and comments: mostly a line end, and the blanks in front of the next line.
  @inline(never)
  private static func endOfSpace(
    _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
  ) -> UnsafePointer<UInt8> {
    var p = start
    repeat {
      if p.pointee == UInt8(ascii: "\n") || p.pointee == UInt8(ascii: " ") {
        p += 1
        while end - p >= 8 {
          let others = UnsafeRawPointer(p).loadUnaligned(as: UInt64.self) ^ 0x2020_2020_2020_2020
          if others != 0 {
            p += ByteWord.firstMarked(others)
            break
          }
          p += 8
        }
        if p < end, p.pointee > UInt8(ascii: "#") { return p }
      } else if 9...13 ~= p.pointee {
        p += 1
      } else if p.pointee == UInt8(ascii: "#") {
        while p < end, p.pointee != UInt8(ascii: "\n") { p += 1 }
      } else {
        break
      }
    } while p < end
    return p
  }

  /// Reads a byte if it is there.
  @inline(__always)
  mutating func skip(_ byte: UInt8) -> Bool {
    guard p < end, p.pointee == byte else { return false }
    p += 1
    skipSpace()
    return true
  }

  /// Reads what may stand behind a field.
  @inline(__always)
  mutating func skipSeparator() {
    if p < end, p.pointee == UInt8(ascii: ",") || p.pointee == UInt8(ascii: ";") {
      p += 1
      skipSpace()
    }
  }

  /// Reads a name; the next byte starts one.
  @inline(__always)
  mutating func identifier() -> UnsafeRawBufferPointer {
    var q = p
    var others: UInt64 = 0
    while others == 0, end - q >= 8 {
      others = ByteWord.notOfIdentifier(UnsafeRawPointer(q).loadUnaligned(as: UInt64.self))
      q += others == 0 ? 8 : ByteWord.firstMarked(others)
    }
    if others == 0 {
      while q < end, Self.continuesIdentifier(q.pointee) { q += 1 }
    }
    let name = UnsafeRawBufferPointer(start: p, count: q - p)
    p = q
    skipSpace()
    return name
  }

  @inline(__always)
  static func startsIdentifier(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte == UInt8(ascii: "_")
  }

  @inline(__always)
  static func continuesIdentifier(_ byte: UInt8) -> Bool { startsIdentifier(byte) || isDigit(byte) }

  @inline(__always)
  static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
