extension Metadata {
  /// The values of a key, in their order; upper and lower case are the same.
  public subscript(_ key: String) -> Values { Values(values: values(forKey: key)) }

  /// The values of a key as text; bytes come as their Base64 text.
  public subscript(stringValues key: String) -> StringValues { StringValues(values: self[key]) }

  /// The values of a key as bytes; text is decoded from Base64, and left out where that is not possible.
  public subscript(binaryValues key: String) -> BinaryValues { BinaryValues(values: self[key]) }

  /// The values of one key.
  public struct Values: Sequence, Sendable {
    let values: [Value]

    /// Goes through the values of one key.
    public struct Iterator: IteratorProtocol, Sendable {
      var base: IndexingIterator<[Value]>

      /// The next value, or `nil` after the last one.
      public mutating func next() -> Value? { base.next() }
    }

    /// Starts with the first value.
    public func makeIterator() -> Iterator { Iterator(base: values.makeIterator()) }
  }

  /// The values of one key as text.
  public struct StringValues: Sequence, Sendable {
    let values: Values

    /// Goes through the values of one key as text.
    public struct Iterator: IteratorProtocol, Sendable {
      var base: Values.Iterator

      /// The next value, or `nil` after the last one.
      public mutating func next() -> String? { base.next()?.encoded() }
    }

    /// Starts with the first value.
    public func makeIterator() -> Iterator { Iterator(base: values.makeIterator()) }
  }

  /// The values of one key as bytes.
  public struct BinaryValues: Sequence, Sendable {
    let values: Values

    /// Goes through the values of one key as bytes.
    public struct Iterator: IteratorProtocol, Sendable {
      var base: Values.Iterator

      /// The next value that is bytes or Base64 text, or `nil` after the last one.
      public mutating func next() -> [UInt8]? {
        while let value = base.next() {
          switch value {
          case .binary(let bytes): return bytes
          case .string(let text): if let bytes = Base64.decode(text) { return bytes }
          }
        }
        return nil
      }
    }

    /// Starts with the first value.
    public func makeIterator() -> Iterator { Iterator(base: values.makeIterator()) }
  }
}

extension Metadata.Value: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
  /// Creates a text value.
  public init(stringLiteral value: StringLiteralType) { self = .string(value) }

  /// Creates a text value.
  public init(stringInterpolation: DefaultStringInterpolation) {
    self = .string(String(stringInterpolation: stringInterpolation))
  }
}

extension Metadata.Value: ExpressibleByArrayLiteral {
  /// Creates a value of bytes.
  public init(arrayLiteral elements: UInt8...) { self = .binary(elements) }
}

extension Metadata.Value: CustomStringConvertible {
  /// Text in quotation marks, or bytes as a list.
  public var description: String {
    switch self {
    case .string(let text): "\"\(text)\""
    case .binary(let bytes): "\(bytes)"
    }
  }
}
