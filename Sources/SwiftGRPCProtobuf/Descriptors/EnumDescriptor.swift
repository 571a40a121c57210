extension ProtoDescriptor {
  /// An enum. It has at least one value.
  public struct Enum: Element {
    let place: FileContent.Place
    private var content: FileContent.EnumContent { place.file.enums[place.index] }

    /// The enum as its file describes it.
    public var proto: Google_Protobuf_EnumDescriptorProto { content.proto }

    /// The name in its scope.
    public var name: String { proto.name }

    /// The name with package and enclosing messages, without a leading dot.
    public var fullName: String { content.fullName }

    /// The options of the enum.
    public var options: Google_Protobuf_EnumOptions { proto.options }

    /// The features that hold for the enum.
    public var features: Features { content.features }

    /// The file that declares the enum.
    public var file: File { File(content: place.file) }

    /// The message that the enum is declared in.
    public var parent: Message? { content.parent.map { Message(place: place.at($0)) } }

    /// Where the enum's description is in its file's.
    public var path: [Int32] {
      guard let parent else { return [DescriptorPath.fileEnum, Int32(content.index)] }
      return parent.path + [DescriptorPath.messageEnum, Int32(content.index)]
    }

    /// Whether files that import this one may use the enum; see ``Message/isExported``.
    public var isExported: Bool { content.isExported }

    /// Whether only the declared values exist; others stay in the unknown fields of the message.
    public var isClosed: Bool { features.isEnumClosed }

    /// The values in the order of declaration, aliases included.
    public var values: List<EnumValue> { List(place.file, content.values, EnumValue.init) }

    /// The value of a field that is not set and states no default: the first one.
    public var defaultValue: EnumValue { values[0] }

    /// The value with this name.
    public func value(named name: String) -> EnumValue? { content.valuesByName[name].map(value(at:)) }

    /// The value that was declared first with this number.
    public func value(number: Int32) -> EnumValue? { content.valuesByNumber[number].map(value(at:)) }

    /// The value at a position among the values of the file.
    func value(at position: Int) -> EnumValue { EnumValue(place: place.at(position)) }

    /// The numbers that no value may have.
    public var reservedRanges: [ClosedRange<Int32>] { proto.reservedRange.map { $0.start...$0.end } }

    /// The names that no value may have.
    public var reservedNames: [String] { proto.reservedName }
  }

  /// One name and number of an enum.
  public struct EnumValue: Element {
    let place: FileContent.Place
    private var content: FileContent.EnumValueContent { place.file.values[place.index] }

    /// The value as its enum describes it.
    public var proto: Google_Protobuf_EnumValueDescriptorProto { content.proto }

    /// The name.
    public var name: String { proto.name }

    /// The name with the scope of its enum, beside which values are named, without a leading dot.
    public var fullName: String {
      let scope = enumType.parent?.fullName ?? file.package
      return scope.isEmpty ? name : "\(scope).\(name)"
    }

    /// The number.
    public var number: Int32 { proto.number }

    /// The options of the value.
    public var options: Google_Protobuf_EnumValueOptions { proto.options }

    /// The features that hold for the value.
    public var features: Features { content.features }

    /// The file that declares the value.
    public var file: File { File(content: place.file) }

    /// The enum that the value belongs to.
    public var enumType: Enum { Enum(place: place.at(content.enumType)) }

    /// The position among the enum's values.
    public var index: Int { place.index - place.file.enums[content.enumType].values.lowerBound }

    /// Where the value's description is in its file's.
    public var path: [Int32] { enumType.path + [DescriptorPath.enumValue, Int32(index)] }

    /// The value declared before this one with the same number, which makes this one its alias.
    public var original: EnumValue? { content.original.map { EnumValue(place: place.at($0)) } }
  }
}
