import SwiftGRPCProtobuf

/// A .proto file of the request, linked with what it declares and imports.
///
/// Descriptors are made once by ``DescriptorLinker`` and do not change afterwards. They live as long as the
/// ``LinkedFiles`` that own the files.
final class FileDescriptor {
  let proto: Google_Protobuf_FileDescriptorProto
  let edition: Edition
  let features: Features
  let comments: SourceComments
  /// The files that this one imports, in the order of the imports.
  var dependencies: [FileDescriptor] = []
  /// Those of `dependencies` that are imported with `import public`.
  var publicDependencies: [FileDescriptor] = []
  var messages: [MessageDescriptor] = []
  var enums: [EnumDescriptor] = []
  var extensions: [FieldDescriptor] = []
  var services: [ServiceDescriptor] = []

  init(proto: Google_Protobuf_FileDescriptorProto, edition: Edition) {
    self.proto = proto
    self.edition = edition
    features = Features(edition: edition).overridden(by: proto.options.features)
    comments = SourceComments(proto.sourceCodeInfo)
  }

  /// The path under which the file is imported, `google/protobuf/any.proto`.
  var name: String { proto.name }
  var package: String { proto.package }
  var options: Google_Protobuf_FileOptions { proto.options }

  /// The comments at the top of the file: those of its `syntax` or `edition` line.
  var headerComment: SourceComments.Comment {
    let edition = comments[[DescriptorPath.fileEdition]]
    return edition == SourceComments.Comment() ? comments[[DescriptorPath.fileSyntax]] : edition
  }

  /// All messages, nested ones after their parents; no map entries.
  var allMessages: [MessageDescriptor] { messages.flatMap(\.selfAndNested) }

  /// All enums, also those nested in messages.
  var allEnums: [EnumDescriptor] { enums + allMessages.flatMap(\.enums) }

  /// All extension fields, also those declared in messages, in the order of declaration by scope.
  var allExtensions: [FieldDescriptor] { extensions + allMessages.flatMap(\.extensions) }

  /// Whether the runtime module already has the types of this file.
  var isBundled: Bool { package == "google.protobuf" && Self.bundledNames.contains(name) }

  /// The files whose types come with the runtime module.
  static let bundledNames: Set<String> = Set(
    [
      "any", "api", "descriptor", "duration", "empty", "field_mask", "source_context", "struct", "timestamp", "type",
      "wrappers",
    ].map { "google/protobuf/\($0).proto" }
  )
}
