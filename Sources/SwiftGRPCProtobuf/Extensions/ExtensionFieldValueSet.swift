/// The extensions that are set in a message, by field number.
public struct ExtensionFieldValueSet: Sendable {
  /// An extension that is set.
  struct Value: Sendable {
    let type: any AnyMessageExtension
    var field: any AnyExtensionField
  }

  private var values: [Int: Value]?

  /// No extensions.
  public init() {}

  /// True when no extension is set.
  public var isEmpty: Bool { values?.isEmpty ?? true }

  /// True when extensions are set whose numbers lie in a range.
  func hasFields(in range: Range<Int>) -> Bool { values?.keys.contains { range.contains($0) } ?? false }

  /// The extension with this number.
  subscript(number: Int) -> Value? {
    get { values?[number] }
    set {
      if values == nil { values = [:] }
      values?[number] = newValue
    }
  }

  /// Removes the extension with this number and returns it.
  mutating func take(_ number: Int) -> Value? { values?.removeValue(forKey: number) }

  /// True when the messages in the extensions have their required fields.
  public var isInitialized: Bool { values?.values.allSatisfy(\.field.isInitialized) ?? true }

  /// The extensions in the order of their numbers.
  var sorted: [(key: Int, value: Value)] {
    values?.sorted { $0.key < $1.key } ?? []
  }

  /// The path of the first required field that is not set in an extension.
  var missingField: String? {
    guard !isInitialized else { return nil }
    for (_, value) in sorted {
      let description = value.type._description
      if let missing = value.field._withValue({ description.missingField(at: $0) }) {
        return "[\(value.type.fieldName)]" + missing.dropFirst(description.name.count)
      }
    }
    return nil
  }

  /// Writes the fields whose numbers lie in a range, and leaves room for a field before them.
  public func _encode(
    in range: Range<Int>, before p: UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer {
    guard values != nil else { return p }
    var p = p
    for (number, value) in sorted.reversed() where range.contains(number) {
      p = value.field._encode(number: UInt32(number), before: p, &context)
    }
    return p
  }
}

extension ExtensionFieldValueSet: Hashable {
  /// Equal when the same extensions have equal values.
  public static func == (left: ExtensionFieldValueSet, right: ExtensionFieldValueSet) -> Bool {
    guard let leftValues = left.values, let rightValues = right.values else { return left.isEmpty && right.isEmpty }
    return leftValues.count == rightValues.count
      && leftValues.allSatisfy { number, value in
        rightValues[number].map { value.field.isEqual(to: $0.field) } ?? false
      }
  }

  /// Hashes numbers and values.
  public func hash(into hasher: inout Hasher) {
    for (number, value) in sorted {
      hasher.combine(number)
      value.field.hash(into: &hasher)
    }
  }
}
