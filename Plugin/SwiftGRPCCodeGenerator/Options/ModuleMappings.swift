import SwiftGRPCProtobuf

/// Which module the code of a .proto file is compiled into.
struct ModuleMappings: Equatable {
  static let defaultRuntimeModule = "SwiftGRPCProtobuf"

  /// The module of the runtime, which has the bundled files' types.
  let runtimeModule: String
  private(set) var modulesByPath: [String: String] = [:]

  init(runtimeModule: String = defaultRuntimeModule) {
    self.runtimeModule = runtimeModule
  }

  /// Reads a mapping file, a message in text format:
  ///
  ///     mapping { module_name: "Values" proto_file_path: "a.proto" proto_file_path: "b.proto" }
  ///
  /// - Throws: ``GenerationError`` with the line of the mistake.
  init(parsing text: String, runtimeModule: String) throws(GenerationError) {
    self.init(runtimeModule: runtimeModule)
    for entry in try ModuleMappingsReader.entries(in: text) {
      for path in entry.protoPaths {
        let known = FileDescriptor.bundledNames.contains(path) ? runtimeModule : modulesByPath[path]
        if let known, known != entry.module {
          throw GenerationError("line \(entry.line): \(path) is mapped to \(entry.module), but also to \(known)")
        }
        modulesByPath[path] = entry.module
      }
    }
  }

  /// The module of a file: the runtime for a bundled one, else the one mapped; `nil` when there is none, which means
  /// the module that is being generated.
  func module(of file: FileDescriptor) -> String? {
    file.isBundled ? runtimeModule : modulesByPath[file.name]
  }
}
