import SwiftGRPCProtobuf

/// The imports of generated files.
enum Imports {
  /// Prints the imports of a message file.
  static func printForMessages(_ context: FileContext, to printer: inout CodePrinter) {
    let directive = context.options.importDirective
    let file = context.file
    let fields = file.allMessages.flatMap { Array($0.fields) + $0.mapEntries.flatMap(\.fields) } + file.allExtensions
    if fields.contains(where: { $0.type == .bytes }) {
      printer.print("#if canImport(FoundationEssentials)")
      printer.print("\(directive) FoundationEssentials")
      printer.print("#else")
      printer.print("\(directive) Foundation")
      printer.print("#endif")
    }
    if !context.runtime.isEmpty { printer.print("\(directive) \(context.options.mappings.runtimeModule)") }
    let modules = modules(usedBy: fields, context)
    printer.print(lines: modules.map { "\(directive) \($0)" })
    if context.options.embedsDescriptors {
      // Only the descriptor names the types of methods.
      let files = file.services.flatMap(\.methods).flatMap { [$0.input.file, $0.output.file] }
      let others = Set(files.compactMap(context.namer.module(of:)))
        .subtracting(modules + [context.options.mappings.runtimeModule])
      printer.print(lines: others.sorted().map { "\(context.options.internalImportDirective) \($0)" })
    }
    let reexports = publicReexports(context)
    if !reexports.isEmpty {
      printer.print()
      printer.print("// Types of files that are imported with \"import public\":")
      printer.print(lines: reexports)
    }
  }

  /// Prints the imports of a service file.
  static func printForServices(_ context: FileContext, to printer: inout CodePrinter) {
    let options = context.options
    let directive = options.importDirective
    printer.print("\(directive) \(options.grpcModule)")
    if let module = options.grpcProtobufModule, module != options.grpcModule {
      printer.print("\(options.internalImportDirective) \(module)")
    }
    var modules = Set(options.extraModules)
    for method in context.file.services.flatMap(\.methods) {
      modules.formUnion([method.input, method.output].compactMap { context.namer.module(of: $0.file) })
    }
    modules.subtract([options.grpcModule, options.grpcProtobufModule ?? options.grpcModule])
    printer.print(lines: modules.sorted().map { "\(directive) \($0)" })
  }

  /// The modules, other than the runtime, of the types that fields have and that they extend.
  private static func modules(usedBy fields: [FieldDescriptor], _ context: FileContext) -> [String] {
    var modules: Set<String> = []
    for field in fields {
      let files = [field.message.file, field.messageType?.file, field.enumType?.file].compactMap { $0 }
      modules.formUnion(files.compactMap(context.namer.module(of:)))
    }
    return modules.subtracting([context.options.mappings.runtimeModule]).sorted()
  }

  /// Imports that pass on the types of publicly imported files, so that a type may move to another file and module
  /// without a change for those who use it.
  private static func publicReexports(_ context: FileContext) -> [String] {
    guard context.options.visibility != .internal else { return [] }
    let directive = context.options.importStyle == .accessLevel ? "@_exported public import" : "@_exported import"
    let namer = context.namer
    var result: Set<String> = []
    var visited: Set<String> = []
    var waiting = context.file.publicDependencies
    while let file = waiting.popLast() {
      guard visited.insert(file.name).inserted, !file.isBundled, namer.module(of: file) != nil else { continue }
      waiting += file.publicDependencies
      result.formUnion(file.messages.map { "\(directive) struct \(namer.fullName(of: $0))" })
      result.formUnion(file.enums.map { "\(directive) enum \(namer.fullName(of: $0))" })
      result.formUnion(file.extensions.map { "\(directive) let \(namer.fullName(ofExtension: $0))" })
    }
    return result.sorted()
  }
}
