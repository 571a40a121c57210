import SwiftGRPCProtobuf

/// Generates the namespace of a service: descriptors, protocols for servers, a client.
struct ServiceGenerator {
  let service: ServiceDescriptor
  let context: FileContext
  /// The namespace's name, `Helloworld_Greeter`.
  let name: String
  let methods: [ServiceMethod]
  /// Names of messages that declarations inside of the namespace hide, with aliases that stand in for them.
  private let aliases: [(alias: String, name: String)]

  init(service: ServiceDescriptor, context: FileContext) {
    self.service = service
    self.context = context
    let name = context.namer.typePrefix(of: service.file) + service.name
    self.name = context.namer.sanitized(type: name, suffix: "Service")
    let hidden = Self.declaredNames.union(service.methods.map(\.name))
    var aliases: [(alias: String, name: String)] = []
    func visibleName(of message: MessageDescriptor) -> String {
      let fullName = context.namer.fullName(of: message)
      guard let first = fullName.split(separator: ".").first, hidden.contains(String(first)) else { return fullName }
      let alias = "\(name)_\(fullName.map { $0 == "." ? "_" : String($0) }.joined())_Message"
      if !aliases.contains(where: { $0.alias == alias }) { aliases.append((alias, fullName)) }
      return alias
    }
    methods = service.methods.map { method in
      ServiceMethod(
        method, context: context, input: visibleName(of: method.input), output: visibleName(of: method.output))
    }
    self.aliases = aliases
  }

  /// Names that are declared inside of every namespace, and used there for something else than a message.
  private static let declaredNames: Set<String> = [
    "Client", "Input", "Method", "Output", "Result", "ServiceProtocol", "SimpleServiceProtocol",
    "StreamingServiceProtocol",
  ]

  /// Prints the declarations that users read.
  func generate(to printer: inout CodePrinter) {
    for alias in aliases {
      printer.print("/// `\(alias.name)`, a name that the declarations of ``\(name)`` hide.")
      printer.print("\(context.access)typealias \(alias.alias) = \(alias.name)")
      printer.print()
    }
    let comment = context.comment(of: service)
    if comment.text.isEmpty { printer.print("/// The service `\(service.fullName)`.") }
    printer.printDocumentation(comment, isDeprecated: service.isDeprecated, of: "service")
    printAttributes(to: &printer)
    printer.block("\(context.typeModifiers)enum \(name)") { printer in
      printDescriptors(to: &printer)
      if context.options.generatesServers {
        let server = ServerGenerator(self)
        server.generate(to: &printer)
      }
      if context.options.generatesClients {
        printer.print()
        ClientGenerator(self).generate(to: &printer)
      }
    }
  }

  /// Prints what makes the declarations work.
  func generateSupport(to printer: inout CodePrinter) {
    if context.options.generatesServers { ServerGenerator(self).generateSupport(to: &printer) }
    if context.options.generatesClients { ClientGenerator(self).generateSupport(to: &printer) }
  }

  /// Prints a Swift extension of something in the namespace.
  func printExtension(
    of type: String, to printer: inout CodePrinter, _ body: (inout CodePrinter) -> Void
  ) {
    printer.print()
    printAttributes(to: &printer)
    printer.block("\(context.isolation)extension \(name).\(type)", body)
  }

  private func printAttributes(to printer: inout CodePrinter) {
    let availability = context.options.availability
    if !availability.isEmpty { printer.print("@available(\(availability.joined(separator: ", ")), *)") }
    if service.isDeprecated { printer.print("@available(*, deprecated)") }
  }

  private func printDescriptors(to printer: inout CodePrinter) {
    let access = context.access
    printer.print("/// The name of the service on the wire.")
    printer.print("\(access)static let descriptor = \(context.grpc)ServiceDescriptor(")
    printer.indented { $0.print("fullyQualifiedService: \"\(service.fullName)\"") }
    printer.print(")")
    printer.print()
    printer.print("/// The methods of the service: their messages and their names on the wire.")
    printer.block("\(context.typeModifiers)enum Method") { printer in
      for method in methods {
        printer.block("\(context.typeModifiers)enum \(method.typeName)") { printer in
          printer.print("\(access)typealias Input = \(method.input)")
          printer.print("\(access)typealias Output = \(method.output)")
          printer.print("\(access)static let descriptor = \(context.grpc)MethodDescriptor(")
          printer.indented { $0.print("service: \(name).descriptor, method: \"\(method.descriptor.name)\"") }
          printer.print(")")
        }
        printer.print()
      }
      printer.print("\(access)static let descriptors: [\(context.grpc)MethodDescriptor] = [")
      printer.indented { printer in
        for method in methods { printer.print("\(method.typeName).descriptor,") }
      }
      printer.print("]")
    }
  }
}
