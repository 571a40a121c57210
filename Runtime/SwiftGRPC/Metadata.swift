/// gRPC's name for the header fields that user code sends with a call: a list of keys and values.
///
/// The order of the elements is kept, a key may occur any number of times, and upper and lower case are the same in
/// keys. Keys are made of `a`–`z`, `0`–`9`, `_`, `-` and `.`; capital letters are sent as small ones.
///
/// Values are text, or bytes under a key that ends in `-bin`. Text is printable ASCII: send anything else as bytes.
/// A key or value that cannot be sent fails the call with `internalError` and says which one it was. The fields that the
/// library itself writes are not sent twice: `grpc-timeout`, `grpc-encoding`, `grpc-accept-encoding`, `grpc-status`,
/// `grpc-message`, `content-type`, `te`, `user-agent`, and HTTP's own (`:path`, `host`, `connection`, …) are left out.
///
/// ```swift
/// var metadata: Metadata = ["request-id": "7d0f", "trace-bin": [0x01, 0x02]]
/// metadata.addString("second", forKey: "request-id")
/// for id in metadata[stringValues: "request-id"] { … }
/// ```
///
/// Received metadata stays as it arrived, in one buffer, until somebody asks for its elements.
/// Spec: gRPC over HTTP/2, "Custom-Metadata".
public struct Metadata: Sendable {
  /// A key and one of its values.
  public typealias Element = (key: String, value: Value)

  /// Text or bytes.
  public enum Value: Sendable, Hashable {
    /// Text, as it goes over the wire.
    case string(String)
    /// Bytes, which go over the wire in Base64.
    case binary([UInt8])

    /// The value as it goes over the wire: text as it is, bytes in Base64 without padding.
    public func encoded() -> String {
      switch self {
      case .string(let text): text
      case .binary(let bytes): Base64.encode(bytes)
      }
    }
  }

  /// What arrived, while nobody has changed it; `own` is empty then.
  private var received: ReceivedMetadata?

  private var own: [Element]

  /// Creates empty metadata.
  public init() {
    self.own = []
  }

  /// Creates metadata from keys and values, in that order.
  public init(_ elements: some Sequence<Element>) {
    self.own = Array(elements)
  }

  init(received: ReceivedMetadata?) {
    self.received = received
    self.own = []
  }

  /// What arrived, if nobody has changed it.
  var receivedUnchanged: ReceivedMetadata? { received }

  private var elements: [Element] { received?.elements ?? own }

  /// The elements, taken over from what was received and open to change.
  private var ownElements: [Element] {
    get { elements }
    _modify {
      if let received {
        own = received.elements
        self.received = nil
      }
      yield &own
    }
  }

  /// The number of elements that fit without another allocation.
  public var capacity: Int { elements.capacity }

  /// Makes room for at least this many elements.
  public mutating func reserveCapacity(_ minimumCapacity: Int) {
    ownElements.reserveCapacity(minimumCapacity)
  }

  /// Appends a text value, whatever values the key has already.
  public mutating func addString(_ stringValue: String, forKey key: String) {
    ownElements.append((key, .string(stringValue)))
  }

  /// Appends a value of bytes, whatever values the key has already. The key must end in `-bin`.
  public mutating func addBinary(_ binaryValue: [UInt8], forKey key: String) {
    ownElements.append((key, .binary(binaryValue)))
  }

  /// Appends a value, whatever values the key has already.
  public mutating func add(_ value: Value, forKey key: String) {
    ownElements.append((key, value))
  }

  /// Appends keys and values.
  public mutating func add(contentsOf other: some Sequence<Element>) {
    ownElements.append(contentsOf: other)
  }

  /// Appends the elements of other metadata.
  public mutating func add(contentsOf other: Metadata) {
    guard !isEmpty else {
      self = other
      return
    }
    ownElements.append(contentsOf: other.elements)
  }

  /// Removes every value of a key.
  public mutating func removeAllValues(forKey key: String) {
    ownElements.removeAll { ASCII.equalIgnoringCase($0.key, key) }
  }

