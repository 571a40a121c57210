extension ProtoDescriptor {
  /// A message, also a group's or a map entry's.
  public struct Message: Element {
    let place: FileContent.Place
    private var content: FileContent.MessageContent { place.file.messages[place.index] }

    /// The message as its file describes it.
    public var proto: Google_Protobuf_DescriptorProto { content.proto }

    /// The name in its scope.
    public var name: String { proto.name }

    /// The name with package and enclosing messages, without a leading dot.
    public var fullName: String { content.fullName }

    /// The options of the message.
    public var options: Google_Protobuf_MessageOptions { proto.options }

    /// The features that hold for the message.
    public var features: Features { content.features }

    /// The file that declares the message.
    public var file: File { File(content: place.file) }

    /// The message that this one is declared in.
    public var parent: Message? { content.parent.map { Message(place: place.at($0)) } }

    /// Where the message's description is in its file's.
    public var path: [Int32] {
      guard let parent else { return [DescriptorPath.fileMessage, Int32(content.index)] }
      return parent.path + [DescriptorPath.messageMessage, Int32(content.index)]
    }

    /// Whether files that import this one may use the message: what `export` or `local` says, else what the feature
    /// ``Features/defaultSymbolVisibility`` does.
    public var isExported: Bool { content.isExported }

    /// Whether protoc made the message for the entries of a map field.
    public var isMapEntry: Bool { options.mapEntry }

    /// Whether extensions are written in the format of proto1's message sets.
    public var usesMessageSetWireFormat: Bool { options.messageSetWireFormat }

    // MARK: Fields

    /// The fields in the order of declaration.
    public var fields: List<Field> { List(place.file, content.fields, Field.init) }

    /// The field with this name in the `.proto` file.
    public func field(named name: String) -> Field? { content.fieldsByName[name].map { Field(place: place.at($0)) } }

    /// The field with this name in JSON; the name in the `.proto` file does not count, where it differs.
    public func field(jsonName: String) -> Field? {
      content.fieldsByJSONName[jsonName].map { Field(place: place.at($0)) }
    }

    /// The field with this number.
    public func field(number: Int32) -> Field? { content.fieldsByNumber[number].map { Field(place: place.at($0)) } }

    /// Whether a field of the message itself is required.
    public var hasRequiredFields: Bool { fields.contains(where: \.isRequired) }

    /// All oneofs, also those that only stand for proto3's `optional`.
    public var oneofs: List<Oneof> { List(place.file, content.oneofs, Oneof.init) }

    /// The oneofs that the `.proto` file has.
    public var realOneofs: [Oneof] { oneofs.filter { !$0.isSynthetic } }

    // MARK: Extensions and reserved names

    /// The numbers that extensions of the message may have, in the order of declaration.
    public var extensionRanges: [ExtensionRange] { content.extensionRanges }

    /// The numbers that extensions of the message may have: sorted, adjacent ranges joined.
    public var extensionNumbers: [Range<Int32>] { content.extensionNumbers }

    /// Whether the message has numbers for extensions.
    public var isExtensible: Bool { !content.extensionRanges.isEmpty }

    /// The numbers that no field may have, in the order of declaration.
    public var reservedRanges: [Range<Int32>] { proto.reservedRange.map { $0.start..<$0.end } }

    /// The names that no field may have.
    public var reservedNames: [String] { proto.reservedName }

    // MARK: Nested types

    /// The messages declared in this one, groups included, map entries not.
    public var messages: List<Message> { List(place.file, content.nested.messages, Message.init) }

    /// The messages that stand for the entries of this one's map fields.
    public var mapEntries: List<Message> { List(place.file, content.nested.mapEntries, Message.init) }

    /// The enums declared in the message.
    public var enums: List<Enum> { List(place.file, content.nested.enums, Enum.init) }

    /// The extension fields declared in the scope of this message, whatever message they extend.
    public var extensions: List<Field> { List(place.file, content.nested.extensions, Field.init) }
  }

  /// A range of numbers that extensions of a message may have.
  public struct ExtensionRange: Sendable {
    /// The range as the message describes it.
    public let proto: Google_Protobuf_DescriptorProto.ExtensionRange
    /// The features that hold for the range.
    public let features: Features
    /// The numbers.
    public let numbers: Range<Int32>

    /// The options of the range, in which extensions may be declared.
    public var options: Google_Protobuf_ExtensionRangeOptions { proto.options }
  }
}
