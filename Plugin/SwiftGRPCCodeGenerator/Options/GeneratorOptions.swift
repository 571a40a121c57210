/// What the user of the plugin chose with `--swiftgrpc_opt`; the defaults are those of no choice.
struct GeneratorOptions {
  /// Who can use the generated declarations.
  enum Visibility: String, CaseIterable {
    case `internal` = "Internal"
    case `package` = "Package"
    case `public` = "Public"

    /// The keyword, `public`.
    var keyword: String { rawValue.asciiLowercased }
    /// What precedes a declaration: nothing where the keyword says what holds anyway.
    var modifier: String { self == .internal ? "" : keyword + " " }
  }

  /// Whether open enums are declared to gain cases later.
  enum EnumGeneration: String, CaseIterable {
    case none = "None"
    case nonexhaustive = "Nonexhaustive"
    case nonexhaustiveWarn = "NonexhaustiveWarn"

    var attribute: String {
      switch self {
      case .none: ""
      case .nonexhaustive: "@nonexhaustive "
      case .nonexhaustiveWarn: "@nonexhaustive(warn) "
      }
    }
  }

  /// How modules are imported.
  enum ImportStyle {
    case plain
    case implementationOnly
    case accessLevel
  }

  var visibility = Visibility.internal
  var fileNaming = FileNaming.fullPath
  var enumGeneration = EnumGeneration.none
  var importStyle = ImportStyle.plain
  var mappings = ModuleMappings()
  /// The modules that service files import besides those they need, in alphabetical order.
  var extraModules: [String] = []
  /// The module of `GRPCClient`, `RPCRouter` and the like.
  var grpcModule = "SwiftGRPC"
  /// The module of `ProtobufSerializer`; `nil` when it is the same.
  var grpcProtobufModule: String?
  /// The platforms and versions that services are limited to, `macOS 15.0`.
  var availability: [String] = []
  var generatesMessages = true
  var generatesClients = true
  var generatesServers = true
  /// Whether types say `nonisolated`, so that a module's default isolation does not capture them.
  var usesNonisolated = true
  /// Whether Swift methods keep the names of rpcs as they are, instead of starting in lower case.
  var keepsMethodCasing = false
  /// Whether methods of a service that a server leaves out answer with "unimplemented".
  var addsDefaultImplementations = false
  /// Whether messages of up to 250 fields also have an initialiser with a parameter for each.
  var addsMemberwiseInitializers = false
  /// Whether comments of the .proto file are left out.
  var omitsComments = false
  /// Whether files carry their descriptors, for programs that look at their messages' fields and options.
  var embedsDescriptors = true
  /// Whether the runtime module's own files are generated, which need no import of it.
  var isBootstrap = false

  /// What an import starts with when its types are part of the generated declarations.
  var importDirective: String {
    switch importStyle {
    case .plain: "import"
    case .implementationOnly: "@_implementationOnly import"
    case .accessLevel: "\(visibility.keyword) import"
    }
  }

  /// What an import starts with when only function bodies use it.
  var internalImportDirective: String {
    importStyle == .accessLevel ? "internal import" : importDirective
  }
}
