/// Generates the Swift struct of a message.
struct MessageGenerator {
  private let message: MessageDescriptor
  private let context: FileContext

  init(message: MessageDescriptor, context: FileContext) {
    self.message = message
    self.context = context
  }

  /// Prints the declaration that users read: properties, oneofs and nested types.
  func generate(to printer: inout CodePrinter) {
    printer.printDocumentation(context.comment(message.comment), isDeprecated: message.isDeprecated, of: "message")
    let name = context.namer.name(of: message)
    printer.block("\(context.typeModifiers)struct \(name): \(context.runtime)Message") { printer in
      for nested in message.enums {
        printer.print()
        EnumGenerator(type: nested, context: context).generate(to: &printer)
      }
      for nested in message.messages {
        printer.print()
        MessageGenerator(message: nested, context: context).generate(to: &printer)
      }
    }
  }

  /// Prints the conformances that make the declaration work.
  func generateSupport(to printer: inout CodePrinter) {
    for nested in message.enums { EnumGenerator(type: nested, context: context).generateSupport(to: &printer) }
    for nested in message.messages {
      MessageGenerator(message: nested, context: context).generateSupport(to: &printer)
    }
  }
}
