/// The extensions that are set in a message, by field number.
public struct ExtensionFieldValueSet: Sendable {
  private var values: [Int: any AnyExtensionField]?

  /// No extensions.
  public init() {}

  /// True when no extension is set.
  public var isEmpty: Bool { values?.isEmpty ?? true }

  /// The field with this number.
  public subscript(number: Int) -> (any AnyExtensionField)? {
    get { values?[number] }
    set {
      if values == nil { values = [:] }
      values?[number] = newValue
    }
  }

  /// True when the messages in the extensions have their required fields.
  public var isInitialized: Bool { values?.values.allSatisfy(\.isInitialized) ?? true }

  /// The fields in the order of their numbers.
  var sorted: [(key: Int, value: any AnyExtensionField)] {
    values?.sorted { $0.key < $1.key } ?? []
  }

  /// The size of the fields whose numbers lie in a range.
  public func _encodedSize(in range: Range<Int>, _ sizes: inout EncodedSizes) -> Int {
    guard values != nil else { return 0 }
    var size = 0
    for (number, field) in sorted where range.contains(number) {
      size += field._encodedSize(number: UInt32(number), &sizes)
    }
    return size
  }

  /// Writes the fields whose numbers lie in a range.
  public func _encode(
    in range: Range<Int>, _ p: UnsafeMutableRawPointer, _ sizes: inout EncodedSizes
  ) -> UnsafeMutableRawPointer {
    guard values != nil else { return p }
    var p = p
    for (number, field) in sorted where range.contains(number) {
      p = field._encode(number: UInt32(number), p, &sizes)
    }
    return p
  }
}

extension ExtensionFieldValueSet: Hashable {
  /// Equal when the same extensions have equal values.
  public static func == (left: ExtensionFieldValueSet, right: ExtensionFieldValueSet) -> Bool {
    guard let leftValues = left.values, let rightValues = right.values else { return left.isEmpty && right.isEmpty }
    return leftValues.count == rightValues.count
      && leftValues.allSatisfy { number, field in rightValues[number].map(field.isEqual(to:)) ?? false }
  }

  /// Hashes numbers and values.
  public func hash(into hasher: inout Hasher) {
    for (number, field) in sorted {
      hasher.combine(number)
      field.hash(into: &hasher)
    }
  }
}
