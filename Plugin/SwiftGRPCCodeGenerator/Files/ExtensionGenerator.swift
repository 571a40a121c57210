import SwiftGRPCProtobuf

/// Generates what a file's extension fields add: properties of the extended messages, a constant for each field, and a
/// map of all of them for decoding.
struct ExtensionGenerator {
  private let context: FileContext
  private let fields: [FieldDescriptor]
  private var namer: SwiftNamer { context.namer }

  /// `nil` when the file has no extensions.
  init?(context: FileContext) {
    self.context = context
    fields = context.file.allExtensions
    if fields.isEmpty { return nil }
  }

  func generate(to printer: inout CodePrinter) {
    printer.print()
    printer.print("// MARK: - Extensions")
    printMembers(to: &printer)
    printMap(to: &printer)
    printConstants(to: &printer)
  }

  /// The properties, one Swift extension for each message that is extended.
  private func printMembers(to printer: inout CodePrinter) {
    var extended: [MessageDescriptor] = []
    for field in fields where !extended.contains(where: { $0 == field.message }) { extended.append(field.message) }
    for message in extended {
      printer.print()
      printer.block("\(context.isolation)extension \(namer.fullName(of: message))") { printer in
        for (index, field) in fields.filter({ $0.message == message }).enumerated() {
          if index > 0 { printer.print() }
          printMembers(of: field, to: &printer)
        }
      }
    }
  }

  private func printMembers(of field: FieldDescriptor, to printer: inout CodePrinter) {
    let names = namer.memberNames(ofExtension: field)
    let constant = expression(for: field)
    printer.printDocumentation(
      context.comment(of: field), isDeprecated: field.isDeprecated, of: "extension", in: context.file)
    printer.block("\(context.access)var \(names.property): \(namer.type(of: field))") { printer in
      printer.print("get { getExtensionValue(ext: \(constant)) ?? \(namer.defaultValue(of: field)) }")
      printer.print("set { setExtensionValue(ext: \(constant), value: newValue) }")
    }
    guard !field.isRepeated else { return }
    printer.print("/// Whether `\(names.property)` is set.")
    printer.print("\(context.access)var \(names.has): Bool { hasExtensionValue(ext: \(constant)) }")
    printer.print("/// Makes `\(names.property)` unset, so that it has its default.")
    printer.print("\(context.access)mutating func \(names.clear)() { clearExtensionValue(ext: \(constant)) }")
  }

  /// The constant, as the properties see it that the extension adds.
  private func expression(for field: FieldDescriptor) -> String {
    guard let scope = field.extensionScope else { return namer.fullName(ofExtension: field) }
    let visible = visibleName(of: scope, in: field.message)
    let name = namer.expression(ofType: visible + ".Extensions", in: field.message)
    return "\(name).\(namer.name(ofExtension: field).withoutBackticks)"
  }

  private func visibleName(of message: MessageDescriptor, in scope: MessageDescriptor?) -> String {
    let name = namer.fullName(of: message)
    return scope.map { namer.visibleName(name, in: $0) } ?? name
  }

  /// The map, which a decoder needs to know the extensions.
  private func printMap(to printer: inout CodePrinter) {
    let name = namer.extensionMapName(of: context.file)
    printer.print()
    printer.print("/// The extensions of this file, for decoding messages that have them set.")
    printer.print("\(context.typeModifiers)let \(name): \(context.runtime)SimpleExtensionMap = [")
    printer.indented { printer in
      for field in fields { printer.print("\(namer.fullName(ofExtension: field)),") }
    }
    printer.print("]")
  }

  /// The constants, in an `Extensions` enum of the message in whose scope they are declared.
  private func printConstants(to printer: inout CodePrinter) {
    for field in context.file.extensions {
      printer.print()
      printConstant(field, modifiers: context.typeModifiers, to: &printer)
    }
    for scope in context.file.allMessages where !scope.extensions.isEmpty {
      printer.print()
      printer.block("\(context.isolation)extension \(namer.fullName(of: scope))") { printer in
        printer.block("\(context.typeModifiers)enum Extensions") { printer in
          for (index, field) in scope.extensions.enumerated() {
            if index > 0 { printer.print() }
            printConstant(field, modifiers: context.access + "static ", to: &printer)
          }
        }
      }
    }
  }

  private func printConstant(_ field: FieldDescriptor, modifiers: String, to printer: inout CodePrinter) {
    let label = field.isPacked ? "Packed" : field.isRepeated ? "Repeated" : "Optional"
    let type = namer.codingType(of: field)
    printer.printDocumentation(
      context.comment(of: field), isDeprecated: field.isDeprecated, of: "extension", in: context.file)
    printer.print("\(modifiers)let \(namer.name(ofExtension: field)) = \(context.runtime)MessageExtension<")
    printer.indented { printer in
      printer.print("\(context.runtime)\(label)ExtensionField<\(type)>,")
      printer.print(visibleName(of: field.message, in: field.extensionScope))
    }
    let name = textFormatName(of: field)
    let fullName = name == field.fullName ? "" : ", fullName: \"\(field.fullName)\""
    printer.print(">(_protobuf_fieldNumber: \(field.number), fieldName: \"\(name)\"\(fullName))")
  }

  /// The name in brackets in the text format; a message set's item goes by its type, other than in JSON.
  private func textFormatName(of field: FieldDescriptor) -> String {
    let isMessageSetItem =
      field.message.usesMessageSetWireFormat && field.type == .message && !field.isRepeated && !field.isRequired
    if isMessageSetItem, let type = field.messageType, type == field.extensionScope { return type.fullName }
    return field.fullName
  }
}
