/// What the generators of one file share.
struct FileContext {
  let file: FileDescriptor
  let options: GeneratorOptions
  let namer: SwiftNamer

  init(file: FileDescriptor, options: GeneratorOptions) {
    self.file = file
    self.options = options
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

  /// A comment of the .proto file, empty when comments are left out.
  func comment(_ comment: SourceComments.Comment) -> SourceComments.Comment {
    options.omitsComments ? SourceComments.Comment() : comment
  }
}
