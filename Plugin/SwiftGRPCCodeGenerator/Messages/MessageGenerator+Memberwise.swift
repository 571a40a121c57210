import SwiftGRPCProtobuf

/// The initialiser with a parameter for each field, which is an option.
extension MessageGenerator {
  /// The compiler's time grows with the square of the parameters.
  private static let mostParameters = 250

  /// Prints the initialiser: fields and oneofs in the order of the properties, each with the value of one that is not
  /// set as its default. A message without fields, or with more than 250, has `init()` only.
  func printMemberwiseInitializer(to printer: inout CodePrinter) {
    let members = self.members
    guard 1...Self.mostParameters ~= members.count else { return }
    printer.print()
    printer.print("/// Makes a message with these fields; those that are left out are not set.")
    printer.print("\(context.access)init(")
    printer.indented { printer in
      printer.print(members.map { "\($0.name): \($0.type) = \($0.defaultValue)" }.joined(separator: ",\n"))
    }
    printer.block(")") { printer in
      for member in members {
        printer.print("self.\(layout.isBoxed ? "_storage.fields." : "")\(member.storage) = \(member.name.asExpression)")
      }
    }
  }

  /// What has a parameter: a field outside of oneofs, or a oneof in the place of its first field.
  private var members: [(name: String, type: String, defaultValue: String, storage: String)] {
    fields.compactMap { field in
      guard let oneof = field.field.realOneof else {
        let isOptional = field.field.hasPresence
        return (
          name: field.names.property, type: field.type + (isOptional ? "?" : ""),
          defaultValue: isOptional ? "nil" : context.namer.defaultValue(of: field.field), storage: field.storageName
        )
      }
      guard oneof.fields.first == field.field else { return nil }
      let generator = OneofGenerator(oneof: oneof, context: context, isBoxed: layout.isBoxed)
      return (
        name: context.namer.names(of: oneof).property, type: context.namer.name(of: oneof) + "?",
        defaultValue: "nil", storage: generator.storageName
      )
    }
  }
}

extension String {
  /// The name of a parameter as an expression: in backticks where it would start an expression of another kind.
  fileprivate var asExpression: String { ReservedNames.expressionWords.contains(self) ? "`\(self)`" : self }
}
