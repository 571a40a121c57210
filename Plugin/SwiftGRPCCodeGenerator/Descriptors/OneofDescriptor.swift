import SwiftGRPCProtobuf

/// A group of fields of which at most one is set.
final class OneofDescriptor {
  let proto: Google_Protobuf_OneofDescriptorProto
  let features: Features
  unowned let message: MessageDescriptor
  let path: [Int32]
  /// The member fields in the order of declaration.
  var fields: [FieldDescriptor] = []

  init(proto: Google_Protobuf_OneofDescriptorProto, features: Features, message: MessageDescriptor, path: [Int32]) {
    self.proto = proto
    self.features = features
    self.message = message
    self.path = path
  }

  var name: String { proto.name }
  var fullName: String { "\(message.fullName).\(name)" }
  var comment: SourceComments.Comment { message.file.comments[path] }
  /// Whether protoc made the oneof for a proto3 `optional` field, so that it is not in the .proto file.
  var isSynthetic: Bool { fields.count == 1 && fields[0].proto.proto3Optional }
}
