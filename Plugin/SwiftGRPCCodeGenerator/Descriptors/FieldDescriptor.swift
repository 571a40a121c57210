import SwiftGRPCProtobuf

/// A field of a message, or an extension field.
final class FieldDescriptor {
  let proto: Google_Protobuf_FieldDescriptorProto
  let fullName: String
  /// The type with `message_encoding` applied: a delimited message is a `.group`.
  let type: FieldType
  let features: Features
  unowned let file: FileDescriptor
  /// The message that the field belongs to; for an extension field, the one that it extends.
  unowned let message: MessageDescriptor
  /// The message in whose scope an extension field is declared, `nil` at the top of a file.
  private(set) weak var extensionScope: MessageDescriptor?
  let path: [Int32]
  /// The oneof that the field is a member of, also a synthetic one.
  weak var oneof: OneofDescriptor?
  /// The type of a message or group field.
  private(set) weak var messageType: MessageDescriptor?
  /// The type of an enum field.
  private(set) weak var enumType: EnumDescriptor?
  /// The default that the .proto file states.
  var explicitDefault: FieldDefault?

  init(
    proto: Google_Protobuf_FieldDescriptorProto,
    fullName: String,
    type: FieldType,
    features: Features,
    file: FileDescriptor,
    message: MessageDescriptor,
    extensionScope: MessageDescriptor?,
    messageType: MessageDescriptor?,
    enumType: EnumDescriptor?,
    path: [Int32]
  ) {
    self.proto = proto
    self.fullName = fullName
    self.type = type
    self.features = features
    self.file = file
    self.message = message
    self.extensionScope = extensionScope
    self.messageType = messageType
    self.enumType = enumType
    self.path = path
  }

  var name: String { proto.name }
  var number: Int32 { proto.number }
  var comment: SourceComments.Comment { file.comments[path] }
  var isDeprecated: Bool { proto.options.deprecated }
  var isExtension: Bool { proto.hasExtendee }

  /// The name in JSON: the one stated, else lowerCamelCase.
  var jsonName: String { proto.hasJsonName ? proto.jsonName : Self.defaultJSONName(of: name) }

  /// The name in JSON of a field that states none: underscores removed, the letter after each in upper case.
  static func defaultJSONName(of name: String) -> String {
    var result = ""
    var afterUnderscore = false
    for scalar in name.unicodeScalars {
      if scalar == "_" {
        afterUnderscore = true
      } else {
        result.unicodeScalars.append(afterUnderscore ? scalar.asciiUppercased : scalar)
        afterUnderscore = false
      }
    }
    return result
  }

  /// Whether the field holds any number of values; a map does, too.
  var isRepeated: Bool { proto.label == .repeated }
  var isRequired: Bool { features.fieldPresence == .required && !isRepeated }
  var isGroup: Bool { type == .group }
  var isMessageOrGroup: Bool { type == .message || type == .group }

  /// The fields of a map's entry, `nil` for a field that is not a map.
  var mapEntry: (key: FieldDescriptor, value: FieldDescriptor)? {
    guard isRepeated, let messageType, messageType.isMapEntry else { return nil }
    return (messageType.fields[0], messageType.fields[1])
  }
  var isMap: Bool { isRepeated && messageType?.isMapEntry == true }

  /// Whether the field is written packed; unpacked values are read all the same.
  var isPacked: Bool { isRepeated && type.isPackable && features.repeatedFieldEncoding == .packed }

  /// The oneof of the .proto file that the field is a member of.
  var realOneof: OneofDescriptor? {
    guard let oneof, !oneof.isSynthetic else { return nil }
    return oneof
  }

  /// Whether "not set" differs from "set to the default".
  var hasPresence: Bool {
    if isRepeated { return false }
    return isMessageOrGroup || isExtension || oneof != nil || features.fieldPresence != .implicit
  }

  /// Whether a string that is not UTF-8 is rejected.
  var validatesUTF8: Bool { type == .string && features.validatesUTF8 }

  /// Whether the field was written as a proto2 group, or as an edition's field that has all marks of one.
  ///
  /// Such a field is named after its message, in Swift and in text format.
  var isGroupLike: Bool {
    guard type == .group, let messageType else { return false }
    guard name == messageType.name.asciiLowercased else { return false }
    if !isExtension { return messageType.parent === message }
    if let extensionScope { return messageType.parent === extensionScope }
    return messageType.parent == nil && messageType.file === file
  }
}
