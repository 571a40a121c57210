import SwiftGRPCProtobuf

/// A message, also a group's or a map entry's.
final class MessageDescriptor {
  let proto: Google_Protobuf_DescriptorProto
  /// The name with package and enclosing messages, without a leading dot.
  let fullName: String
  let features: Features
  unowned let file: FileDescriptor
  /// The message that this one is declared in.
  private(set) weak var parent: MessageDescriptor?
  /// The path of the message in its file, for ``SourceComments``.
  let path: [Int32]
  /// The fields in the order of declaration.
  var fields: [FieldDescriptor] = []
  /// All oneofs; those that only stand for proto3's `optional` come last.
  var oneofs: [OneofDescriptor] = []
  /// The nested messages, groups included, map entries not.
  var messages: [MessageDescriptor] = []
  /// The entries of the message's map fields.
  var mapEntries: [MessageDescriptor] = []
  var enums: [EnumDescriptor] = []
  /// The extension fields declared in the scope of this message, whatever message they extend.
  var extensions: [FieldDescriptor] = []
  /// What follows from the graph of all messages; set when all are linked.
  var containment = MessageContainment()

  init(
    proto: Google_Protobuf_DescriptorProto,
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
  var options: Google_Protobuf_MessageOptions { proto.options }
  var comment: SourceComments.Comment { file.comments[path] }
  var isDeprecated: Bool { options.deprecated }
  var isMapEntry: Bool { options.mapEntry }
  /// Whether extensions are written in the format of proto1's message sets.
  var usesMessageSetWireFormat: Bool { options.messageSetWireFormat }

  /// The oneofs that the .proto file has.
  var realOneofs: [OneofDescriptor] { oneofs.filter { !$0.isSynthetic } }
  var fieldsByNumber: [FieldDescriptor] { fields.sorted { $0.number < $1.number } }

  /// The numbers reserved for extensions: half-open, sorted, adjacent ranges joined.
  var extensionRanges: [Range<Int32>] {
    let sorted = proto.extensionRange.map { $0.start..<$0.end }.sorted { $0.lowerBound < $1.lowerBound }
    var result: [Range<Int32>] = []
    for range in sorted {
      if let last = result.last, last.upperBound == range.lowerBound {
        result[result.count - 1] = last.lowerBound..<range.upperBound
      } else {
        result.append(range)
      }
    }
    return result
  }
  var isExtensible: Bool { !proto.extensionRange.isEmpty }

  /// Whether a field of the message itself is required.
  var hasRequiredFields: Bool { fields.contains(where: \.isRequired) }
  /// Whether the message or one that it can contain has required fields or can have extensions that do: whether a
  /// value may be uninitialised.
  var containsRequired: Bool { containment.containsRequired }
  /// Whether a value of the message can contain, at any depth, another one, also through lists and maps.
  var isRecursive: Bool { containment.isRecursive }
  /// Whether a value would contain another one in its own memory, so that it cannot be stored inline.
  var isRecursiveInline: Bool { containment.isRecursiveInline }

  var selfAndNested: [MessageDescriptor] { [self] + messages.flatMap(\.selfAndNested) }
}
