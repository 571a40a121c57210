extension ProtoDescriptor {
  /// A field of a message, or an extension field.
  public struct Field: Element {
    let place: FileContent.Place
    private var content: FileContent.FieldContent { place.file.fields[place.index] }

    /// The field as its file describes it.
    public var proto: Google_Protobuf_FieldDescriptorProto { content.proto }

    /// The name in its message or, for an extension, its scope.
    public var name: String { proto.name }

    /// The name with that of the message or, for an extension, its scope, without a leading dot.
    public var fullName: String { content.fullName }

    /// The name in JSON: the one stated, else lowerCamelCase.
    public var jsonName: String { content.jsonName }

    /// The name in JSON of a field that states none: underscores removed, the letter after each in upper case.
    ///
    /// Spec: ProtoJSON format, "Field names".
    public static func defaultJSONName(of name: String) -> String {
      var result = ""
      var afterUnderscore = false
      for scalar in name.unicodeScalars {
        if scalar == "_" {
          afterUnderscore = true
        } else {
          let becomesUpper = afterUnderscore && ("a"..."z").contains(scalar)
          result.unicodeScalars.append(becomesUpper ? Unicode.Scalar(UInt8(scalar.value) - 32) : scalar)
          afterUnderscore = false
        }
      }
      return result
    }

    /// The number.
    public var number: Int32 { proto.number }

    /// The position among the fields of the message or, for an extension, among the extensions of its scope.
    public var index: Int { content.index }

    /// The options of the field.
    public var options: Google_Protobuf_FieldOptions { proto.options }

    /// The features that hold for the field.
    public var features: Features { content.features }

    /// The file that declares the field.
    public var file: File { File(content: place.file) }

    /// Where the field's description is in its file's.
    public var path: [Int32] {
      let index = Int32(content.index)
      guard isExtension else { return message.path + [DescriptorPath.messageField, index] }
      guard let scope = extensionScope else { return [DescriptorPath.fileExtension, index] }
      return scope.path + [DescriptorPath.messageExtension, index]
    }

    // MARK: Where it belongs

    /// The message that the field belongs to; for an extension field, the one that it extends.
    public var message: Message { Message(place: content.message.place(seenFrom: place.file)) }

    /// Whether the field extends a message from outside.
    public var isExtension: Bool { proto.hasExtendee }

    /// The message in whose scope an extension field is declared, `nil` at the top of a file.
    public var extensionScope: Message? { content.scope.map { Message(place: place.at($0)) } }

    /// The oneof that the field is a member of, also a synthetic one.
    public var oneof: Oneof? { content.oneof.map { Oneof(place: place.at($0)) } }

    /// The oneof of the `.proto` file that the field is a member of.
    public var realOneof: Oneof? { oneof.flatMap { $0.isSynthetic ? nil : $0 } }

    // MARK: Values

    /// The type, with the feature `message_encoding` applied: a delimited message is a ``FieldType/group``.
    public var type: FieldType { content.type }

    /// The type of a message or group field.
    public var messageType: Message? { content.messageType.map { Message(place: $0.place(seenFrom: place.file)) } }

    /// The type of an enum field.
    public var enumType: Enum? { content.enumType.map { Enum(place: $0.place(seenFrom: place.file)) } }

    /// Whether the field holds a message, in either encoding.
    public var isMessageOrGroup: Bool { type == .message || type == .group }

    /// Whether the field holds any number of values; a map does, too.
    public var isRepeated: Bool { proto.label == .repeated }

    /// Whether messages without the field are not valid.
    public var isRequired: Bool { features.fieldPresence == .required && !isRepeated }

    /// Whether the field is a map.
    public var isMap: Bool { isRepeated && messageType?.isMapEntry == true }

    /// The fields of a map's entry, `nil` for a field that is not a map.
    public var mapEntry: (key: Field, value: Field)? {
      guard isRepeated, let messageType, messageType.isMapEntry else { return nil }
      return (messageType.fields[0], messageType.fields[1])
    }

    /// Whether the field is written packed; unpacked values are read all the same.
    public var isPacked: Bool { isRepeated && type.isPackable && features.repeatedFieldEncoding == .packed }

    /// Whether "not set" differs from "set to the default".
    public var hasPresence: Bool {
      if isRepeated { return false }
      return isMessageOrGroup || isExtension || content.oneof != nil || features.fieldPresence != .implicit
    }

    /// Whether a string that is not UTF-8 is rejected.
    public var validatesUTF8: Bool { type == .string && features.validatesUTF8 }

    /// The default that the `.proto` file states.
    public var explicitDefault: DefaultValue? {
      switch content.explicitDefault {
      case .scalar(let value)?: value
      case .enumValue(let position)?: enumType.map { .enumValue($0.value(at: position)) }
      case nil: nil
      }
    }

    /// Whether the field was written as a proto2 group, or as an edition's field that has all marks of one.
    ///
    /// Such a field is named after its message in text format.
    public var isGroupLike: Bool {
      guard type == .group, let messageType, messageType.name.lowercased() == name else { return false }
      if !isExtension { return messageType.parent == message }
      return messageType.parent == extensionScope && messageType.file == file
    }
  }

  /// A group of fields of which at most one is set.
  public struct Oneof: Element {
    let place: FileContent.Place
    private var content: FileContent.OneofContent { place.file.oneofs[place.index] }

    /// The oneof as its message describes it.
    public var proto: Google_Protobuf_OneofDescriptorProto { content.proto }

    /// The name in its message.
    public var name: String { proto.name }

    /// The name with that of the message, without a leading dot.
    public var fullName: String { "\(message.fullName).\(name)" }

    /// The options of the oneof.
    public var options: Google_Protobuf_OneofOptions { proto.options }

    /// The features that hold for the oneof.
    public var features: Features { content.features }

    /// The file that declares the oneof.
    public var file: File { File(content: place.file) }

    /// The message that the oneof belongs to.
    public var message: Message { Message(place: place.at(content.message)) }

    /// Where the oneof's description is in its file's.
    public var path: [Int32] { message.path + [DescriptorPath.messageOneof, Int32(content.index)] }

    /// The member fields in the order of declaration.
    public var fields: [Field] { content.fields.map { Field(place: place.at($0)) } }

    /// Whether protoc made the oneof for a proto3 `optional` field, so that it is not in the `.proto` file.
    public var isSynthetic: Bool {
      content.fields.count == 1 && place.file.fields[content.fields[0]].proto.proto3Optional
    }
  }
}
