/// The extensions that a decoder recognises.
public protocol ExtensionMap: Sendable {
  /// The extension of a message type with this field number.
  subscript(messageType: any Message.Type, fieldNumber: Int) -> (any AnyMessageExtension)? { get }

  /// The field number of the extension with this full name, such as `acme.shelf`.
  func fieldNumberForProto(messageType: any Message.Type, protoFieldName: String) -> Int?
}

/// An ``ExtensionMap`` made of a list of extensions.
///
/// Generated code has one for each file that declares extensions, named `<Prefix><File>_Extensions`.
public struct SimpleExtensionMap: ExtensionMap, ExpressibleByArrayLiteral {
  private struct Key: Hashable {
    var message: ObjectIdentifier
    var number: Int
  }

  private var extensions: [Key: any AnyMessageExtension] = [:] {
    didSet { names = ExtensionNames() }
  }
  private var names = ExtensionNames()

  /// No extensions.
  public init() {}

  /// These extensions.
  public init(arrayLiteral elements: any AnyMessageExtension...) {
    insert(contentsOf: elements)
  }

  /// The extensions of several maps.
  public init(_ others: SimpleExtensionMap...) {
    for other in others { formUnion(other) }
  }

  /// The extension of a message type with this field number.
  public subscript(messageType: any Message.Type, fieldNumber: Int) -> (any AnyMessageExtension)? {
    extensions[Key(message: ObjectIdentifier(messageType), number: fieldNumber)]
  }

  /// The field number of the extension with this full name.
  public func fieldNumberForProto(messageType: any Message.Type, protoFieldName: String) -> Int? {
    names.number(of: protoFieldName, in: ObjectIdentifier(messageType)) { extensions.values }
  }

  /// Adds an extension; one with the same message and number is replaced.
  public mutating func insert(_ newValue: any AnyMessageExtension) {
    extensions[Key(message: ObjectIdentifier(newValue.messageType), number: newValue.fieldNumber)] = newValue
  }

  /// Adds extensions.
  public mutating func insert(contentsOf newValues: [any AnyMessageExtension]) {
    for value in newValues { insert(value) }
  }

  /// Adds the extensions of another map.
  public mutating func formUnion(_ other: SimpleExtensionMap) {
    extensions.merge(other.extensions) { _, new in new }
  }

  /// The extensions of both maps.
  public func union(_ other: SimpleExtensionMap) -> SimpleExtensionMap {
    var union = self
    union.formUnion(other)
    return union
  }
}

/// The field numbers of extensions by their names; made on first use, since the binary format needs none of this.
private final class ExtensionNames: Sendable {
  private struct Name: Hashable {
    var message: ObjectIdentifier
    var name: String
  }

  private final class Numbers: Sendable {
    let byName: [Name: Int]

    init(_ byName: [Name: Int]) { self.byName = byName }
  }

  private let numbers = LazyReference<Numbers>()

  /// The number of the extension with this name; `extensions` are always the same ones.
  func number(
    of name: String, in message: ObjectIdentifier,
    _ extensions: () -> some Collection<any AnyMessageExtension>
  ) -> Int? {
    let numbers = numbers.value {
      var byName: [Name: Int] = [:]
      for value in extensions() {
        let message = ObjectIdentifier(value.messageType)
        byName[Name(message: message, name: value.fieldName)] = value.fieldNumber
        byName[Name(message: message, name: value._description.name)] = value.fieldNumber
      }
      return Numbers(byName)
    }
    return numbers.byName[Name(message: message, name: name)]
  }
}
