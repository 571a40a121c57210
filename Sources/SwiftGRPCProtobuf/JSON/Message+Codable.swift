/// Generated messages become `Codable` by one line in the program, since not every program can pay for it:
///
/// ```swift
/// extension Acme_Book: Codable {}
/// ```
///
/// What is encoded is what the message is in JSON; so int64 values are strings, and a timestamp is its text. Spec:
/// ProtoJSON format.
extension Encodable where Self: Message {
  /// Encodes the message as its JSON, whatever the encoder's format.
  ///
  /// - Throws: as ``Message/jsonString(options:)``, and what the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    let json: [UInt8] = try jsonUTF8Bytes()
    try json.withUnsafeBytes { json in
      var reader = JSONReader(json.assumingMemoryBound(to: UInt8.self), nil, JSONDecodingOptions())
      reader.depth = .max
      try reader.encodeValue(to: encoder)
    }
  }
}

extension Decodable where Self: Message {
  /// Decodes the message from its JSON, whatever the decoder's format.
  ///
  /// - Throws: as ``Message/init(jsonString:extensions:options:)``, with positions in the JSON that the decoder's input
  ///   stands for, and what the decoder throws.
  public init(from decoder: any Decoder) throws {
    var writer = JSONWriter(options: JSONEncodingOptions())
    try writer.value(from: decoder, depth: JSONDecodingOptions().messageDepthLimit * 2)
    self = try Self._fromJSON(
      UnsafeBufferPointer(start: writer.out.start, count: writer.out.count), nil, JSONDecodingOptions())
  }
}

/// A key of an object.
private struct JSONKey: CodingKey {
  let stringValue: String

  init(stringValue: String) { self.stringValue = stringValue }

  var intValue: Int? { nil }

  init?(intValue: Int) { nil }
}

extension JSONReader {
  /// Encodes the next value of the text, which is sound.
  fileprivate mutating func encodeValue(to encoder: any Encoder) throws {
    switch p.pointee {
    case UInt8(ascii: "{"):
      var container = encoder.container(keyedBy: JSONKey.self)
      var isMore = try open("{", "}", or: .failure, "an object")
      while isMore {
        let key = try string()
        try colon()
        try encodeValue(to: container.superEncoder(forKey: JSONKey(stringValue: key)))
        isMore = try next("}")
      }
    case UInt8(ascii: "["):
      var container = encoder.unkeyedContainer()
      var isMore = try open("[", "]", or: .failure, "a list")
      while isMore {
        try encodeValue(to: container.superEncoder())
        isMore = try next("]")
      }
    default:
      var container = encoder.singleValueContainer()
      try encodeScalar(to: &container)
    }
  }

  private mutating func encodeScalar(to container: inout any SingleValueEncodingContainer) throws {
    switch p.pointee {
    case UInt8(ascii: "\""): try container.encode(string())
    case UInt8(ascii: "t"), UInt8(ascii: "f"): try container.encode(bool())
    case UInt8(ascii: "n"):
      try null()
      try container.encodeNil()
    default:
      let number = try number("a value")
      let text = UnsafeBufferPointer(start: number.start, count: number.count)
      if let integer = Int64(String(decoding: text, as: UTF8.self)) {
        try container.encode(integer)
      } else {
        try container.encode(nearest(number) as Double)
      }
    }
  }
}

extension JSONWriter {
  /// Writes what a decoder has, up to a depth, beyond which no message goes.
  fileprivate mutating func value(from decoder: any Decoder, depth: Int) throws {
    guard depth > 0 else { throw JSONDecodingError.messageDepthLimit }
    let start = out.count
    if let container = try? decoder.container(keyedBy: JSONKey.self) {
      for key in container.allKeys {
        self.key(key.stringValue)
        try value(from: container.superDecoder(forKey: key), depth: depth - 1)
      }
      end(start, "{", "}")
    } else if var container = try? decoder.unkeyedContainer() {
      while !container.isAtEnd {
        out.append(UInt8(ascii: ","))
        try value(from: container.superDecoder(), depth: depth - 1)
      }
      end(start, "[", "]")
    } else {
      try scalar(from: decoder.singleValueContainer())
    }
  }

  private mutating func scalar(from container: any SingleValueDecodingContainer) throws {
    if container.decodeNil() {
      out.append("null")
    } else if let value = try? container.decode(Bool.self) {
      value.write(to: &self)
    } else if let value = try? container.decode(Int64.self) {
      out.append(value)
    } else if let value = try? container.decode(UInt64.self) {
      out.append(value)
    } else if let value = try? container.decode(Double.self) {
      value.write(to: &self)
    } else {
      try container.decode(String.self).write(to: &self)
    }
  }
}
