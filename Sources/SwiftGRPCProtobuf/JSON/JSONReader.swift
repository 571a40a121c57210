/// Reads messages from JSON, by their tables, in one pass over the bytes. Spec: ProtoJSON format; RFC 8259.
struct JSONReader: ~Copyable {
  let start: UnsafePointer<UInt8>
  var p: UnsafePointer<UInt8>
  let end: UnsafePointer<UInt8>
  /// How many more levels of objects may be opened.
  var depth: Int
  let ignoresUnknown: Bool
  let extensions: (any ExtensionMap)?
  /// Where the types of messages in an `Any` are looked up before the registry.
  let schema: DynamicSchema?

  init(
    _ text: UnsafeBufferPointer<UInt8>, _ extensions: (any ExtensionMap)?, _ options: JSONDecodingOptions,
    schema: DynamicSchema? = nil
  ) {
    // An empty text has no address: any other will do, since nothing is read from it.
    start = text.baseAddress ?? UnsafePointer(Base64.digits.utf8Start)
    p = start
    end = start + text.count
    depth = options.messageDepthLimit
    ignoresUnknown = options.ignoreUnknownFields
    self.extensions = extensions
    self.schema = schema
  }

  /// A reader of a part of the text, or of what an escaped part stands for.
  init(_ other: borrowing JSONReader, start: UnsafePointer<UInt8>, count: Int) {
    self.start = start
    p = start
    end = start + count
    depth = other.depth
    ignoresUnknown = other.ignoresUnknown
    extensions = nil
    schema = nil
  }

  // MARK: - Tokens

  /// A fault at the current position; of a text that ends there, the end is the fault.
  @inline(never)
  func fault(_ code: JSONFault.Code, _ expected: StaticString) -> JSONFault {
    JSONFault(code: p == end ? .truncated : code, offset: p - start, expected: expected)
  }

  /// A fault at an earlier position.
  @inline(never)
  func fault(_ code: JSONFault.Code, _ expected: StaticString, at place: UnsafePointer<UInt8>) -> JSONFault {
    JSONFault(code: code, offset: place - start, expected: expected)
  }

  @inline(__always)
  mutating func skipSpace() {
    // No token starts with a byte up to the space.
    if p < end, p.pointee <= 0x20 { skipSpaces() }
  }

  @inline(never)
  private mutating func skipSpaces() {
    while p < end, p.pointee == 0x20 || p.pointee == 0x0a || p.pointee == 0x0d || p.pointee == 0x09 { p += 1 }
  }

  /// True when the next byte is this one.
  @inline(__always)
  func isNext(_ character: Unicode.Scalar) -> Bool { p < end && p.pointee == UInt8(ascii: character) }

  /// Reads a word such as `null`.
  mutating func word(_ word: StaticString, or code: JSONFault.Code, _ expected: StaticString) throws(JSONFault) {
    let count = word.utf8CodeUnitCount
    guard end - p >= count else {
      if p == end { throw fault(code, expected) }
      throw fault(code, expected, at: p)
    }
    for offset in 0..<count where p[offset] != word.utf8Start[offset] { throw fault(code, expected) }
    p += count
  }

  /// Opens an object or array of a message; false when it is empty and closed again.
  @inline(__always)
  mutating func open(
    _ opening: Unicode.Scalar, _ closing: Unicode.Scalar, or code: JSONFault.Code, _ expected: StaticString
  ) throws(JSONFault) -> Bool {
    guard isNext(opening) else { throw fault(code, expected) }
    p += 1
    skipSpace()
    guard isNext(closing) else { return true }
    p += 1
    return false
  }

  /// Goes on to the next member or element; false when there is none and the bracket is closed.
  @inline(__always)
  mutating func next(_ closing: Unicode.Scalar) throws(JSONFault) -> Bool {
    skipSpace()
    if isNext(",") {
      p += 1
      skipSpace()
      return true
    }
    guard isNext(closing) else {
      throw fault(.failure, closing == "}" ? "a comma or the end of the object" : "a comma or the end of the list")
    }
    p += 1
    return false
  }

  /// Goes down one level.
  @inline(__always)
  mutating func enter() throws(JSONFault) {
    depth -= 1
    if depth < 0 { throw fault(.messageDepthLimit, "fewer levels of messages, as the limit is", at: p) }
  }

  /// Reads the colon behind a key.
  @inline(__always)
  mutating func colon() throws(JSONFault) {
    skipSpace()
    guard isNext(":") else { throw fault(.failure, "a colon") }
    p += 1
    skipSpace()
  }

  /// Makes sure that nothing follows but space.
  mutating func finish() throws(JSONFault) {
    skipSpace()
    if p < end { throw fault(.trailingGarbage, "the end of the text") }
  }

  // MARK: - Bool

  mutating func bool() throws(JSONFault) -> Bool {
    if isNext("t") {
      try word("true", or: .malformedBool, "true or false")
      return true
    }
    try word("false", or: .malformedBool, "true or false")
    return false
  }

  // MARK: - What nobody reads

  /// Passes over a value of any kind, which must be sound.
  mutating func skipValue() throws(JSONFault) {
    guard p < end else { throw fault(.truncated, "a value") }
    switch p.pointee {
    case UInt8(ascii: "\""): try check(try quotedText())
    case UInt8(ascii: "{"):
      try enter()
      var isMore = try open("{", "}", or: .failure, "an object")
      while isMore {
        guard isNext("\"") else { throw fault(.failure, "a key in quotes") }
        try check(try quotedText())
        try colon()
        try skipValue()
        isMore = try next("}")
      }
      depth += 1
    case UInt8(ascii: "["):
      try enter()
      var isMore = try open("[", "]", or: .failure, "a list")
      while isMore {
        try skipValue()
        isMore = try next("]")
      }
      depth += 1
    case UInt8(ascii: "t"): try word("true", or: .failure, "a value")
    case UInt8(ascii: "f"): try word("false", or: .failure, "a value")
    case UInt8(ascii: "n"): try word("null", or: .failure, "a value")
    default:
      let number = try number("a value")
      // Only then can it be beyond all doubles.
      if number.exponent > 280 { _ = try nearest(number) as Double }
    }
  }
}
