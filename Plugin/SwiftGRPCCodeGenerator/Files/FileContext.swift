import SwiftGRPCProtobuf

/// What the generators of one file share.
struct FileContext {
  let file: FileDescriptor
  let options: GeneratorOptions
  let containment: ContainmentTable
  let namer: SwiftNamer
  private let comments: SourceComments

  init(file: FileDescriptor, options: GeneratorOptions, containment: ContainmentTable) {
    self.file = file
    self.options = options
    self.containment = containment
    comments = SourceComments(options.omitsComments ? .init() : file.proto.sourceCodeInfo)
    namer = SwiftNamer(for: file, mappings: options.mappings, isBootstrap: options.isBootstrap)
  }

  /// What precedes a member: `public `, or nothing.
  var access: String { options.visibility.modifier }
  /// What precedes a type's declaration after its access level and a whole extension: `nonisolated `, or nothing.
  var isolation: String { options.usesNonisolated ? "nonisolated " : "" }
  /// What precedes a type declaration: `public nonisolated `.
  var typeModifiers: String { access + isolation }
  /// What precedes the runtime's names: `SwiftGRPCProtobuf.`.
  var runtime: String { namer.runtimePrefix }
  /// What precedes the names of the module of clients and servers: `SwiftGRPC.`.
  var grpc: String { options.grpcModule + "." }
  /// What precedes the names of serializers: `SwiftGRPC.`.
  var grpcProtobuf: String { (options.grpcProtobufModule ?? options.grpcModule) + "." }

  /// The comment at an element of the file, empty when comments are left out.
  func comment(of element: some ProtoDescriptor.Element) -> SourceComments.Comment { comments[element.path] }

  /// The comments at the top of the file, empty when comments are left out.
  var headerComment: SourceComments.Comment { comments.header }
}
