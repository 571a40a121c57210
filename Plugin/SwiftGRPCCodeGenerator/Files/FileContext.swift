import SwiftGRPCProtobuf

/// What the generators of one file share.
struct FileContext {
  let file: FileDescriptor
  let options: GeneratorOptions
  let containment: ContainmentTable
  let namer: SwiftNamer
  let layouts: MessageLayouts
  /// The names of types that may hide those of the runtime and of Swift.
  private let typeNames: Set<String>
  private let comments: SourceComments

  /// - Parameter siblings: other files that are generated at the same time, which may be for the same module.
  init(
    file: FileDescriptor, siblings: [FileDescriptor] = [], options: GeneratorOptions, containment: ContainmentTable
  ) {
    self.file = file
    self.options = options
    self.containment = containment
    comments = SourceComments(options.omitsComments ? .init() : file.proto.sourceCodeInfo)
    namer = SwiftNamer(for: file, mappings: options.mappings, isBootstrap: options.isBootstrap)
    layouts = MessageLayouts(containment)
    typeNames = Self.typeNames(visibleIn: file, siblings, namer)
  }

  /// The names of the file's types, and of the top-level types of files that it can see.
  private static func typeNames(
    visibleIn file: FileDescriptor, _ siblings: [FileDescriptor], _ namer: SwiftNamer
  ) -> Set<String> {
    var names = Set(file.allMessages.map(namer.name(of:)) + file.allEnums.map(namer.name(of:)))
    var visited: Set<FileDescriptor> = [file]
    var waiting = file.dependencies + siblings
    while let other = waiting.popLast() {
      guard visited.insert(other).inserted else { continue }
      waiting += other.dependencies
      // The prefix of a package has an underscore, which none of the names in question has.
      if namer.typePrefix(of: other).hasSuffix("_") { continue }
      names.formUnion(other.messages.map(namer.name(of:)) + other.enums.map(namer.name(of:)))
    }
    return names
  }

  /// A name of the runtime; with its module where a type in sight has the same name.
  func coder(_ name: String) -> String { typeNames.contains(name) ? runtime + name : name }

  /// The name of a type of the standard library; with its module where a type in sight has the same name.
  func standard(_ name: String) -> String { typeNames.contains(name) ? "Swift." + name : name }

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

extension FileDescriptor {
  /// Whether all that the file declares is deprecated.
  var isDeprecated: Bool { options.deprecated }
}
