/// Reads the parameter that protoc hands over: `Key=value` pairs with commas between them.
///
/// The keys and values are those of the two plugins that Swift's protobuf users come from, so that their build files
/// keep working. The last of several values for a key counts, except for keys that collect values.
struct OptionParser {
  private var options = GeneratorOptions()
  private var mappingsPath: String?
  private var runtimeModule: String?
  private var isImplementationOnly = false
  private var usesAccessLevels = false

  /// - Parameters:
  ///   - parameter: the whole parameter, empty when there is none.
  ///   - readFile: reads a text file that an option names.
  /// - Throws: ``GenerationError`` that names the option, the value and what is expected.
  static func parse(
    _ parameter: String,
    readFile: (_ path: String) throws(GenerationError) -> String
  ) throws(GenerationError) -> GeneratorOptions {
    var parser = OptionParser()
    for pair in parameter.split(separator: ",") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let key = parts[0].trimmed
      if key.isEmpty && parts.count == 1 { continue }
      try parser.set(key, to: parts.count == 2 ? parts[1].trimmed : "")
    }
    return try parser.finish(readFile: readFile)
  }

  private static let knownOptions = [
    "Availability", "Bootstrap", "Client", "DefaultImplementations", "Descriptors", "EnumGeneration",
    "ExtraModuleImports", "FileNaming", "GRPCModuleName", "GRPCProtobufModuleName", "ImplementationOnlyImports",
    "KeepMethodCasing", "MemberwiseInitializers", "Messages", "Nonisolated", "ProtoPathModuleMappings", "Server",
    "SwiftProtobufModuleName",
    "UseAccessLevelOnImports", "Visibility", "experimental_strip_nonfunctional_codegen",
  ]

  /// Options of other plugins whose effect does not exist here: accepting them would promise it.
  private static let unavailableOptions: [String: String] = [
    "ExperimentalHiddenNames": "JSON, text format and Any need the names of fields, enum values and types",
    "Mocks": "mocks are not generated",
  ]

  private mutating func set(_ key: String, to value: String) throws(GenerationError) {
    switch key {
    case "Visibility": options.visibility = try choice(key, value)
    case "FileNaming": options.fileNaming = try choice(key, value)
    case "EnumGeneration": options.enumGeneration = try choice(key, value)
    case "ProtoPathModuleMappings": mappingsPath = value.isEmpty ? nil : value
    case "SwiftProtobufModuleName": runtimeModule = try module(key, value)
    case "GRPCModuleName": options.grpcModule = try module(key, value)
    case "GRPCProtobufModuleName": options.grpcProtobufModule = try module(key, value)
    case "ExtraModuleImports": options.extraModules.append(try module(key, value))
    case "Availability": options.availability.append(try availability(key, value))
    case "ImplementationOnlyImports": isImplementationOnly = try flag(key, value)
    case "UseAccessLevelOnImports": usesAccessLevels = try flag(key, value)
    case "Client": options.generatesClients = try flag(key, value)
    case "Server": options.generatesServers = try flag(key, value)
    case "Messages": options.generatesMessages = try flag(key, value)
    case "MemberwiseInitializers": options.addsMemberwiseInitializers = try flag(key, value)
    case "Nonisolated": options.usesNonisolated = try flag(key, value)
    case "KeepMethodCasing": options.keepsMethodCasing = try flag(key, value)
    case "DefaultImplementations": options.addsDefaultImplementations = try flag(key, value)
    // The second name is another plugin's, whose reflection data is a descriptor in a file of its own.
    case "Descriptors", "ReflectionData": options.embedsDescriptors = try flag(key, value)
    case "Bootstrap": options.isBootstrap = try flag(key, value)
    case "experimental_strip_nonfunctional_codegen":
      options.omitsComments = value.isEmpty ? true : try flag(key, value)
    default:
      if let reason = Self.unavailableOptions[key] {
        throw GenerationError("option \(key) is not available: \(reason)")
      }
      throw GenerationError(
        "unknown option \"\(key)\"; the options are \(Self.knownOptions.joined(separator: ", "))")
    }
  }

  private func finish(
    readFile: (_ path: String) throws(GenerationError) -> String
  ) throws(GenerationError) -> GeneratorOptions {
    var result = options
    result.extraModules = Set(result.extraModules).sorted()
    if isImplementationOnly && usesAccessLevels {
      throw GenerationError("options ImplementationOnlyImports and UseAccessLevelOnImports exclude each other")
    }
    if isImplementationOnly && result.visibility != .internal {
      throw GenerationError(
        "option ImplementationOnlyImports needs Visibility=Internal, not \(result.visibility.rawValue)")
    }
    result.importStyle = usesAccessLevels ? .accessLevel : isImplementationOnly ? .implementationOnly : .plain
    let runtimeModule = runtimeModule ?? ModuleMappings.defaultRuntimeModule
    guard let mappingsPath else {
      result.mappings = ModuleMappings(runtimeModule: runtimeModule)
      return result
    }
    do {
      result.mappings = try ModuleMappings(parsing: try readFile(mappingsPath), runtimeModule: runtimeModule)
    } catch {
      throw GenerationError("option ProtoPathModuleMappings, file \(mappingsPath): \(error.message)")
    }
    return result
  }

  // MARK: Values

  private func flag(_ key: String, _ value: String) throws(GenerationError) -> Bool {
    switch value.asciiLowercased {
    case "true": return true
    case "false": return false
    default: throw GenerationError("option \(key) is \"\(value)\"; expected true or false")
    }
  }

  private func module(_ key: String, _ value: String) throws(GenerationError) -> String {
    guard value.isSwiftIdentifier else {
      throw GenerationError("option \(key) is \"\(value)\"; expected the name of a module")
    }
    return value
  }

  /// The case that `value` names, in any case and with or without underscores: `DropPath`, `droppath`, `drop_path`.
  private func choice<Choice: RawRepresentable & CaseIterable>(
    _ key: String, _ value: String
  ) throws(GenerationError) -> Choice where Choice.RawValue == String {
    let plain = value.asciiLowercased.filter { $0 != "_" }
    guard let result = Choice.allCases.first(where: { $0.rawValue.asciiLowercased == plain }) else {
      let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw GenerationError("option \(key) is \"\(value)\"; expected one of \(names)")
    }
    return result
  }

  private func availability(_ key: String, _ value: String) throws(GenerationError) -> String {
    let parts = value.split(separator: " ")
    let isVersion = parts.count == 2 && parts[1].allSatisfy { $0.isASCII && $0.isNumber || $0 == "." }
    guard isVersion, String(parts[0]).isSwiftIdentifier else {
      throw GenerationError("option \(key) is \"\(value)\"; expected a platform and a version, as in \"macOS 15.0\"")
    }
    return parts.joined(separator: " ")
  }
}

extension Substring {
  fileprivate var trimmed: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}