  /// Removes every element.
  public mutating func removeAll(keepingCapacity: Bool = false) {
    received = nil
    own.removeAll(keepingCapacity: keepingCapacity)
  }

  /// Removes the elements that a predicate picks.
  public mutating func removeAll(where predicate: (Element) throws -> Bool) rethrows {
    try ownElements.removeAll(where: predicate)
  }

  /// Replaces every value of a key by this text, or adds it if the key has none.
  public mutating func replaceOrAddString(_ stringValue: String, forKey key: String) {
    removeAllValues(forKey: key)
    addString(stringValue, forKey: key)
  }

  /// Replaces every value of a key by these bytes, or adds them if the key has none. The key must end in `-bin`.
  public mutating func replaceOrAddBinary(_ binaryValue: [UInt8], forKey key: String) {
    removeAllValues(forKey: key)
    addBinary(binaryValue, forKey: key)
  }

  /// The first value of a key as text, if the key has a value.
  ///
  /// Bytes come as their Base64 text.
  public func firstString(forKey key: String) -> String? {
    var iterator = self[stringValues: key].makeIterator()
    return iterator.next()
  }

  /// The first value of a key as bytes, if it has one that is bytes or Base64 text.
  public func firstBinary(forKey key: String) -> [UInt8]? {
    var iterator = self[binaryValues: key].makeIterator()
    return iterator.next()
  }

  /// The values of a key, found without making text of the other elements.
  func values(forKey key: String) -> [Value] {
    if let received { return received.values(forKey: key) }
    return own.compactMap { ASCII.equalIgnoringCase($0.key, key) ? $0.value : nil }
  }
}

extension Metadata: RandomAccessCollection {
  /// The position of an element, or the end.
  public struct Index: Comparable, Sendable {
    let offset: Int

    /// Whether `lhs` comes before `rhs`.
    public static func < (lhs: Index, rhs: Index) -> Bool { lhs.offset < rhs.offset }
  }

  /// The position of the first element.
  public var startIndex: Index { Index(offset: 0) }

  /// The position after the last element.
  public var endIndex: Index { Index(offset: elements.count) }

  /// The position before another.
  public func index(before i: Index) -> Index { Index(offset: i.offset - 1) }

  /// The position after another.
  public func index(after i: Index) -> Index { Index(offset: i.offset + 1) }

  /// The position `distance` elements on.
  public func index(_ i: Index, offsetBy distance: Int) -> Index { Index(offset: i.offset + distance) }

  /// The number of elements from one position to another.
  public func distance(from start: Index, to end: Index) -> Int { end.offset - start.offset }

  /// The element at a position.
  public subscript(position: Index) -> Element { elements[position.offset] }

  /// Whether there is no element.
  public var isEmpty: Bool { elements.isEmpty }

  /// The number of elements; a key counts once for each of its values.
  public var count: Int { elements.count }
}

extension Metadata: Hashable {
  /// Compares keys, without regard to case, and values, in their order.
  public static func == (lhs: Metadata, rhs: Metadata) -> Bool {
    lhs.elements.elementsEqual(rhs.elements) { ASCII.equalIgnoringCase($0.key, $1.key) && $0.value == $1.value }
  }

  /// Hashes lower-case keys, and values, in their order.
  public func hash(into hasher: inout Hasher) {
    for (key, value) in elements {
      hasher.combine(key.lowercased())
      hasher.combine(value)
    }
  }
}

extension Metadata: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral {
  /// Creates metadata from keys and values; a key may occur more than once.
  public init(dictionaryLiteral elements: (String, Value)...) {
    self.own = elements.map { (key: $0.0, value: $0.1) }
  }

  /// Creates metadata from pairs of key and value.
  public init(arrayLiteral elements: (String, Value)...) {
    self.own = elements.map { (key: $0.0, value: $0.1) }
  }
}

extension Metadata: CustomStringConvertible, CustomDebugStringConvertible {
  /// The keys and values, in their order.
  public var description: String {
    isEmpty ? "[:]" : "[" + elements.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ") + "]"
  }

  /// The same as `description`.
  public var debugDescription: String { description }
}
