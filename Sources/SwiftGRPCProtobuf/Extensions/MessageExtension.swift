/// An extension of a message type, whatever its field's type.
public protocol AnyMessageExtension: Sendable {
  /// The field number.
  var fieldNumber: Int { get }

  /// The full name in the `.proto` file, such as `acme.shelf`; of an item of a message set, that of its message.
  var fieldName: String { get }

  /// The message that is extended.
  var messageType: any Message.Type { get }

  /// Describes the field for the coders that run on tables.
  var _description: FieldDescription { get }

  /// A field without a value, to decode into.
  func _makeField() -> any AnyExtensionField
}

/// An extension: the field number and name, with the types of field and message.
///
/// Generated code declares a constant for each; programs use the properties that it adds to the message.
public final class MessageExtension<Field: ExtensionField, MessageType: Message>: AnyMessageExtension {
  /// The field number.
  public let fieldNumber: Int

  /// The full name in the `.proto` file; of an item of a message set, that of its message.
  public let fieldName: String

  /// Describes the field for the coders that run on tables.
  public let _description: FieldDescription

  /// Called by generated code.
  ///
  /// - Parameter fullName: the full name in the `.proto` file, when that is another one.
  public init(_protobuf_fieldNumber: Int, fieldName: String, fullName: String? = nil) {
    fieldNumber = _protobuf_fieldNumber
    self.fieldName = fieldName
    _description = Field._description(number: Int32(_protobuf_fieldNumber), name: fullName ?? fieldName)
  }

  /// The message that is extended.
  public var messageType: any Message.Type { MessageType.self }

  /// A field without a value, to decode into.
  public func _makeField() -> any AnyExtensionField { Field() }
}
