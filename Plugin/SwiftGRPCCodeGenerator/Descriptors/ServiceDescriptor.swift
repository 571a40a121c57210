import SwiftGRPCProtobuf

/// A service with its methods.
final class ServiceDescriptor {
  let proto: Google_Protobuf_ServiceDescriptorProto
  /// The name on the wire: package and name, without a leading dot.
  let fullName: String
  unowned let file: FileDescriptor
  let path: [Int32]
  var methods: [MethodDescriptor] = []

  init(proto: Google_Protobuf_ServiceDescriptorProto, fullName: String, file: FileDescriptor, path: [Int32]) {
    self.proto = proto
    self.fullName = fullName
    self.file = file
    self.path = path
  }

  var name: String { proto.name }
  var comment: SourceComments.Comment { file.comments[path] }
  var isDeprecated: Bool { proto.options.deprecated }
}

/// A method of a service, an rpc.
final class MethodDescriptor {
  let proto: Google_Protobuf_MethodDescriptorProto
  unowned let service: ServiceDescriptor
  let input: MessageDescriptor
  let output: MessageDescriptor
  let path: [Int32]

  init(
    proto: Google_Protobuf_MethodDescriptorProto,
    service: ServiceDescriptor,
    input: MessageDescriptor,
    output: MessageDescriptor,
    path: [Int32]
  ) {
    self.proto = proto
    self.service = service
    self.input = input
    self.output = output
    self.path = path
  }

  var name: String { proto.name }
  var comment: SourceComments.Comment { service.file.comments[path] }
  var isDeprecated: Bool { proto.options.deprecated }
  var isClientStreaming: Bool { proto.clientStreaming }
  var isServerStreaming: Bool { proto.serverStreaming }
}
