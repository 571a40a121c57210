import SwiftGRPCProtobuf

/// An enum. It has at least one value.
final class EnumDescriptor {
  let proto: Google_Protobuf_EnumDescriptorProto
  /// The name with package and enclosing messages, without a leading dot.
  let fullName: String
  let features: Features
  unowned let file: FileDescriptor
  /// The message that the enum is declared in.
  private(set) weak var parent: MessageDescriptor?
  let path: [Int32]
  /// The values in the order of declaration, aliases included.
  var values: [EnumValueDescriptor] = []

  init(
    proto: Google_Protobuf_EnumDescriptorProto,
    fullName: String,
    features: Features,
    file: FileDescriptor,
    parent: MessageDescriptor?,
    path: [Int32]
  ) {
    self.proto = proto
    self.fullName = fullName
    self.features = features
    self.file = file
    self.parent = parent
    self.path = path
  }

  var name: String { proto.name }
  var options: Google_Protobuf_EnumOptions { proto.options }
  var comment: SourceComments.Comment { file.comments[path] }
  var isDeprecated: Bool { options.deprecated }
  /// Whether only the declared values exist; others stay in the unknown fields of the message.
  var isClosed: Bool { features.isEnumClosed }
  /// The value of a field that is not set and states no default: the first one.
  var defaultValue: EnumValueDescriptor { values[0] }
  /// The first value of each number, in the order of declaration.
  var primaryValues: [EnumValueDescriptor] { values.filter { $0.original == nil } }

  func value(named name: String) -> EnumValueDescriptor? { values.first { $0.name == name } }
}

/// One name and number of an enum.
final class EnumValueDescriptor {
  let proto: Google_Protobuf_EnumValueDescriptorProto
  unowned let enumType: EnumDescriptor
  let index: Int
  /// The value declared before this one with the same number, which makes this one its alias.
  private(set) weak var original: EnumValueDescriptor?

  init(
    proto: Google_Protobuf_EnumValueDescriptorProto,
    enumType: EnumDescriptor,
    index: Int,
    original: EnumValueDescriptor?
  ) {
    self.proto = proto
    self.enumType = enumType
    self.index = index
    self.original = original
  }

  var name: String { proto.name }
  var number: Int32 { proto.number }
  var comment: SourceComments.Comment {
    enumType.file.comments[enumType.path + [DescriptorPath.enumValue, Int32(index)]]
  }
  var isDeprecated: Bool { proto.options.deprecated }
}
